import { productOf } from '../../onnx/numbers';
import type { Convolution, Layer } from './layers';
import { passBack } from './walk';

/**
 * conv(x, W) − θ·conv(x, ΣW): Yu et al. 2020, "Searching Central Difference Convolutional Networks for Face
 * Anti-Spoofing", equation 3.
 */
export interface CentralDifference {
  /** The convolution with the kernel itself. */
  readonly kernel: Layer;
  /** The subtracted 1×1 convolution, whose kernel is computed. */
  readonly centre: Layer;
  /**
   * Elements of the trained kernel over those of the one that is applied: 1, or 5/9 for a cross of five spread into
   * 3×3 (Yu et al. 2021, "Dual-Cross Central Difference Network"); null where both were computed before the export
   * was written, so that the file cannot tell.
   */
  readonly trainedShare: number | null;
  /** Parameters behind both convolutions. */
  readonly parameters: number;
}

/** Finds every central difference of a graph, those that no series of items contains included. */
export function findCentralDifferences(layers: readonly Layer[]): CentralDifference[] {
  return layers.flatMap((layer) => {
    const [first, second] = layer.inputs;
    if (layer.role !== 'sub' || layer.inputs.length !== 2 || first === undefined || second === undefined) return [];
    const kernel = passBack(layers, first, isScale);
    const centre = passBack(layers, second, isScale);
    if (kernel?.conv == null || centre?.conv == null || kernel.inputs[0] !== centre.inputs[0]) return [];
    if (!areDifference(kernel.conv, centre.conv)) return [];
    return [describe(kernel, centre, kernel.conv, centre.conv)];
  });
}

function isScale(layer: Layer): boolean {
  return layer.role === 'scale';
}

/** Whether the second convolution may be that with the summed kernel of the first. */
export function areDifference(kernel: Convolution, centre: Convolution): boolean {
  return (
    kernel.inputChannels === centre.inputChannels &&
    kernel.outputChannels === centre.outputChannels &&
    kernel.groups === centre.groups &&
    kernel.kernel.some((side) => side > 1) &&
    centre.kernel.every((side) => side === 1)
  );
}

function describe(kernel: Layer, centre: Layer, applied: Convolution, summed: Convolution): CentralDifference {
  const bias = applied.bias === null ? 0 : applied.outputChannels;
  const elements = productOf(applied.weight.dims ?? []);
  // The sum is taken over the trained kernel, so what it is computed from is what was trained.
  const trained = summed.weight.computed ? summed.weight.roots.reduce((sum, root) => sum + root.elements, 0) : null;
  const known = trained !== null && trained > 0 && trained <= elements;
  return {
    kernel,
    centre,
    trainedShare: known ? trained / elements : null,
    parameters: (known ? trained : elements) + bias,
  };
}
