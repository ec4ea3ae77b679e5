import { Command } from 'commander';
import type { Query } from '../../core/estimate/estimate';
import { inputSizeText } from '../../core/figures';
import { boardName, defaultDevice } from '../../core/landmarks/devices';
import { defaultRuntime, runtimeName } from '../../core/landmarks/landmark';
import type { Plan } from '../../core/plan/plan';
import { planFamily } from '../../core/plan/plan-family';
import { planResolution } from '../../core/plan/plan-resolution';
import type { PlanEstimators, PlanProgress } from '../../core/plan/try-candidates';
import { type PlanSubject, planView, type PlanView } from '../../core/present/plan-view';
import { failure, success, type Result } from '../../core/result';
import { zooFamilies } from '../../core/zoo/families';
import { findZooFamily } from '../../core/zoo/reference-model';
import { colours } from '../colours';
import { exitCode } from '../exit-code';
import { inputSize, inputSizeFlag, positiveNumber, powerModeOption, wholeNumber } from '../option-values';
import { openPredicting, runtimeOption, type PredictionFlags } from '../prediction-options';
import { boardsOption } from '../own-boards';
import { ownLandmarksSentence } from '../landmarks/own-landmarks';
import { planJson, type PlanQuestion } from './plan-command-json';
import { readModelFile } from '../../files/read-model';
import { printError, interruptibly, print, warn } from '../streams';
import { createProgress, printable } from '../terminal';
import { factLines, section } from '../text-table';
import { addMemberOptions, memberSettings } from './zoo-command-options';

interface PlanFlags extends PredictionFlags {
  readonly family?: string;
  readonly targetFps: number;
  readonly classes?: number;
  readonly step?: number;
  readonly largest?: number;
  readonly json?: true;
}

/** `framecast plan`: the largest network, or the highest resolution, that meets a target; `done` gets the exit code. */
export function planDefinition(done: (code: number) => void): Command {
  const command = new Command('plan')
    .description('find the largest member of a family, or the highest resolution of a model, that meets a target')
    .argument('[model]', 'ONNX file whose highest resolution is wanted')
    .option(
      '--family <name>',
      `family whose largest member is wanted: ${zooFamilies.map(({ name }) => name).join(', ')}`,
    )
    .requiredOption('--target-fps <number>', 'FPS to reach', positiveNumber)
    .option('--device <id>', 'board to plan for', defaultDevice)
    .addOption(runtimeOption('runtime and precision').default(defaultRuntime))
    .option(...powerModeOption)
    .option('--batch <size>', "inputs per inference (default: 1, or the model's own)", wholeNumber)
    .option(...boardsOption)
    .option('--landmarks <file>', 'your own measurements, as JSON Lines (default: those of the extension)')
    .option('--json', 'print one JSON object')
    .optionsGroup('With a model:')
    .option('--step <pixels>', "try multiples of this resolution, and the model's own (default: 32)", wholeNumber)
    .option('--largest <pixels>', 'highest resolution to try (default: 2048)', wholeNumber)
    .optionsGroup('With --family (an option of the family that is given is not searched):')
    .option(
      inputSizeFlag,
      'input as width x height, or one side of a square (default: 224; 112 for families that recognise faces)',
      inputSize,
    )
    .option('--classes <count>', 'number of classes (default: 1000)', wholeNumber);
  return addMemberOptions(command)
    .addHelpText(
      'after',
      `
Every candidate is predicted, as by framecast predict; the answer is the largest, by parameters or by resolution, whose
predicted throughput reaches the target.

Fields of the JSON object:
  subject       kind "family" with family and fixed options, or kind "resolution" with file, step and largest
  query         device, runtime, and resolution and batch where they were given
  targetFps     the target
  outcome       "some" of the candidates reach it, "all" do, "none" does, or "unanswered": nothing could be predicted
  answer        the largest that reaches it: label, settings, resolution, batch, parameters, macs, meetsTarget, estimate
                (as framecast predict prints it); or null
  lowEndMeets   whether even the low end of the answer's interval reaches it; null where there is no interval
  sure          the largest of which even the low end of the interval reaches it, or null
  within        the largest that reaches it and lies within what was measured, or null
  next          the next larger one, which misses it, or null
  closest       where none reaches it, the fastest; otherwise null
  monotonic     false where candidates smaller than the answer miss the target
  candidates    all of them, smallest first, each as answer is
  unanswered    reasons why candidates have no figure, each with their labels

Exit status:
  0  something reaches the target
  1  nothing does, or no throughput could be predicted to compare with it
  2  something could not be read, or the command line is wrong`,
    )
    .action(async (model: string | undefined, flags: PlanFlags) => {
      done(await interruptibly((signal) => planCommand(model, flags, signal)));
    });
}

async function planCommand(model: string | undefined, flags: PlanFlags, signal: AbortSignal): Promise<number> {
  const contradiction = complaintAbout(model, flags);
  if (contradiction !== null) return printError(contradiction);
  const opened = await openPredicting(flags);
  if (!opened.ok) return printError(opened.error.message);
  const { query, estimators, loaded } = opened.value;
  const progress = createProgress(process.stderr);
  const hooks: PlanProgress = {
    signal,
    onCandidate: async (done, total, label) => {
      progress.report(done, total, label);
      // Lets an interruption through; the rest of the work leaves no gap for it.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const planned = await plan(model, flags, query, estimators, hooks);
  progress.clear();
  if (!planned.ok) return planned.error.code === 'cancelled' ? exitCode.unreadable : printError(planned.error.message);
  const { question, plan: result } = planned.value;
  const own = ownLandmarksSentence(
    loaded,
    query,
    estimators,
    result.trials.map(({ estimate }) => estimate),
  );
  const forPeople = [textForPeople(question, result), ...(own === null ? [] : ['', printable(own)])].join('\n');
  await print(flags.json ? planJson(question, result) : forPeople);
  if (flags.json && own !== null) warn(own);
  if (loaded.isIncomplete) return exitCode.unreadable;
  return result.answer === null ? exitCode.targetMissed : exitCode.fine;
}

/** What is wrong with the options together; null where nothing is. */
function complaintAbout(model: string | undefined, flags: PlanFlags): string | null {
  const { family, resolution, classes, step, largest } = flags;
  if ((model === undefined) === (family === undefined)) {
    return 'Name either a model file, to plan its resolution, or a family with --family, to plan its size.';
  }
  const ofFamily = [
    ...(resolution === undefined ? [] : ['resolution']),
    ...(classes === undefined ? [] : ['classes']),
    ...Object.keys(memberSettings({ ...flags })),
  ];
  if (family === undefined && ofFamily.length > 0) return `Only with --family there is a --${ofFamily[0]} to choose.`;
  const ofModel = [...(step === undefined ? [] : ['step']), ...(largest === undefined ? [] : ['largest'])];
  if (model === undefined && ofModel.length > 0) return `Only with a model file there is a --${ofModel[0]} to choose.`;
  return null;
}

interface Planned {
  readonly question: PlanQuestion;
  readonly plan: Plan;
}

async function plan(
  model: string | undefined,
  flags: PlanFlags,
  query: Query,
  estimators: PlanEstimators,
  hooks: PlanProgress,
): Promise<Result<Planned>> {
  const { classes, targetFps, step, largest } = flags;
  if (model === undefined) {
    const fixed = memberSettings({ ...flags });
    const family = findZooFamily(flags.family!)?.name ?? flags.family!;
    const question = { family, fixed, query, targetFps, classes };
    const result = await planFamily(question, estimators, hooks);
    return result.ok ? success({ question: { kind: 'family', family, fixed, query }, plan: result.value }) : result;
  }
  const read = await readModelFile(model);
  if (!read.ok) return failure(read.error.code, `${model}: ${read.error.message}`);
  const { profile } = read.value;
  const steps = { step: step ?? 32, largest: largest ?? 2048 };
  const result = await planResolution({ profile, query, targetFps, ...steps }, estimators, hooks);
  if (!result.ok) return failure(result.error.code, `${model}: ${result.error.message}`);
  const question: PlanQuestion = { kind: 'resolution', file: model, variant: profile.variant, ...steps, query };
  return success({ question, plan: result.value });
}

function textForPeople(question: PlanQuestion, result: Plan): string {
  const { runtime, batch } = question.query;
  const shown = result.answer ?? result.closest;
  const setup = [
    boardName(question.query),
    runtimeName(runtime),
    ...(question.kind === 'family' && shown !== null ? [inputSizeText(shown)] : []),
    `batch ${shown?.batch ?? batch ?? 1}`,
  ].join(', ');
  const subject: PlanSubject =
    question.kind === 'family' ? { kind: 'family', family: question.family } : { kind: 'resolution' };
  const title =
    question.kind === 'family' ? setup : `${question.file} (${question.variant ?? 'family not recognised'}), ${setup}`;
  return planCard(title, planView(result, subject), result).join('\n');
}

/** @param title where the figures hold, and for which model */
function planCard(title: string, { headline, facts, notes }: PlanView, plan: Plan): readonly string[] {
  const paint = plan.answer === null ? colours.red : plan.lowEndMeets === true ? colours.green : colours.yellow;
  return [
    colours.dim(printable(title)),
    '',
    `  ${paint(colours.bold(printable(headline)))}`,
    ...(facts.length === 0 ? [] : ['', ...factLines(facts)]),
    ...section('Notes', notes),
  ];
}
