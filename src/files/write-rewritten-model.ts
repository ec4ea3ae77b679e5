import { t, wholeNumber } from '../core/language';
import { type Rewrite, type RewrittenModel, rewriteSaid } from '../core/onnx/rewrite/rewrite-model';
import { rewrittenFile } from '../core/onnx/rewrite/rewritten-pieces';
import { success, type Result } from '../core/result';
import { externalFileOpener, openModelFile } from './model-file';
import { writeModelFile, type NewFileOptions } from './write-file';

export interface RewrittenFileOptions extends NewFileOptions {
  /** The model that was rewritten, whose weights are read. */
  readonly modelPath: string;
  /** The file to write. */
  readonly file: string;
}

/**
 * Writes a rewritten model with the weights of the original, a megabyte at a time. Returns the file's size and what was
 * done, clamped weights included. Failure codes: those of `openModelFile`, `rewrittenFile` and `writeModelFile`;
 * unreadable, truncated and malformed for weights.
 */
export async function writeRewrittenModel(
  rewritten: RewrittenModel,
  { modelPath, file, ...options }: RewrittenFileOptions,
): Promise<Result<{ readonly bytes: number; readonly rewrites: readonly Rewrite[] }>> {
  const opened = await openModelFile(modelPath);
  if (!opened.ok) return opened;
  const external = externalFileOpener(modelPath);
  try {
    const source = { file: opened.value, openExternal: external.open, signal: options.signal };
    const made = rewrittenFile(rewritten, source);
    if (!made.ok) return made;
    const written = await writeModelFile(file, made.value.pieces, options);
    const failed = made.value.failed();
    if (failed !== null) return { ok: false, error: failed };
    if (!written.ok) return written;
    const clamped = made.value.clamped();
    const more = clamped === 0 ? [] : [rewriteSaid('clamped', () => clampedText(clamped))];
    return success({ bytes: written.value, rewrites: [...rewritten.rewrites, ...more] });
  } finally {
    await external.close();
    await opened.value.close();
  }
}

function clampedText(count: number): string {
  return t(
    '{0, plural, one {# number} other {# numbers}} beyond ±{1} clamped to the range of FP16',
    count,
    wholeNumber(65_504),
  );
}
