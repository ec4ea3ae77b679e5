import { createEstimators, type Estimators } from '../../core/estimate/estimators';
import { answersOf, type Query } from '../../core/estimate/estimate';
import { verdictOf } from '../../core/estimate/verdict';
import { deviceIds } from '../../core/landmarks/devices';
import { predictionView } from '../../core/present/prediction-view';
import { findPaths } from '../find-paths';
import { predictFile, type FileAnswer } from './predict-file';
import { loadLandmarks, ownBoardSentence, ownLandmarksSentence } from '../landmarks/own-landmarks';
import { predictCard } from './predict-card';
import { predictExplanation } from './predict-explain';
import { predictJson } from './predict-json';
import { predictTable } from './predict-table';
import { codeOfVerdicts, exitCode } from '../exit-code';
import { printError, print, warn } from '../streams';
import { createProgress, printable } from '../terminal';

export interface PredictOptions {
  readonly query: Query;
  readonly targetFps?: number;
  /** Whether a model that does not run as exported is no failure. */
  readonly allowUnsupported: boolean;
  /** JSON Lines file with the user's own landmarks. */
  readonly landmarksFile?: string;
  readonly json: boolean;
  /** Adds to each model what its prediction rests on. */
  readonly explain: boolean;
}

/** Predicts the throughput of every model that `paths` lead to, prints the answers and returns the exit code. */
export async function predictCommand(paths: readonly string[], options: PredictOptions): Promise<number> {
  const { query, targetFps, json } = options;
  const loaded = await loadLandmarks(options.landmarksFile);
  if (!loaded.ok) return printError(loaded.error.message);
  const { landmarks, problems, remarks, isIncomplete } = loaded.value;
  const devices = deviceIds(landmarks);
  if (!devices.includes(query.device)) {
    return printError(`Device ${query.device} is not known. Known devices: ${devices.join(', ')}.`);
  }
  [...problems, ...remarks].forEach(warn);

  const estimators = createEstimators(landmarks);
  const answers = await predictAll(paths, query, estimators);
  const forPeople = options.explain ? explainedText : textForPeople;
  const text = json ? predictJson(answers, targetFps) : forPeople(answers, query, targetFps, estimators);
  // Waits until it is written, so that error messages come after the answers if both go to one stream.
  const answered = answers.flatMap((answer) => (answer.ok ? answersOf(answer.prediction) : []));
  const own = ownLandmarksSentence(loaded.value, query, estimators, answered);
  const isTable = answers.length > 1 && !options.explain;
  const board = own !== null && isTable ? ownBoardSentence(estimators, query) : null;
  const ending = [own, board].filter((sentence) => sentence !== null).map(printable);
  if (text !== '') await print(json || own === null ? text : `${text}\n\n${ending.join('\n')}`);
  if (json && own !== null) warn(own);
  for (const answer of answers) {
    if (!answer.ok) printError(`${answer.file}: ${answer.error.message}`);
    else answer.warnings.forEach((warning) => printError(`${answer.file}: ${warning}`));
  }
  // Something unreadable weighs more than a missed target, as the answer is then incomplete.
  if (isIncomplete || answers.some((answer) => !answer.ok)) return exitCode.unreadable;
  const verdicts = answers.flatMap((answer) =>
    answer.ok ? [verdictOf(answer.prediction, answer.concerns, targetFps ?? null)] : [],
  );
  return codeOfVerdicts(verdicts, { targetFps: targetFps ?? null, allowUnsupported: options.allowUnsupported });
}

async function predictAll(
  paths: readonly string[],
  query: Query,
  estimators: Estimators,
): Promise<readonly FileAnswer[]> {
  const found = await findPaths(paths);
  const progress = createProgress(process.stderr);
  const clear = () => progress.clear();
  const interrupt = () => {
    clear();
    // The shell's convention for a command that was ended by this signal.
    process.exit(130);
  };
  process.once('SIGINT', interrupt);
  const answers: FileAnswer[] = [];
  for (const item of found) {
    if (found.length > 1) progress.report(answers.length, found.length, item.file);
    answers.push(await predictFile(item, query, estimators));
  }
  clear();
  process.removeListener('SIGINT', interrupt);
  return answers;
}

function textForPeople(answers: readonly FileAnswer[], query: Query, targetFps: number | undefined): string {
  const rows = answers.flatMap((answer) =>
    answer.ok ? [{ file: answer.file, view: predictionView(answer.profile, query, answer.prediction, targetFps) }] : [],
  );
  const [first] = rows;
  if (first === undefined) return '';
  const lines =
    answers.length === 1
      ? predictCard(first.file, first.view, targetFps)
      : [first.view.place, '', ...predictTable(rows, targetFps !== undefined)];
  return lines.join('\n');
}

/** A card for each model, with what its prediction rests on. */
function explainedText(
  answers: readonly FileAnswer[],
  query: Query,
  targetFps: number | undefined,
  estimators: Estimators,
): string {
  const cards = answers.flatMap((answer) => {
    if (!answer.ok) return [];
    const view = predictionView(answer.profile, query, answer.prediction, targetFps);
    return [
      [...predictCard(answer.file, view, targetFps), ...predictExplanation(answer, query, estimators)].join('\n'),
    ];
  });
  return cards.join('\n\n');
}
