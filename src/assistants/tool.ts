import type * as v from 'valibot';
import type { Concern } from '../core/estimate/concerns';
import type { Query } from '../core/estimate/estimate';
import type { Estimators } from '../core/estimate/estimators';
import type { Runtime } from '../core/landmarks/landmark';
import type { LandmarkEntry } from '../core/landmarks/landmark-collection';
import type { InputSize } from '../core/onnx/shapes/input-size';
import type { StageModel } from '../core/pipeline/pipeline-budget';
import type { ComparedFile } from '../core/present/compare';
import type { ModelProfile } from '../core/profile/profile';
import type { Failure, Result } from '../core/result';

/** A path that leads to a model, or why it leads to none. */
export interface FoundModel {
  readonly file: string;
  readonly error?: Failure;
}

/** One model with its prediction and what matters of it on the board, or why there is none. */
export type AnsweredModel =
  | (Extract<ComparedFile, { ok: true }> & { readonly concerns: readonly Concern[] })
  | Extract<ComparedFile, { ok: false }>;

/** What is measured, and what predicts from it. */
export interface ToolLandmarks {
  readonly entries: readonly LandmarkEntry[];
  readonly estimators: Estimators;
  /** Sentences about files of landmarks that could not be read whole. */
  readonly remarks: readonly string[];
}

/** A pipeline file, with the models that it names. */
export interface OpenPipeline {
  readonly text: string;
  /** By the path that the file has, relative to it; its cost is known at these sizes. */
  model(path: string, sizesOf: (profile: ModelProfile) => readonly InputSize[]): Promise<StageModel>;
}

/** What a benchmark is asked for. */
export interface ToolBenchmark {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly board: string;
  readonly runtimes: readonly Runtime[];
  readonly trials: number | undefined;
}

/** What a benchmark measured of one model with one runtime. */
export type MeasuredModel = { readonly model: string; readonly runtime: Runtime } & (
  | {
      readonly ok: true;
      readonly throughputFps: number;
      readonly meanMs: number;
      readonly p99Ms: number;
      readonly trials: number;
      /** From the landmarks before the benchmark; null where nothing could be predicted. */
      readonly predictedFps: number | null;
      /** Why the figure may not be the board's usual speed, a sentence each. */
      readonly disturbances: readonly string[];
    }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } }
);

export interface ToolProgress {
  readonly signal: AbortSignal;
  /** A short phrase on how far it is. */
  report(message: string): void;
}

/** What tools need of the surface that offers them. Paths are as its user writes them. */
export interface ToolHost {
  /** What holds where a question leaves it open. */
  readonly defaults: {
    readonly device: string;
    readonly runtime: Runtime;
    readonly powerMode?: string | undefined;
    readonly targetFps: number | null;
  };
  landmarks(): Promise<Result<ToolLandmarks>>;
  /** Files, folders and patterns as the models that they lead to. Failure code: timed-out. */
  find(paths: readonly string[], signal: AbortSignal): Promise<Result<readonly FoundModel[]>>;
  /** Reads and predicts, in the order given; ends early when the signal aborts. */
  predict(
    found: readonly FoundModel[],
    query: Query,
    estimators: Estimators,
    signal: AbortSignal,
  ): AsyncIterable<AnsweredModel>;
  /** A model whose cost is known at these sizes and at its own. */
  read(file: string, sizes: readonly InputSize[], signal: AbortSignal): Promise<Result<ModelProfile>>;
  openPipeline(file: string, signal: AbortSignal): Promise<Result<OpenPipeline>>;
  /** A sentence where boards must not be connected to; otherwise null. */
  benchmarkObstacle(): string | null;
  benchmark(request: ToolBenchmark, progress: ToolProgress): Promise<Result<readonly MeasuredModel[]>>;
}

/** What a tool answers: the same twice, for a program and for a reader. */
export interface ToolAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A tool as assistants see it. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For the assistant: what it answers and when to use it. */
  readonly description: string;
  readonly input: v.GenericSchema;
  /** What the user is asked before it is run; null for tools that change nothing. */
  readonly question: ((input: unknown) => string) | null;
  run(input: unknown, host: ToolHost, progress: ToolProgress): Promise<Result<ToolAnswer>>;
}

/** A tool with its input checked: the one way to make one. */
export function defineTool<const Input extends v.GenericSchema>(
  tool: Omit<Tool, 'input' | 'question' | 'run'> & {
    readonly input: Input;
    readonly question?: (input: v.InferOutput<Input>) => string;
    readonly run: (input: v.InferOutput<Input>, host: ToolHost, progress: ToolProgress) => Promise<Result<ToolAnswer>>;
  },
): Tool {
  return { ...tool, question: tool.question ?? null };
}
