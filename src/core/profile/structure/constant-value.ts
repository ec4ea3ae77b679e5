/** A value that does not depend on the network's input: a weight, or something computed from weights alone. */
export interface ConstantValue {
  /**
   * Identity for counting: two uses with one key are one tensor. An `Identity` output has a key of its own,
   * because exporters merge equal tensors and put an `Identity` where the second one was.
   */
  readonly key: string;
  /** The stored tensors it is made from, without shape arguments and quantisation scales. */
  readonly roots: readonly Root[];
  /** Dims after the operators between store and use; null where they are not followed. */
  readonly dims: readonly number[] | null;
  /** Values of a small constant that reaches its use unchanged or as a part of a shape; otherwise null. */
  readonly values: readonly number[] | null;
  /** True where operators other than renaming lie between the stored tensor and its use. */
  readonly computed: boolean;
  /** Stored tensors that a matrix of constants is multiplied onto, by their keys, with the length of their rows. */
  readonly multiplied?: ReadonlyMap<string, number>;
}

/** A stored tensor, or a graph input that serves as a weight (exports without weights). */
export interface Root {
  readonly key: string;
  readonly elements: number;
  readonly dataType: number;
  /** True where the graph fills it with one number, as models without their weights do. */
  readonly isFilled?: boolean;
  /** True where a layer that reads constants alone takes it as its weight or bias. */
  readonly isOfLayer?: boolean;
  /** True for coordinates that a small network of constants alone reads (Liu et al. 2022, "Swin Transformer V2", 3.3). */
  readonly isCoordinates?: boolean;
}

/** Looks a value up: null where it depends on the network's input. */
export type ConstantLookup = (valueName: string) => ConstantValue | null;

/** Whether a value has more than one axis along which it differs: a table rather than a vector. */
export function hasSeveralAxes({ dims }: Pick<ConstantValue, 'dims'>): boolean {
  return (dims ?? []).filter((dim) => dim > 1).length > 1;
}
