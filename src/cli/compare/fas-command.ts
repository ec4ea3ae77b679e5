import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { createEstimators, type Estimators } from '../../core/estimate/estimators';
import { fasModelNow, type FasFile } from '../../core/fas/file';
import { fasMetrics, type FasModel, type FasRate } from '../../core/fas/model';
import {
  isSameProtocol,
  ownFasRow,
  paperAcer,
  paperFasRows,
  paperHter,
  protocolText,
  table3Legend,
  throughputSource,
  type FasRow,
} from '../../core/fas/rows';
import { arrangedRows, fasScatter, groupedNotes, initialFasArrangement } from '../../core/fas/view';
import { formatCount } from '../../core/figures';
import { success, type Result } from '../../core/result';
import { defaultFasModelsFile, openFasModels } from '../../files/fas-models';
import { colours } from '../colours';
import { exitCode } from '../exit-code';
import { jsonText } from '../terminal';
import { predictFile } from '../predict/predict-files';
import { landmarksForPredictions } from '../landmarks/own-landmarks';
import { boardsOption } from '../own-boards';
import { fewSentences, printError, print, warnOfAll } from '../streams';
import { printable } from '../terminal';
import { textTable, type TextColumn } from '../text-table';

interface FasFlags {
  readonly models?: string;
  readonly landmarks?: string;
  readonly json?: true;
}

/** `framecast fas`: the paper's face-anti-spoofing models and the user's own; `done` gets the exit code. */
export function fasDefinition(done: (code: number) => void): Command {
  return new Command('fas')
    .description('list face-anti-spoofing models with FPS and error rates: Table 3 of the paper and your own')
    .option('--models <file>', 'your own models (default: the file that the extension writes)')
    .option('--landmarks <file>', 'your own measurements, as JSON Lines (default: those of the extension)')
    .option(...boardsOption)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Models on the front are Pareto-optimal: no other model has both higher throughput and a lower error rate. Only error
rates of one test with throughputs of one board in one power mode are compared. Your own models are predicted again if
their files exist.

Fields of the JSON object:
  file          the file with your own models; the default one need not exist yet
  rows          name, origin ("paper" or "own"), throughputFps, basis, approximate, device, powerMode (null: the
                fastest), runtime, precision, parameters, hter and acer (percent, dataset, protocol; or null), front
                (the metrics on whose front the model is), notes and comment
  problems      a sentence for each line of the file that was left out

Exit status:
  0  the table is complete
  2  a file or a line of it could not be read, or the command line is wrong`,
    )
    .action(async (flags: FasFlags) => done(await fasCommand(flags)));
}

async function fasCommand(flags: FasFlags): Promise<number> {
  if (flags.models !== undefined && !existsSync(flags.models)) {
    return printError(
      `The file of own FAS models ${flags.models} cannot be read: there is no such file. Check the path.`,
    );
  }
  const store = openFasModels(flags.models ?? defaultFasModelsFile());
  const content = await store.read();
  if (!content.ok) return printError(content.error.message);
  const { models, problems } = content.value;
  const loaded = await landmarksForPredictions(flags.landmarks);
  if (!loaded.ok) return printError(loaded.error.message);
  const estimators = createEstimators(loaded.value.landmarks);
  const own: FasRow[] = [];
  for (const { id, model } of models) {
    const now = fasModelNow(model, await fileNow(model, estimators));
    own.push(ownFasRow(id, now.model, now.notes));
  }
  const rows = arrangedRows([...paperFasRows, ...own], initialFasArrangement);
  const fronts = fasMetrics.map((metric) => ({
    metric,
    rows: new Set(fasScatter(rows, metric).groups.flatMap(({ front }) => front)),
  }));
  const listed = rows.map((row) => ({
    row,
    front: fronts.filter(({ rows: front }) => front.has(row)).map(({ metric }) => metric),
  }));
  await print(flags.json ? fasJson(store.file, listed, problems) : fasTable(listed).join('\n'));
  warnOfAll(loaded.value.problems);
  warnOfAll(loaded.value.remarks);
  warnOfAll(problems);
  return problems.length > 0 || loaded.value.isIncomplete ? exitCode.unreadable : exitCode.fine;
}

async function fileNow(
  { file, device, powerMode, runtime }: FasModel,
  estimators: Estimators,
): Promise<Result<FasFile> | null> {
  if (file === null) return null;
  const answer = await predictFile(file, { device, powerMode, runtime }, estimators);
  return answer.ok ? success(answer) : answer;
}

interface Listed {
  readonly row: FasRow;
  readonly front: readonly string[];
}

function fasJson(file: string, listed: readonly Listed[], problems: readonly string[]): string {
  const rows = listed.map(({ row, front }) => ({
    name: row.name,
    origin: row.origin,
    throughputFps: row.throughputFps,
    basis: row.basis,
    approximate: row.approximate,
    device: row.device,
    powerMode: row.powerMode,
    runtime: row.runtime,
    precision: row.precision,
    parameters: row.parameters,
    hter: row.hter,
    acer: row.acer,
    front,
    notes: row.notes,
    comment: row.comment,
  }));
  return jsonText({ file, rows, problems: fewSentences(problems) });
}

function fasTable(listed: readonly Listed[]): readonly string[] {
  const protocols = numberedProtocols(listed.map(({ row }) => row));
  const rate = (own: FasRate | null): string => {
    if (own === null) return '–';
    const number = protocols.findIndex((protocol) => isSameProtocol(protocol, own)) + 1;
    return `${own.percent}%${number > 0 ? ` [${number}]` : ''}`;
  };
  const columns: readonly TextColumn<Listed>[] = [
    {
      title: 'Model',

      text: ({ row }) => printable(row.name + row.marks.name),
      colour: ({ row }) => (row.origin === 'own' ? colours.bold : (text) => text),
    },
    {
      title: 'FPS',
      alignRight: true,
      text: ({ row }) => (row.throughputFps === null ? '–' : plainFigure(row.throughputFps) + row.marks.throughput),
    },
    {
      title: 'Parameters',
      alignRight: true,
      text: ({ row }) => (row.parameters === null ? '–' : formatCount(row.parameters)),
    },
    { title: 'HTER', alignRight: true, text: ({ row }) => rate(row.hter) },
    { title: 'ACER', alignRight: true, text: ({ row }) => rate(row.acer) },
    {
      title: 'Front',

      text: ({ front }) => front.map((metric) => metric.toUpperCase()).join(', '),
      colour: () => colours.green,
    },
    {
      title: 'Source',

      text: ({ row }) => (row.origin === 'paper' ? row.authors : printable(throughputSource(row))),
    },
  ];
  const legend = table3Legend();
  return [
    ...textTable(columns, listed),
    '',
    ...legend.marks,
    legend.source,
    `HTER of the paper: ${protocolText(paperHter)}. ACER: ${protocolText(paperAcer)}.`,
    ...protocols.map((protocol, index) => printable(`[${index + 1}] ${protocolText(protocol)}`)),
    ...scatterSentences(listed.map(({ row }) => row)).map(printable),
    ...notes(listed.map(({ row }) => row)),
  ];
}

/** What the fronts do not compare, each sentence once. */
function scatterSentences(rows: readonly FasRow[]): readonly string[] {
  return [...new Set(fasMetrics.flatMap((metric) => fasScatter(rows, metric).sentences))];
}

/** Tests that are not the paper's, each once. */
function numberedProtocols(rows: readonly FasRow[]): readonly Omit<FasRate, 'percent'>[] {
  const found: Omit<FasRate, 'percent'>[] = [];
  for (const row of rows) {
    for (const metric of fasMetrics) {
      const rate = row[metric];
      const paper = metric === 'hter' ? paperHter : paperAcer;
      if (rate === null || isSameProtocol(rate, paper) || found.some((known) => isSameProtocol(known, rate))) continue;
      found.push(rate);
    }
  }
  return found;
}

function notes(rows: readonly FasRow[]): readonly string[] {
  const lines = groupedNotes(rows).map(({ note, names }) => printable(`${names.join(', ')}: ${note}`));
  return lines.length === 0 ? [] : ['', ...lines];
}

/** As it was printed or typed in, and never more digits than mean something. */
function plainFigure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
