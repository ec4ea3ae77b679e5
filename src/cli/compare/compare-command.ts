import { Command, Option } from 'commander';
import { answersOf, type Query } from '../../core/estimate/estimate';
import { createEstimators, type Estimators } from '../../core/estimate/estimators';
import { deviceIds } from '../../core/landmarks/devices';
import { compareFiles, type Comparison } from '../../core/present/compare';
import { comparisonCsv, comparisonMarkdown } from '../../core/present/compare-export';
import { comparisonTable } from './compare-command-table';
import { codeOfVerdicts, exitCode, verdictExitHelp } from '../exit-code';
import { findPaths } from '../find-paths';
import { jsonText } from '../json-text';
import { predictFile, type FileAnswer } from '../predict/predict-file';
import { addPredictionOptions, predictionQuery, type PredictionFlags } from '../prediction-options';
import { loadLandmarks, ownBoardSentence, ownLandmarksSentence } from '../landmarks/own-landmarks';
import { answerJson } from '../predict/predict-json';
import { printError, interruptibly, print, warn } from '../streams';
import { createProgress, printable } from '../terminal';

interface CompareFlags extends PredictionFlags {
  readonly json?: true;
  readonly csv?: true;
  readonly markdown?: true;
}

/** `framecast compare`: models side by side, fastest first; `done` gets the exit code. */
export function compareDefinition(done: (code: number) => void): Command {
  const command = new Command('compare').description('put models side by side, fastest first');
  return addPredictionOptions(command, 'board to compare on', "each model's own")
    .addOption(new Option('--json', 'print one JSON array with an element per file').conflicts(['csv', 'markdown']))
    .addOption(new Option('--csv', 'print comma-separated values, with plain numbers').conflicts(['markdown']))
    .option('--markdown', 'print a Markdown table')
    .addHelpText(
      'after',
      `
Models on the Pareto front are marked: no other model of the table is both faster and larger (in parameters).

An element of the JSON array is what framecast predict prints, with these additional fields:
  paretoFront   whether the model is on the front
  macs          multiply–accumulates of one inference at the size of the prediction, or null
  memoryBytes   what an engine takes at least, weights and activations alive at the same time, or null
  fileBytes     size of the file with its external data, as far as it is present
${verdictExitHelp}`,
    )
    .action(async (paths: string[], flags: CompareFlags) => {
      done(await interruptibly((signal) => compareCommand(paths, flags, signal)));
    });
}

async function compareCommand(paths: readonly string[], flags: CompareFlags, signal: AbortSignal): Promise<number> {
  const loaded = await loadLandmarks(flags.landmarks);
  if (!loaded.ok) return printError(loaded.error.message);
  const { landmarks, problems, remarks, isIncomplete } = loaded.value;
  const devices = deviceIds(landmarks);
  if (!devices.includes(flags.device)) {
    return printError(`Device ${flags.device} is not known. Known devices: ${devices.join(', ')}.`);
  }
  [...problems, ...remarks].forEach(warn);

  const query = predictionQuery(flags);
  const targetFps = flags.targetFps ?? null;
  const estimators = createEstimators(landmarks);
  const answers = await predictAll(paths, query, estimators, signal);
  if (signal.aborted) return exitCode.unreadable;
  const comparison = compareFiles(answers, query, targetFps);
  const text = flags.json ? comparisonJson(answers, comparison, flags.targetFps) : textOf(comparison, query, flags);
  const answered = answers.flatMap((answer) => (answer.ok ? answersOf(answer.prediction) : []));
  const own = ownLandmarksSentence(loaded.value, query, estimators, answered);
  const isTable = !flags.json && !flags.csv && !flags.markdown;
  const board = own === null ? null : ownBoardSentence(estimators, query);
  const ending = [own, board].filter((sentence) => sentence !== null).map(printable);
  if (text !== '') await print(isTable ? [text, ...ending].join('\n') : text);
  if (!isTable && own !== null) warn(own);
  for (const { file, message } of comparison.unreadable) printError(`${file}: ${message}`);
  for (const answer of answers) {
    if (answer.ok) answer.warnings.forEach((warning) => printError(`${answer.file}: ${warning}`));
  }
  // Something unreadable weighs more than a missed target, as the comparison is then incomplete.
  if (isIncomplete || comparison.unreadable.length > 0) return exitCode.unreadable;
  const verdicts = comparison.models.map(({ verdict }) => verdict);
  return codeOfVerdicts(verdicts, { targetFps, allowUnsupported: flags.allowUnsupported ?? false });
}

async function predictAll(
  paths: readonly string[],
  query: Query,
  estimators: Estimators,
  signal: AbortSignal,
): Promise<readonly FileAnswer[]> {
  const found = await findPaths(paths);
  const progress = createProgress(process.stderr);
  const answers: FileAnswer[] = [];
  for (const item of found) {
    if (signal.aborted) break;
    if (found.length > 1) progress.report(answers.length, found.length, item.file);
    answers.push(await predictFile(item, query, estimators));
  }
  progress.clear();
  return answers;
}

function textOf(comparison: Comparison, query: Query, { csv, markdown, targetFps = null }: TextFlags): string {
  const context = { query, targetFps };
  if (csv) return comparisonCsv(comparison, context).trimEnd();
  if (markdown) return comparisonMarkdown(comparison, context).trimEnd();
  return comparisonTable(comparison, context).join('\n');
}

interface TextFlags {
  readonly csv?: true;
  readonly markdown?: true;
  readonly targetFps?: number | null;
}

/** The answers in the order of the comparison, what could not be read last. */
function comparisonJson(
  answers: readonly FileAnswer[],
  { models, unreadable }: Comparison,
  targetFps?: number,
): string {
  const byFile = new Map(answers.map((answer) => [answer.file, answer]));
  const rows = models.map(({ file, isOnFront, macs, memoryBytes, fileBytes }) => ({
    ...answerJson(byFile.get(file)!, targetFps),
    paretoFront: isOnFront,
    macs,
    memoryBytes,
    fileBytes,
  }));
  return jsonText([...rows, ...unreadable.map(({ file }) => answerJson(byFile.get(file)!, targetFps))]);
}
