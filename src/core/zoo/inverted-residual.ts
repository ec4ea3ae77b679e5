import type { GraphBuilder, Value } from './graph-builder';

export interface InvertedResidualSettings {
  readonly outputs: number;
  /** Channels of the depthwise convolution over those of the input; 1 leaves the widening convolution out. */
  readonly expansion: number;
  readonly kernel: number;
  readonly stride: number;
  /** Whether there is a shortcut where the shape stays; true where undefined. */
  readonly shortcut?: boolean;
  readonly activation: 'relu' | 'relu6';
}

/**
 * Widening 1×1, depthwise and narrowing 1×1 convolution without activation, with a shortcut where the shape stays:
 * Sandler et al. 2018, "MobileNetV2", section 3.3.
 */
export function invertedResidual(builder: GraphBuilder, input: Value, settings: InvertedResidualSettings): Value {
  const { outputs, expansion, kernel, stride, activation, shortcut = true } = settings;
  const wide = input.channels * expansion;
  const hasShortcut = shortcut && stride === 1 && input.channels === outputs;
  let value = input;
  if (expansion !== 1) value = builder[activation](builder.convolution(value, { outputs: wide, kernel: 1 }));
  value = builder[activation](builder.convolution(value, { outputs: wide, kernel, stride, groups: wide }));
  const narrowed = builder.convolution(value, { outputs, kernel: 1, gain: hasShortcut ? 0.5 : 1 });
  return hasShortcut ? builder.add(input, narrowed) : narrowed;
}
