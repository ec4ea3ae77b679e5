import type { Registry } from './rule';
import { constantRules } from './rules/constant';
import { contribRules } from './rules/contrib';
import { controlFlowRules } from './rules/control-flow';
import { elementwiseRules } from './rules/elementwise';
import { gatherRules } from './rules/gather';
import { matrixRules } from './rules/matrix';
import { movementRules } from './rules/movement';
import { quantizationRules } from './rules/quantization';
import { recurrentRules } from './rules/recurrent';
import { reductionRules } from './rules/reduction';
import { reorderedRules } from './rules/reordered';
import { reshapeRules } from './rules/reshape';
import { resizeRules } from './rules/resize';
import { spectrumRules } from './rules/spectrum';
import { windowRules } from './rules/window';

/** Shape rules by operator, with the domain before it where that is not ai.onnx. */
export const rules: Registry = new Map([
  ...constantRules,
  ...contribRules,
  ...controlFlowRules,
  ...elementwiseRules,
  ...gatherRules,
  ...matrixRules,
  ...movementRules,
  ...quantizationRules,
  ...recurrentRules,
  ...reductionRules,
  ...reorderedRules,
  ...reshapeRules,
  ...resizeRules,
  ...spectrumRules,
  ...windowRules,
]);
