import { LRUCache } from 'lru-cache';
import type { Event, Uri } from 'vscode';
import type { Prediction, Query } from '../../core/estimate/estimate';
import { defaultResolution } from '../../core/landmarks/landmark';
import { familyChart, type FamilyChart } from '../../core/estimate/family-fit/family-chart';
import type { ModelProfile } from '../../core/profile/profile';
import { failure, success, type Result } from '../../core/result';
import { describeExternalFiles, externalBytes, missingWeights } from '../../files/model-file';
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

const maxKnownFiles = 4000;
const maxKnownContents = 1000;

export function createModelService(library: LandmarkLibrary): ModelService {
  const findings = new LRUCache<string, Finding>({ max: maxKnownFiles });
  /** By content: copies of a file share a profile, and so everything that is computed from it. */
  const profiles = new LRUCache<string, ModelProfile>({ max: maxKnownContents });
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
    const knownProfile = (digest: string): ModelProfile | undefined => profiles.get(digest);
    const { readOpenedModel } = await import('../../files/read-model');
    const read = await readOpenedModel(await openModelSource(uri), { signal, knownProfile });
    if (!read.ok) return { externalFiles: [], externalIdentity: '', result: read };
    const { model, profile, digest, bytes } = read.value;
    profiles.set(digest, profile);
    const { name, version } = model.producer;
    const producer = [name, version].filter((part) => part !== '').join(' ');
    const externalFiles = uri.scheme === 'file' ? model.externalFiles : [];
    const externalIdentity = await identityOfExternalFiles(uri, externalFiles);
    const described = await describeExternalFiles(uri.fsPath, externalFiles);
    const fileBytes = bytes + externalBytes(described);
    const warnings = [...model.warnings, ...missingWeights(described)];
    return { externalFiles, externalIdentity, result: success({ fileBytes, profile, producer, warnings }) };
  }

  function chart(analysis: ModelAnalysis, query: Query): FamilyChart | null {
    const { family } = analysis.profile;
    if (family === null) return null;
    const { estimate } = library.estimators.predict(analysis.profile, query);
    const { device, runtime } = query;
    return familyChart(library.estimators, {
      device,
      runtime,
      family,
      parameters: analysis.profile.parameters,
      resolution: estimate?.resolution ?? defaultResolution,
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

/** A failure of the moment (no permission, no such file) is asked about again; what the bytes say stays. */
function isLasting(result: Result<ModelAnalysis>): boolean {
  return result.ok || !['cancelled', 'unreadable', 'internal'].includes(result.error.code);
}
