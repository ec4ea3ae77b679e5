import type { Dimension } from '../onnx/model';
import type { ImageLayout, InputSize } from '../onnx/shapes/input-size';
import type { FittingSize } from '../onnx/shapes/size-from-constants';
import type { Result } from '../result';
import type { ModelCost } from './cost/cost';
import type { ImportFacts } from './import-facts';

/** What Framecast knows about a network from its graph alone. */
export interface ModelProfile extends ImportFacts {
  /** Σ numel of the training framework's `module.parameters()`: the paper's 𝒫. */
  readonly parameters: number;
  /** Plain sum of the elements that the file (or its external data) stores. */
  readonly storedParameters: number;
  /** Architecture family (the paper's 𝒜), or null when nothing is recognised. */
  readonly family: string | null;
  /** The member, e.g. `ResNet-50 [3,4,6,3] bottleneck`; null when the family is. */
  readonly variant: string | null;
  /** 0 to 1: how much of the graph the recognised family explains. */
  readonly confidence: number;
  /** Sentences: what was seen, how parameters were counted, what remains ambiguous. */
  readonly evidence: readonly string[];
  /** The image input (or the first input); null when the graph has none. */
  readonly input: {
    readonly name: string;
    readonly shape: readonly Dimension[] | null;
    /** What the axes of an image are, where the graph tells more of them than their sizes. */
    readonly layout?: ImageLayout;
  } | null;
  /** The size that the graph's constants ask for where the input leaves its size open; null where they ask for none. */
  readonly fittingSize: FittingSize | null;
  /** Multiply–accumulates of Conv, ConvTranspose, Gemm and MatMul at the input's own shape; null when unknown. */
  readonly macs: number | null;
  /** Elements read and written by those layers (input + output); null when unknown. */
  readonly activationElements: number | null;
  /** Elements of those layers' weights, biases left out. */
  readonly weightElements: number | null;
  /** Central-difference convolutions, each of which runs as two. */
  readonly centralDifferences: number;
  /** Operator types (with domain where not default) whose cost is not known. */
  readonly uncosted: readonly string[];
  /**
   * Cost of one inference with an input of `height` × `width` pixels and with `batch` inputs; what is left out is the
   * model's own, or `fittingSize`, else 224, and 1 where it leaves those open. The sizes computed last are kept. Fails as `costFeatures` does.
   */
  readonly costAt: (size: InputSize) => Result<ModelCost>;
  /**
   * The same network with parallel convolutions merged into one each, as those that are trained with them are deployed
   * (RepVGG, MobileOne, FastViT); null for one without. Its parameters are those of this file.
   */
  readonly deployedForm: ModelProfile | null;
}
