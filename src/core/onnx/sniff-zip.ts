import { t } from '../language';
import { isModelName } from '../model-file-name';
import type { ByteSource } from './byte-source';

const MAX_NAMES_BYTES = 64 * 1024;
const utf8 = new TextDecoder();

/** What a zip archive is by the names in it, and what to do, as sentences; null for what is no zip. */
export async function describeZip(source: ByteSource, head: Uint8Array): Promise<string | null> {
  const kind = signatureAt(head, 0);
  if (kind !== LOCAL_FILE && kind !== END_OF_DIRECTORY) return null;
  const names = await directoryNames(source);
  if (names !== null) return describeNames(names);
  return /(^|\/)data(\.pkl|\/\d+)$/.test(firstName(head))
    ? t(
        'This is a PyTorch file, not an ONNX model, and it is cut short. Copy or download it again, and export it to ONNX.',
      )
    : t(
        'This is a zip archive, not an ONNX model, and it is cut short. Copy or download it again, and export it to ONNX.',
      );
}

const LOCAL_FILE = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;

function describeNames(names: readonly string[]): string {
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  const model = names.find(isModelName);
  if (model !== undefined) return t('This is a zip archive that holds "{0}". Unpack it and open that file.', model);
  if (has(/(^|\/)constants\.pkl$/) || has(/(^|\/)code\/.*\.py$/)) {
    return t('This is a TorchScript model. Load it with torch.jit.load and export it with torch.onnx.export.');
  }
  if (has(/(^|\/)data\.pkl$/)) {
    return t(
      'This is a PyTorch checkpoint. Load it into its network in PyTorch and export that with torch.onnx.export.',
    );
  }
  if (has(/(^|\/)(serialized_exported_program\.json|archive_format|models\/model\.json)$/)) {
    return t('This is a PyTorch exported program (.pt2). Load it with torch.export.load and export it to ONNX.');
  }
  if (has(/^(model\.weights\.h5|config\.json)$/) && has(/^metadata\.json$/)) {
    return t('This is a Keras model (.keras). Convert it to ONNX with tf2onnx and open that file.');
  }
  if (has(/\.npy$/)) return t('This is a NumPy archive (.npz): arrays, not a network. Choose the .onnx file.');
  if (has(/\.safetensors$/)) {
    return t('This is a zip archive of safetensors weights. Load them in the framework and export the model to ONNX.');
  }
  if (has(/(^|\/)saved_model\.pb$/)) {
    return t(
      'This is a zip archive of a TensorFlow SavedModel. Unpack it, convert it with tf2onnx and open that file.',
    );
  }
  if (has(/^\[Content_Types\]\.xml$/)) return t('This is an Office document. Choose the .onnx file.');
  return t('This is a zip archive, and no name in it says ONNX. Unpack it and look for the model.');
}

/** Names from the central directory at the end of the archive; null where it has none. */
async function directoryNames(source: ByteSource): Promise<string[] | null> {
  const tailBytes = Math.min(source.size, MAX_NAMES_BYTES + END_BYTES);
  const tailStart = source.size - tailBytes;
  const tail = await source.read(tailStart, tailBytes);
  let end = tail.length - END_BYTES;
  while (end >= 0 && signatureAt(tail, end) !== END_OF_DIRECTORY) end--;
  if (end < 0) return null;
  // The directory lies right before its end record, or before the record's 64-bit form, which its own fields skip.
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const bytes = view.getUint32(end + 12, true);
  const offset = view.getUint32(end + 16, true);
  const start = offset + bytes <= tailStart + end ? offset : 0;
  if (start === 0) return scanForEntries(tail);
  return entryNames(await source.read(start, Math.min(bytes, MAX_NAMES_BYTES)), 0);
}

function scanForEntries(tail: Uint8Array): string[] {
  for (let at = 0; at + ENTRY_BYTES <= tail.length; at++) {
    if (signatureAt(tail, at) === DIRECTORY_ENTRY) return entryNames(tail, at);
  }
  return [];
}

function entryNames(directory: Uint8Array, start: number): string[] {
  const names: string[] = [];
  let at = start;
  while (at + ENTRY_BYTES <= directory.length && signatureAt(directory, at) === DIRECTORY_ENTRY) {
    const view = new DataView(directory.buffer, directory.byteOffset + at, ENTRY_BYTES);
    const nameBytes = view.getUint16(28, true);
    names.push(utf8.decode(directory.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes)));
    at += ENTRY_BYTES + nameBytes + view.getUint16(30, true) + view.getUint16(32, true);
  }
  return names;
}

/** All that is left of the names of an archive that lost its end. */
function firstName(head: Uint8Array): string {
  const nameBytes = (head[26] ?? 0) | ((head[27] ?? 0) << 8);
  return utf8.decode(head.subarray(30, 30 + nameBytes));
}

function signatureAt(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) return 0;
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
