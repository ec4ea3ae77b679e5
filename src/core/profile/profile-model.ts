import { imageSize } from '../figures';
import { t } from '../language';
import type { Graph, Model, ValueInfo } from '../onnx/model';
import { inferShapes, type ShapeResult } from '../onnx/shapes/infer';
import { type Adjustment, maxRank } from '../onnx/shapes/inference';
import { findImageInput, type ImageInput, type InputSize, isOwnSize } from '../onnx/shapes/input-size';
import type { FittingSize } from '../onnx/shapes/size-from-constants';
import { type Result, success } from '../result';
import { shortName } from '../text';
import { WorkBudget, withinBudget, workLimits, type WorkLimits } from '../work-budget';
import { beginning, type OnWorkProgress } from '../work-progress';
import { costOf, type ModelCost } from './cost/cost';
import { type KernelNode, kernelGraph } from './cost/kernel-graph';
import { importFacts } from './import-facts';
import { countParameters } from './parameters/count';
import type { ModelProfile } from './profile';
import { recogniseFamily } from './recognise';
import { describeNetwork, readNetwork } from './structure/network';
import { parallelBranches, type ParallelBranches } from './structure/parallel-branches';
import { deployedCost } from './cost/deployed-cost';

/**
 * Profiles a model from its graph alone. What cannot be told is null, with a sentence in `evidence`. Takes milliseconds
 * for networks of a thousand nodes. Failure code: too-large.
 *
 * @param limits of the work at the model's own size, and of that at each other size
 * @param onProgress called as each stage begins
 */
export function profileModel(
  model: Model,
  limits = workLimits,
  onProgress: OnWorkProgress = () => undefined,
): Result<ModelProfile> {
  return withinBudget(() => success(profileWithin(model, limits, onProgress)));
}

function profileWithin(model: Model, limits: WorkLimits, onProgress: OnWorkProgress): ModelProfile {
  const budget = new WorkBudget(limits);
  const { counted, branches, evidence, ...facts } = factsOf(model, budget, onProgress);
  const { costAt, fitting } = rememberedCost(model, counted, budget, limits, onProgress);
  const cost = costAt({});
  const own = cost.ok && !cost.value.lacksMacs ? cost.value : null;
  const profile: ModelProfile = {
    ...facts,
    evidence: [
      ...evidence,
      ...(fitting === null
        ? []
        : [
            t(
              'The input leaves its size open and is taken at {0}, as the network cannot run at {1}: {2}.',
              imageSize(fitting.height, fitting.width),
              imageSize(ASSUMED.resolution, ASSUMED.resolution),
              fitting.reason,
            ),
          ]),
      ...(cost.ok ? [] : [t('The work of one inference is not known: {0}', cost.error.message)]),
    ],
    fittingSize: fitting,
    macs: own?.macs ?? null,
    activationElements: own?.activationElements ?? null,
    weightElements: own?.weightElements ?? null,
    uncosted: cost.ok ? cost.value.uncosted : [],
    costAt,
    deployedForm: null,
  };
  return branches.length === 0 ? profile : { ...profile, deployedForm: deployedProfile(profile, branches) };
}

/** What does not depend on the size of the input. Costs come after it, when the network that it reads is let go. */
function factsOf(model: Model, budget: WorkBudget, onProgress: OnWorkProgress) {
  const { graph } = model;
  onProgress(beginning('structure'));
  const facts = importFacts(model, budget);
  const network = readNetwork(graph, budget);
  const recognised = recogniseFamily(network);
  onProgress(beginning('parameters'));
  const count = countParameters(model, network, recognised, budget);
  const image = findImageInput(graph);
  const input = imageInput(graph, image, network.graph.constants);
  const variant =
    recognised?.normalisedVariant !== undefined && count.foldedBatchNorm
      ? recognised.normalisedVariant
      : (recognised?.variant ?? null);
  return {
    parameters: count.parameters,
    storedParameters: count.storedParameters,
    family: recognised?.family ?? null,
    variant,
    confidence: recognised?.confidence ?? 0,
    evidence: [
      ...(recognised?.evidence ?? [t('No known architecture family: {0}.', describeNetwork(network))]),
      ...count.evidence,
      ...(graph.nodes.some((node) => node.domain === 'com.microsoft.nchwc')
        ? [
            t(
              'onnxruntime optimised this file for one kind of CPU, which reorders and pads weights: counts are of that form. Open the file that it was made from.',
            ),
          ]
        : []),
      ...(network.graph.cyclicNodes > 0
        ? [
            t(
              "{0, plural, one {# operator depends on itself and is} other {# operators depend on themselves and are}} left out; the file breaks ONNX's rules.",
              network.graph.cyclicNodes,
            ),
          ]
        : []),
    ],
    input:
      input === null
        ? null
        : {
            name: input.name,
            shape: readableShape(input.shape),
            ...(image?.name === input.name ? { layout: image.layout } : {}),
          },
    ...facts,
    centralDifferences: network.centralDifferences.length,
    counted: count.counted,
    branches: parallelBranches(network.items),
  };
}

function deployedProfile(profile: ModelProfile, branches: readonly ParallelBranches[]): ModelProfile {
  const costAt: ModelProfile['costAt'] = (size) => {
    const cost = profile.costAt(size);
    return cost.ok ? success(deployedCost(cost.value, branches)) : cost;
  };
  const own = costAt({});
  return {
    ...profile,
    macs: profile.macs === null || !own.ok ? null : own.value.macs,
    weightElements: profile.weightElements === null || !own.ok ? null : own.value.weightElements,
    costAt,
  };
}

/** The fused kernels of a model at a size, as its cost counts them, and what flows between them. Failure codes: as for costs. */
export function kernelsAt(model: Model, size: InputSize): Result<readonly KernelNode[]> {
  const budget = new WorkBudget();
  const shapes = inferShapes(model, { ...size, assumed: ASSUMED, budget });
  return shapes.ok ? kernelGraph(model, shapes.value, budget) : shapes;
}

/** What the paper takes where nothing is said (section 2.1): 224×224 pixels, one image. */
const ASSUMED = { resolution: 224, batch: 1 } as const satisfies InputSize;

/** Sizes whose cost is kept: a sweep over resolutions must not hold them all as long as the model is known. */
const MOST_SIZES = 16;

/** The key of the model's own size, which is asked for again and again. */
const OWN_SIZE = 'own';

/** `own` is what the cost at the model's own size may take; each other size is a question of its own. */
function rememberedCost(
  model: Model,
  trained: ReadonlySet<string>,
  own: WorkBudget,
  limits: WorkLimits,
  onProgress: OnWorkProgress,
): { readonly costAt: (size: InputSize) => Result<ModelCost>; readonly fitting: FittingSize | null } {
  const costIn = (shapes: Result<ShapeResult>, budget: WorkBudget): Result<ModelCost> => {
    if (!shapes.ok) return shapes;
    const cost = costOf(model, shapes.value, budget);
    const sizeNote = noteOnTables(shapes.value.adjustments, trained);
    return cost.ok && sizeNote !== null ? success({ ...cost.value, sizeNote }) : cost;
  };
  // Of the shapes no more than the cost and the size is kept.
  onProgress(beginning('shapes'));
  const ownShapes = inferShapes(model, { assumed: ASSUMED, budget: own });
  onProgress(beginning('cost'));
  const known = new Map([[OWN_SIZE, costIn(ownShapes, own)]]);
  const fitting = ownShapes.ok ? ownShapes.value.fitting : null;
  const assumed = fitting === null ? ASSUMED : { height: fitting.height, width: fitting.width, batch: ASSUMED.batch };
  const costAt = (size: InputSize): Result<ModelCost> => {
    const key = keyOf(model, size, assumed);
    let cost = known.get(key);
    if (cost === undefined) {
      const budget = new WorkBudget(limits);
      cost = costIn(inferShapes(model, { ...size, assumed: ASSUMED, budget }), budget);
      const [oldest] = [...known.keys()].filter((size) => size !== OWN_SIZE);
      if (known.size >= MOST_SIZES && oldest !== undefined) known.delete(oldest);
      known.set(key, cost);
    }
    return cost;
  };
  return { costAt, fitting };
}

/** A sentence on trained constants that were read at another size than theirs; null for none. */
function noteOnTables(adjustments: readonly Adjustment[], trained: ReadonlySet<string>): string | null {
  const tables = adjustments.filter(({ constant }) => constant !== undefined && trained.has(constant));
  const [first] = tables;
  if (first === undefined) return null;
  const names = new Set(tables.map(({ constant }) => constant));
  return t(
    '{0, plural, one {A trained table, of positions as a rule, belongs} other {# trained tables, of positions as a rule, belong}} to the size of the export: {1} "{2}" {3}. The network runs at this size once that is resized.',
    names.size,
    first.operator,
    shortName(first.node),
    first.what,
  );
}

/** One key for all ways to ask for the same size. */
function keyOf(
  model: Model,
  { resolution, height = resolution, width = resolution, batch }: InputSize,
  assumed: InputSize,
): string {
  return isOwnSize(model.graph, { height, width, batch }, assumed) ? OWN_SIZE : [height, width, batch].join(' ');
}

/** The image input, else the first input that is not used as a weight. */
/** A shape of more dimensions than any tensor has is none that anything can be said of. */
function readableShape(shape: ValueInfo['shape']): ValueInfo['shape'] {
  return shape !== null && shape.length > maxRank ? null : shape;
}

function imageInput(graph: Graph, image: ImageInput | null, constants: (name: string) => unknown): ValueInfo | null {
  const data = graph.inputs.filter((input) => constants(input.name) === null);
  return data.find((input) => input.name === image?.name) ?? data[0] ?? null;
}
