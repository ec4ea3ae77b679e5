import { remembered } from '../remembered';
import { inputSize, type Landmark } from './landmark';

/**
 * What makes two landmarks the same: one figure of one model, measured in one place. How it is commented, judged and
 * where it was found does not count, so that what was exported and comes back is recognised. Remembered, as stores of
 * thousands are looked through after each change.
 */
export const landmarkIdentity = remembered((landmark: Landmark): string => {
  const { model, parameters, device, runtime, resolution, batch, throughputFps, campaign } = landmark;
  const { height, width } = inputSize(landmark);
  const size = height === width ? [resolution] : [height, width];
  return JSON.stringify([model, parameters, device, runtime, ...size, batch, throughputFps, campaign]);
});
