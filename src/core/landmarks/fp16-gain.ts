import { t } from '../language';

/** What the paper says of FP16 against FP32 on TensorRT (section 3.2, Figure 5). It prints no numbers. */
export const fp16GainSentence = (): string =>
  t(
    'ResNets gain most from FP16; MobileNetV2, ShuffleNet and MnasNet gain little, and a few very light networks are slower with it (section 3.2 of the paper, Figure 5, which gives no numbers).',
  );
