import { t } from '../language';
import type { onnx } from 'onnx-proto';
import { failure, success } from '../result';
import { shortSentence } from '../text';
import type { Failure, Result } from '../result';
import type { ByteSource } from './byte-source';
import { decodeModel } from './decode';
import { loadExternalValues } from './external-values';
import type { OpenExternal } from './external-values';
import { inlineFunctions, toFunction } from './functions';
import { toDomain, toGraph } from './graphs';
import type { Conversion } from './graphs';
import { defaultLimits } from './limits';
import type { Limits } from './limits';
import type { Model, Tensor } from './model';
import { toNumber } from './numbers';
import { ReadFailure } from './read-failure';
import { readSkeleton } from './skeleton';
import type { Skeleton, WalkProgress } from './skeleton';
import { explainFailure } from './sniff';

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Replaces single limits of `defaultLimits`. */
  readonly limits?: Partial<Limits>;
  /** Gives small tensors that are stored beside the model their values; without it those are null. */
  readonly openExternal?: OpenExternal;
}

/**
 * Reads the structure of an ONNX model: everything but the content of its large tensors, which is skipped, so the cost
 * depends on the number of nodes and tensors and not on the size of the file.
 *
 * Never throws and never rejects. Failure codes: cancelled, unreadable, empty, truncated, not-onnx, malformed,
 * invalid-graph, too-large.
 */
export async function readModel(source: ByteSource, options: ReadOptions = {}): Promise<Result<Model>> {
  if (source.size === 0) return failure('empty', t('The file is empty. Copy, download or export the model again.'));
  const limits = { ...defaultLimits, ...options.limits };
  const progress: WalkProgress = { headerSeen: false, graphSeen: false };
  try {
    const skeleton = await readSkeleton(source, limits, progress, options.signal);
    return success(await toModel(skeleton, limits, options.openExternal));
  } catch (error) {
    return { ok: false, error: await explainFailure(source, toFailure(error), progress) };
  }
}

async function toModel(skeleton: Skeleton, limits: Limits, openExternal: OpenExternal | undefined): Promise<Model> {
  const { model: proto, graph: graphProto, nodes, initializers } = decodeModel(skeleton.bytes);
  if (graphProto === null) {
    throw new ReadFailure(
      'invalid-graph',
      t('The file begins like an ONNX model, but holds no graph. It may have been cut short: copy or export it again.'),
    );
  }
  const conversion: Conversion = {
    notes: skeleton.notes,
    maxInlineElements: limits.maxInlineElements,
    externalTensors: [],
    warnings: [],
    attributes: new Map(),
    calls: new Map(),
  };
  const opsets = toOpsets(proto, conversion.warnings);
  const graph = toGraph(graphProto, conversion, nodes, initializers);
  const functions = proto.functions.map((local) => toFunction(local as onnx.FunctionProto, conversion));
  if (openExternal) await loadExternalValues(conversion.externalTensors, openExternal, limits);
  return {
    irVersion: toNumber(proto.irVersion),
    producer: { name: proto.producerName, version: proto.producerVersion },
    opsets,
    graph: inlineFunctions(graph, functions, opsets, conversion, limits),
    externalFiles: externalLocations(conversion.externalTensors),
    warnings: fewWarnings(conversion.warnings),
  };
}

const maxWarnings = 10;

/** Each warning once, and of many the first few and how many others there are. */
function fewWarnings(all: readonly string[]): string[] {
  const warnings = [...new Set(all)];
  if (warnings.length <= maxWarnings) return warnings.map(shortSentence);
  const others = (warnings.length - maxWarnings).toLocaleString('en-US');
  return [
    ...warnings.slice(0, maxWarnings).map(shortSentence),
    t('The model has {0} other faults like these.', others),
  ];
}

function externalLocations(tensors: readonly Tensor[]): string[] {
  const locations = tensors.map(({ payload }) => (payload.kind === 'external' ? payload.location : ''));
  return [...new Set(locations)].filter((location) => location !== '');
}

/** Models older than IR version 3 have no opset_import and mean opset 1. */
function toOpsets(proto: onnx.ModelProto, warnings: string[]): Map<string, number> {
  const opsets = new Map<string, number>();
  for (const entry of proto.opsetImport) opsets.set(toDomain(entry.domain), toNumber(entry.version ?? 0));
  if (opsets.size > 0) return opsets;
  if (toNumber(proto.irVersion) >= 3) {
    throw new ReadFailure(
      'invalid-graph',
      t('The model does not say which opset it uses. The file may have been cut short: copy or export it again.'),
    );
  }
  warnings.push(t('The model is older than ONNX 1.0 and states no opset; opset 1 is assumed.'));
  return opsets.set('', 1);
}

function toFailure(error: unknown): Failure {
  if (error instanceof ReadFailure) return error.failure;
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: 'malformed',
    message: shortSentence(t('The file cannot be understood: {0}. Export the model again.', reason)),
  };
}
