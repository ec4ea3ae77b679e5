import type { LayerCost } from '../../profile/cost/layer';
import { kernelWork } from '../../landmarks/model-costs';
import type { ModelProfile } from '../../profile/profile';
import type { Query } from '../estimate';
import { success, type Result } from '../../result';
import { answerByGraphCost, type GraphCostAnswer } from './graph-cost-estimate';
import type { GraphCostFit, GraphCostKey, GraphCostOutcome } from './fit-types';
import { termMeanings, type TermMeaning, type TermName } from './latency-model';

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

/**
 * Predicted milliseconds of every fused kernel, heaviest first. They sum, with the overhead of the call, to the latency
 * that `graph-cost` predicts; a family's residual is spread over all of them. Refuses as the estimate does.
 */
export function explainLatency(profile: ModelProfile, query: Query, fitOf: FitOf): ExplanationOutcome {
  const answer = answerByGraphCost(profile, query, fitOf);
  return answer.ok ? success(explain(answer.value)) : answer;
}

function explain({ fit, cost, kernels, point, belief }: GraphCostAnswer): LatencyExplanation {
  const { coefficients } = fit.fit;
  const latencyMs = Math.exp(belief.mean);
  const whole = fit.model.latencyOf(kernels)(coefficients);
  const scale = latencyMs / whole.latencyMs;
  const inference = fit.model.terms.indexOf('inference');
  const layers = cost.layers.map((layer, position): LayerTime => {
    const { shares } = fit.model.latencyOf(kernelWork([layer]))(coefficients);
    const of = (...terms: readonly TermName[]) =>
      scale * terms.reduce((sum, term) => sum + shares[fit.model.terms.indexOf(term)]!, 0);
    // The model charges a depthwise convolution for the elements that it moves, not for its arithmetic.
    const trafficMs = of('traffic', 'depthwise');
    const launchMs = of('launch');
    const arithmeticMs = of('window', 'winograd', 'pointwise', 'matrix');
    const total = trafficMs + launchMs + arithmeticMs;
    return { layer, position, latencyMs: total, share: total / latencyMs, arithmeticMs, trafficMs, launchMs };
  });
  return {
    latencyMs,
    overheadMs: scale * whole.shares[inference]!,
    layers: layers.sort((a, b) => b.latencyMs - a.latencyMs),
    resolution: point.resolution,
    height: point.height,
    width: point.width,
    batch: point.batch,
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
    const { unit, scale, meaning } = termMeanings[term];
    return { term, value: scale * fit.fit.coefficients[index]!, unit, meaning };
  });
}
