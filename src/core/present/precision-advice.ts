import { fp16GainSentence } from '../landmarks/fp16-gain';
import type { Runtime } from '../landmarks/landmark';
import { t } from '../language';

/**
 * What the paper says of FP16 against FP32 on TensorRT (section 3.2, Figure 5), in words, as it prints no numbers.
 *
 * @param family of the model, to say on which side of the figure it stands; null when it is not known
 */
export function precisionAdvice(family: string | null): readonly string[] {
  return [fp16GainSentence(), ...(family === null ? [] : standing(family))];
}

/** Whether a runtime is one of those that Figure 5 compares; of the others the paper says nothing. */
export function isInFigure5(runtime: Runtime): boolean {
  return runtime === 'tensorrt-fp32' || runtime === 'tensorrt-fp16';
}

const gaining = new Set(['ResNet']);
const hardlyGaining = new Set(['MobileNetV2', 'ShuffleNetV1', 'ShuffleNetV2', 'MnasNet']);
const losing = new Set(['FeatherNet']);

function standing(family: string): readonly string[] {
  if (gaining.has(family)) return [t('This model is a ResNet: expect FP32 to be clearly slower.')];
  if (hardlyGaining.has(family)) return [t('This model is a {0}: expect FP32 to be nearly as fast.', family)];
  if (losing.has(family)) return [t('This model is a {0}, which the paper found faster in FP32 than in FP16.', family)];
  return [t("The paper's figure does not cover {0} networks.", family)];
}
