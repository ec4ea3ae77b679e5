import type { Measurement } from './measurement';

/** Side in pixels of the paper's inputs (section 2.1), taken if neither the model nor the user says another. */
export const defaultResolution = 224;

/** Runtimes that a landmark can have been measured with. */
export const runtimes = ['tensorrt-fp16', 'tensorrt-fp32', 'tensorrt-int8', 'pytorch-fp16', 'pytorch-fp32'] as const;

export type Runtime = (typeof runtimes)[number];

/** What is asked for where the user names no runtime: the paper's fastest. */
export const defaultRuntime: Runtime = 'tensorrt-fp16';

export function isRuntime(text: string): text is Runtime {
  return (runtimes as readonly string[]).includes(text);
}

/** A runtime's name for people, e.g. `TensorRT FP16`. */
export function runtimeName(runtime: Runtime): string {
  const [engine, precision] = runtime.split('-') as [string, string];
  return `${engine === 'tensorrt' ? 'TensorRT' : 'PyTorch'} ${precision.toUpperCase()}`;
}

/** One measured point: the paper's L (section 2.2). */
export interface Landmark {
  /** Identity within its campaign, e.g. `resnet18`. */
  readonly model: string;
  /** Architecture family, or null when the model has none that Framecast knows. */
  readonly family: string | null;
  /** As torch counts them. */
  readonly parameters: number;
  /** Device id, e.g. `jetson-nano`. */
  readonly device: string;
  readonly runtime: Runtime;
  /**
   * Side of the square input in pixels; of an input that is not square the side of the square with as many pixels,
   * rounded, and `height` and `width` say more.
   */
  readonly resolution: number;
  /** Of an input that is not square, in pixels. */
  readonly height?: number;
  readonly width?: number;
  readonly batch: number;
  /** Inputs per second. */
  readonly throughputFps: number;
  /** Landmarks measured together, e.g. `paper`, `torch2trt`. */
  readonly campaign: string;
  /** Where the figure is published, or the job that measured it. */
  readonly source: string;
  /**
   * What the model runs at this resolution and batch, as `kernelRows` writes it, so that fits over the graph can learn
   * from it. Published models go without: theirs are bundled.
   */
  readonly kernels?: readonly (readonly number[])[];
  /** GPU clock in MHz at which it was measured, and the power mode, where that is known and no measurement says so. */
  readonly gpuMHz?: number;
  readonly powerMode?: string;
  /** How it was measured, where a benchmark of Framecast did so. */
  readonly measurement?: Measurement;
  /** The user's own words about it. */
  readonly comment?: string;
  /**
   * The user's verdict: `accepted` takes a disturbed measurement into fits, `off` and `outlier` leave the landmark out.
   * Without one, a landmark is in fits unless its measurement was disturbed.
   */
  readonly verdict?: Verdict;
}

/** What landmarks, and what becomes one, say of an input's size. */
export type SizeFields = Pick<Landmark, 'resolution' | 'height' | 'width'>;

/** What a landmark says of an input's size: one side where it is square. */
export function sizeFields(height: number, width: number): SizeFields {
  return height === width
    ? { resolution: height }
    : { resolution: Math.round(Math.sqrt(height * width)), height, width };
}

/** The size alone, of what has one among other fields. */
export function sizeFieldsOf(of: SizeFields): SizeFields {
  const { height, width } = inputSize(of);
  return sizeFields(height, width);
}

/** Height and width of a landmark's input in pixels. */
export function inputSize({ resolution, height, width }: SizeFields): {
  readonly height: number;
  readonly width: number;
} {
  return { height: height ?? resolution, width: width ?? resolution };
}

/** What a user can say of a landmark. */
export const verdicts = ['accepted', 'off', 'outlier'] as const;

export type Verdict = (typeof verdicts)[number];

/** Whether fits learn from this landmark. */
export function isInFits({ verdict, measurement }: Landmark): boolean {
  if (verdict !== undefined) return verdict === 'accepted';
  return (measurement?.disturbances.length ?? 0) === 0;
}
