import * as v from 'valibot';
import type { Query } from '../core/estimate/estimate';
import { maxSide, parseImageSize, sizeQuery } from '../core/image-size';
import { isNetworkPath } from '../core/network-path';
import { deviceIds } from '../core/landmarks/devices';
import { boardOfNames, runtimeOfName } from '../core/landmarks/typed-names';
import { failure, success, type Result } from '../core/result';
import type { ToolHost, ToolLandmarks } from './tool';

/** Models that one question may lead to. */
export const maxModels = 1000;

const path = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(4096),
  v.check((text) => !isNetworkPath(text), 'Files on other machines are not opened'),
);
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxSide));

/** Fields that several tools have. */
export const fields = {
  models: v.pipe(
    v.array(path),
    v.minLength(1),
    v.maxLength(maxModels),
    v.description('ONNX files, folders (searched for *.onnx) or patterns such as models/**/*.onnx.'),
  ),
  model: v.pipe(path, v.description('An ONNX file.')),
  device: v.optional(
    v.pipe(name, v.description('The board, by any of its names: "orin nano", "Jetson Nano", "agx xavier".')),
  ),
  runtime: v.optional(
    v.pipe(name, v.description('Runtime and precision: fp16, fp32 or int8 (TensorRT), pytorch-fp16, pytorch-fp32.')),
  ),
  powerMode: v.optional(
    v.pipe(name, v.description("The board's power mode as nvpmodel names it, e.g. 15W. By default its fastest.")),
  ),
  resolution: v.optional(
    v.pipe(
      v.union([v.pipe(v.string(), v.maxLength(20)), side]),
      v.description(
        "Input size in pixels, width x height such as 640x480, or one side of a square. By default the model's own.",
      ),
    ),
  ),
  batch: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(65_536),
      v.description("Inputs per inference. By default the model's own, or 1."),
    ),
  ),
  targetFps: v.pipe(
    v.number(),
    v.gtValue(0),
    v.maxValue(1_000_000),
    v.description('Frames (inputs) per second that are wanted.'),
  ),
  path,
  name,
  side,
};

/** Where, how and at which size, in the words of the question. */
export interface AskedDeployment {
  readonly device?: string | undefined;
  readonly runtime?: string | undefined;
  readonly powerMode?: string | undefined;
  readonly resolution?: string | number | undefined;
  readonly batch?: number | undefined;
}

/** What is asked, with what is known. */
export interface Asking extends ToolLandmarks {
  readonly query: Query;
}

/** Understands the deployment that a question is about. Failure code: invalid-request, and those of the landmarks. */
export async function openQuestion(asked: AskedDeployment, host: ToolHost): Promise<Result<Asking>> {
  const landmarks = await host.landmarks();
  if (!landmarks.ok) return landmarks;
  const { defaults } = host;
  const board = boardOfNames(
    {
      device: asked.device ?? defaults.device,
      // A default mode is one of the default board.
      powerMode: asked.powerMode ?? (asked.device === undefined ? defaults.powerMode : undefined),
    },
    deviceIds(landmarks.value.estimators.landmarks),
  );
  if (!board.ok) return failure('invalid-request', board.error);
  const runtime = asked.runtime === undefined ? success(defaults.runtime) : runtimeOfName(asked.runtime);
  if (!runtime.ok) return failure('invalid-request', runtime.error);
  const size = asked.resolution === undefined ? undefined : parseImageSize(String(asked.resolution));
  if (size === null) {
    return failure('invalid-request', 'resolution must be width x height in pixels, such as 640x480, or one side.');
  }
  const query: Query = {
    ...board.value,
    runtime: runtime.value,
    ...(size && sizeQuery(size)),
    batch: asked.batch,
  };
  return success({ ...landmarks.value, query });
}
