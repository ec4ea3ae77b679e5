import { runtimeName, type Runtime } from '../../core/landmarks/landmark';
import { severityName } from '../../core/present/concern-summary';
import { formatBytes } from '../../core/figures';
import type { BenchmarkEvent, ReadyRun } from '../../jetson/benchmark/benchmark-event';
import type { Concern } from '../../jetson/preflight/concern';
import type { BoardReport } from '../../jetson/probe/probe';
import { warn } from '../streams';
import type { Progress } from '../terminal';

/** Shows a benchmark while it runs, and keeps what its end needs. */
export interface BenchmarkWatch {
  onEvent(event: BenchmarkEvent): void;
  readonly report: BoardReport | null;
  readonly concerns: readonly Concern[];
  readonly jobId: string | null;
}

/**
 * Events on standard error: how far it is on a progress line, where there is a terminal; concerns, lost links and the
 * like as sentences; the board's log where `verbose`.
 */
export function watchBenchmark(progress: Progress, { verbose }: { readonly verbose: boolean }): BenchmarkWatch {
  let runs: readonly ReadyRun[] = [];
  const say = (sentence: string): void => {
    progress.clear();
    warn(sentence);
  };
  const nameOf = (run: number): string => {
    const found = runs.find((each) => each.run === run);
    return found === undefined ? `run ${run + 1}` : runLabel(found);
  };
  const watch: { -readonly [Key in keyof BenchmarkWatch]: BenchmarkWatch[Key] } = {
    report: null,
    concerns: [],
    jobId: null,
    onEvent: (event) => {
      switch (event.kind) {
        case 'stage': {
          const done = event.run ?? 0;
          progress.report(done, Math.max(1, runs.length, done), event.message);
          return;
        }
        case 'runs':
          runs = event.runs;
          return;
        case 'probed':
          watch.report = event.report;
          return;
        case 'concerns':
          watch.concerns = event.concerns;
          event.concerns.forEach(({ severity, message }) => say(`${severityName(severity)}: ${message}`));
          return;
        case 'upload': {
          const amount = `${formatBytes(event.doneBytes)} of ${formatBytes(event.totalBytes)}`;
          const rate = `${formatBytes(Math.round(event.bytesPerSecond))}/s`;
          progress.report(percent(event.doneBytes, event.totalBytes), 100, `% ${event.fileName}: ${amount}, ${rate}`);
          return;
        }
        case 'job':
          watch.jobId = event.jobId;
          return;
        case 'trials':
          progress.report(event.done, event.of, `trials of ${nameOf(event.run)}`);
          return;
        case 'log':
          if (verbose) {
            progress.clear();
            process.stderr.write(event.text);
          }
          return;
        case 'reconnecting':
          if (event.attempt === 1) say(`${event.message} Framecast keeps trying; nothing is lost.`);
          progress.report(0, 1, `Connection lost. Attempt ${event.attempt} in ${Math.ceil(event.inSeconds)} s.`);
          return;
        case 'reconnected':
          say('Connected again.');
          return;
        case 'note':
          say(event.message);
          return;
        case 'run-finished':
          return;
      }
    },
  };
  return watch;
}

/** A run for people: `resnet18, TensorRT FP16`. */
export function runLabel({ modelName, runtime }: { readonly modelName: string; readonly runtime: Runtime }): string {
  return `${modelName}, ${runtimeName(runtime)}`;
}

function percent(done: number, total: number): number {
  return total === 0 ? 100 : Math.floor((100 * done) / total);
}
