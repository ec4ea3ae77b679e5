import { t } from '../../core/language';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { operatingPoint } from '../../core/estimate/operating-point';
import type { ImageSize } from '../../core/image-size';
import { sizeFields, type SizeFields } from '../../core/landmarks/landmark';
import { maxKernels } from '../../core/landmarks/landmark-lines';
import { kernelRows, type KernelRows } from '../../core/landmarks/model-costs';
import { modelNameOf, torchscriptEndings } from '../../core/model-file-name';
import { dataTypeName } from '../../core/onnx/data-types';
import type { Model } from '../../core/onnx/model';
import { sizeInputs } from '../../core/onnx/shapes/input-size';
import type { ModelProfile } from '../../core/profile/profile';
import type { RewrittenModel } from '../../core/onnx/rewrite/rewrite-model';
import type { ImportFacts } from '../../core/profile/import-facts';
import { failure, success, type Result } from '../../core/result';
import { readModelFile } from '../../files/read-model';
import { maxTrials } from '../job/run-result';
import type { SpecInput, SpecRun } from '../job/job-spec';
import { contentOf, fileContentOf, type FileContent, type ModelContent } from '../upload/model-content';
import { refusedRun, type FailedRun, type RunName } from './benchmark-outcome';
import { modelPrecision, type ModelPrecision } from './model-precision';
import { defaultTrials, defaultWarmupRuns, defaultWorkspaceMiB, type RequestedRun } from './benchmark-request';

/** What is sent in place of a run's model. */
export interface Conversion {
  readonly rewritten: RewrittenModel;
  readonly facts: ImportFacts;
}

/** A run with everything that it needs of this machine's files. */
export interface PreparedRun extends RunName, SizeFields {
  readonly profile: ModelProfile;
  readonly model: Model;
  /** Of the user's own file. */
  readonly modelSha256: string;
  /** What is sent to the board: the user's file, or a rewritten one. */
  readonly content: ModelContent;
  /** How the model is rewritten for the board, which the probe decides; null if it is sent as it is. */
  readonly conversion: Conversion | null;
  readonly torchscript: FileContent | null;
  readonly backend: SpecRun['way'];
  readonly inputs: readonly SpecInput[];
  readonly batch: number;
  readonly trials: number;
  readonly warmupRuns: number;
  readonly workspaceMiB: number;
  readonly layers: boolean;
  /** Of the file's weights, where those say it. */
  readonly precision: ModelPrecision;
  /** Multiply–accumulates of one batch; null when unknown. */
  readonly macs: number | null;
  readonly kernels: KernelRows | null;
}

/** Runs that can be made as far as this machine's files go, and those that cannot. */
export interface Preparation {
  readonly ready: readonly PreparedRun[];
  readonly refused: readonly FailedRun[];
}

/**
 * Reads, profiles and hashes the models of the requested runs, each file once, and settles at which size and with which
 * inputs they run. Failure codes: those of `readModel` and `contentOf`, invalid-request, cancelled.
 */
export async function prepareRuns(requested: readonly RequestedRun[], signal: AbortSignal): Promise<Preparation> {
  const files = new Map<string, Promise<Result<ModelFile>>>();
  const names = modelNames(requested.map(({ modelPath }) => modelPath));
  const ready: PreparedRun[] = [];
  const refused: FailedRun[] = [];
  for (const [run, request] of requested.entries()) {
    const { modelPath, runtime } = request;
    const modelName = names.get(modelPath) ?? '';
    const file = files.get(modelPath) ?? readFile(modelPath, signal);
    files.set(modelPath, file);
    const read = await file;
    const prepared = read.ok ? prepare(run, request, modelName, read.value) : read;
    if (prepared.ok) ready.push(prepared.value);
    else refused.push(refusedRun({ run, modelPath, modelName, runtime }, prepared.error));
  }
  return { ready, refused };
}

/**
 * Names of models by their paths: the file's name without its ending, with its folder where two files of that name are
 * measured.
 */
export function modelNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const stem = (file: string): string => modelNameOf(path.basename(file));
  const different = [...new Set(paths)];
  return new Map(
    different.map((file) => {
      const isShared = different.some((other) => other !== file && stem(other) === stem(file));
      const name = isShared ? `${path.basename(path.dirname(file))}/${stem(file)}` : stem(file);
      return [file, printable(name)];
    }),
  );
}

/** Landmark files are lines of text, and names are shown in tables. */
function printable(name: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters that it is about
  return name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim() || 'model';
}

type ModelFile = Pick<PreparedRun, 'model' | 'profile' | 'content' | 'torchscript'>;

async function readFile(modelPath: string, signal: AbortSignal): Promise<Result<ModelFile>> {
  const read = await readModelFile(modelPath, { signal });
  if (!read.ok) return read;
  const { model, profile } = read.value;
  const content = await contentOf(modelPath, model.externalFiles, { signal });
  if (!content.ok) return content;
  const torchscript = await torchscriptBeside(modelPath, signal);
  if (!torchscript.ok) return torchscript;
  return success({ model, profile, content: content.value, torchscript: torchscript.value });
}

/** The same network as TorchScript, by the names that people save it under. */
async function torchscriptBeside(modelPath: string, signal: AbortSignal): Promise<Result<FileContent | null>> {
  const stem = modelNameOf(modelPath);
  for (const ending of torchscriptEndings) {
    const file = `${stem}${ending}`;
    const found = await stat(file).catch(() => null);
    if (found?.isFile()) return fileContentOf(file, { signal });
  }
  return success(null);
}

function prepare(run: number, request: RequestedRun, modelName: string, file: ModelFile): Result<PreparedRun> {
  const { modelPath, runtime } = request;
  const { profile, content, torchscript } = file;
  const numbers = checkNumbers(request);
  if (numbers !== null) return numbers;
  const point = operatingPoint(profile, { ...request, device: '' });
  if (!point.ok) return failure('invalid-request', t('{0} cannot be measured: {1}', modelName, point.error));
  const inputs = specInputs(file.model, modelName, point.value);
  if (!inputs.ok) return inputs;
  const size = sizeFields(point.value.height, point.value.width);
  const cost = profile.costAt(point.value);
  // Fits must not learn from a graph of which a part is not counted.
  const kernels = cost.ok && cost.value.uncosted.length === 0 ? kernelRows(cost.value.layers) : null;
  return success({
    run,
    modelPath,
    modelName,
    profile,
    content,
    torchscript,
    runtime,
    ...size,
    batch: point.value.batch,
    model: file.model,
    modelSha256: content.sha256,
    conversion: null,
    backend: request.backend ?? 'auto',
    inputs: inputs.value,
    trials: request.trials ?? defaultTrials,
    warmupRuns: request.warmupRuns ?? defaultWarmupRuns,
    workspaceMiB: request.workspaceMiB ?? defaultWorkspaceMiB,
    layers: request.layers ?? false,
    precision: modelPrecision(file.model),
    macs: cost.ok ? cost.value.macs : null,
    kernels: kernels !== null && kernels.length <= maxKernels ? kernels : null,
  });
}

function checkNumbers({ trials, warmupRuns, workspaceMiB }: RequestedRun): Result<never> | null {
  const isCount = (value: number | undefined, least: number, most: number): boolean =>
    value === undefined || (Number.isInteger(value) && value >= least && value <= most);
  if (!isCount(trials, 1, maxTrials)) return failure('invalid-request', t('Ask for 1 to {0} trials.', maxTrials));
  if (!isCount(warmupRuns, 0, maxTrials))
    return failure('invalid-request', t('Ask for 0 to {0} warm-up runs.', maxTrials));
  if (!isCount(workspaceMiB, 1, 1_000_000))
    return failure('invalid-request', t('Ask for a workspace of 1 MiB or more.'));
  return null;
}

/** The inputs as they will be, all dims being numbers. */
function specInputs(
  model: Model,
  modelName: string,
  { height, width, batch }: ImageSize & { readonly batch: number },
): Result<readonly SpecInput[]> {
  const sized = sizeInputs(model.graph, { height, width, batch }, {}, new Map());
  const inputs: SpecInput[] = [];
  for (const { name, shape: stated, dataType } of model.graph.inputs) {
    const shape = sized.shapes.get(name) ?? null;
    if (shape === null || stated === null) {
      return failure(
        'invalid-request',
        t('{0} does not state the shape of its input {1}. Export it with shapes.', modelName, name),
      );
    }
    const numbers = shape.map((dimension) => (typeof dimension === 'number' && dimension > 0 ? dimension : null));
    const open = numbers.indexOf(null);
    if (open >= 0) {
      return failure(
        'invalid-request',
        t(
          '{0} leaves dimension {1} of its input {2} open, and nothing says how large it is to be. Export it with a fixed one.',
          modelName,
          open + 1,
          name,
        ),
      );
    }
    const changed = stated.findIndex((dimension, axis) => isFixed(dimension) && dimension !== numbers[axis]);
    if (changed >= 0) {
      return failure(
        'invalid-request',
        t(
          '{0} has a fixed input {1} of {2}, so it cannot run at {3}. Measure it at its own size, or export it with that size or open dimensions.',
          modelName,
          name,
          stated.join('×'),
          numbers.join('×'),
        ),
      );
    }
    const isDynamic = stated.some((dimension) => !isFixed(dimension));
    inputs.push({ name, shape: numbers as number[], dataType: specDataType(dataType), dynamic: isDynamic });
  }
  return success(inputs);
}

/** Exporters write 0 or −1 for a dimension that is open. */
function isFixed(dimension: number | string | null): dimension is number {
  return typeof dimension === 'number' && dimension > 0;
}

/** NumPy's names, which the runner uses. */
function specDataType(dataType: number): string {
  const name = dataTypeName(dataType).toLowerCase();
  return { float: 'float32', double: 'float64' }[name] ?? name;
}
