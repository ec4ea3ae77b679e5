import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Rung } from '../../../core/ladder/rung';
import { t } from '../../../core/language';
import { secondsLeft } from '../../../core/ladder/time-left';
import type { Landmark } from '../../../core/landmarks/landmark';
import { fitReportSentences } from '../../../core/present/fit-sentences';
import { fitReport } from '../../../core/estimate/fit-report';
import type { Result } from '../../../core/result';
import { campaignName } from '../../../jetson/benchmark/plan-job';
import { removeRungs, writeRungs } from '../../../jetson/ladder/ladder-files';
import type { BenchmarkMessage } from '../../../protocol/benchmark-page';
import type { LandmarkLibrary } from '../../services/landmark-library';
import type { BenchmarkPlan } from '../benchmark-record';
import { ladderEnd, type LadderEnd } from './ladder-end';
import type { LadderThread } from './ladder-thread';
import { destinationText } from '../../boards/saved-device';

/** Ladders are benchmarks whose models lie in a folder of the extension, which identifies them after a restart. */
export interface LadderWatch {
  /** Where the reference models for a device are written. */
  folderOf(deviceName: string): string;
  isLadder(plan: BenchmarkPlan): boolean;
  /** Writes the models of a ladder again that was over before. Failure codes: those of `writeRungs` and no-match. */
  restore(plan: BenchmarkPlan, signal: AbortSignal): Promise<Result<readonly string[]>>;
  /** Follows a benchmark that begins or is taken up again; null for one that is no ladder. */
  watch(plan: BenchmarkPlan, view: BenchmarkMessage): WatchedLadder | null;
}

export interface WatchedLadder {
  /** A sentence; empty before the first model is measured, and after the last. To be asked at every change. */
  timeLeft(view: BenchmarkMessage): string;
  /**
   * To be called once the benchmark is no longer followed. Where its job is over, the models are removed, as they can be
   * written again. Null where nothing was measured, or where the job goes on without this window.
   */
  end(view: BenchmarkMessage): Promise<FinishedLadder | null>;
}

export interface FinishedLadder extends LadderEnd {
  /** The deployment whose fits the ladder made; null where no landmark of it is stored. */
  readonly deployment: Pick<Landmark, 'device' | 'runtime'> | null;
}

export function createLadderWatch(root: string, library: LandmarkLibrary, thread: LadderThread): LadderWatch {
  /** Ladders under way by the folder of their models: two on one board wait for each other. */
  const users = new Map<string, number>();
  const isLadder = ({ runs }: BenchmarkPlan): boolean =>
    runs.length > 0 && runs.every(({ modelPath }) => path.dirname(path.dirname(modelPath)) === root);
  const folderOf = (deviceName: string): string =>
    path.join(root, createHash('sha256').update(deviceName).digest('hex').slice(0, 16));

  async function release(folder: string, isOver: boolean): Promise<void> {
    const left = (users.get(folder) ?? 1) - 1;
    if (left > 0) users.set(folder, left);
    else users.delete(folder);
    if (left === 0 && isOver) await removeRungs(folder);
  }

  function watch(plan: BenchmarkPlan, start: BenchmarkMessage): WatchedLadder {
    const folder = path.dirname(plan.runs[0]!.modelPath);
    users.set(folder, (users.get(folder) ?? 0) + 1);
    const closed = new AbortController();
    let rungs: readonly Rung[] | null = null;
    void thread.rungs(idsOf(plan), closed.signal).then((found) => (rungs = found.ok ? found.value : null));
    const clock = createClock(start);
    return {
      timeLeft: (view) => {
        const taken = clock(view);
        const seconds = rungs === null ? null : secondsLeft(rungs, taken);
        if (seconds === null || taken.every((each) => each !== undefined)) return '';
        return seconds < 90
          ? t('About {0} s left.', Math.max(1, Math.round(seconds)))
          : t('About {0} min left.', Math.round(seconds / 60));
      },
      end: async (view) => {
        closed.abort();
        await release(folder, view.state !== 'interrupted');
        if (view.state === 'interrupted' || view.runs.every(({ result }) => result === null)) return null;
        await library.ready;
        const deployment = deploymentOf(plan, library);
        const fits = deployment === null ? [] : fitReportSentences(fitReport(library.estimators, deployment));
        return { ...ladderEnd(view, fits), deployment };
      },
    };
  }

  return {
    folderOf,
    isLadder,
    restore: async (plan, signal) => {
      const rungs = await thread.rungs(idsOf(plan), signal);
      if (!rungs.ok) return rungs;
      const folder = path.dirname(plan.runs[0]!.modelPath);
      return await writeRungs(rungs.value, folder, { signal, onWritten: () => undefined });
    },
    watch: (plan, view) => (isLadder(plan) ? watch(plan, view) : null),
  };
}

function idsOf({ runs }: BenchmarkPlan): readonly string[] {
  return runs.map(({ modelPath }) => path.parse(modelPath).name);
}

/** Measures how long each run takes; undefined for those that are not over, null where that is not known. */
function createClock(start: BenchmarkMessage): (view: BenchmarkMessage) => readonly (number | null | undefined)[] {
  const taken = start.runs.map((run) => (isOver(run) ? null : undefined)) as (number | null | undefined)[];
  let begun: number | null = null;
  return ({ runs }) => {
    const now = performance.now();
    runs.forEach((run, index) => {
      if (taken[index] !== undefined || !isOver(run)) return;
      taken[index] = begun === null || run.result === null ? null : (now - begun) / 1000;
      begun = now;
    });
    // The first model's time begins when the board does, not with the upload.
    if (begun === null && runs.some(({ state }) => state === 'building' || state === 'timing')) begun = now;
    return taken;
  };
}

function isOver({ state }: BenchmarkMessage['runs'][number]): boolean {
  return state === 'finished' || state === 'failed' || state === 'cancelled';
}

/** Where the newest landmark of the ladder stands: the board said which device it is. */
function deploymentOf(plan: BenchmarkPlan, { entries }: LandmarkLibrary): FinishedLadder['deployment'] {
  const names = new Set(plan.runs.map(({ modelName }) => modelName));
  const destination = { alias: destinationText(plan.device) };
  const ours = campaignName({ deviceLabel: plan.device.name, destination });
  const found = entries
    .map(({ landmark }) => landmark)
    .reverse()
    .find(({ model, runtime, campaign }) => names.has(model) && runtime === plan.runs[0]?.runtime && campaign === ours);
  return found === undefined ? null : { device: found.device, runtime: found.runtime };
}
