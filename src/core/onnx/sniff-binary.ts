import { t } from '../language';

interface Signature {
  readonly at: number;
  readonly bytes: readonly number[];
  readonly sentence: () => string;
}

const exportIt = (): string => t('Export the model to ONNX and open that file.');
const unpack = (what: string): string => `${what} ${t('Unpack it and open the .onnx file inside.')}`;
const wrongFile = (what: string): string => `${what} ${t('Choose the .onnx file.')}`;

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function signature(bytes: string | readonly number[], sentence: () => string, at = 0): Signature {
  return { at, bytes: typeof bytes === 'string' ? ascii(bytes) : bytes, sentence };
}

const noSentence = (): string => '';

/** Signatures of at least four bytes, or shorter ones that are no tag of an ONNX field. */
const signatures: readonly Signature[] = [
  signature(
    [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a],
    () => `${t('This is an HDF5 file, as Keras saves models (.h5).')} ${exportIt()} ${t('tf2onnx does that.')}`,
  ),
  signature('GGUF', () =>
    t('This is a GGUF file (llama.cpp), which holds a quantised language model. Framecast reads ONNX.'),
  ),
  signature('ftrt', () =>
    t('This is a TensorRT engine, already built for one GPU. Open the ONNX file it was built from.'),
  ),
  signature('ptrt', () =>
    t('This is a TensorRT engine, already built for one GPU. Open the ONNX file it was built from.'),
  ),
  signature('RKNN', () => t('This is a Rockchip RKNN model. Open the ONNX file it was converted from.')),
  signature([0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19], () =>
    t(
      'This is a PyTorch checkpoint in the format before PyTorch 1.6. Load it in PyTorch and export it with torch.onnx.export.',
    ),
  ),
  signature([0x93, ...ascii('NUMPY')], () => wrongFile(t('This is a NumPy array (.npy), not a model.'))),
  signature([0x1f, 0x8b, 0x08], () => unpack(t('This is gzip-compressed.'))),
  signature([0x28, 0xb5, 0x2f, 0xfd], () => unpack(t('This is compressed with Zstandard.'))),
  signature([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], () => unpack(t('This is compressed with xz.'))),
  signature([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], () => unpack(t('This is a 7-Zip archive.'))),
  signature([0x04, 0x22, 0x4d, 0x18], () => unpack(t('This is compressed with LZ4.'))),
  signature([...ascii('Rar!'), 0x1a, 0x07], () => unpack(t('This is a RAR archive.'))),
  signature('ustar', () => unpack(t('This is a tar archive.')), 257),
  signature([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], () => wrongFile(t('This is a PNG image.'))),
  signature([0xff, 0xd8, 0xff], () => wrongFile(t('This is a JPEG image.'))),
  signature('GIF8', () => wrongFile(t('This is a GIF image.'))),
  signature('%PDF-', () => wrongFile(t('This is a PDF document.'))),
  signature([0x7f, ...ascii('ELF')], () => wrongFile(t('This is a program or library for Linux (ELF).'))),
  signature([0xcf, 0xfa, 0xed, 0xfe], () => wrongFile(t('This is a program or library for macOS (Mach-O).'))),
  signature([0xca, 0xfe, 0xba, 0xbe], () => wrongFile(t('This is a program or library for macOS or Java.'))),
  signature([0x00, 0x61, 0x73, 0x6d], () => wrongFile(t('This is a WebAssembly module.'))),
  signature('SQLite format 3\0', () => wrongFile(t('This is an SQLite database.'))),
];

/** FlatBuffers files name their format at byte 4, after an offset into the file. */
const flatBuffers: readonly Signature[] = [
  signature(
    'TFL3',
    () => `${t('This is a TensorFlow Lite model.')} ${exportIt()} ${t('tf2onnx converts .tflite files.')}`,
    4,
  ),
  signature(
    'ORTM',
    () => t('This is a model in ONNX Runtime’s own ORT format. Open the .onnx file it was converted from.'),
    4,
  ),
  signature('ET12', () => `${t('This is an ExecuTorch program.')} ${exportIt()}`, 4),
];

/** What a binary file is by its signature, and what to do, as sentences; null where no signature is known. */
export function describeBinary(head: Uint8Array, fileSize: number): string | null {
  const found = signatures.find((candidate) => matches(head, candidate));
  if (found !== undefined) return found.sentence();
  const flatBuffer = flatBuffers.find((candidate) => matches(head, candidate));
  if (flatBuffer !== undefined && uint32(head, 0) < fileSize) return flatBuffer.sentence();
  if (isSafetensors(head, fileSize)) {
    return t('This is a safetensors file: weights without a network. Export the network with them to ONNX.');
  }
  if (isPortableExecutable(head)) return wrongFile(t('This is a program or library for Windows.'));
  if (
    matches(head, signature('BZh', noSentence)) &&
    matches(head, signature([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], noSentence, 4))
  ) {
    return unpack(t('This is compressed with bzip2.'));
  }
  if (isPickle(head)) {
    return t(
      'This is a Python pickle, as torch.save and joblib write. Load it in Python and export the model to ONNX.',
    );
  }
  return null;
}

function matches(head: Uint8Array, { at, bytes }: Signature): boolean {
  return head.length >= at + bytes.length && bytes.every((byte, index) => head[at + index] === byte);
}

/** Eight bytes with the length of a JSON header, and the header. */
function isSafetensors(head: Uint8Array, fileSize: number): boolean {
  if (head.length < 10 || uint32(head, 4) !== 0) return false;
  const headerBytes = uint32(head, 0);
  return headerBytes >= 2 && headerBytes <= fileSize - 8 && head[8] === 0x7b && (head[9] === 0x22 || head[9] === 0x7d);
}

/** `MZ`, with the offset of `PE\0\0` at byte 60. */
function isPortableExecutable(head: Uint8Array): boolean {
  if (!matches(head, signature('MZ', noSentence)) || head.length < 64) return false;
  return matches(head, signature([0x50, 0x45, 0, 0], noSentence, uint32(head, 60)));
}

/** PROTO with a version from 2 to 5, then an opcode that starts a dict, class, frame, mark or string. */
function isPickle(head: Uint8Array): boolean {
  return (
    head.length > 2 &&
    head[0] === 0x80 &&
    head[1]! >= 2 &&
    head[1]! <= 5 &&
    '}]){c\x95(\x8cX'.includes(String.fromCharCode(head[2]!))
  );
}

function uint32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
  );
}
