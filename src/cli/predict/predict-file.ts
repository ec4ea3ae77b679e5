import { concernsOf, type Concern } from '../../core/estimate/concerns';
import type { Prediction, Query } from '../../core/estimate/estimate';
import type { Estimators } from '../../core/estimate/estimators';
import type { ModelProfile } from '../../core/profile/profile';
import type { Failure } from '../../core/result';
import { describeExternalFiles, externalBytes, missingWeights } from '../../files/model-file';
import { readModelFile } from '../../files/read-model';
import type { FoundPath } from '../find-paths';

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
      warnings: [...model.warnings, ...missingWeights(external)],
    };
  } catch (error) {
    // A defect of Framecast; the other files are still answered.
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Framecast failed on this model: ${reason}. Please report it with the file.`;
    return { file, ok: false, error: { code: 'internal', message } };
  }
}
