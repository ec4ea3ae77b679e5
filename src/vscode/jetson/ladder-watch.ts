import { createHash } from 'node:crypto';
import path from 'node:path';
import { rungsUpTo } from '../../core/ladder/rung';
import { secondsLeft } from '../../core/ladder/time-left';
import { fitReport, fitReportSentences } from '../../core/present/fit-report';
import { campaignName } from '../../jetson/benchmark/plan-job';
import { removeRungs } from '../../jetson/ladder/ladder-files';
import type { BenchmarkMessage } from '../../protocol/benchmark-page';
import type { LandmarkLibrary } from '../landmark-library';
import type { BenchmarkPlan } from './benchmark-record';
import { destinationText } from './saved-device';

/** Ladders are benchmarks whose models lie in a folder of ours, so that they are known again after a restart. */
export interface LadderWatch {
  /** Where the reference models for a device are written. */
  folderOf(deviceName: string): string;
  isLadder(plan: BenchmarkPlan): boolean;
  /** Follows a benchmark that begins or is taken up again; null for one that is no ladder. */
  watch(plan: BenchmarkPlan, view: BenchmarkMessage): WatchedLadder | null;
}

export interface WatchedLadder {
  /** A sentence; empty before the first model is measured, and after the last. To be asked at every change. */
  timeLeft(view: BenchmarkMessage): string;
  /**
   * What the fits amount to now, once everything is measured; the models are removed then, as they can be written
   * again. Null where something is missing.
   */
  end(view: BenchmarkMessage): Promise<string | null>;
}

export function createLadderWatch(root: string, library: LandmarkLibrary): LadderWatch {
  const isLadder = ({ runs }: BenchmarkPlan): boolean =>
    runs.length > 0 && runs.every(({ modelPath }) => path.dirname(path.dirname(modelPath)) === root);
  return {
    folderOf: (deviceName) => path.join(root, createHash('sha256').update(deviceName).digest('hex').slice(0, 16)),
    isLadder,
    watch: (plan, view) => (isLadder(plan) ? watched(plan, view, library) : null),
  };
}

function watched(plan: BenchmarkPlan, start: BenchmarkMessage, library: LandmarkLibrary): WatchedLadder {
  const all = rungsUpTo(Infinity);
  const rungs = plan.runs.flatMap(({ modelName }) => all.find(({ id }) => id === modelName) ?? []);
  // How long those took that were over before is not known.
  const taken: (number | null)[] = new Array<null>(countOver(start)).fill(null);
  let begun: number | null = null;
  return {
    timeLeft: (view) => {
      const now = performance.now();
      if (begun === null && view.runs.some(({ state }) => state === 'building' || state === 'timing')) begun = now;
      while (begun !== null && taken.length < countOver(view)) {
        taken.push((now - begun) / 1000);
        begun = now;
      }
      const seconds = rungs.length === plan.runs.length ? secondsLeft(rungs, taken) : null;
      if (seconds === null || taken.length === rungs.length) return '';
      return seconds < 90
        ? `About ${Math.max(1, Math.round(seconds))} s left.`
        : `About ${Math.round(seconds / 60)} min left.`;
    },
    end: async (view) => {
      const [first] = plan.runs;
      if (view.state !== 'finished' || first === undefined) return null;
      if (view.runs.some(({ result }) => result === null)) return null;
      await library.ready;
      const names = new Set(plan.runs.map(({ modelName }) => modelName));
      const destination = { alias: destinationText(plan.device) };
      const ours = campaignName({ deviceLabel: plan.device.name, destination });
      const landmark = [...library.landmarks]
        .reverse()
        .find(({ model, runtime, campaign }) => names.has(model) && runtime === first.runtime && campaign === ours);
      if (landmark === undefined) return null;
      await removeRungs(path.dirname(first.modelPath));
      const { device, runtime } = landmark;
      return fitReportSentences(fitReport(library.estimators, { device, runtime })).join(' ');
    },
  };
}

function countOver({ runs }: BenchmarkMessage): number {
  return runs.filter(({ state }) => state === 'finished' || state === 'failed' || state === 'cancelled').length;
}
