import type { Node } from '../../onnx/model';
import type { Activation } from './activation';
import type { ConstantLookup, ConstantValue } from './constant-value';

/** Index of the virtual layer that stands for all network inputs. */
export const SOURCE = -1;

/** One operator that touches activations. Everything that computes only shapes or weights is left out. */
export interface Layer {
  readonly index: number;
  readonly node: Node;
  readonly role: Role;
  /** Layers (or SOURCE) whose outputs it reads, in operator order, without weights and shape arguments. */
  readonly inputs: readonly number[];
  /** For a convolution. */
  readonly conv: Convolution | null;
  /** For a matrix product with a weight. */
  readonly linear: Linear | null;
  /** For an activation: which. */
  readonly activation: Activation | null;
  /** For element-wise arithmetic with a constant: its number of elements and, when it is one, its value. */
  readonly constant: { readonly elements: number; readonly value: number | null } | null;
}

export type Role =
  | 'conv'
  | 'linear'
  | 'batch-norm'
  | 'other-norm'
  | 'activation'
  | 'max-pool'
  | 'average-pool'
  | 'global-pool'
  /** Element-wise arithmetic with a constant. */
  | 'scale'
  | 'shift'
  | 'add'
  | 'sub'
  | 'mul'
  | 'concat'
  /** Moves data along channels: a `Transpose`. */
  | 'transpose'
  /** Reshape, Slice, Split, Pad and the like. */
  | 'move'
  | 'other';

export interface Convolution {
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly groups: number;
  readonly transposed: boolean;
  readonly weight: ConstantValue;
  readonly bias: ConstantValue | null;
}

export interface Linear {
  readonly inputFeatures: number;
  readonly outputFeatures: number;
  readonly weight: ConstantValue;
  readonly bias: ConstantValue | null;
}

/** The layers of a graph with the constants they use. */
export interface LayerGraph {
  readonly layers: readonly Layer[];
  /** The layer (or SOURCE) that gives each graph output, in order, without duplicates and constant outputs. */
  readonly outputs: readonly number[];
  readonly constants: ConstantLookup;
  /** The nodes of the graph, each after those that feed it; those on a cycle left out. */
  readonly order: readonly Node[];
  /** The layer made from a node that reads constants; undefined for other nodes. */
  readonly layerOf: (node: Node) => Layer | undefined;
  /** BatchNormalizations that are several operators in the file. */
  readonly writtenOutNorms: readonly WrittenOutNorm[];
  /** Operators that could not be placed because they lie on a cycle. */
  readonly cyclicNodes: number;
}

/** A BatchNormalization that an exporter or converter wrote as arithmetic with constant vectors. */
export interface WrittenOutNorm {
  /** The layer that stands for it; its role is `batch-norm`. */
  readonly layer: Layer;
  /** The operators it was written with, in order. */
  readonly arithmetic: readonly Layer[];
  /** What each of them takes, in the same order. */
  readonly constants: readonly ConstantValue[];
  readonly channels: number;
}
