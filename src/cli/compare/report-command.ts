import { Command } from 'commander';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../../package.json';
import { reportedModel, reportOf, type ReportedModel } from '../../core/report/report';
import { reportHtml } from '../../core/report/report-html';
import { reportMarkdown } from '../../core/report/report-markdown';
import { formatBytes } from '../../core/figures';
import { writeModelFile } from '../../files/write-file';
import { exitCode, isFailed, verdictExitHelp } from '../exit-code';
import { findPaths } from '../find-paths';
import { addFormatOptions, formatOf, type FormatFlags } from '../output-format';
import { predictFiles } from '../predict/predict-files';
import { addPredictionOptions, openPredicting, type PredictionFlags } from '../prediction-options';
import { interruptibly, print, printError, printUnwritten } from '../streams';
import { printable } from '../terminal';

interface ReportFlags extends PredictionFlags, FormatFlags {
  readonly output?: string;
  readonly force?: true;
}

/** `framecast report`: one file with everything that is known of models, to hand on; `done` gets the exit code. */
export function reportDefinition(done: (code: number) => void): Command {
  const command = new Command('report').description(
    'write one file to hand on: figures, charts, what they rest on, and versions',
  );
  addPredictionOptions(command, 'board to predict for', "each model's own")
    .option('-o, --output <file>', 'file to write; a name that ends in .md makes it Markdown (default: report.html)')
    .option('--force', 'replace a file that is already there');
  return addFormatOptions(command, ['text', 'markdown'], { markdown: 'print Markdown instead of writing HTML' })
    .addHelpText('after', `\nThe HTML file needs nothing else, and runs nothing. -o - prints it.\n${verdictExitHelp}`)
    .action(async (paths: string[], flags: ReportFlags) => {
      done(await interruptibly((signal) => reportCommand(paths, flags, signal)));
    });
}

async function reportCommand(paths: readonly string[], flags: ReportFlags, signal: AbortSignal): Promise<number> {
  const opened = await openPredicting(flags);
  if (!opened.ok) return printError(opened.error.message);
  const { query, demands, estimators, loaded } = opened.value;
  const models: ReportedModel[] = [];
  const unreadable: { file: string; message: string }[] = [];
  for await (const answer of predictFiles(await findPaths(paths), query, estimators, signal, true)) {
    if (answer.ok) models.push(reportedModel(answer, query, demands.targetFps, estimators));
    else unreadable.push({ file: answer.file, message: answer.error.message });
  }
  if (signal.aborted) return exitCode.interrupted;
  unreadable.forEach(({ file, message }) => printError(`${file}: ${message}`));
  if (models.length === 0) return exitCode.unreadable;
  const date = new Date().toISOString().slice(0, 10);
  const report = reportOf(models, unreadable, { query, targetFps: demands.targetFps, estimators }, { version, date });
  const prints = flags.output === '-' || (flags.output === undefined && formatOf(flags) === 'markdown');
  const file = flags.output ?? 'report.html';
  const text =
    formatOf(flags) === 'markdown' || /\.(md|markdown)$/i.test(file) ? reportMarkdown(report) : reportHtml(report);
  if (prints) await print(text.trimEnd());
  else {
    const bytes = new TextEncoder().encode(text);
    const written = await writeModelFile(file, [bytes], { overwrite: flags.force === true, signal });
    if (!written.ok) return printUnwritten(written.error);
    const count = models.length === 1 ? '1 model' : `${models.length} models`;
    await print(printable(`${file}: ${count}, ${formatBytes(written.value)}`));
  }
  if (loaded.isIncomplete || unreadable.length > 0) return exitCode.unreadable;
  return models.some(({ verdict }) => isFailed(verdict, demands)) ? exitCode.targetMissed : exitCode.fine;
}
