import * as v from 'valibot';
import { formatFps, formatShare } from '../core/figures';
import { comparedModel, compareModels, type ComparedModel } from '../core/present/compare';
import { comparedDeployment, comparedSummary, comparedText } from '../core/present/compare-text';
import { failure, success, type Failure, type Result } from '../core/result';
import {
  defineTool,
  type AnsweredModel,
  type FoundModel,
  type ToolAnswer,
  type ToolHost,
  type ToolProgress,
} from './tool';
import { fields, maxModels, openQuestion, type AskedDeployment, type Asking } from './tool-input';

/** Models that an answer lists; what is left out is counted. */
const maxListed = 50;
/** Sentences on what matters of a model. */
const maxConcerns = 5;
/** Of so few models, an answer says how each figure came about. */
const fewModels = 3;

const input = v.object({
  models: fields.models,
  device: fields.device,
  runtime: fields.runtime,
  powerMode: fields.powerMode,
  resolution: fields.resolution,
  batch: fields.batch,
  targetFps: v.optional(fields.targetFps),
});

type Input = v.InferOutput<typeof input>;

export const predictTool = defineTool({
  name: 'predict',
  title: 'Predict FPS',
  description:
    'Predicts how many frames per second ONNX models run at on an NVIDIA Jetson, without the board, from what was measured there: throughput with its 90% interval, latency, what the figure rests on, whether a target is met, and what keeps a model from running there as it was exported, with the remedy. Use it for questions about one model or a few.',
  input,
  run: async (asked, host, progress) => {
    const read = await answersTo(asked, host, progress);
    if (!read.ok) return read;
    const { models } = read.value;
    const listed = models.slice(0, maxListed);
    return success(
      answer(read.value, {
        models: listed.map(({ row, answered }) => ({
          ...rowData(row),
          ...detailData(answered),
          ...(models.length > fewModels ? {} : { notes: answered.prediction.estimate?.notes ?? [] }),
        })),
        lines: listed.flatMap(({ row, answered }) => [rowLine(row), ...detailLines(row, answered)]),
      }),
    );
  },
});

export const compareTool = defineTool({
  name: 'compare',
  title: 'Compare models',
  description:
    'Puts ONNX models side by side on one NVIDIA Jetson, fastest first: throughput, interval, verdict against a target, parameters, and which are on the Pareto front (no other model is both faster and smaller). Use it to choose among many models, or to find those that reach a frame rate.',
  input,
  run: async (asked, host, progress) => {
    const read = await answersTo(asked, host, progress);
    if (!read.ok) return read;
    const rows = read.value.models.map(({ row }) => row);
    const listed = compareModels(rows, read.value.unreadable).models.slice(0, maxListed);
    return success(
      answer(read.value, {
        models: listed.map((row) => ({ ...rowData(row), paretoFront: row.isOnFront })),
        lines: listed.map((row) => `${rowLine(row)}${row.isOnFront ? ' [Pareto front]' : ''}`),
      }),
    );
  },
});

/** The models that paths lead to. Failure codes: no-match, too-large, those of the host. */
export async function foundModels(
  paths: readonly string[],
  host: ToolHost,
  signal: AbortSignal,
): Promise<Result<readonly FoundModel[]>> {
  const found = await host.find(paths, signal);
  if (!found.ok) return found;
  if (found.value.length <= maxModels) return found;
  const count = found.value.length.toLocaleString('en-US');
  return failure(
    'too-large',
    `These paths lead to ${count} models; ${maxModels.toLocaleString('en-US')} can be asked about at once. Name fewer.`,
  );
}

interface Answers {
  readonly asking: Asking;
  readonly targetFps: number | null;
  readonly models: readonly { readonly row: ComparedModel; readonly answered: Extract<AnsweredModel, { ok: true }> }[];
  readonly unreadable: readonly { readonly file: string; readonly code: string; readonly message: string }[];
}

async function answersTo(asked: Input, host: ToolHost, { signal, report }: ToolProgress): Promise<Result<Answers>> {
  const asking = await openQuestion(asked satisfies AskedDeployment, host);
  if (!asking.ok) return asking;
  const found = await foundModels(asked.models, host, signal);
  if (!found.ok) return found;
  const { query, estimators } = asking.value;
  const targetFps = asked.targetFps ?? host.defaults.targetFps;
  const models: Answers['models'][number][] = [];
  const unreadable: (Failure & { readonly file: string })[] = [];
  for await (const answered of host.predict(found.value, query, estimators, signal)) {
    if (answered.ok) models.push({ row: comparedModel(answered, query, targetFps), answered });
    else unreadable.push({ file: answered.file, ...answered.error });
    report(`${models.length + unreadable.length} of ${found.value.length} models`);
  }
  if (signal.aborted) return failure('cancelled', 'The prediction was cancelled.');
  const [first] = unreadable;
  // Where nothing can be read, there is no answer to give.
  if (models.length === 0 && first !== undefined) {
    const others = unreadable.length > 1 ? ` So it is with ${unreadable.length - 1} more.` : '';
    return failure(first.code, `${first.file}: ${first.message}${others}`);
  }
  return success({ asking: asking.value, targetFps, models, unreadable });
}

function answer(
  { asking, targetFps, models, unreadable }: Answers,
  shown: { readonly models: readonly object[]; readonly lines: readonly string[] },
): ToolAnswer {
  const leftOut = models.length - shown.models.length;
  const lost = unreadable.slice(0, maxListed).map(({ file, code, message }) => ({ file, code, message }));
  const summary = comparedSummary({ models: models.map(({ row }) => row), unreadable }, targetFps);
  const { device, runtime, powerMode = null } = asking.query;
  return {
    data: {
      device,
      runtime,
      powerMode,
      targetFps,
      models: shown.models,
      leftOut,
      unreadable: lost,
      remarks: asking.remarks,
    },
    text: [
      `${comparedDeployment(asking.query)}. ${summary}`,
      ...shown.lines,
      ...(leftOut === 0 ? [] : [`${leftOut} more are not listed.`]),
      ...lost.map(({ file, code, message }) => `${file}: cannot be read (${code}): ${message}`),
      ...asking.remarks,
    ].join('\n'),
  };
}

/** What every list of models has of each. */
function rowData(row: ComparedModel): object {
  const { file, variant, family, parameters, macs, memoryBytes, throughputFps, latencyMs, interval, verdict } = row;
  const { resolution, height, width, batch, method, reason, concerns } = row;
  return {
    file,
    model: variant ?? family,
    parameters,
    macs,
    memoryBytes,
    resolution,
    height,
    width,
    batch,
    throughputFps,
    latencyMs,
    interval,
    method,
    verdict: verdict && {
      kind: verdict.kind,
      isSure: verdict.isSure,
      ratio: verdict.ratio,
      sentence: verdict.sentence,
    },
    reason: reason ?? undefined,
    errors: concerns.filter(({ severity }) => severity === 'error').map(({ message }) => message),
  };
}

function rowLine(row: ComparedModel): string {
  const { throughput, interval, latency, model, parameters, size } = comparedText(row);
  if (row.throughputFps === null)
    return `${row.file}: no prediction. ${row.reason ?? row.verdict?.sentence ?? ''}`.trim();
  const level = row.interval === null ? '' : ` (${formatShare(row.interval.level)} interval ${interval})`;
  const judged = row.verdict === null ? '' : `; ${row.verdict.sentence}`;
  return `${row.file}: ${throughput}${level}, ${latency} at ${size}; ${model}, ${parameters} parameters${judged}`;
}

function detailData({ prediction, concerns }: Extract<AnsweredModel, { ok: true }>): object {
  const { estimate, measured = [], deployedFps } = prediction;
  return {
    basis: estimate?.basis ?? null,
    certainty: estimate?.certainty ?? null,
    powerMode: estimate?.powerMode ?? null,
    measured: measured.map(({ throughputFps, campaign, source }) => ({ throughputFps, campaign, source })),
    deployedFps: deployedFps ?? undefined,
    concerns: concerns.slice(0, maxConcerns).map(({ code, severity, message, remedy }) => ({
      code,
      severity,
      message,
      remedy: remedy?.command ?? null,
    })),
  };
}

function detailLines(
  { verdict }: ComparedModel,
  { prediction, concerns }: Extract<AnsweredModel, { ok: true }>,
): readonly string[] {
  const { estimate, measured = [], deployedFps } = prediction;
  return [
    ...(estimate === null ? [] : [`  basis: ${estimate.basis}`]),
    ...measured
      .slice(0, 1)
      .map(({ throughputFps, source }) => `  measured: ${formatFps(throughputFps)} FPS (${source})`),
    ...(deployedFps == null || verdict?.kind === 'does-not-run'
      ? []
      : [`  in its deployed form: ${formatFps(deployedFps)} FPS`]),
    ...concerns.slice(0, maxConcerns).map(({ severity, message, remedy }) => {
      const mend = remedy === undefined ? '' : ` Mend it with: ${remedy.command}`;
      return `  ${severity}: ${message}${mend}`;
    }),
  ];
}
