import type { LayerCost } from '../../profile/cost/layer';
import { kernelWork, workOfKernel } from '../../landmarks/model-costs';
import type { ModelProfile } from '../../profile/profile';
import type { Query } from '../estimate';
import type { ImageSize } from '../../image-size';
import { refusal, success, type Result } from '../../result';
import { answerByGraphCost } from './graph-cost-estimate';
import type { GraphCostFit, GraphCostKey, GraphCostOutcome } from './fit-types';
import { graphCostModel, tensorCoreModel, termMeaning, type TermMeaning, type TermName } from './latency-model';

/** Predicted time of one fused kernel. */
export interface LayerTime {
  readonly layer: LayerCost;
  /** Its place among the network's kernels in the order of the graph, from 0. */
  readonly position: number;
  /** Time of all its repeats in one inference. */
  readonly latencyMs: number;
  /** 0 to 1, of the whole latency. */
  readonly share: number;
  /** What of it is arithmetic, memory traffic and launch. */
  readonly arithmeticMs: number;
  readonly trafficMs: number;
  readonly launchMs: number;
}

/** Where the time of one inference goes. */
export interface LatencyExplanation {
  /** Latency of one inference of the whole batch; `overheadMs` and the layers sum to it. */
  readonly latencyMs: number;
  /** What no kernel accounts for: calling the engine. */
  readonly overheadMs: number;
  /** Heaviest first. */
  readonly layers: readonly LayerTime[];
  /** Side of the square with as many pixels as the input, rounded. */
  readonly resolution: number;
  /** Of the input image, in pixels. */
  readonly height: number;
  readonly width: number;
  readonly batch: number;
}

/** A fitted coefficient, in words. */
export interface ExplainedCoefficient extends Pick<TermMeaning, 'unit' | 'meaning'> {
  readonly term: TermName;
  /** In its unit. */
  readonly value: number;
}

type FitOf = (key: GraphCostKey) => GraphCostOutcome;

export type ExplanationOutcome = Result<LatencyExplanation, string>;

/** What the time of each kernel of a network follows from: plain data, so that the times can be computed in a thread. */
export interface KernelPrices extends ImageSize {
  /** Predicted of one inference of the whole batch. */
  readonly latencyMs: number;
  /** Of the latency model, in the order of its terms. */
  readonly coefficients: readonly number[];
  /** Which of the two latency models it is. */
  readonly hasTensorCores: boolean;
  /** Side of the square with as many pixels as the input, rounded. */
  readonly resolution: number;
  readonly batch: number;
}

/** What kernels cost where the query asks. Refuses as the estimate does. */
export function kernelPrices(profile: ModelProfile, query: Query, fitOf: FitOf): Result<KernelPrices, string> {
  const answer = answerByGraphCost(profile, query, fitOf);
  if (!answer.ok) return answer;
  const { fit, point, belief } = answer.value;
  return success({
    latencyMs: Math.exp(belief.mean),
    coefficients: fit.fit.coefficients,
    hasTensorCores: fit.model === tensorCoreModel,
    resolution: point.resolution,
    height: point.height,
    width: point.width,
    batch: point.batch,
  });
}

/**
 * Predicted milliseconds of every fused kernel, heaviest first. They sum, with the overhead of the call, to the latency
 * that `graph-cost` predicts; a family's residual is spread over all of them. Refuses as the estimate does.
 */
export function explainLatency(profile: ModelProfile, query: Query, fitOf: FitOf): ExplanationOutcome {
  const prices = kernelPrices(profile, query, fitOf);
  if (!prices.ok) return prices;
  const { height, width, batch } = prices.value;
  const cost = profile.costAt({ height, width, batch });
  return cost.ok ? success(explainKernels(cost.value.layers, prices.value)) : refusal(cost.error.message);
}

/** The same from the kernels at the size of the prices. */
export function explainKernels(kernels: readonly LayerCost[], prices: KernelPrices): LatencyExplanation {
  const { latencyMs, coefficients, hasTensorCores, resolution, height, width, batch } = prices;
  const model = hasTensorCores ? tensorCoreModel : graphCostModel;
  const whole = model.latencyOf(kernelWork(kernels))(coefficients);
  const scale = latencyMs / whole.latencyMs;
  const at = (names: readonly TermName[]) => names.map((name) => model.terms.indexOf(name));
  // The model charges a depthwise convolution for the elements that it moves, not for its arithmetic.
  const traffic = at(['traffic', 'depthwise']);
  const launch = at(['launch']);
  const arithmetic = at(['window', 'winograd', 'pointwise', 'matrix']);
  const layers = kernels.map((layer, position): LayerTime => {
    const work = model.workOf(workOfKernel(layer));
    const of = (terms: readonly number[]) =>
      scale * terms.reduce((sum, term) => sum + work[term]! * coefficients[term]!, 0);
    const [trafficMs, launchMs, arithmeticMs] = [of(traffic), of(launch), of(arithmetic)];
    const total = trafficMs + launchMs + arithmeticMs;
    return { layer, position, latencyMs: total, share: total / latencyMs, arithmeticMs, trafficMs, launchMs };
  });
  return {
    latencyMs,
    overheadMs: scale * whole.shares[model.terms.indexOf('inference')]!,
    layers: layers.sort((a, b) => b.latencyMs - a.latencyMs),
    resolution,
    height,
    width,
    batch,
  };
}

/** Throughput predicted at one resolution. */
export interface ResolutionPoint {
  /** Of the input image, in pixels. */
  readonly height: number;
  readonly width: number;
  /** Side of the square with as many pixels, rounded. */
  readonly resolution: number;
  readonly throughputFps: number;
  readonly latencyMs: number;
  /** Peak of the memory that activations take, in elements; null when a size is not known. */
  readonly peakActivationElements: number | null;
}

/**
 * A point of the curve that the paper's Figure 4 draws, by the graph's cost at the query's resolution; null if the
 * network cannot take it (its layers do not fit there).
 */
export function throughputAt(profile: ModelProfile, query: Query, fitOf: FitOf): ResolutionPoint | null {
  const answer = answerByGraphCost(profile, query, fitOf);
  if (!answer.ok) return null;
  const { belief, point, cost } = answer.value;
  const latencyMs = Math.exp(belief.mean);
  return {
    height: point.height,
    width: point.width,
    resolution: point.resolution,
    throughputFps: (1000 * point.batch) / latencyMs,
    latencyMs,
    peakActivationElements: cost.peakActivation?.elements ?? null,
  };
}

/** Every coefficient of a fit with what it means and its unit. */
export function explainCoefficients(fit: GraphCostFit): readonly ExplainedCoefficient[] {
  return fit.model.terms.map((term, index) => {
    const { unit, scale, meaning } = termMeaning(term);
    return { term, value: scale * fit.fit.coefficients[index]!, unit, meaning };
  });
}
