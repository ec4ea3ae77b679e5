/** A file to bring to the board. */
export interface UploadFile {
  readonly localPath: string;
  /** Of the whole content, in hexadecimal digits; what arrives is checked against it. */
  readonly sha256: string;
  readonly bytes: number;
  /** Absolute, or relative to $HOME of the board. Incomplete, it has `.part` behind it. */
  readonly remotePath: string;
}
