import { t } from '../../language';
import { type Failure, type Result, failure, success } from '../../result';
import { shortName } from '../../text';
import { WorkBudget } from '../../work-budget';
import type { Dimension, Model } from '../model';
import { type Adjustment, Inference, type Unresolved, cannotRun } from './inference';
import type { ResolvedNode } from './inline';
import { type ImageInput, type InputSize, type SizedInputs, openSides, sizeInputs } from './input-size';
import { label } from './order';
import { type FittingSize, type Mismatch, type OpenSides, sizeFromConstants } from './size-from-constants';
import type { InferredValue } from './value';

export interface ShapeOptions extends InputSize {
  /** Used where the image input's own batch, height or width is not a number. */
  readonly assumed?: InputSize;
  /** Numbers for symbolic dimensions, by name. */
  readonly dimensions?: ReadonlyMap<string, number>;
  readonly signal?: { readonly aborted: boolean };
  /** What the question that this is a part of may still cost; a fresh budget where undefined. */
  readonly budget?: WorkBudget;
}

export interface ShapeResult {
  /** By name: inputs, initializers, and every output of the resolved nodes. */
  readonly values: ReadonlyMap<string, InferredValue>;
  /** Every producer before its consumers. */
  readonly nodes: readonly ResolvedNode[];
  readonly image: (ImageInput & { readonly shape: readonly Dimension[] | null }) | null;
  readonly unresolved: readonly Unresolved[];
  readonly adjustments: readonly Adjustment[];
  /** The size that the graph's constants ask for where its input leaves the size open; null where they ask for none. */
  readonly fitting: FittingSize | null;
}

/**
 * Infers element type and shape of every value of a model, with constant folding of shape arithmetic.
 *
 * What the operators do not determine stays unknown and is listed in `unresolved`; shapes that the file states fill
 * gaps as long as the sizes are those it was exported for. With `resolution` or `batch` the image input is resized
 * and everything is derived again; constants that the exporter baked from the old size are re-derived where only one
 * reading is possible (`adjustments`). A graph that leaves its input's size open but whose constants fit one size alone
 * counts as exported for that (`fitting`).
 *
 * Fails with `cycle`, `invalid-graph`, `overflow` (a tensor with more than 2^53 elements), `shape-conflict` (the
 * network cannot run at the size asked for), `too-large` and `cancelled`.
 */
export function inferShapes(model: Model, options: ShapeOptions = {}): Result<ShapeResult> {
  for (const [nameOf, number] of sizeNumbers(options)) {
    if (!Number.isSafeInteger(number) || number < 1) {
      return failure('invalid-graph', t('The {0} must be a positive whole number, not {1}.', nameOf(), number));
    }
  }
  const budget = options.budget ?? new WorkBudget();
  const asked = inferAt(model, options, options.assumed ?? {}, budget);
  if (!asked.ok) return asked;
  return asked.value.exported === null ? answerOf(asked.value, model, options, budget) : resultOf(asked.value, null);
}

/** An inference, with the inputs that it is for. */
interface Inferred {
  readonly inputs: SizedInputs;
  readonly inference: Inference;
  /** The same at the size that the file was exported for, if that is another. */
  readonly exported: Inference | null;
}

/** @param made shapes of the inputs that the model was made for, where it is not the file that says so */
function inferAt(
  model: Model,
  options: ShapeOptions,
  assumed: InputSize,
  budget: WorkBudget,
  made: SizedInputs | null = null,
): Result<Inferred> {
  const inputs = sizeInputs(model.graph, options, assumed, options.dimensions ?? new Map());
  const former = made?.shapes ?? inputs.exported;
  let exported: Inference | null = null;
  if (former) {
    exported = new Inference(model, made?.symbols ?? inputs.symbols, null, budget, options.signal);
    const failed = exported.infer(former);
    if (failed) return { ok: false, error: failed };
  }
  const inference = new Inference(model, inputs.symbols, exported, budget, options.signal);
  const failed = inference.infer(inputs.shapes);
  return failed ? { ok: false, error: failed } : success({ inputs, inference, exported });
}

function resultOf({ inputs, inference }: Inferred, fitting: FittingSize | null): Result<ShapeResult> {
  return success({
    values: inference.values,
    nodes: inference.resolved,
    image: inputs.image && { ...inputs.image, shape: inputs.shapes.get(inputs.image.name) ?? null },
    unresolved: inference.unresolved,
    adjustments: inference.adjustments,
    fitting,
  });
}

/**
 * The answer where an inference contradicts itself: the network cannot run at the size asked for, or its input leaves the
 * size open and its constants ask for another one.
 */
function answerOf(asked: Inferred, model: Model, options: ShapeOptions, budget: WorkBudget): Result<ShapeResult> {
  const isSizeAsked = [options.height, options.width, options.resolution].some((side) => side !== undefined);
  const open = openSides(model.graph);
  const [contradiction] = asked.inference.mismatches(false);
  const [mismatch] = asked.inference.mismatches(!isSizeAsked && open !== null);
  if (mismatch === undefined) return resultOf(asked, null);
  const refused = isSizeAsked && contradiction ? misfitOf(contradiction, model, options, budget) : null;
  if (refused) return refused;
  const fitting = open && fittingSize(open, model, options, budget);
  if (fitting === null)
    return (contradiction && misfitOf(contradiction, model, options, budget)) ?? resultOf(asked, null);
  const assumed = { ...options.assumed, height: fitting.height, width: fitting.width };
  const made =
    isSizeAsked || options.batch !== undefined
      ? sizeInputs(model.graph, {}, assumed, options.dimensions ?? new Map())
      : null;
  const fitted = inferAt(model, options, assumed, budget, made);
  const reason = t('at node {0}, {1}', label(mismatch.node), mismatch.reason);
  return fitted.ok ? resultOf(fitted.value, { ...fitting, reason }) : fitted;
}

/** Probes of one network, and visits of nodes in all of them, that the search for its size may take. */
const mostProbes = 32;
const mostProbedNodes = 200_000;

function fittingSize(
  open: OpenSides,
  model: Model,
  { assumed = {}, dimensions = new Map(), signal }: ShapeOptions,
  budget: WorkBudget,
): Omit<FittingSize, 'reason'> | null {
  const { resolution, height = resolution, width = resolution } = assumed;
  if (height === undefined || width === undefined) return null;
  const probe = (size: InputSize): readonly Mismatch[] | null => {
    const inputs = sizeInputs(model.graph, {}, { ...assumed, ...size }, dimensions);
    const inference = new Inference(model, inputs.symbols, null, budget, signal);
    return inference.infer(inputs.shapes) === null ? inference.mismatches(true) : null;
  };
  const probes = Math.min(mostProbes, Math.floor(mostProbedNodes / Math.max(1, model.graph.nodes.length)));
  return sizeFromConstants(open, { height, width }, probe, probes);
}

/** A size that networks halve often without a rest. */
const roundSize: InputSize = { resolution: 256, batch: 1 };

/**
 * A failure where a network that leaves its input's size open contradicts itself at the size asked for, but not at
 * another one; null where the size is not to blame.
 */
function misfitOf(
  { node, reason }: Mismatch,
  model: Model,
  options: ShapeOptions,
  budget: WorkBudget,
): { readonly ok: false; readonly error: Failure } | null {
  for (const size of [options.assumed ?? {}, roundSize]) {
    const inputs = sizeInputs(model.graph, {}, size, options.dimensions ?? new Map());
    const other = new Inference(model, inputs.symbols, null, budget, options.signal);
    if (other.infer(inputs.shapes) !== null || other.mismatches(false).some((found) => found.node === node)) continue;
    return { ok: false, error: cannotRun(node, reason) };
  }
  return null;
}

function sizeNumbers(options: ShapeOptions): (readonly [nameOf: () => string, number: number])[] {
  const entries: (readonly [() => string, number | undefined])[] = [
    ...[options, options.assumed].flatMap(
      (size) =>
        [
          [() => t('height'), size?.height],
          [() => t('width'), size?.width],
          [() => t('resolution'), size?.resolution],
          [() => t('batch size'), size?.batch],
        ] as const,
    ),
    ...[...(options.dimensions ?? [])].map(
      ([name, number]) => [() => t('dimension "{0}"', shortName(name)), number] as const,
    ),
  ];
  return entries.filter((entry): entry is readonly [() => string, number] => entry[1] !== undefined);
}
