import type { Layer } from '../structure/layers';
import type { Network } from '../structure/network';

/**
 * One architecture family (the paper's 𝒜), recognised from structure alone: operators, kernel sizes, strides,
 * channel counts and how they are connected; never from a name.
 */
export interface Family {
  readonly name: string;
  /** null when the network is none of this family. Must not assume anything about the network. */
  readonly recognise: (network: Network) => Recognition | null;
}

export interface Recognition {
  /** The member, e.g. `ResNet-50 [3,4,6,3] bottleneck`. */
  readonly variant: string;
  /** Sentences that say what was seen. */
  readonly evidence: readonly string[];
  /** The convolutions and linear layers that belong to the architecture as recognised; left out, those on the main way. */
  readonly explained?: ReadonlySet<Layer>;
  /** Left out, `instead-of-bias`. */
  readonly normalisation?: Normalisation;
  /** With `optional-beside-bias`: the member's name when it turns out to be normalised. */
  readonly normalisedVariant?: string;
  /** Convolutions whose bias the author wrote although the family normalises (heads without normalisation). */
  readonly authoredBias?: ReadonlySet<Layer>;
  /** Convolutions that have a bias of their own and BatchNormalization after it. */
  readonly biasedBeforeNorm?: ReadonlySet<Layer>;
  /** True where BatchNormalization follows 1×1 convolutions of globally pooled values too, which is rare. */
  readonly normalisedGates?: boolean;
  /** Where the family knows better than the graph how much was trained. */
  readonly trained?: readonly TrainedBehind[];
}

/** What an exporter computed from other tensors than it shows: layers, and the parameters behind all their tensors. */
export interface TrainedBehind {
  readonly layers: readonly Layer[];
  readonly parameters: number;
}

/**
 * What the family's definition says of its convolutions; it tells where a convolution's bias comes from when
 * the file holds no BatchNormalization after it.
 */
export type Normalisation =
  /** Convolutions have no bias of their own; a bias is what is left of a folded BatchNormalization. */
  | 'instead-of-bias'
  /** Convolutions have biases of their own and BatchNormalization after them. */
  | 'beside-bias'
  /** There is no BatchNormalization; the author wrote the biases. */
  | 'none'
  /** The same, with kernels that are standardised and scaled by a trained gain for each channel they give. */
  | 'gains'
  /** Members with and without exist, the biases are the author's in both, and folding makes them look alike. */
  | 'optional-beside-bias';
