import { t, wholeNumber } from '../../language';
import { failure, success, type Failure, type Result } from '../../result';
import type { OpenExternal } from '../external-values';
import type { Tensor } from '../model';
import { ReadFailure } from '../read-failure';
import { encodeModel, maxModelBytes, piecesLength, unwritable } from '../write';
import type { RewrittenModel } from './rewrite-model';
import { contentBytes, tensorContent, type ContentSource } from './tensor-content';

/** A rewritten model as a file to be written. */
export interface RewrittenFile {
  readonly bytes: number;
  /** The file in pieces of a megabyte or so; throws where the weights cannot be read, as `failed` then says. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Numbers that were beyond ±65504, the range of FP16, once all pieces are written. */
  clamped(): number;
  failed(): Failure | null;
}

/**
 * A rewritten model as an ONNX file whose weights are read from where the original has them, a megabyte at a time.
 * Failure codes: too-large (an ONNX file has less than 2 GiB), invalid-graph (text in tensors).
 */
export function rewrittenFile(
  { model, origins, clamped: before }: RewrittenModel,
  source: Omit<ContentSource, 'onClamped'>,
): Result<RewrittenFile> {
  const lost = unwritable(model.graph);
  if (lost !== null) return failure('invalid-graph', t('Framecast cannot write {0} of this model.', lost));
  let clamped = before;
  let failed: Failure | null = null;
  const lengthOf = (tensor: Tensor): number => contentBytes(tensor, origins);
  try {
    const pieces = encodeModel(model, lengthOf);
    const bytes = piecesLength(pieces, lengthOf);
    if (bytes > maxModelBytes) {
      return failure(
        'too-large',
        t(
          'The rewritten model would have {0} bytes, and an ONNX file with its weights has less than 2 GiB. Measure a smaller model.',
          wholeNumber(bytes),
        ),
      );
    }
    const openExternal = openedOnce(source.openExternal);
    const content = { ...source, openExternal, onClamped: (numbers: number) => void (clamped += numbers) };
    const read = async function* (): AsyncGenerator<Uint8Array, void> {
      try {
        for (const piece of pieces) {
          if (piece instanceof Uint8Array) yield piece;
          else yield* tensorContent(piece, origins, content);
        }
      } catch (error) {
        failed = failureOf(error);
        throw error;
      }
    };
    return success({ bytes, pieces: read(), clamped: () => clamped, failed: () => failed });
  } catch (error) {
    return { ok: false, error: failureOf(error) };
  }
}

/** Tensors of one file share it. */
function openedOnce(open: OpenExternal | undefined): OpenExternal | undefined {
  const opened = new Map<string, ReturnType<OpenExternal>>();
  return (
    open &&
    ((location) => {
      const file = opened.get(location) ?? open(location);
      opened.set(location, file);
      return file;
    })
  );
}

function failureOf(error: unknown): Failure {
  if (error instanceof ReadFailure) return error.failure;
  const reason = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: t('The model cannot be rewritten: {0}.', reason) };
}
