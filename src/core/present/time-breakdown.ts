import { t } from '../language';
import { formatShare } from '../figures';
import { kernelName } from './kernel-name';
import type { LatencyExplanation, LayerTime } from '../estimate/graph-cost/explain';
import type { Dimension } from '../onnx/model';
import { runsOf, type KernelKind, type LayerCost } from '../profile/cost/layer';
import { compact } from '../compact';
import { groupBy } from '../group-by';

/** Milliseconds of one or more kernels, and what of them is arithmetic, memory traffic and launch. */
export interface TimeParts {
  readonly latencyMs: number;
  readonly arithmeticMs: number;
  readonly trafficMs: number;
  readonly launchMs: number;
  /** How many kernels run. */
  readonly kernels: number;
}

/** What most of a kernel's time goes to: arithmetic, waiting for memory, or being launched. */
export type Bound = 'compute' | 'memory' | 'launch';

/** Predicted time of one fused kernel, in words. */
export interface KernelTime extends TimeParts {
  /** After the module that it is of, as the file names it; cut where it is long. */
  readonly name: string;
  /** Name of what it writes, which tells kernels apart. */
  readonly output: string;
  readonly bound: Bound;
  /** `Conv 3×3 depthwise, stride 2 + Relu → 64×56×56`. */
  readonly detail: string;
  readonly kind: KernelKind;
  /** Size of what it writes: `56×56`, `sequences`, `vectors`. */
  readonly stage: string;
}

/** Where the time of one inference goes. `kernels`, `lighter` and `overheadMs` sum to `latencyMs`. */
export interface TimeBreakdown {
  readonly latencyMs: number;
  /** Calling the engine, whatever the network. */
  readonly overheadMs: number;
  /** Side of the square with as many pixels as the input, rounded. */
  readonly resolution: number;
  /** Of the input image, in pixels. */
  readonly height: number;
  readonly width: number;
  readonly batch: number;
  /** Whether memory or arithmetic bounds the network, in one sentence. */
  readonly bound: string;
  /** Heaviest first. */
  readonly kernels: readonly KernelTime[];
  /** The kernels beyond the first thousand together; null when there are no more. */
  readonly lighter: TimeParts | null;
}

/** What rows of the table stand for. */
export type TimeGrouping = 'kernel' | 'kind' | 'stage';

/** One row of the table. */
export interface TimeRow extends TimeParts {
  readonly name: string;
  /** Of a row that is one kernel the name of what it writes; null for others. */
  readonly output: string | null;
  readonly detail: string;
  /** 0 to 1, of the whole latency. */
  readonly share: number;
  /** What the row sums up: kernels of the network, those left out of the list, or the call of the engine. */
  readonly role: 'kernels' | 'rest' | 'overhead';
}

const maxKernels = 1000;
const maxName = 160;

/** An explanation in words, with names cut and the lightest kernels of very large networks summed up. */
export function timeBreakdown({ layers, ...whole }: LatencyExplanation): TimeBreakdown {
  const lighter = layers.slice(maxKernels);
  return {
    ...whole,
    bound: boundSentence(layers, whole.latencyMs),
    kernels: layers.slice(0, maxKernels).map(kernelTime),
    lighter: lighter.length === 0 ? null : sumParts(lighter.map((time) => ({ ...time, kernels: runsOf(time.layer) }))),
  };
}

/**
 * The rows of the table, heaviest first, then what is not listed and the call of the engine. They sum to the latency.
 *
 * @param most rows of kernels at most; the others are summed up in one
 */
export function timeRows(breakdown: TimeBreakdown, grouping: TimeGrouping, most = Infinity): readonly TimeRow[] {
  const { latencyMs, overheadMs, kernels, lighter } = breakdown;
  const row = (
    name: string,
    detail: string,
    parts: TimeParts,
    role: TimeRow['role'],
    output: string | null = null,
  ): TimeRow => ({
    name,
    output,
    detail,
    role,
    share: latencyMs > 0 ? parts.latencyMs / latencyMs : 0,
    latencyMs: parts.latencyMs,
    arithmeticMs: parts.arithmeticMs,
    trafficMs: parts.trafficMs,
    launchMs: parts.launchMs,
    kernels: parts.kernels,
  });
  const rows =
    grouping === 'kernel'
      ? kernels.map((kernel) =>
          row(kernel.name, `${kernel.detail} · ${boundWord(kernel.bound)}`, kernel, 'kernels', kernel.output),
        )
      : grouped(kernels, grouping).map(([name, members]) => row(name, '', sumParts(members), 'kernels'));
  const listed = rows.slice(0, most);
  const others: readonly TimeParts[] = [...rows.slice(most), ...(lighter === null ? [] : [lighter])];
  const rest = sumParts(others);
  const overhead: TimeParts = { latencyMs: overheadMs, arithmeticMs: 0, trafficMs: 0, launchMs: 0, kernels: 0 };
  return compact([
    ...listed,
    others.length !== 0 &&
      row(
        grouping === 'kernel'
          ? t('{0, plural, one {# lighter kernel} other {# lighter kernels}}', rest.kernels)
          : t('The others'),
        '',
        rest,
        'rest',
      ),
    row(t('Calling the engine'), t('once per inference, whatever the network'), overhead, 'overhead'),
  ]);
}

function grouped(
  kernels: readonly KernelTime[],
  grouping: 'kind' | 'stage',
): readonly (readonly [string, readonly KernelTime[]])[] {
  const groups = groupBy(kernels, ({ kind, stage }) => (grouping === 'kind' ? kindName(kind) : stage));
  const weight = (members: readonly KernelTime[]) => members.reduce((sum, { latencyMs }) => sum + latencyMs, 0);
  return [...groups].sort(([, one], [, other]) => weight(other) - weight(one));
}

/** What kernels of a kind are called in tables. */
export function kindName(kind: KernelKind): string {
  switch (kind) {
    case 'dense':
      return t('Convolutions with a window');
    case 'pointwise':
      return t('1×1 convolutions');
    case 'depthwise':
      return t('Depthwise convolutions');
    case 'grouped':
      return t('Grouped convolutions');
    case 'matrix':
      return t('Matrix products');
    case 'data-movement':
      return t('Data movement');
    case 'element-wise':
      return t('Element-wise operations');
    case 'reduce':
      return t('Pooling, reductions and normalisation');
  }
}

function kernelTime({ layer, latencyMs, arithmeticMs, trafficMs, launchMs }: LayerTime): KernelTime {
  return {
    name: cut(kernelName(layer)),
    output: layer.output.name,
    bound: boundOf(arithmeticMs, trafficMs, launchMs),
    detail: cut(kernelDetail(layer)),
    kind: layer.kind,
    stage: stageOf(layer.output.shape),
    latencyMs,
    arithmeticMs,
    trafficMs,
    launchMs,
    kernels: runsOf(layer),
  };
}

function boundOf(arithmeticMs: number, trafficMs: number, launchMs: number): Bound {
  if (launchMs > Math.max(arithmeticMs, trafficMs)) return 'launch';
  return arithmeticMs >= trafficMs ? 'compute' : 'memory';
}

/** What bounds a kernel, in one word. */
export function boundWord(bound: Bound): string {
  return { compute: t('compute-bound'), memory: t('memory-bound'), launch: t('launch-bound') }[bound];
}

function boundSentence(layers: readonly LayerTime[], latencyMs: number): string {
  const shares = { compute: 0, memory: 0, launch: 0 };
  for (const layer of layers) shares[boundOf(layer.arithmeticMs, layer.trafficMs, layer.launchMs)] += layer.latencyMs;
  const [most] = (Object.keys(shares) as Bound[]).sort((one, other) => shares[other] - shares[one]);
  const share = latencyMs > 0 ? shares[most!] / latencyMs : 0;
  const percent = formatShare(share);
  switch (most) {
    case 'launch':
      return t('Kernels with {0} of the time are launch-bound: fewer and larger layers make them faster.', percent);
    case 'memory':
      return t(
        'Kernels with {0} of the time are memory-bound: smaller maps and weights make them faster, and less arithmetic does not.',
        percent,
      );
    default:
      return t(
        'Kernels with {0} of the time are compute-bound: fewer multiply–accumulates or a lower precision make them faster.',
        percent,
      );
  }
}

/** `Conv 3×3 depthwise, stride 2 + Relu → 64×56×56`. */
export function kernelDetail({ kind, operators, window, output, repeats }: LayerCost): string {
  const [first = '', ...fused] = operators;
  const stride = Math.max(1, ...(window?.strides ?? []));
  const sides = window === null || window.kernel.length === 0 ? '' : ` ${window.kernel.join('×')}`;
  const grouping =
    kind === 'depthwise' || kind === 'grouped' ? ` ${kind === 'depthwise' ? t('depthwise') : t('grouped')}` : '';
  const strided = stride > 1 ? t(', stride {0}', stride) : '';
  const repeated = repeats > 1 ? t(', {0} times', repeats) : '';
  const size = output.shape === null ? '' : ` → ${sizeText(output.shape.slice(output.shape.length > 1 ? 1 : 0))}`;
  return `${[`${first}${sides}${grouping}${strided}`, ...fused].join(' + ')}${repeated}${size}`;
}

function stageOf(shape: readonly Dimension[] | null): string {
  if (shape === null) return t('size not known');
  if (shape.length <= 2) return t('vectors');
  return shape.length === 3 ? t('sequences') : sizeText(shape.slice(2));
}

function sizeText(shape: readonly Dimension[]): string {
  return shape.map((dimension) => dimension ?? '?').join('×');
}

function sumParts(members: readonly TimeParts[]): TimeParts {
  const sum = { latencyMs: 0, arithmeticMs: 0, trafficMs: 0, launchMs: 0, kernels: 0 };
  for (const member of members) {
    sum.latencyMs += member.latencyMs;
    sum.arithmeticMs += member.arithmeticMs;
    sum.trafficMs += member.trafficMs;
    sum.launchMs += member.launchMs;
    sum.kernels += member.kernels;
  }
  return sum;
}

function cut(text: string): string {
  return text.length > maxName ? `${text.slice(0, maxName - 1)}…` : text;
}
