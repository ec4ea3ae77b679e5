import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { defaultRuntime, type Runtime } from '../../core/landmarks/landmark';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../../package.json';
import type { Result } from '../../core/result';
import { runBenchmark } from '../../jetson/benchmark/benchmark';
import type { BenchmarkOutcome } from '../../jetson/benchmark/benchmark-outcome';
import { defaultWorkspaceMiB, type RequestedRun } from '../../jetson/benchmark/benchmark-request';
import { runtimeOfName } from '../../core/landmarks/typed-names';
import { checkFormats, checkReport, isCheckFormat } from '../check-report';
import { gateChecks, type Gates } from './benchmark-gates';
import { disturbancesOf, reportRuns, runCard, runJson, runsMarkdown } from './benchmark-report';
import {
  client,
  estimatorsOf,
  openBenchmarkSession,
  withStops,
  type BenchmarkSession,
  type Stops,
} from './benchmark-session';
import { addMeasuringOptions, boardDestination, type MeasuringFlags } from './board-options';
import { exitCode } from '../exit-code';
import { findPaths } from '../find-paths';
import { inputSize, inputSizeFlag, positiveNumber, wholeNumber } from '../option-values';
import { addFormatOptions, formatOf, type FormatFlags, type OutputFormat } from '../output-format';
import { runtimeOption } from '../prediction-options';
import { printError, print, warn } from '../streams';
import { jsonText } from '../terminal';

interface BenchmarkFlags extends MeasuringFlags, FormatFlags, Gates {
  readonly runtime?: readonly Runtime[];
  readonly batch?: number;
  readonly resolution?: Pick<RequestedRun, 'resolution' | 'height' | 'width'>;
  readonly workspace?: number;
  readonly allowCpu?: true;
  readonly layers?: true;
}

/** `framecast benchmark`: measures models on a board; `done` gets the exit code. */
export function benchmarkDefinition(done: (code: number) => void): Command {
  const command = new Command('benchmark')
    .description('measure models on a board and save the results as landmarks (measured FPS)')
    .argument('<path...>', 'ONNX files, folders (searched for *.onnx) or patterns');
  addMeasuringOptions(command)
    .addOption(
      runtimeOption(`runtime and precision, one or more times (default: ${defaultRuntime})`).argParser(collectRuntimes),
    )
    .option('--batch <size>', "inputs per run (default: the model's own, or 1)", wholeNumber)
    .option(inputSizeFlag, "input as width x height, or one side of a square (default: the model's own)", inputSize)
    .option('--workspace <mib>', `scratch memory for TensorRT (default: ${defaultWorkspaceMiB})`, wholeNumber)
    .option('--allow-cpu', 'let PyTorch run on the CPU of a board without CUDA')
    .option('--layers', 'measure the time of every layer too, in a second pass apart from the figure')
    .option('--min-fps <fps>', 'exit with 1 where a model is slower', positiveNumber)
    .option('--max-p99-ms <ms>', 'exit with 1 where the 99th percentile of its trials is higher', positiveNumber)
    .option('--max-watts <watts>', 'exit with 1 where the board draws more while it runs', positiveNumber);
  return addFormatOptions(command, ['text', 'json', 'markdown', ...checkFormats], {
    json: 'print one JSON object',
    markdown: 'print a Markdown table',
  })
    .addHelpText(
      'after',
      `
The protocol: inputs are random and on the device beforehand; after the warm-up, trials of one batch each are timed from
start to after synchronisation. Nothing is installed on the board. Ctrl-C ends the job there too; a cut link does not:
the job goes on, and the connection is made again. framecast jobs lists and collects jobs that were left.

Fields of the JSON object:
  device      id that the landmarks are filed under
  job         the job on the board; null where there was none
  landmarks   the file that they were written to
  concerns    what the preflight found
  runs        per model and runtime: measured (times in ms, throughputFps), joulesPerInference where the board says its
              power, predicted before (or reason), error as a share of the measured figure, predictedFromNowOn, layers
              (with --layers: measuredMs, predictedMs and fusion), landmark with every trial's time; or ok false and error
  checks      the limits of --min-fps, --max-p99-ms and --max-watts: passed, failed, or error where unknown
  error       instead of runs, where nothing could be tried

Exit status:
  0  everything was measured and is within the limits that were given
  1  everything was measured, but a limit is missed, or something disturbed it, which keeps it out of predictions
  2  something was not measured, or the command line is wrong`,
    )
    .action(async (paths: string[], flags: BenchmarkFlags) =>
      done(await withStops((stops) => benchmarkCommand(paths, flags, stops))),
    );
}

function collectRuntimes(text: string, previous: readonly Runtime[] | undefined): readonly Runtime[] {
  const runtime = runtimeOfName(text);
  if (!runtime.ok) throw new InvalidArgumentError(runtime.error);
  return [...new Set([...(previous ?? []), runtime.value])];
}

async function benchmarkCommand(paths: readonly string[], flags: BenchmarkFlags, stops: Stops): Promise<number> {
  const found = await findPaths(paths);
  const lost = found.flatMap(({ error }) => error ?? []);
  lost.forEach(({ message }) => printError(message));
  const files = found.flatMap(({ file, error }) => (error ? [] : file));
  if (files.length === 0) return exitCode.unreadable;
  const destination = await boardDestination(flags);
  if (!destination.ok) return printError(destination.error.message);

  const session = openBenchmarkSession(flags, stops);
  const before = await estimatorsOf(session.store);
  if (!before.ok) return printError(before.error.message);
  const outcome = await runBenchmark(
    {
      destination: destination.value,
      deviceLabel: flags.label ?? flags.host,
      runs: requestedRuns(files, flags),
      client,
      whenBusy: flags.ifBusy,
      allowCpu: flags.allowCpu,
    },
    session.context,
  );
  session.progress.clear();
  const code = await printOutcome(outcome, {
    session,
    before: before.value,
    output: formatOf(flags),
    gates: flags,
    host: flags.host,
  });
  return lost.length > 0 ? exitCode.unreadable : code;
}

function requestedRuns(files: readonly string[], flags: BenchmarkFlags): readonly RequestedRun[] {
  const { trials, warmup, batch, resolution, workspace, backend, layers } = flags;
  return files.flatMap((file) =>
    (flags.runtime ?? [defaultRuntime]).map((runtime) => ({
      modelPath: path.resolve(file),
      runtime,
      backend,
      trials,
      warmupRuns: warmup,
      batch,
      ...resolution,
      workspaceMiB: workspace,
      layers,
    })),
  );
}

export interface OutcomeContext {
  readonly session: BenchmarkSession;
  /** Over the landmarks before the benchmark. */
  readonly before: Parameters<typeof reportRuns>[1];
  readonly output: OutputFormat;
  readonly gates?: Gates;
  readonly host: string;
}

const reporter = { title: 'framecast benchmark', version };

/** Prints what came of a benchmark and returns the exit code. */
export async function printOutcome(
  outcome: Result<BenchmarkOutcome>,
  { session, before, output, gates = {}, host }: OutcomeContext,
): Promise<number> {
  const { watch, store, prompts } = session;
  const device = watch.report?.device ?? null;
  const common = { host, device, landmarks: store.file, concerns: watch.concerns };
  if (!outcome.ok) {
    const { code } = outcome.error;
    const message = prompts.causeOf(outcome.error.message);
    if (output === 'json') {
      await print(jsonText({ ...common, job: watch.jobId, error: { code, message } }));
    } else if (isCheckFormat(output)) {
      const check = { subject: host, rule: 'measured', name: 'benchmark', state: 'error', message } as const;
      await print(checkReport(output, reporter, [check]));
    }
    return printError(message);
  }
  const after = await estimatorsOf(store);
  const { jobId, left, runs } = outcome.value;
  const reported = await reportRuns(runs, before, after.ok ? after.value : before);
  const checks = gateChecks(reported, gates);
  const isGated = [gates.minFps, gates.maxP99Ms, gates.maxWatts].some((limit) => limit !== undefined);
  if (output === 'json') {
    const filed = runs.find((run) => run.ok)?.landmark.device ?? device;
    const answer = {
      ...common,
      device: filed,
      job: jobId,
      runs: reported.map(runJson),
      checks: isGated ? checks : undefined,
    };
    await print(jsonText(answer));
  } else if (isCheckFormat(output)) {
    await print(checkReport(output, reporter, checks));
  } else if (output === 'markdown') {
    await print(runsMarkdown(reported, isGated ? checks : []));
  } else if (reported.length > 0) {
    await print(reported.map((each) => runCard(each, store.file).join('\n')).join('\n\n'));
  }
  const missed = isGated ? checks.filter(({ state }) => state !== 'passed') : [];
  missed.forEach(({ subject, name, message }) => warn(`${subject}: ${name} is missed: ${message}`));
  if (left) {
    warn(
      `Job ${jobId} continues on the board. \`framecast jobs --host ${host} --resume ${jobId}\` collects it, --cancel stops it.`,
    );
  }
  if (runs.some((run) => !run.ok && run.error.code === 'cancelled')) {
    warn('Nothing of the job runs on the board any more. Models and engines stay there for the next benchmark.');
  }
  if (left || reported.some(({ kind }) => kind === 'failed')) return exitCode.unreadable;
  const disturbed = reported.some((each) => each.kind === 'measured' && disturbancesOf(each.measured.run).length > 0);
  return disturbed || missed.length > 0 ? exitCode.targetMissed : exitCode.fine;
}
