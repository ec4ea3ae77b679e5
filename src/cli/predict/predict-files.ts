import path from 'node:path';
import { concernsOf, type Concern } from '../../core/estimate/concerns';
import { namedConcerns } from '../../core/present/export-advice';
import type { Prediction, Query } from '../../core/estimate/estimate';
import type { Estimators } from '../../core/estimate/estimators';
import type { ModelProfile } from '../../core/profile/profile';
import type { Failure, Result } from '../../core/result';
import { stageText, type OnWorkProgress } from '../../core/work-progress';
import { describeExternalFiles, externalBytes, missingWeights } from '../../files/model-file';
import { createModelReader, type FileProfile } from '../../files/reading/model-reader';
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

/** So many files and more are read in threads. */
const manyFiles = 12;

/** The built model-worker.ts, beside the chunk that this is part of. */
const threadBundle = path.join(__dirname, 'model-worker.js');

/** Reads, profiles and predicts one file. Never rejects: what fails is in the answer. */
export async function predictFile(file: string, query: Query, estimators: Estimators): Promise<FileAnswer> {
  const reader = await createModelReader(threadBundle, false, false);
  try {
    return await answerFor(file, await reader.read(file, query, new AbortController().signal), query, estimators);
  } finally {
    reader.dispose();
  }
}

async function answerFor(
  file: string,
  read: Result<FileProfile>,
  query: Query,
  estimators: Estimators,
): Promise<FileAnswer> {
  if (!read.ok) return { file, ok: false, error: read.error };
  const { profile, bytes, dataFiles, warnings } = read.value;
  const external = await describeExternalFiles(file, dataFiles);
  try {
    const prediction = estimators.predict(profile, query);
    return {
      file,
      ok: true,
      fileBytes: bytes + externalBytes(external),
      profile,
      prediction,
      concerns: namedConcerns(concernsOf(profile, query, prediction), file),
      warnings,
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
 * Answers one file after the other, as they come, with the progress on a terminal; ends early when the signal aborts.
 * Many are read ahead in threads. An answer holds its model: what keeps it keeps up to
 * half a megabyte.
 *
 * @param isNamed whether the kernels' names are wanted
 */
export async function* predictFiles(
  found: readonly FoundPath[],
  query: Query,
  estimators: Estimators,
  signal: AbortSignal,
  isNamed = false,
): AsyncGenerator<FileAnswer> {
  const progress = createProgress(process.stderr);
  const isMany = found.length >= manyFiles;
  const reader = await createModelReader(threadBundle, isMany, isNamed);
  let awaited = 0;
  const read = async (item: FoundPath, index: number): Promise<Result<FileProfile>> => {
    const onProgress: OnWorkProgress = ({ stage, share }) => {
      // A thread is at it: meanwhile, what a prediction needs of the board is found here, once.
      estimators.graphCostFit(query);
      if (index === awaited) progress.report(index, found.length, `${stageText(stage)} ${item.file}`, share);
    };
    return item.error ? { ok: false, error: item.error } : await reader.read(item.file, query, signal, onProgress);
  };
  const reading: Promise<Result<FileProfile>>[] = [];
  try {
    for (const [done, item] of found.entries()) {
      if (found.length > 1) progress.report(done, found.length, item.file);
      awaited = done;
      for (let next = done + reading.length; next < Math.min(found.length, done + reader.width); next += 1) {
        reading.push(read(found[next]!, next));
      }
      const answer = await answerFor(item.file, await reading.shift()!, query, estimators);
      // Lets an interruption through, which a small model read from memory would not.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      progress.clear();
      yield answer;
    }
  } finally {
    progress.clear();
    reader.dispose();
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
