import { Command, Option } from 'commander';
import { answersOf, type Estimate, type Refusal } from '../../core/estimate/estimate';
import { verdictOf } from '../../core/estimate/verdict';
import { predictionView } from '../../core/present/prediction-view';
import { exitCode, isFailed, verdictExitHelp } from '../exit-code';
import { findPaths, type FoundPath } from '../find-paths';
import { ownLandmarksSentence } from '../landmarks/own-landmarks';
import { addFormatOptions, formatOf, outputFormats, type FormatFlags } from '../output-format';
import { addPredictionOptions, openPredicting, type Predicting, type PredictionFlags } from '../prediction-options';
import { interruptibly, print, printError, printJsonArray, warn } from '../streams';
import { printable } from '../terminal';
import { predictCard } from './predict-card';
import { missingWeightsSentence, predictFiles, type FileAnswer } from './predict-files';
import { answerJson } from './predict-json';
import { whatToChange } from './what-to-change';

interface PredictFlags extends PredictionFlags, FormatFlags {
  readonly explain?: true;
}

/** `framecast predict`: a card of one model, a table of several; `done` gets the exit code. */
export function predictDefinition(done: (code: number) => void): Command {
  const command = new Command('predict').description('predict the FPS of models');
  addPredictionOptions(command, 'board to predict for', "the model's own").addOption(
    new Option(
      '--explain',
      'a card of each model, with what its prediction is based on and where the time goes',
    ).conflicts(['json', 'csv', 'markdown', 'format']),
  );
  return addFormatOptions(command, outputFormats, {
    json: 'print one JSON array with an element per file, in the order given',
    csv: 'print comma-separated values, with plain numbers',
    markdown: 'print a Markdown table',
  })
    .addHelpText('after', `\nSeveral models are printed as framecast compare does.\n${verdictExitHelp}`)
    .action(async (paths: string[], flags: PredictFlags) => {
      done(await interruptibly((signal) => predictCommand(paths, flags, signal)));
    });
}

async function predictCommand(paths: readonly string[], flags: PredictFlags, signal: AbortSignal): Promise<number> {
  const opened = await openPredicting(flags);
  if (!opened.ok) return printError(opened.error.message);
  const found = await findPaths(paths);
  const format = formatOf(flags);
  if (format === 'json') return predictEach(found, opened.value, 'json', signal);
  if (flags.explain) return predictEach(found, opened.value, 'explanations', signal);
  if (format === 'text' && found.length === 1) return predictEach(found, opened.value, 'cards', signal);
  const { compareFound } = await import('../compare/compare-command');
  return compareFound(found, opened.value, format, signal, 'predict');
}

/** Prints the answer for each model as it comes, and returns the exit code. */
async function predictEach(
  found: readonly FoundPath[],
  predicting: Predicting,
  as: 'cards' | 'explanations' | 'json',
  signal: AbortSignal,
): Promise<number> {
  const { query, demands, estimators, loaded } = predicting;
  const answered: (Estimate | Refusal)[] = [];
  const lacking: { readonly file: string; readonly missingWeights: readonly string[] }[] = [];
  const complaints: string[] = [];
  let code: number = loaded.isIncomplete ? exitCode.unreadable : exitCode.fine;
  const explanationOf = async (answer: FileAnswer & { readonly ok: true }): Promise<readonly string[]> => {
    const { predictExplanation } = await import('./predict-explain');
    return predictExplanation(answer, query, estimators);
  };
  async function* answers(): AsyncGenerator<FileAnswer> {
    for await (const answer of predictFiles(found, query, estimators, signal, as === 'explanations')) {
      if (answer.ok) {
        answered.push(...answersOf(answer.prediction));
        lacking.push({ file: answer.file, missingWeights: answer.missingWeights });
        complaints.push(...answer.warnings.map((warning) => `${answer.file}: ${warning}`));
        const verdict = verdictOf(answer.prediction, answer.concerns, demands.targetFps);
        // Something unreadable weighs more than a missed target, as the answer is then incomplete.
        if (code === exitCode.fine && isFailed(verdict, demands)) code = exitCode.targetMissed;
      } else {
        complaints.push(`${answer.file}: ${answer.error.message}`);
        code = exitCode.unreadable;
      }
      yield answer;
    }
  }
  if (as === 'json') await printJsonArray(mapped(answers(), (answer) => answerJson(answer, demands.targetFps)));
  else {
    let isFirst = true;
    for await (const answer of answers()) {
      if (!answer.ok) continue;
      const view = predictionView(answer.profile, query, answer.prediction, demands.targetFps ?? undefined);
      const explained = as === 'explanations';
      const asked = { query, estimators, targetFps: demands.targetFps };
      const toChange = await whatToChange(answer, asked, signal);
      const card = predictCard(
        answer.file,
        { ...view, concerns: answer.concerns },
        demands.targetFps,
        explained,
        toChange,
      );
      const explanation = explained ? await explanationOf(answer) : [];
      await print([...(isFirst ? [] : ['']), ...card, ...explanation].join('\n'));
      isFirst = false;
    }
  }
  if (signal.aborted) return exitCode.interrupted;
  const own = ownLandmarksSentence(loaded, query, estimators, answered);
  if (own !== null && as === 'json') warn(own);
  else if (own !== null && answered.length > 0) await print(`\n${printable(own)}`);
  const missing = missingWeightsSentence(lacking);
  [...complaints, ...(missing === null ? [] : [missing])].forEach(warn);
  return code;
}

async function* mapped<T, U>(items: AsyncIterable<T>, of: (item: T) => U): AsyncGenerator<U> {
  for await (const item of items) yield of(item);
}
