import { t } from '../../core/language';
import { leastMemoryBytes } from '../../core/estimate/board-memory';
import { formatBytes, formatMemory, inputSizeText } from '../../core/figures';
import { inputSize } from '../../core/landmarks/landmark';
import type { BoardReport } from '../probe/board-report';
import type { Concern, PlannedRun } from './concern';

/** Engine, timing cache and logs in addition to the models themselves. */
const spareDiskBytes = 500e6;

/** Upload, engine and what building it leaves for a while, each about as large as the model. */
const diskPerModelByte = 3;

/** A round figure for what CUDA's context and TensorRT's libraries take while an engine is built. */
const libraryBytes = 600e6;

/** Whether disk and memory of the board have room for the runs. */
export function roomConcerns(report: BoardReport, runs: readonly PlannedRun[]): (Concern | null)[] {
  return [disk(report, runs), ...runs.map((run) => memory(report, run))];
}

function disk({ disk: { freeBytes }, home }: BoardReport, runs: readonly PlannedRun[]): Concern | null {
  if (freeBytes === null || runs.length === 0) return null;
  const sizes = new Map(runs.map(({ modelName, modelBytes }) => [`${modelName} ${modelBytes}`, modelBytes]));
  const models = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  const wanted = diskPerModelByte * models + spareDiskBytes;
  if (freeBytes >= wanted) return null;
  const where = home ?? t('the home folder');
  const message = t(
    'The board has {0} free at {1}; these runs need about {2} for models and engines. Make room there; `framecast jobs --clean` removes what Framecast left.',
    formatBytes(freeBytes),
    where,
    formatBytes(wanted),
  );
  // Without room for the model and an engine of its size nothing can be built.
  return { severity: freeBytes < 2 * models ? 'error' : 'warning', code: 'disk-short', message };
}

/**
 * Least memory of a run: weights and activations as `leastMemoryBytes` counts them, in FP32 since that is what the
 * builder reads, the model's file that is parsed, and the workspace that TensorRT may use.
 */
function memory({ memory: board }: BoardReport, run: PlannedRun): Concern | null {
  const { availableBytes, totalBytes, swapTotalBytes, swapUsedBytes } = board;
  const cost = run.profile.costAt({ ...inputSize(run), batch: run.batch });
  const least = cost.ok ? leastMemoryBytes(run.profile, 'tensorrt-fp32', cost.value) : null;
  if (availableBytes === null || totalBytes === null || least === null) return null;
  const needed = least + run.modelBytes + run.workspaceMiB * 1024 ** 2;
  const swap = swapTotalBytes ?? 0;
  if (needed > totalBytes + swap) {
    return concern(
      'error',
      t(
        '{0} needs at least {1} at {2}, batch {3}; the board has {4} and {5} of swap. Choose a lower resolution or batch.',
        run.modelName,
        formatMemory(needed),
        inputSizeText(run),
        run.batch,
        formatMemory(totalBytes),
        formatMemory(swap),
      ),
    );
  }
  const free = availableBytes + swap - (swapUsedBytes ?? 0);
  if (needed + libraryBytes <= free) return null;
  return concern(
    'warning',
    t(
      '{0} needs about {1} of memory while its engine is built; the board has {2} left with its swap. End other programs there, or add swap.',
      run.modelName,
      formatMemory(needed + libraryBytes),
      formatMemory(free),
    ),
  );
}

function concern(severity: Concern['severity'], message: string): Concern {
  return { severity, code: 'memory-short', message };
}
