import { equation2At, solveEquation2 } from '../../../src/core/estimate/family-fit/equation2';
import { fitLatency } from './map-fit';
import type { LatencyFit } from '../../../src/core/estimate/graph-cost/latency-fit';
import type { CostedLandmark } from '../../../src/core/estimate/graph-cost/costed-landmark';
import type { KernelWork } from '../../../src/core/landmarks/model-costs';
import type { Candidate } from './candidates';

/** What an estimator may look at in a network whose throughput it predicts. */
export interface Network {
  readonly family: string | null;
  readonly parameters: number;
  readonly kernels: readonly KernelWork[];
  /** The campaign whose board is meant. */
  readonly campaign: string;
}

/** Inputs per second; null where the estimator cannot answer. */
export type Predictor = (network: Network) => number | null;

/** An estimator under study: learns from landmarks, then predicts. */
export interface Contender {
  readonly name: string;
  readonly fit: (training: readonly CostedLandmark[]) => Predictor | null;
}

const referenceCampaign = 'paper';

/** A landmark as a network to be predicted. */
export function networkOf({ landmark, kernels }: CostedLandmark): Network {
  return { family: landmark.family, parameters: landmark.parameters, kernels, campaign: landmark.campaign };
}

/** A latency model, fitted as the product does it, variances included. */
export function graphContender({ name, model, priors, families }: Candidate): Contender {
  return {
    name,
    fit: (training) => {
      const fit: LatencyFit = fitLatency(
        model,
        training.map(({ landmark, kernels }) => ({
          latencyOf: model.latencyOf(kernels),
          latencyMs: 1000 / landmark.throughputFps,
          campaign: landmark.campaign === referenceCampaign ? null : landmark.campaign,
          family: (families ? landmark.family : null) ?? `model ${landmark.model}`,
        })),
        priors,
      );
      return ({ family, kernels, campaign }) => {
        const relative = campaign === referenceCampaign ? null : campaign;
        const belief = fit.predict(model.latencyOf(kernels), families ? family : null, relative);
        return 1000 / Math.exp(belief.mean);
      };
    },
  };
}

/** Equation 2, per family and campaign, of the landmarks that determine it. */
export const equation2: Contender = {
  name: 'Equation 2, per family',
  fit: (training) => (network) => {
    const family = training.filter(
      ({ landmark }) => landmark.family === network.family && landmark.campaign === network.campaign,
    );
    const solved = solveEquation2(family.map(({ landmark }) => landmark));
    return solved === null ? null : equation2At(solved.equation, network.parameters);
  },
};

/** The paper's Figure 3, top: 𝒯 = c/𝒫 over all families, by least squares. */
export const naive: Contender = {
  name: '𝒯 = c/𝒫 over everything (Figure 3, top)',
  fit: (training) => {
    const inverse = training.map(({ landmark }) => 1e6 / landmark.parameters);
    const products = inverse.reduce((sum, x, index) => sum + x * training[index]!.landmark.throughputFps, 0);
    const c = products / inverse.reduce((sum, x) => sum + x * x, 0);
    return ({ parameters }) => (c * 1e6) / parameters;
  },
};

/** One time per multiply–accumulate for all networks. */
export const flops: Contender = {
  name: 'FLOPs alone: one rate for all',
  fit: (training) => {
    const macs = (kernels: readonly KernelWork[]) =>
      kernels.reduce((sum, kernel) => sum + kernel.macs * kernel.count, 0);
    const logs = training.map(({ landmark, kernels }) => Math.log(landmark.throughputFps * macs(kernels)));
    const rate = Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length);
    return ({ kernels }) => rate / macs(kernels);
  },
};
