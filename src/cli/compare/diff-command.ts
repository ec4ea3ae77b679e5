import { Command } from 'commander';
import { diffModels, type DiffedModel, type ModelDiff } from '../../core/estimate/model-diff';
import type { ModelProfile } from '../../core/profile/profile';
import { escapeMarkdown } from '../../core/present/card';
import { diffView, type DiffRow, type DiffView } from '../../core/present/diff-view';
import type { Result } from '../../core/result';
import { readModelFile } from '../../files/read-model';
import { colours } from '../colours';
import { exitCode, isFailed } from '../exit-code';
import { addFormatOptions, formatOf, type FormatFlags } from '../output-format';
import { estimateJson } from '../predict/predict-json';
import { addQueryOptions, openPredicting, type PredictionFlags } from '../prediction-options';
import { interruptibly, print, printError } from '../streams';
import { jsonText, printable } from '../terminal';
import { markdownTable, textTable, wrapped, type TextColumn } from '../text-table';

interface DiffFlags extends PredictionFlags, FormatFlags {}

/** `framecast diff`: what two models differ by; `done` gets the exit code. */
export function diffDefinition(done: (code: number) => void): Command {
  const command = new Command('diff')
    .description('compare two models part by part: before and after pruning, another export, or quantisation')
    .argument('<before>', 'ONNX file')
    .argument('<after>', 'ONNX file');
  addQueryOptions(command, 'board to compare on', "each model's own");
  return addFormatOptions(command, ['text', 'json', 'markdown'], {
    json: 'print one JSON object',
    markdown: 'print Markdown tables',
  })
    .addHelpText(
      'after',
      `
Exit status:
  0  both were compared, and the second one runs as exported and meets the target, if there is one
  1  the second one misses the target, or does not run as exported (not with --allow-unsupported)
  2  something could not be read, or the command line is wrong`,
    )
    .action(async (before: string, after: string, flags: DiffFlags) => {
      done(await interruptibly((signal) => diffCommand([before, after], flags, signal)));
    });
}

async function diffCommand(files: readonly [string, string], flags: DiffFlags, signal: AbortSignal): Promise<number> {
  const opened = await openPredicting(flags);
  if (!opened.ok) return printError(opened.error.message);
  const profiles: ModelProfile[] = [];
  for (const file of files) {
    const read: Result<{ readonly profile: ModelProfile }> = await readModelFile(file, { signal });
    if (!read.ok) return signal.aborted ? exitCode.interrupted : printError(`${file}: ${read.error.message}`);
    profiles.push(read.value.profile);
  }
  const { query, demands, estimators, loaded } = opened.value;
  const diff = diffModels([profiles[0]!, profiles[1]!], query, demands.targetFps, estimators);
  const format = formatOf(flags);
  const view = diffView(diff, query);
  if (format === 'json') await print(jsonText(diffJson(files, diff)));
  else await print((format === 'markdown' ? markdownLines(files, view) : textLines(files, view)).join('\n'));
  if (loaded.isIncomplete) return exitCode.unreadable;
  return isFailed(diff.after.verdict, demands) ? exitCode.targetMissed : exitCode.fine;
}

function diffJson([before, after]: readonly [string, string], diff: ModelDiff): object {
  const side = (file: string, { profile, prediction, verdict, concerns, macs, memoryBytes }: DiffedModel): object => ({
    file,
    variant: profile.variant,
    parameters: profile.parameters,
    macs,
    memoryBytes,
    estimate: prediction.estimate === null ? null : estimateJson(prediction.estimate),
    reason: prediction.reason,
    verdict,
    concerns,
  });
  return {
    before: side(before, diff.before),
    after: side(after, diff.after),
    operators: diff.operators.map(({ of, ...change }) => ({ operator: of, ...change })),
    kinds: diff.kinds.map(({ of, ...change }) => ({ kind: of, ...change })),
    kernels: diff.kernels.map(({ of, ...change }) => {
      const { kind, operators, window, output, macs, weightElements } = of;
      return { kind, operators, window, output: output.shape, macs, weightElements, ...change };
    }),
  };
}

/** The tables of a diff with their titles; those that are empty are left out. */
function tablesOf({ facts, kinds, operators, kernels }: DiffView): readonly (readonly [string, readonly DiffRow[]])[] {
  const all = [
    ['', facts],
    ['Time by kind', kinds],
    ['Operators', operators],
    ['Kernels gained and lost', kernels],
  ] as const;
  return all.filter(([, rows]) => rows.length > 0);
}

function textLines([before, after]: readonly [string, string], view: DiffView): readonly string[] {
  const columnsOf = (title: string): readonly TextColumn<DiffRow>[] => [
    { title, shortens: true, text: ({ name }) => printable(name) },
    { title: 'Before', alignRight: true, text: (row) => printable(row.before) },
    { title: 'After', alignRight: true, text: (row) => printable(row.after) },
    { title: 'Change', alignRight: true, text: ({ change }) => change },
  ];
  const tables = tablesOf(view).flatMap(([title, rows]) => ['', ...textTable(columnsOf(title || ' '), rows)]);
  return [
    colours.dim(printable(`${before} → ${after}`)),
    colours.bold(view.headline),
    view.deployment,
    ...tables,
    ...otherKernels(view),
    ...(view.concerns.length === 0
      ? []
      : ['', ...view.concerns.flatMap((each) => wrapped(printable(`- ${each}`), '  '))]),
  ];
}

function otherKernels({ otherKernels: count }: DiffView): readonly string[] {
  return count === 0 ? [] : [`and ${count} more; --json has all`];
}

function markdownLines([before, after]: readonly [string, string], view: DiffView): readonly string[] {
  const tables = tablesOf(view).flatMap(([title, rows]) => [
    '',
    ...markdownTable(
      [title, 'Before', 'After', 'Change'],
      [false, true, true, true],
      rows.map(({ name, before: then, after: now, change }) => [name, then, now, change]),
    ),
  ]);
  return [
    `**${escapeMarkdown(view.headline)}** (${escapeMarkdown(`${before} → ${after}, ${view.deployment}`)})`,
    ...tables,
    ...otherKernels(view).map((line) => `\n${escapeMarkdown(line)}`),
    ...(view.concerns.length === 0 ? [] : ['', ...view.concerns.map((each) => `- ${escapeMarkdown(each)}`)]),
  ];
}
