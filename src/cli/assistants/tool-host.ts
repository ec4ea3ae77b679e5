import { anySignal } from '../../core/any-signal';
import { createEstimators, type Estimators } from '../../core/estimate/estimators';
import { defaultDevice } from '../../core/landmarks/devices';
import { defaultRuntime, type Landmark } from '../../core/landmarks/landmark';
import { isSameLandmarks } from '../../core/landmarks/landmark-collection';
import { failure, success } from '../../core/result';
import type { ToolHost } from '../../assistants/tool';
import { readModelFile } from '../../files/read-model';
import { findPaths } from '../find-paths';
import { landmarksForPredictions } from '../landmarks/own-landmarks';
import { openPipelineFile } from '../predict/pipeline-file';
import { predictFiles } from '../predict/predict-files';
import { fewSentences } from '../streams';

/** A search for models ends after this, as a pattern may ask for the whole disk. */
const searchMs = 20_000;

export interface ToolHostOptions {
  /** The user's own landmarks; those of the extension where undefined. */
  readonly landmarksFile: string | undefined;
  readonly mayBenchmark: boolean;
}

/** What tools need, from the files that this process may read. */
export function createToolHost({ landmarksFile, mayBenchmark }: ToolHostOptions): ToolHost {
  let last: { readonly landmarks: readonly Landmark[]; readonly estimators: Estimators } | null = null;
  return {
    defaults: { device: defaultDevice, runtime: defaultRuntime, targetFps: null },
    landmarks: async () => {
      const loaded = await landmarksForPredictions(landmarksFile);
      if (!loaded.ok) return loaded;
      const { landmarks, entries, problems, remarks } = loaded.value;
      // Fits are made once for landmarks that say the same.
      if (last === null || !isSameLandmarks(landmarks, last.landmarks)) {
        last = { landmarks, estimators: createEstimators(landmarks) };
      }
      return success({
        entries,
        estimators: last.estimators,
        remarks: [...fewSentences(problems), ...fewSentences(remarks)],
      });
    },
    find: async (paths, signal) => {
      const either = anySignal([signal, AbortSignal.timeout(searchMs)]);
      const found = await findPaths(paths, either);
      if (!either.aborted) return success(found);
      const seconds = searchMs / 1000;
      return failure('timed-out', `The search for models took more than ${seconds} s. Name a folder further down.`);
    },
    predict: predictFiles,
    read: async (file, _sizes, signal) => {
      const read = await readModelFile(file, { signal });
      return read.ok ? success(read.value.profile) : failure(read.error.code, `${file}: ${read.error.message}`);
    },
    openPipeline: openPipelineFile,
    benchmarkObstacle: () => (mayBenchmark ? null : 'Benchmarks are switched off for this server.'),
    benchmark: async (request, progress) => {
      const { benchmarkForTool } = await import('../board/tool-benchmark');
      return await benchmarkForTool(request, progress, landmarksFile);
    },
  };
}
