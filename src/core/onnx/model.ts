/** An ONNX model as the rest of the core sees it: structure without tensor payloads. */
export interface Model {
  readonly irVersion: number;
  readonly producer: { readonly name: string; readonly version: string };
  /** Opset version by domain; the default domain `ai.onnx` has the key ''. */
  readonly opsets: ReadonlyMap<string, number>;
  /** The main graph, with calls of model-local functions replaced by their bodies. */
  readonly graph: Graph;
  /** Files that hold tensor payloads beside the model, as written in it, without duplicates. */
  readonly externalFiles: readonly string[];
  /** Things worth telling the user that did not stop the reading. */
  readonly warnings: readonly string[];
}

export interface Graph {
  readonly name: string;
  /** Graph inputs without those that are initializers too (IR version 3 lists both). */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** In file order, which ONNX demands to be topological; the reader does not verify it. */
  readonly nodes: readonly Node[];
  /** Initializers by name, in file order; sparse ones have their dense dims. */
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Shapes that the file itself states for inner values. */
  readonly valueInfos: ReadonlyMap<string, ValueInfo>;
}

export interface Node {
  /** As written; diagnostics only. */
  readonly name: string;
  readonly opType: string;
  /** '' for ai.onnx. */
  readonly domain: string;
  /** Version of its domain's opset where that is not the model's, as in the body of a model-local function. */
  readonly opset?: number;
  /** Value names; '' where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export type Attribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'floats'; readonly values: readonly number[] }
  | { readonly kind: 'ints'; readonly values: readonly number[] }
  | { readonly kind: 'strings'; readonly values: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: Tensor }
  | { readonly kind: 'tensors'; readonly values: readonly Tensor[] }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'graphs'; readonly values: readonly Graph[] }
  /**
   * Types, whatever a newer ONNX may add, and lists or strings too long to keep; those say how many elements or bytes
   * they have.
   */
  | { readonly kind: 'other'; readonly elements?: number };

export interface Tensor {
  readonly name: string;
  /** Dense dims; [] is a scalar. Each is a non-negative safe integer. */
  readonly dims: readonly number[];
  /** Product of dims; the reader refuses a model whose product is not a safe integer. */
  readonly elements: number;
  /** TensorProto.DataType number; `dataTypeName` gives its name. */
  readonly dataType: number;
  /** Where the payload is: in the model file, in another file, or nowhere (stripped). */
  readonly payload: Payload;
  /**
   * Values of a small numeric tensor (`maxInlineElements` and `maxKeptBytes` of limits.ts), decoded; otherwise null.
   * 64-bit integers beyond 2^53 lose precision, as shape arithmetic never needs them.
   */
  readonly values: readonly number[] | null;
  /** True for a SparseTensorProto; then `storedElements` is its number of non-zeros. */
  readonly sparse: boolean;
  readonly storedElements: number;
}

export type Payload =
  | {
      readonly kind: 'inline';
      readonly offset: number;
      readonly bytes: number;
      /**
       * How the bytes are to be read where they are no little-endian run of elements: as protobuf's varints, or not at
       * all, since they lie in several places.
       */
      readonly encoding?: 'varint' | 'scattered';
    }
  | { readonly kind: 'external'; readonly location: string; readonly offset: number; readonly bytes: number | null }
  | { readonly kind: 'absent' };

export interface ValueInfo {
  readonly name: string;
  /** TensorProto.DataType number; 0 where it is no tensor or not stated. */
  readonly dataType: number;
  /** null where no shape is stated. A dimension is a number, a symbol's name, or null when unknown. */
  readonly shape: readonly Dimension[] | null;
}

export type Dimension = number | string | null;
