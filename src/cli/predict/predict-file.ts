import { concernsOf, type Concern } from '../../core/estimate/concerns';
import type { Prediction, Query } from '../../core/estimate/estimate';
import type { Estimators } from '../../core/estimate/estimators';
import { readModel } from '../../core/onnx/read';
import { profileModel } from '../../core/profile/profile-model';
import type { ModelProfile } from '../../core/profile/profile';
import type { Failure } from '../../core/result';
import {
  describeExternalFiles,
  externalBytes,
  externalFileOpener,
  openModelFile,
  type ExternalFile,
} from '../../files/model-file';
import type { FoundPath } from './find-models';

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
  const opened = await openModelFile(file);
  if (!opened.ok) return { file, ok: false, error: opened.error };
  const external = externalFileOpener(file);
  try {
    const model = await readModel(opened.value, { openExternal: external.open });
    if (!model.ok) return { file, ok: false, error: model.error };
    const profiled = profileModel(model.value);
    if (!profiled.ok) return { file, ok: false, error: profiled.error };
    const profile = profiled.value;
    const beside = await describeExternalFiles(file, model.value.externalFiles);
    return {
      file,
      ok: true,
      fileBytes: opened.value.size + externalBytes(beside),
      profile,
      prediction: estimators.predict(profile, query),
      concerns: concernsOf(profile, query),
      warnings: [...model.value.warnings, ...missingWeights(beside)],
    };
  } catch (error) {
    // A defect of Framecast's own; the other files are still answered.
    const what = error instanceof Error ? error.message : String(error);
    const message = `Framecast failed on this model (${what}). Please report it, with the model if you can share it.`;
    return { file, ok: false, error: { code: 'invalid-graph', message } };
  } finally {
    await external.close();
    await opened.value.close();
  }
}

/** Weights beside the model are not needed for an answer, but the model will not run without them. */
function missingWeights(files: readonly ExternalFile[]): readonly string[] {
  return files
    .filter(({ state }) => state !== 'present')
    .map(({ location, state }) =>
      state === 'missing'
        ? `Its weights in ${location} are missing; the answer rests on the structure alone.`
        : `Its weights are said to be in ${location}, outside the model's folder; that file was not opened.`,
    );
}
