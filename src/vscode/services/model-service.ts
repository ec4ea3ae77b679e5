import { LRUCache } from 'lru-cache';
import type { Event, Uri } from 'vscode';
import { boardMemoryBytes, memoryCeiling, type MemoryCeiling } from '../../core/estimate/board-memory';
import type { Prediction, Query } from '../../core/estimate/estimate';
import type { ImageSize } from '../../core/image-size';
import { defaultResolution } from '../../core/landmarks/landmark';
import { familyChart, type FamilyChart } from '../../core/estimate/family-fit/family-chart';
import { leavesOutWeights } from '../../core/present/compare';
import type { InputSize } from '../../core/onnx/shapes/input-size';
import type { ModelProfile } from '../../core/profile/profile';
import type { NetworkView } from '../../core/present/network-view';
import { timeBreakdown, type TimeBreakdown } from '../../core/present/time-breakdown';
import { failure, refusal, success, type Result } from '../../core/result';
import type { OnWorkProgress } from '../../core/work-progress';
import { describeExternalFiles, externalBytes, missingWeights } from '../../files/model-file';
import { growingProfile, type GrowingProfile, type ModelSummary } from '../../files/reading/model-summary';
import type { ModelThreads } from '../../files/reading/model-threads';
import type { LandmarkLibrary } from './landmark-library';
import { fileIdentity, identityOfExternalFiles, openModelSource } from './model-source';
import { createSharedWork } from './shared-work';
import { isOnDisk } from './on-disk';
import { t } from '../../core/language';
import { createYielder } from './yield-to-event-loop';

/** What a file holds, as far as any surface shows it. */
export interface ModelAnalysis {
  /** The model with those of its external files that lie beside it. */
  readonly fileBytes: number;
  /** Whether weights are missing, in the file or next to it. */
  readonly isWithoutWeights: boolean;
  readonly profile: ModelProfile;
  /** Exporter and version; '' when the file does not say. */
  readonly producer: string;
  readonly warnings: readonly string[];
}

const loadReader = () => import('../../files/read-model');

/** Memory of everything that is known of models: a node takes about 4 kB with what is worked out for it. */
const maxKnownBytes = 64 * 1024 * 1024;
const bytesPerNode = 4096;

export type KernelTimes = Result<TimeBreakdown, string>;

/** The one way from a file to a prediction, shared by editor, hover, Explorer and status bar. */
export interface ModelService {
  /** Loads what reads a model, and makes the fit that its prediction rests on: whoever sees its name may ask next. */
  preload(query: Query): void;
  /**
   * Reads and profiles a model, or returns what is known of it while the file stays the same. A model that takes more
   * than some tens of milliseconds is worked out in a thread. Failure codes: those of `readModel`; those of the threads;
   * `cancelled` when `signal` aborts.
   *
   * @param onProgress called while a thread is at it
   */
  analyse(uri: Uri, signal?: AbortSignal, onProgress?: OnWorkProgress): Promise<Result<ModelAnalysis>>;
  /**
   * Works out in a thread what a model that was worked out there costs at these sizes, so that it can be predicted at
   * them; there is nothing to do for any other, which is worked out when it is predicted. Rejects as `signal` does.
   *
   * @param areNamesWanted whether kernels are to be told apart, not only counted
   */
  prepare(
    analysis: ModelAnalysis,
    sizes: readonly InputSize[],
    signal?: AbortSignal,
    areNamesWanted?: boolean,
  ): Promise<void>;
  /** Predicts from what was read; nothing is read again for another device, runtime or target. */
  predict(analysis: ModelAnalysis, query: Query): Prediction;
  /**
   * Predicted times of the kernels, or why there are none; in a thread for a model that was worked out there, and then
   * `signal` ends it.
   */
  time(analysis: ModelAnalysis, query: Query, signal: AbortSignal): KernelTimes | Promise<KernelTimes>;
  /** The fused graph with its predicted times, for which the file is read again: a profile holds no graph. */
  network(uri: Uri, query: Query, time: KernelTimes, signal: AbortSignal): Promise<Result<NetworkView>>;
  /**
   * The highest resolution of an aspect ratio that the board's memory has room for, as `memoryCeiling` finds it; in a
   * thread for a model that was worked out there. Rejects as `signal` does.
   */
  ceiling(profile: ModelProfile, query: Query, shape: ImageSize, signal: AbortSignal): Promise<Result<MemoryCeiling>>;
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

export function createModelService(
  library: Pick<LandmarkLibrary, 'estimators' | 'onDidChange'>,
  threads: ModelThreads,
): ModelService {
  const findings = new LRUCache<string, Finding>({
    maxSize: maxKnownBytes,
    sizeCalculation: ({ result }) => (result.ok ? bytesOf(result.value.profile) : bytesPerNode),
  });
  /** By content: copies of a file share a profile, and so everything that is computed from it. */
  const profiles = new LRUCache<string, ModelProfile>({ maxSize: maxKnownBytes, sizeCalculation: bytesOf });
  const fromThreads = new WeakMap<ModelProfile, { readonly path: string; readonly growing: GrowingProfile }>();
  const reading = createSharedWork<Finding>();

  function preload(query: Query): void {
    // A file that is missing from the package is said where a model is read.
    void loadReader().then(
      () => library.estimators.prepare(query, createYielder()),
      () => undefined,
    );
  }

  async function analyse(uri: Uri, signal?: AbortSignal, onProgress?: OnWorkProgress): Promise<Result<ModelAnalysis>> {
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
        async (shared, report) => ({ identity, ...(await read(uri, shared, report)) }),
        signal,
        onProgress,
      );
      if (isLasting(finding.result)) findings.set(key, finding);
      return finding.result;
    } catch (error) {
      if (signal?.aborted) return failure('cancelled', t('Reading was cancelled.'));
      throw error;
    }
  }

  async function read(uri: Uri, signal: AbortSignal, report: OnWorkProgress): Promise<Omit<Finding, 'identity'>> {
    const knownProfile = (digest: string): ModelProfile | undefined => profiles.get(digest);
    const { readOpenedModel } = await loadReader();
    const isFile = isOnDisk(uri);
    const read = await readOpenedModel(await openModelSource(uri), { signal, isQuick: isFile, knownProfile });
    if (!read.ok && read.error.code === 'too-large' && isFile) {
      return await readInThread(uri, signal, report);
    }
    if (!read.ok) return { externalFiles: [], externalIdentity: '', result: read };
    const { model, profile, digest, bytes } = read.value;
    profiles.set(digest, profile);
    const { producer, warnings } = model;
    return await finding(uri, { profile, bytes, producer, warnings, dataFiles: isFile ? model.externalFiles : [] });
  }

  async function readInThread(
    uri: Uri,
    signal: AbortSignal,
    report: OnWorkProgress,
  ): Promise<Omit<Finding, 'identity'>> {
    const path = uri.fsPath;
    const read = await threads.summarise({ path }, signal, report);
    if (!read.ok) return { externalFiles: [], externalIdentity: '', result: read };
    const growing = growingProfile(read.value);
    fromThreads.set(growing.profile, { path, growing });
    const { fileBytes: bytes, producer, warnings, dataFiles } = read.value;
    return await finding(uri, { profile: growing.profile, bytes, producer, warnings, dataFiles });
  }

  async function finding(
    uri: Uri,
    {
      profile,
      bytes,
      producer: { name, version },
      warnings: ofModel,
      dataFiles: externalFiles,
    }: Pick<ModelAnalysis, 'profile' | 'warnings'> &
      Pick<ModelSummary, 'producer' | 'dataFiles'> & { readonly bytes: number },
  ): Promise<Omit<Finding, 'identity'>> {
    const externalIdentity = await identityOfExternalFiles(uri, externalFiles);
    const described = await describeExternalFiles(uri.fsPath, externalFiles);
    const producer = [name, version].filter((part) => part !== '').join(' ');
    const missing = missingWeights(described);
    const warnings = [...ofModel, ...missing];
    const fileBytes = bytes + externalBytes(described);
    const isWithoutWeights = missing.length > 0 || leavesOutWeights(fileBytes, profile);
    return {
      externalFiles,
      externalIdentity,
      result: success({ fileBytes, isWithoutWeights, profile, producer, warnings }),
    };
  }

  async function prepare(
    { profile }: ModelAnalysis,
    sizes: readonly InputSize[],
    signal?: AbortSignal,
    areNamesWanted = false,
  ): Promise<void> {
    const { path, growing } = fromThreads.get(profile) ?? {};
    if (path === undefined || growing === undefined) return;
    const missing = sizes.filter((size) => !growing.knows(size, areNamesWanted));
    if (missing.length === 0) return;
    const read = await threads.summarise({ path, sizes: missing, isNamed: areNamesWanted }, signal);
    signal?.throwIfAborted();
    if (read.ok) growing.add(read.value);
  }

  function time({ profile }: ModelAnalysis, query: Query, signal: AbortSignal): KernelTimes | Promise<KernelTimes> {
    const { path } = fromThreads.get(profile) ?? {};
    if (path === undefined) {
      const explained = library.estimators.explainLatency(profile, query);
      return explained.ok ? success(timeBreakdown(explained.value)) : explained;
    }
    const prices = library.estimators.kernelPrices(profile, query);
    return prices.ok ? threads.time({ path, prices: prices.value }, signal).then(orSentence) : prices;
  }

  async function ceiling(
    profile: ModelProfile,
    query: Query,
    shape: ImageSize,
    signal: AbortSignal,
  ): Promise<Result<MemoryCeiling>> {
    const { path } = fromThreads.get(profile) ?? {};
    const memoryBytes = boardMemoryBytes(query.device);
    if (path === undefined || memoryBytes === null) {
      return await memoryCeiling(profile, query, shape, createYielder(signal));
    }
    const known = await threads.ceiling({ path, query, shape, memoryBytes }, signal);
    signal.throwIfAborted();
    return known;
  }

  async function network(
    uri: Uri,
    size: Query,
    kernels: KernelTimes,
    signal: AbortSignal,
  ): Promise<Result<NetworkView>> {
    const time = kernels.ok ? kernels.value : null;
    if (isOnDisk(uri)) return await threads.network({ path: uri.fsPath, size, time }, signal);
    const { networkOfOpened } = await import('../../files/reading/read-kernels');
    return await networkOfOpened(await openModelSource(uri), size, time);
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
    preload,
    analyse,
    prepare,
    time,
    network,
    ceiling,
    predict: ({ profile }, query) => library.estimators.predict(profile, query),
    chart,
    onDidChangePredictions: library.onDidChange,
  };
}

export function orSentence<T>(result: Result<T>): Result<T, string> {
  return result.ok ? result : refusal(result.error.message);
}

/** A failure of the moment (no permission, no such file) is asked about again; what the bytes say stays. */
function isLasting(result: Result<ModelAnalysis>): boolean {
  return result.ok || !['cancelled', 'unreadable', 'internal'].includes(result.error.code);
}

function bytesOf({ operators }: ModelProfile): number {
  let nodes = 1;
  for (const count of operators.values()) nodes += count;
  return nodes * bytesPerNode;
}
