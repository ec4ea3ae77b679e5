import { inputSize, type Landmark } from './landmark';

/**
 * What makes two landmarks the same: one figure of one model, measured in one place. How it is commented, judged and
 * where it was found does not count, so that what was exported and comes back is recognised.
 */
export function landmarkIdentity(landmark: Landmark): string {
  const known = identities.get(landmark) ?? write(landmark);
  identities.set(landmark, known);
  return known;
}

/** Stores of thousands are looked through after each change. */
const identities = new WeakMap<Landmark, string>();

function write(landmark: Landmark): string {
  const { model, parameters, device, runtime, resolution, batch, throughputFps, campaign } = landmark;
  const { height, width } = inputSize(landmark);
  const size = height === width ? [resolution] : [height, width];
  return JSON.stringify([model, parameters, device, runtime, ...size, batch, throughputFps, campaign]);
}
