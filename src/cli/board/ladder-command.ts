import { createHash } from 'node:crypto';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { defaultLadderLength, defaultMaxWeightBytes } from '../../core/ladder/choose-ladder';
import { defaultRuntime, runtimes, type Runtime } from '../../core/landmarks/landmark';
import { backends } from '../../core/landmarks/backends';
import { type ImageSize, isSameSize } from '../../core/image-size';
import { success, type Result } from '../../core/result';
import { zooFamilies } from '../../core/zoo/families';
import { defaultLandmarksFile } from '../../files/landmarks';
import { resumeBenchmark } from '../../jetson/benchmark/benchmark';
import type { RunOutcome } from '../../jetson/benchmark/benchmark-outcome';
import { campaignName } from '../../jetson/benchmark/plan-job';
import { rememberedPrompts } from '../../jetson/benchmark/remembered-prompts';
import type { Destination } from '../../jetson/connection/destination';
import { removeRungs } from '../../jetson/ladder/ladder-files';
import { measureLadder, type LadderEvent } from '../../jetson/ladder/measure-ladder';
import { planLadder, type LadderPlan } from '../../jetson/ladder/plan-ladder';
import {
  client,
  estimatorsOf,
  openBenchmarkSession,
  withStops,
  type BenchmarkSession,
  type Stops,
} from './benchmark-session';
import { addMeasuringOptions, boardDestination, type MeasuringFlags } from './board-options';
import { ladderCode, ladderLines, planLines, rungJson, timeText, type MeasuredLadder } from './ladder-report';
import { inputSize, inputSizeFlag, wholeNumber } from '../option-values';
import { runtimeOption } from '../prediction-options';
import { createOpenJobs } from './pending-jobs';
import { printError, print, warn } from '../streams';
import { jsonText } from '../terminal';

/** Runtimes that the reference models can be measured with: they come as ONNX files, which PyTorch does not run. */
const measurable = runtimes.filter((runtime) => runtime === 'tensorrt-fp16' || runtime === 'tensorrt-fp32');

interface LadderFlags extends MeasuringFlags {
  readonly runtime: Runtime;
  readonly models: number;
  readonly family: readonly string[];
  readonly maxModelMb: number;
  readonly resolution?: readonly ImageSize[];
  readonly dryRun?: true;
  readonly json?: true;
}

/** `framecast ladder`: measures reference models on a board, so that it gets fits; `done` gets the exit code. */
export function ladderDefinition(done: (code: number) => void): Command {
  return addMeasuringOptions(
    new Command('ladder').description('measure a few reference models on a board, so that any model can be predicted'),
    backends.filter((name) => name !== 'pytorch'),
  )
    .addOption(runtimeOption('runtime and precision', measurable).default(defaultRuntime))
    .option('--models <count>', 'reference models to measure', wholeNumber, defaultLadderLength)
    .option('--family <name>', 'family that is to get a fit of its own, one or more times', collectFamilies, [])
    .option('--max-model-mb <megabytes>', 'largest model file to send', wholeNumber, defaultMaxWeightBytes / 1e6)
    .option(
      inputSizeFlag,
      'size of the images that the models read, one or more times (default: 112, 224 and 320)',
      collectSizes,
    )
    .option('--dry-run', 'say what would be measured, and measure nothing')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
The models are chosen so that few of them tell most beyond what is known of boards of this kind, in the power mode that
the board is in, and without those that are measured on this board in that mode already. So a ladder that was interrupted goes on where it was when the command is run
again; a job that was left on the board is collected first. Ctrl-C ends the job on the board, and keeps what is measured.

Fields of the JSON object:
  device      id that the landmarks are filed under
  powerMode   the mode that the board is in; null where it is not one that Framecast knows
  campaign    name of this very board in the landmarks
  landmarks   the file that they are written to
  planned     the models that were missing: id, family, resolution (with height and width if not square), parameters,
              macs, weightBytes
  notes       sentences on families that cannot get a fit of their own
  runs        what became of each: landmark with every trial's time; or ok false and error
  fit         what the landmarks of this device and runtime amount to; errors are mean shares from leaving each out
  error       where it could not be measured

Exit status:
  0  everything was measured, or was already
  1  everything was measured, but something disturbed it, which keeps it out of predictions
  2  something was not measured, or the command line is wrong`,
    )
    .action(async (flags: LadderFlags) => done(await withStops((stops) => ladderCommand(flags, stops))));
}

function collectFamilies(text: string, previous: readonly string[]): readonly string[] {
  const family = zooFamilies.find(({ name }) => name.toLowerCase() === text.toLowerCase());
  if (family === undefined) {
    throw new InvalidArgumentError(`There are reference models of ${zooFamilies.map(({ name }) => name).join(', ')}.`);
  }
  return [...new Set([...previous, family.name])];
}

function collectSizes(text: string, previous: readonly ImageSize[] = []): readonly ImageSize[] {
  const { resolution = 0, height = resolution, width = resolution } = inputSize(text);
  if (previous.length >= maxSizes) throw new InvalidArgumentError(`A ladder takes ${maxSizes} sizes at most.`);
  return [...previous.filter((size) => !isSameSize(size, { height, width })), { height, width }];
}

/** Each size costs all reference models, a fraction of a second. */
const maxSizes = 8;

async function ladderCommand(flags: LadderFlags, stops: Stops): Promise<number> {
  const destination = await boardDestination(flags);
  if (!destination.ok) return printError(destination.error.message);
  const opened = openBenchmarkSession(flags, stops);
  // The board is connected to more than once; the user is asked once.
  const session = { ...opened, context: { ...opened.context, prompts: rememberedPrompts(opened.context.prompts) } };
  const board = { deviceLabel: flags.label ?? flags.host, destination: destination.value };
  const climb: Climb = { flags, session, campaign: campaignName(board), ...board };

  const collected = flags.dryRun ? success([]) : await collectLeftJobs(climb);
  if (!collected.ok) return failed(climb, collected.error);
  const plan = await planOf(climb);
  session.progress.clear();
  if (!plan.ok) return failed(climb, plan.error);
  if (!flags.json) await print(planLines(plan.value).join('\n'));
  plan.value.notes.forEach(warn);

  let runs: readonly RunOutcome[] = collected.value;
  let error: MeasuredLadder['error'] = null;
  if (!flags.dryRun && plan.value.rungs.length > 0) {
    const outcome = await measure(climb, plan.value);
    session.progress.clear();
    if (outcome.ok) {
      const { runs: measured } = outcome.value;
      // What a job that was left failed on or never came to is told of as it went this time.
      const again = new Set(measured.map(({ modelName }) => modelName));
      runs = [...runs.filter(({ ok, modelName }) => ok || !again.has(modelName)), ...measured];
      if (outcome.value.left) error = leftOnBoard(climb, outcome.value.jobId);
    } else error = outcome.error;
  } else if (!flags.dryRun) await removeRungs(folderOf(climb));

  const after = await estimatorsOf(session.store);
  if (!after.ok) return printError(after.error.message);
  const ladder = { plan: plan.value, runtime: flags.runtime, runs, error, estimators: after.value };
  if (flags.json) await print(jsonText({ ...common(climb), ...rungJson(ladder) }));
  else if (!flags.dryRun) await print(ladderLines(ladder, session.store.file).join('\n'));
  if (error !== null) printError(session.prompts.causeOf(error.message));
  return ladderCode(ladder);
}

/** One call of the command. */
interface Climb {
  readonly flags: LadderFlags;
  readonly session: BenchmarkSession;
  readonly destination: Destination;
  readonly deviceLabel: string;
  readonly campaign: string;
}

/** Collects what earlier calls left on this board. A job that the board does not know any more is passed over. */
async function collectLeftJobs({ session, destination, campaign }: Climb): Promise<Result<readonly RunOutcome[]>> {
  const { context, store } = session;
  const left = (await createOpenJobs(store.file).list()).filter(
    ({ job, landmarksFile }) =>
      job.destination === destination.alias && job.campaign === campaign && landmarksFile === store.file,
  );
  const runs: RunOutcome[] = [];
  for (const { job } of left.reverse()) {
    warn(`Collecting job ${job.jobId}, which was left on the board.`);
    const outcome = await resumeBenchmark(job, destination, context);
    if (outcome.ok) runs.push(...outcome.value.runs);
    else if (outcome.error.code === 'no-match') warn(outcome.error.message);
    else return outcome;
    if (context.signal.aborted || context.leave?.aborted) break;
  }
  return success(runs);
}

async function planOf({ flags, session, destination, campaign }: Climb): Promise<Result<LadderPlan>> {
  const estimators = await estimatorsOf(session.store);
  if (!estimators.ok) return estimators;
  const { runtime, models: length, family: families, maxModelMb } = flags;
  return planLadder(
    {
      destination,
      runtime,
      length,
      families,
      campaign,
      estimators: estimators.value,
      maxWeightBytes: maxModelMb * 1e6,
      sizes: flags.resolution,
    },
    { prompts: session.context.prompts, signal: session.context.signal },
  );
}

function measure(climb: Climb, { rungs }: LadderPlan) {
  const { flags, session, destination, deviceLabel } = climb;
  const { trials, warmup, backend, runtime } = flags;
  const onLadder = (event: LadderEvent): void => {
    if (event.kind === 'writing') {
      session.progress.report(event.done, event.of, 'reference models written');
      return;
    }
    session.progress.clear();
    const left = event.done === event.of || event.secondsLeft === null ? '' : `, ${timeText(event.secondsLeft)} left`;
    const failed = event.failed === 0 ? '' : `, ${event.failed} of them not measured`;
    warn(`${event.done} of ${event.of} models done${failed}${left}.`);
  };
  return measureLadder(
    {
      destination,
      deviceLabel,
      rungs,
      runtime,
      backend,
      folder: folderOf(climb),
      client,
      whenBusy: flags.ifBusy,
      trials,
      warmupRuns: warmup,
    },
    { ...session.context, onLadder },
  );
}

/** A board's own, as two boards may be measured at once. */
function folderOf({ campaign, session }: Climb): string {
  const board = createHash('sha256').update(`${campaign}\n${session.store.file}`).digest('hex').slice(0, 16);
  return path.join(path.dirname(defaultLandmarksFile()), 'ladder', board);
}

function leftOnBoard({ flags }: Climb, jobId: string | null): MeasuredLadder['error'] {
  return {
    code: 'cancelled',
    message: `Job ${jobId ?? ''} goes on on the board by itself. Run the same command again to collect it, or end it with \`framecast jobs --host ${flags.host} --cancel ${jobId ?? ''}\`.`,
  };
}

async function failed(climb: Climb, error: NonNullable<MeasuredLadder['error']>): Promise<number> {
  climb.session.progress.clear();
  const message = climb.session.prompts.causeOf(error.message);
  if (climb.flags.json) await print(jsonText({ ...common(climb), error: { code: error.code, message } }));
  return printError(message);
}

function common({ flags, campaign, session }: Climb): object {
  return { host: flags.host, campaign, landmarks: session.store.file };
}
