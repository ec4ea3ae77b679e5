import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import type { Landmark } from '../../../src/core/landmarks/landmark';
import modelCosts from '../../../src/core/landmarks/model-costs.json';
import { createEstimators } from '../../../src/core/estimate/estimators';
import { prepareLandmark } from '../../../src/core/estimate/graph-cost/costed-landmark';

/** A repeatable stream of numbers from 0 to 1 (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * As many landmarks of different networks on a Nano: the published networks made wider and narrower, timed by what the
 * published fit says of them on a board that is 5 % slower, with 3 % of noise. One in ten has no family.
 */
export function manyLandmarks(count: number, campaign = 'desk', seed = 1): readonly Landmark[] {
  const random = randomNumbers(seed);
  const fitted = createEstimators(bundledLandmarks).graphCostFit({ device: 'jetson-nano', runtime: 'tensorrt-fp16' });
  if (!fitted.ok) throw new Error(fitted.error);
  const { fit } = fitted.value;
  const models = Object.entries(modelCosts.models);
  return Array.from({ length: count }, (_, index): Landmark => {
    const [name, { parameters, kernels }] = models[index % models.length]!;
    const family = bundledLandmarks.find(({ model }) => model === name)?.family ?? null;
    const width = 0.5 + random();
    const scaled = kernels.map(([kind, times, macs, read, written, weights, taps, stride, groups, channels]) => [
      kind!,
      times!,
      Math.round(macs! * width ** 2),
      Math.round(read! * width),
      Math.round(written! * width),
      Math.round(weights! * width ** 2),
      taps!,
      stride!,
      groups!,
      Math.max(1, Math.round(channels! * width)),
    ]);
    const landmark: Landmark = {
      model: `${name} ${index}`,
      family: index % 10 === 9 ? null : family,
      parameters: Math.max(1, Math.round(parameters * width ** 2)),
      device: 'jetson-nano',
      runtime: 'tensorrt-fp16',
      resolution: 224,
      batch: 1,
      throughputFps: 1,
      campaign,
      source: `job ${index}`,
      kernels: scaled,
    };
    const latencyMs = Math.exp(fit.predict(prepareLandmark(landmark)!.latencyOf, landmark.family).mean);
    const noise = 1 + 0.03 * (random() + random() + random() - 1.5) * 2;
    return { ...landmark, throughputFps: (0.95 * noise * 1000) / latencyMs };
  });
}
