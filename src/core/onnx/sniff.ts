import { t } from '../language';
import type { Failure } from '../result';
import type { ByteSource } from './byte-source';
import type { WalkProgress } from './skeleton';
import { describeBinary } from './sniff-binary';
import { describeProtobuf } from './sniff-protobuf';
import { describeText } from './sniff-text';
import { describeZip } from './sniff-zip';

const HEAD_BYTES = 4096;

/**
 * Turns the failure of reading a file as ONNX into one that says what the file is instead, where that shows.
 *
 * It is asked only after reading has failed, so a valid model can never be taken for something else; and of a file
 * whose graph was reached, only unmistakable signatures are believed.
 */
export async function explainFailure(source: ByteSource, failure: Failure, progress: WalkProgress): Promise<Failure> {
  if (!['truncated', 'malformed', 'invalid-graph', 'too-large'].includes(failure.code)) return failure;
  try {
    const head = await source.read(0, Math.min(HEAD_BYTES, source.size));
    const certain = (await describeZip(source, head)) ?? describeBinary(head, source.size);
    if (certain !== null) return notOnnx(certain);
    if (progress.headerSeen && progress.graphSeen) return await withZerosNoted(source, failure);
    const likely = (await describeZeros(source, head)) ?? describeText(head) ?? (await describeProtobuf(source));
    if (likely !== null) return notOnnx(likely);
    if (progress.headerSeen || progress.graphSeen || (source.size === 1 && head[0] === 0x08)) {
      return await withZerosNoted(source, failure);
    }
    return notOnnx(
      t(
        'This is not an ONNX model, and no other format that Framecast knows: it begins with {0}. Choose a file that an ONNX exporter wrote.',
        hex(head),
      ),
    );
  } catch {
    // The file cannot be read any more; what reading it as ONNX found is still true.
    return failure;
  }
}

function notOnnx(message: string): Failure {
  return { code: 'not-onnx', message };
}

async function describeZeros(source: ByteSource, head: Uint8Array): Promise<string | null> {
  if (!isZero(head)) return null;
  const middle = await source.read(Math.floor(source.size / 2), 1024);
  const end = await source.read(Math.max(0, source.size - 1024), 1024);
  if (!isZero(middle) || !isZero(end)) return null;
  return t('The file holds nothing but zeros, as an unfinished download or copy leaves it. Fetch the model again.');
}

/** A download that reserves its space first leaves zeros after the part that arrived. */
async function withZerosNoted(source: ByteSource, failure: Failure): Promise<Failure> {
  if (failure.code !== 'malformed' || failure.offset === undefined) return failure;
  const rest = await source.read(failure.offset, HEAD_BYTES);
  const end = await source.read(Math.max(0, source.size - 1024), 1024);
  if (rest.length < 64 || !isZero(rest) || !isZero(end)) return failure;
  return {
    code: 'malformed',
    message: t(
      'From byte {0} on the file holds only zeros, as an unfinished download or copy leaves it. Fetch the model again.',
      failure.offset,
    ),
    offset: failure.offset,
  };
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function hex(head: Uint8Array): string {
  return Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
