import { LRUCache } from 'lru-cache';
import type { Event, Uri } from 'vscode';
import type { Prediction, Query } from '../../core/estimate/estimate';
import { readModel } from '../../core/onnx/read';
import type { Model } from '../../core/onnx/model';
import { familyChart, type FamilyChart } from '../../core/present/family-chart';
import { profileModel } from '../../core/profile/profile-model';
import type { ModelProfile } from '../../core/profile/profile';
import { failure, success, type Result } from '../../core/result';
import { digestingSource } from '../../files/digesting-source';
import { describeExternalFiles, externalBytes, type ExternalFile } from '../../files/model-file';
import type { LandmarkLibrary } from './landmark-library';
import { fileIdentity, identityOfExternalFiles, openModelSource } from './model-source';
import { createSharedWork } from './shared-work';

/** What a file holds, as far as any surface shows it. */
export interface ModelAnalysis {
  /** The model with those of its external files that lie beside it. */
  readonly fileBytes: number;
  readonly profile: ModelProfile;
  /** Exporter and version; '' when the file does not say. */
  readonly producer: string;
  readonly warnings: readonly string[];
}

/** The one way from a file to a prediction, shared by editor, hover, Explorer and status bar. */
export interface ModelService {
  /**
   * Reads and profiles a model, or returns what is known of it while the file stays the same. Failure codes: those of
   * `readModel`; `cancelled` when `signal` aborts.
   */
  analyse(uri: Uri, signal?: AbortSignal): Promise<Result<ModelAnalysis>>;
  /** Predicts from what was read; nothing is read again for another device, runtime or target. */
  predict(analysis: ModelAnalysis, query: Query): Prediction;
  /** The family's landmarks and fit where the prediction was made; null without a family or landmarks of it there. */
  chart(analysis: ModelAnalysis, query: Query): FamilyChart | null;
  /** Fires when other landmarks count, so that predictions may differ from those made before. */
  readonly onDidChangePredictions: Event<void>;
}

/** What was found at a path, as long as the file there has this identity. */
interface Finding {
  readonly identity: string;
  /** Files that the model names beside it, and what identified them. */
  readonly externalFiles: readonly string[];
  readonly externalIdentity: string;
  readonly result: Result<ModelAnalysis>;
}

/** Where nothing is predicted, the family is drawn where the paper measures (section 2.1). */
const paperResolution = 224;

const maxKnownFiles = 4000;
const maxKnownContents = 1000;

export function createModelService(library: LandmarkLibrary): ModelService {
  const findings = new LRUCache<string, Finding>({ max: maxKnownFiles });
  const contents = new LRUCache<string, ModelAnalysis>({ max: maxKnownContents });
  const reading = createSharedWork<Finding>();

  async function analyse(uri: Uri, signal?: AbortSignal): Promise<Result<ModelAnalysis>> {
    const key = uri.toString();
    const identity = (await fileIdentity(uri)) ?? 'missing';
    const known = findings.get(key);
    const isKnown =
      known?.identity === identity &&
      known.externalIdentity === (await identityOfExternalFiles(uri, known.externalFiles));
    if (isKnown) return known.result;
    try {
      const finding = await reading.join(
        `${identity} ${key}`,
        async (shared) => ({ identity, ...(await read(uri, shared)) }),
        signal,
      );
      if (isLasting(finding.result)) findings.set(key, finding);
      return finding.result;
    } catch (error) {
      if (signal?.aborted) return failure('cancelled', 'Reading was cancelled.');
      throw error;
    }
  }

  async function read(uri: Uri, signal: AbortSignal): Promise<Omit<Finding, 'identity'>> {
    const opened = await openModelSource(uri);
    if (!opened.ok) return withoutExternals(opened);
    try {
      const { source, digest } = digestingSource(opened.value);
      const model = await readModel(source, { signal, openExternal: source.openExternal });
      if (!model.ok) return withoutExternals(model);
      const content = digest();
      const known = contents.get(content);
      const described = known === undefined ? describe(model.value, source.size) : success(known);
      if (!described.ok) return withoutExternals(described);
      const analysis = described.value;
      contents.set(content, analysis);
      const { externalFiles } = model.value;
      if (uri.scheme !== 'file' || externalFiles.length === 0) return withoutExternals(success(analysis));
      const externalIdentity = await identityOfExternalFiles(uri, externalFiles);
      const beside = await describeExternalFiles(uri.fsPath, externalFiles);
      const fileBytes = analysis.fileBytes + externalBytes(beside);
      const result = success({ ...analysis, fileBytes, warnings: [...analysis.warnings, ...missingWeights(beside)] });
      return { externalFiles, externalIdentity, result };
    } catch (error) {
      // Must not happen, but then a page that says so is better than one that stays empty.
      const reason = error instanceof Error ? error.message : String(error);
      return withoutExternals(
        failure('internal', `Framecast failed on this model: ${reason}. Please report it with the file.`),
      );
    } finally {
      await opened.value.close();
    }
  }

  function chart(analysis: ModelAnalysis, query: Query): FamilyChart | null {
    const { family } = analysis.profile;
    if (family === null) return null;
    const { estimate } = library.estimators.predict(analysis.profile, query);
    const { device, runtime } = query;
    return familyChart(library.estimators, {
      ...{ device, runtime, family, parameters: analysis.profile.parameters },
      resolution: estimate?.resolution ?? paperResolution,
      batch: estimate?.batch ?? 1,
    });
  }

  return {
    analyse,
    predict: ({ profile }, query) => library.estimators.predict(profile, query),
    chart,
    onDidChangePredictions: library.onDidChange,
  };
}

function describe(model: Model, fileBytes: number): Result<ModelAnalysis> {
  const { name, version } = model.producer;
  const producer = [name, version].filter((part) => part !== '').join(' ');
  const profile = profileModel(model);
  return profile.ok ? success({ fileBytes, profile: profile.value, producer, warnings: model.warnings }) : profile;
}

/** A model whose weights lie beside it is predicted without them, but will not run without them. */
function missingWeights(files: readonly ExternalFile[]): readonly string[] {
  const missing = files.filter((file) => file.state !== 'present').map((file) => file.location);
  if (missing.length === 0) return [];
  return [
    `Weights are stored in ${missing.join(', ')}, not found beside the model. The prediction does not need them.`,
  ];
}

/** What was found in a file that names none beside it. */
function withoutExternals(result: Result<ModelAnalysis>): Omit<Finding, 'identity'> {
  return { externalFiles: [], externalIdentity: '', result };
}

/** A failure of the moment (no permission, no such file) is asked about again; what the bytes say stays. */
function isLasting(result: Result<ModelAnalysis>): boolean {
  return result.ok || !['cancelled', 'unreadable', 'internal'].includes(result.error.code);
}
