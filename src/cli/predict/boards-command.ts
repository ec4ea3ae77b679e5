import { isEstimate } from '../../core/estimate/estimate';
import { Command } from 'commander';
import { exceedsMemory, isEnough, smallestEnough, planBoards, type BoardAnswer } from '../../core/plan/plan-boards';
import { verdictWord } from '../../core/estimate/verdict';
import { csvText } from '../../core/csv';
import { formatFps, formatMemory, formatTarget, formatThroughput } from '../../core/figures';
import { defaultDevice } from '../../core/landmarks/devices';
import { defaultRuntime, runtimeName } from '../../core/landmarks/landmark';
import { escapeMarkdown } from '../../core/present/card';
import { readModelFile } from '../../files/read-model';
import { colours } from '../colours';
import { exitCode } from '../exit-code';
import { addFormatOptions, formatOf, type FormatFlags } from '../output-format';
import { inputSize, inputSizeFlag, positiveNumber, wholeNumber } from '../option-values';
import { boardsOption } from '../own-boards';
import { openPredicting, runtimeOption, type PredictionFlags } from '../prediction-options';
import { interruptibly, print, printError } from '../streams';
import { createProgress, jsonText, printable } from '../terminal';
import { markdownTable, textTable, wrapped, type TextColumn } from '../text-table';
import { colourOf } from './predict-card';
import { estimateJson } from './predict-json';

interface BoardsFlags extends Omit<PredictionFlags, 'device'>, FormatFlags {}

/** `framecast boards`: one model on every board and power mode; `done` gets the exit code. */
export function boardsDefinition(done: (code: number) => void): Command {
  const command = new Command('boards')
    .description('compare the boards and power modes that a model could run on')
    .argument('<model>', 'ONNX file');
  command
    .option('--target-fps <number>', 'put boards that reach this first; exit with 1 if none does', positiveNumber)
    .addOption(runtimeOption('runtime and precision').default(defaultRuntime))
    .option(inputSizeFlag, "input as width x height, or one side of a square (default: the model's own)", inputSize)
    .option('--batch <size>', "inputs per inference (default: the model's own, or 1)", wholeNumber)
    .option(...boardsOption)
    .option('--landmarks <file>', 'your own measurements, as JSON Lines (default: those of the extension)');
  return addFormatOptions(command, ['text', 'json', 'csv', 'markdown'], {
    json: 'print one JSON object',
    csv: 'print comma-separated values, with plain numbers',
    markdown: 'print a Markdown table',
  })
    .addHelpText(
      'after',
      `
Prices are not known. Boards that reach the target are in the order of their performance class, the lowest peak
arithmetic rate of the GPU first, as a board costs more the faster it can compute; then the others, the fastest first.
Watts are those that the power mode is limited to, where its name says them.

Exit status:
  0  a board reaches the target, or none was given
  1  no board does
  2  something could not be read, or the command line is wrong`,
    )
    .action(async (model: string, flags: BoardsFlags) => {
      done(await interruptibly((signal) => boardsCommand(model, flags, signal)));
    });
}

async function boardsCommand(model: string, flags: BoardsFlags, signal: AbortSignal): Promise<number> {
  const opened = await openPredicting({ ...flags, device: defaultDevice });
  if (!opened.ok) return printError(opened.error.message);
  const { query, demands, estimators, loaded } = opened.value;
  const read = await readModelFile(model);
  if (!read.ok) return printError(`${model}: ${read.error.message}`);
  const progress = createProgress(process.stderr);
  const planned = await planBoards(read.value.profile, query, demands.targetFps, estimators, {
    signal,
    onCandidate: async (done, total, name) => {
      progress.report(done, total, name);
      // Lets an interruption through.
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  progress.clear();
  if (!planned.ok) return exitCode.interrupted;
  const asked: Asked = { model, runtime: query.runtime, targetFps: demands.targetFps };
  await print(textOf(formatOf(flags), planned.value, asked));
  if (loaded.isIncomplete) return exitCode.unreadable;
  return demands.targetFps === null || planned.value.some(isEnough) ? exitCode.fine : exitCode.targetMissed;
}

interface Asked extends Pick<PredictionFlags, 'runtime'> {
  readonly model: string;
  readonly targetFps: number | null;
}

function textOf(format: ReturnType<typeof formatOf>, answers: readonly BoardAnswer[], asked: Asked): string {
  if (format === 'json') return jsonText({ ...asked, boards: answers.map(boardJson) });
  if (format === 'csv')
    return csvText(
      Object.keys(cellsOf(answers[0]!)),
      answers.map((answer) => Object.values(cellsOf(answer))),
    ).trimEnd();
  return (format === 'markdown' ? markdownLines(answers, asked) : tableLines(answers, asked)).join('\n');
}

function boardJson(answer: BoardAnswer): object {
  const { prediction, verdict, ...board } = answer;
  return {
    ...board,
    isEnough: isEnough(answer),
    estimate: prediction.estimate === null ? null : estimateJson(prediction.estimate),
    reason: prediction.reason,
    verdict,
  };
}

/** Plain numbers with their unit in the column's name. */
function cellsOf(answer: BoardAnswer): Record<string, string | number | null> {
  const { device, powerMode, budgetWatts, prediction, verdict, memoryBytes, boardMemoryBytes } = answer;
  const { estimate } = prediction;
  return {
    device,
    power_mode: powerMode,
    budget_watts: budgetWatts,
    throughput_fps: estimate?.throughputFps ?? null,
    interval_low_fps: estimate?.interval?.lowFps ?? null,
    interval_high_fps: estimate?.interval?.highFps ?? null,
    verdict: verdict === null ? null : verdictWord(verdict),
    certainty: verdict?.certainty ?? estimate?.certainty ?? null,
    memory_bytes: memoryBytes,
    board_memory_bytes: boardMemoryBytes,
  };
}

/** A row in words. */
function rowOf(answer: BoardAnswer) {
  const { deviceName, powerMode, budgetWatts, prediction, verdict, memoryBytes, boardMemoryBytes } = answer;
  const { estimate } = prediction;
  const interval = estimate?.interval ?? null;
  const needed = memoryBytes === null ? '–' : formatMemory(memoryBytes);
  return {
    board: deviceName,
    mode: powerMode ?? '–',
    watts: budgetWatts === null ? '–' : `${budgetWatts} W`,
    throughput: estimate === null ? '–' : formatThroughput(estimate.throughputFps, estimate.batch),
    interval: interval === null ? '–' : `${formatFps(interval.lowFps)}–${formatFps(interval.highFps)}`,
    verdict: exceedsMemory(answer) ? 'too little memory' : verdict === null ? '–' : verdictWord(verdict),
    memory: boardMemoryBytes === null ? needed : `${needed} of ${formatMemory(boardMemoryBytes)}`,
  };
}

const columns: readonly TextColumn<BoardAnswer>[] = [
  // All of them are Jetsons, and lines are short.
  { title: 'Board', text: (answer) => printable(rowOf(answer).board.replace(/^Jetson /, '')) },
  { title: 'Power mode', text: (answer) => printable(rowOf(answer).mode) },
  { title: 'Limit', alignRight: true, rank: 3, text: (answer) => rowOf(answer).watts },
  { title: 'FPS', alignRight: true, text: (answer) => rowOf(answer).throughput, colour: () => colours.bold },
  { title: 'Interval', alignRight: true, rank: 2, text: (answer) => rowOf(answer).interval },
  {
    title: 'Verdict',

    rank: 1,
    text: (answer) => rowOf(answer).verdict,
    colour: ({ verdict }) => colourOf(verdict),
  },
  { title: 'Memory', alignRight: true, rank: 4, text: (answer) => rowOf(answer).memory },
];

function tableLines(answers: readonly BoardAnswer[], asked: Asked): readonly string[] {
  return [
    printable(titleOf(asked)),
    '',
    ...textTable(columns, answers),
    '',
    ...notesOf(answers, asked).flatMap((note) => wrapped(note, '  ')),
  ];
}

function markdownLines(answers: readonly BoardAnswer[], asked: Asked): readonly string[] {
  const titles = ['Board', 'Power mode', 'Limit', 'FPS', 'Interval', 'Verdict', 'Memory'];
  const numeric = [false, false, true, true, true, false, true];
  const rows = answers.map((answer) => Object.values(rowOf(answer)));
  return [
    escapeMarkdown(titleOf(asked)),
    '',
    ...markdownTable(titles, numeric, rows),
    '',
    ...notesOf(answers, asked).map((note) => `- ${escapeMarkdown(note)}`),
  ];
}

function titleOf({ model, runtime, targetFps }: Asked): string {
  return [model, runtimeName(runtime), ...(targetFps === null ? [] : [`target ${formatTarget(targetFps)}`])].join(', ');
}

function notesOf(answers: readonly BoardAnswer[], { targetFps }: Asked): readonly string[] {
  const reasons = new Map<string, Set<string>>();
  for (const { prediction, deviceName } of answers) {
    if (prediction.estimate !== null) continue;
    // The general method's reason, once for all boards that it is the same for.
    const reason = prediction.alternatives.at(-1);
    const sentence = reason !== undefined && !isEstimate(reason) ? reason.reason : (prediction.reason ?? '');
    const general = sentence.replaceAll(deviceName, 'this board');
    reasons.set(general, (reasons.get(general) ?? new Set()).add(deviceName));
  }
  const enough = answers.filter(isEnough);
  const boards = new Set(enough.map(({ device }) => device)).size;
  const first = smallestEnough(answers);
  const target = targetFps === null ? '' : formatTarget(targetFps);
  return [
    ...(targetFps === null
      ? []
      : first === null
        ? [`No board reaches ${target}.`]
        : [
            `${boards} ${boards === 1 ? 'board reaches' : 'boards reach'} ${target}; the smallest is ${first.deviceName}${first.powerMode === null ? '' : ` in ${first.powerMode}`}. Prices are not known: the order is that of the GPUs' peak rates.`,
          ]),
    ...[...reasons].map(([reason, names]) => `${[...names].join(', ')}: ${reason}`),
  ].map(printable);
}
