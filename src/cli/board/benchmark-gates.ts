import path from 'node:path';
import { formatLatency, formatThroughput, formatWatts } from '../../core/figures';
import { runtimeName } from '../../core/landmarks/landmark';
import type { Check } from '../check-report';
import type { MeasuredRun, ReportedRun } from './benchmark-report';

/** What every measured run must keep to; what is left out is not asked for. */
export interface Gates {
  readonly minFps?: number;
  readonly maxP99Ms?: number;
  readonly maxWatts?: number;
}

/** A check for each run and gate; one for each run where there is no gate. */
export function gateChecks(runs: readonly ReportedRun[], gates: Gates): readonly Check[] {
  return runs.flatMap((reported): readonly Check[] => {
    if (reported.kind === 'failed') {
      const { modelName, runtime, error } = reported.run;
      const name = `${runtimeName(runtime)}: measured`;
      return [
        { subject: modelName, ...fileOf(reported.run), rule: 'measured', name, state: 'error', message: error.message },
      ];
    }
    const { modelName, runtime } = reported.measured.run;
    const checks = judge(reported.measured, gates);
    return checks.map((check) => ({
      ...check,
      ...fileOf(reported.measured.run),
      subject: modelName,
      name: `${runtimeName(runtime)}: ${check.name}`,
    }));
  });
}

/** The model's file, relative to the current folder if it lies in it. */
function fileOf({ modelPath }: { readonly modelPath: string }): { readonly file: string } {
  const relative = path.relative('', modelPath);
  return { file: relative.startsWith('..') ? modelPath : relative };
}

function judge({ run, statistics }: MeasuredRun, gates: Gates): readonly Omit<Check, 'subject'>[] {
  const { throughputFps, batch, measurement } = run.landmark;
  const watts = measurement?.power?.meanWatts ?? null;
  const figure = formatThroughput(throughputFps, batch);
  const checks: Omit<Check, 'subject'>[] = [];
  if (gates.minFps !== undefined) {
    const state = throughputFps >= gates.minFps ? 'passed' : 'failed';
    checks.push({ rule: 'target', name: `at least ${gates.minFps} FPS`, state, message: `${figure}.` });
  }
  if (gates.maxP99Ms !== undefined) {
    const state = statistics.p99Ms <= gates.maxP99Ms ? 'passed' : 'failed';
    const message = `${formatLatency(statistics.p99Ms)} (p99 of ${statistics.trials} trials).`;
    checks.push({ rule: 'latency', name: `p99 of at most ${gates.maxP99Ms} ms`, state, message });
  }
  if (gates.maxWatts !== undefined) {
    checks.push({
      rule: 'power',
      name: `at most ${gates.maxWatts} W`,
      state: watts === null ? 'error' : watts <= gates.maxWatts ? 'passed' : 'failed',
      message:
        watts === null
          ? 'The board does not say what it draws, or the run was too short for its sensors. Ask for more trials.'
          : `${formatWatts(watts)}.`,
    });
  }
  return checks.length > 0 ? checks : [{ rule: 'measured', name: 'measured', state: 'passed', message: `${figure}.` }];
}
