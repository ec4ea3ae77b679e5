import { t } from '../../language';
import { largestOf } from '../../extremes';
import { hasKernel } from '../structure/items';
import { isUpsampling } from '../structure/detection';
import { type Convolution, type Layer, SOURCE } from '../structure/layers';
import type { Network } from '../structure/network';
import { passBack } from '../structure/walk';
import { detectorFamily, landmarksSuffix } from './detector';

/** Deng et al. 2020, "RetinaFace: Single-Shot Multi-Level Face Localisation in the Wild". */
export const retinaface = detectorFamily({
  name: 'RetinaFace',
  levels: [3, 4, 5],
  answers: ['box', 'class', 'landmarks'],
  towers: /^(?:.* )?> P$/,
  pyramid: 'sums',
  member: ({ detection, classes, landmarks, backbone }, network) => {
    // A face, or a face and what is none.
    if (classes > 2) return null;
    for (const { predictions } of detection.levels) {
      const [feature = SOURCE, ...others] = predictions.map(({ layer }) => layer.inputs[0] ?? SOURCE);
      if (!others.every((other) => other === feature)) return null;
      const context = readContext(feature, network);
      if (context === null || readLateral(context, network) === null) return null;
    }
    return {
      variant: `RetinaFace ${backbone ?? 'custom backbone'}${landmarksSuffix(landmarks, 5)}`,
      evidence: [
        t(
          'Each level has a context module (3×3, 5×5 and 7×7 built from 3×3 convolutions) on a feature pyramid with sums.',
        ),
      ],
    };
  },
});

function isPointwise(conv: Convolution): boolean {
  return hasKernel(conv, 1) && conv.groups === 1;
}

function isNormOrActivation(layer: Layer): boolean {
  return layer.role === 'activation' || layer.role === 'batch-norm' || layer.role === 'scale' || layer.role === 'shift';
}

/**
 * SSH's context module: half of the channels see 3×3, a quarter each 5×5 and 7×7 by stacked 3×3. Gives the layer
 * that the module reads.
 */
function readContext(feature: number, network: Network): number | null {
  const { layers } = network.graph;
  const join = passBack(layers, feature, isNormOrActivation);
  if (join?.role !== 'concat' || join.inputs.length !== 3) return null;
  const fields = join.inputs.map((input) => passBack(layers, input, isNormOrActivation));
  const widths = fields.map((field) =>
    field?.conv != null && hasKernel(field.conv, 3) ? field.conv.outputChannels : 0,
  );
  const widest = largestOf(widths);
  const near = fields[widths.indexOf(widest)];
  const shares = widths.filter((width) => 2 * width === widest).length;
  return near != null && widest > 0 && shares === 2 ? (near.inputs[0] ?? null) : null;
}

/** The 1×1 convolution that brings a level of the backbone into the pyramid. */
function readLateral(level: number, network: Network): Layer | null {
  const { layers } = network.graph;
  const conv = passBack(layers, level, isNormOrActivation);
  if (conv?.conv != null && isPointwise(conv.conv)) return conv;
  // A finer level: merged by a 3×3 with the coarser one, which was enlarged.
  const sum = conv?.conv != null && hasKernel(conv.conv, 3) ? layers[conv.inputs[0] ?? SOURCE] : conv;
  if (sum?.role !== 'add' || sum.inputs.length !== 2) return null;
  const sides = sum.inputs.map((input) =>
    passBack(layers, input, (layer) => layer.role === 'move' || isNormOrActivation(layer)),
  );
  const lateral = sides.find((side) => side?.conv != null && isPointwise(side.conv));
  const enlarged = sides.find((side) => side != null && isUpsampling(side));
  return enlarged === undefined ? null : (lateral ?? null);
}
