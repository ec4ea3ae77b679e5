import { Command } from 'commander';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../../package.json';
import { answersOf, type Estimate, type Refusal } from '../../core/estimate/estimate';
import { runtimeName } from '../../core/landmarks/landmark';
import { deviceName } from '../../core/landmarks/devices';
import { formatTarget } from '../../core/figures';
import { comparedModel, compareModels, type ComparedModel, type UnreadFile } from '../../core/present/compare';
import { comparisonCsv, comparisonMarkdown } from '../../core/present/compare-export';
import {
  accuracyFrontMark,
  accuracyFrontMeaning,
  comparedText,
  frontMark,
  frontMeaning,
} from '../../core/present/compare-text';
import { checkReport, type Check } from '../check-report';
import { exitCode, isFailed, verdictExitHelp } from '../exit-code';
import { findPaths, type FoundPath } from '../find-paths';
import { ownBoardSentence, ownLandmarksSentence } from '../landmarks/own-landmarks';
import { addFormatOptions, formatOf, outputFormats, type FormatFlags, type OutputFormat } from '../output-format';
import { missingWeightsSentence, predictFiles } from '../predict/predict-files';
import { answerJson } from '../predict/predict-json';
import { addPredictionOptions, openPredicting, type Predicting, type PredictionFlags } from '../prediction-options';
import { interruptibly, print, printError, printJsonArray, warn } from '../streams';
import { printable } from '../terminal';
import { comparisonTable } from './compare-command-table';

interface CompareFlags extends PredictionFlags, FormatFlags {}

/** `framecast compare`: models side by side, fastest first; `done` gets the exit code. */
export function compareDefinition(done: (code: number) => void): Command {
  const command = new Command('compare').description('put models side by side, fastest first');
  addPredictionOptions(command, 'board to compare on', "each model's own");
  return addFormatOptions(command, outputFormats, {
    json: 'print one JSON array with an element per file',
    csv: 'print comma-separated values, with plain numbers',
    markdown: 'print a Markdown table',
  })
    .addHelpText(
      'after',
      `
${frontMark} ${frontMeaning()}.
${accuracyFrontMark} ${accuracyFrontMeaning()}.

An element of the JSON array is what framecast predict prints, with these additional fields:
  paretoFront   whether no other model with this input size is both faster and smaller
  top1Percent   published top-1 accuracy on ImageNet of a standard network, or null
  accuracyFront whether no other model with this input size is both faster and more accurate, or null
  macs          multiply–accumulates of one inference at the size of the prediction, or null
  memoryBytes   what an engine takes at least, weights and activations alive at the same time, or null
  fileBytes     size of the file with its external data, as far as it is present
${verdictExitHelp}`,
    )
    .action(async (paths: string[], flags: CompareFlags) => {
      done(
        await interruptibly(async (signal) => {
          const opened = await openPredicting(flags);
          if (!opened.ok) return printError(opened.error.message);
          return compareFound(await findPaths(paths), opened.value, formatOf(flags), signal, 'compare');
        }),
      );
    });
}

/** A row of the table, with what is said of its file. */
interface Row extends ComparedModel {
  readonly json: object;
  readonly warnings: readonly string[];
  readonly missingWeights: readonly string[];
}

type UnreadRow = UnreadFile & { readonly json: object };

/**
 * Predicts models and prints them side by side; returns the exit code. Keeps a row of each model alone.
 *
 * @param command which reports are of
 */
export async function compareFound(
  found: readonly FoundPath[],
  { query, demands, estimators, loaded }: Predicting,
  format: OutputFormat,
  signal: AbortSignal,
  command: 'compare' | 'predict',
): Promise<number> {
  const { targetFps } = demands;
  const models: Row[] = [];
  const unreadable: UnreadRow[] = [];
  const answered: (Estimate | Refusal)[] = [];
  for await (const answer of predictFiles(found, query, estimators, signal)) {
    const json = format === 'json' ? answerJson(answer, targetFps) : {};
    if (answer.ok) {
      const { warnings, missingWeights } = answer;
      models.push({ ...comparedModel(answer, query, targetFps), json, warnings, missingWeights });
      answered.push(...answersOf(answer.prediction));
    } else unreadable.push({ file: answer.file, code: answer.error.code, message: answer.error.message, json });
  }
  if (signal.aborted) return exitCode.interrupted;

  const comparison = compareModels(models, unreadable);
  const own = ownLandmarksSentence(loaded, query, estimators, answered);
  const context = { query, targetFps };
  if (format === 'text') {
    const board = own === null ? null : ownBoardSentence(estimators, query);
    const ending = [own, board].flatMap((sentence) => (sentence === null ? [] : [printable(sentence)]));
    const lines = [...comparisonTable(comparison, context), ...ending];
    if (lines.length > 0) await print(lines.join('\n'));
  } else {
    if (format === 'json') await printJsonArray(comparisonElements(comparison));
    else if (format === 'csv') await print(comparisonCsv(comparison, context).trimEnd());
    else if (format === 'markdown') await print(comparisonMarkdown(comparison, context).trimEnd());
    else
      await print(
        checkReport(format, { title: `framecast ${command}`, version }, modelChecks(comparison, { query, demands })),
      );
    if (own !== null) warn(own);
  }
  for (const { file, message } of comparison.unreadable) printError(`${file}: ${message}`);
  for (const { file, warnings } of models) warnings.forEach((warning) => warn(`${file}: ${warning}`));
  const missing = missingWeightsSentence(models);
  if (missing !== null) warn(missing);
  // Something unreadable weighs more than a missed target, as the comparison is then incomplete.
  if (loaded.isIncomplete || unreadable.length > 0) return exitCode.unreadable;
  return models.some(({ verdict }) => isFailed(verdict, demands)) ? exitCode.targetMissed : exitCode.fine;
}

interface Compared {
  readonly models: readonly Row[];
  readonly unreadable: readonly UnreadRow[];
}

/** The answers in the order of the comparison, what could not be read last. */
function comparisonElements({ models, unreadable }: Compared): readonly object[] {
  const rows = models.map(({ json, isOnFront, isOnAccuracyFront, top1Percent, macs, memoryBytes, fileBytes }) => {
    const accuracyFront = top1Percent === null ? null : isOnAccuracyFront;
    return { ...json, paretoFront: isOnFront, top1Percent, accuracyFront, macs, memoryBytes, fileBytes };
  });
  return [...rows, ...unreadable.map(({ json }) => json)];
}

/** Whether each model does what is demanded of it. */
function modelChecks(
  { models, unreadable }: Compared,
  { query, demands }: Pick<Predicting, 'query' | 'demands'>,
): readonly Check[] {
  const deployment = `${deviceName(query.device)}, ${runtimeName(query.runtime)}`;
  const { targetFps } = demands;
  const rule = targetFps === null ? 'runs' : 'target';
  const name = targetFps === null ? `runs on ${deployment}` : `at least ${formatTarget(targetFps)} on ${deployment}`;
  const judged = models.map((model): Check => {
    const { file, verdict, concerns, reason } = model;
    const { throughput, interval } = comparedText(model);
    const figure = reason ?? `${throughput} predicted (${interval}).`;
    const errors = concerns.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    const sentences = [...(verdict === null ? [] : [`${verdict.sentence}.`]), figure, ...errors];
    const state = isFailed(verdict, demands) ? 'failed' : 'passed';
    return { subject: file, file, rule, name, state, message: sentences.join(' ') };
  });
  const lost = unreadable.map(({ file, message }): Check => ({
    subject: file,
    file,
    rule,
    name,
    state: 'error',
    message,
  }));
  return [...judged, ...lost];
}
