import { concernsOf, type Concern } from '../../core/estimate/concerns';
import type { Prediction, Query } from '../../core/estimate/estimate';
import type { Estimators } from '../../core/estimate/estimators';
import type { ModelProfile } from '../../core/profile/profile';
import type { Failure } from '../../core/result';
import { describeExternalFiles, externalBytes, missingWeights } from '../../files/model-file';
import { readModelFile } from '../../files/read-model';
import type { FoundPath } from '../find-paths';
import { createProgress } from '../terminal';

/** What the command line answers for one file. */
export type FileAnswer =
  | {
      readonly file: string;
      readonly ok: true;
      /** The model with its external files. */
      readonly fileBytes: number;
      readonly profile: ModelProfile;
      readonly prediction: Prediction;
      /** What matters on the board that is asked about. */
      readonly concerns: readonly Concern[];
      /** Sentences about the file that did not stop the answer. */
      readonly warnings: readonly string[];
      /** Sentences about files with weights that are not there, which a prediction does not need. */
      readonly missingWeights: readonly string[];
    }
  | { readonly file: string; readonly ok: false; readonly error: Failure };

/** Reads, profiles and predicts one file. Never rejects: what fails is in the answer. */
export async function predictFile(found: FoundPath, query: Query, estimators: Estimators): Promise<FileAnswer> {
  const { file } = found;
  if ('error' in found) return { file, ok: false, error: found.error };
  const read = await readModelFile(file);
  if (!read.ok) return { file, ok: false, error: read.error };
  const { model, profile, bytes } = read.value;
  const external = await describeExternalFiles(file, model.externalFiles);
  try {
    return {
      file,
      ok: true,
      fileBytes: bytes + externalBytes(external),
      profile,
      prediction: estimators.predict(profile, query),
      concerns: concernsOf(profile, query),
      warnings: model.warnings,
      missingWeights: missingWeights(external),
    };
  } catch (error) {
    // A defect of Framecast; the other files are still answered.
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Framecast failed on this model: ${reason}. Please report it with the file.`;
    return { file, ok: false, error: { code: 'internal', message } };
  }
}

/**
 * Answers one file after the other, as they come, with the progress on a terminal; ends early when the signal aborts. An
 * answer holds its model: what keeps it keeps half a megabyte.
 */
export async function* predictFiles(
  found: readonly FoundPath[],
  query: Query,
  estimators: Estimators,
  signal: AbortSignal,
): AsyncGenerator<FileAnswer> {
  const progress = createProgress(process.stderr);
  try {
    for (const [done, item] of found.entries()) {
      if (found.length > 1) progress.report(done, found.length, item.file);
      const answer = await predictFile(item, query, estimators);
      // Lets an interruption through, which a small model read from memory would not.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      progress.clear();
      yield answer;
    }
  } finally {
    progress.clear();
  }
}

/** What is to be said of the weights that files lack: the sentences of one model, a count of several. */
export function missingWeightsSentence(
  answers: readonly { readonly file: string; readonly missingWeights: readonly string[] }[],
): string | null {
  const without = answers.filter(({ missingWeights: missing }) => missing.length > 0);
  const [first] = without;
  if (first === undefined) return null;
  if (without.length === 1) return `${first.file}: ${first.missingWeights.join(' ')}`;
  return `The weights of ${without.length} models are missing; their structure is enough for a prediction.`;
}
