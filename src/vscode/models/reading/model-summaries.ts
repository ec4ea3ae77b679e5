import { LRUCache } from 'lru-cache';
import { failure, type Result } from '../../../core/result';
import type { OnWorkProgress } from '../../../core/work-progress';
import type { InputSize } from '../../../core/onnx/shapes/input-size';
import type { SummaryCache } from './summary-cache';
import { sizeKey, type ModelSummary } from '../../../files/reading/model-summary';
import { createSharedWork } from '../../services/shared-work';
import { t } from '../../../core/language';

/** Sums up models, each once as long as its file stays the same. */
export interface ModelSummaries<F> {
  /**
   * Never rejects; null where there is no such file any more.
   *
   * @param size at which the model is to be predicted besides its own
   * @param onProgress called while it is read
   */
  of(
    file: F,
    size?: InputSize,
    signal?: AbortSignal,
    onProgress?: OnWorkProgress,
  ): Promise<Result<ModelSummary> | null>;
}

export interface SummarySources<F> {
  readonly cache: SummaryCache;
  /** Changes whenever the file does; null where there is none. */
  identity(file: F): Promise<string | null>;
  /** Changes whenever an external file of the model comes, goes or changes. */
  externalIdentity(file: F, locations: readonly string[]): Promise<string>;
  read(file: F, size: InputSize, signal: AbortSignal, onProgress: OnWorkProgress): Promise<Result<ModelSummary>>;
}

/** Models remembered with the identity of their external files; few have values there that count. */
const maxWithExternals = 6000;

/** Summaries at a size that was asked for once are remembered in memory alone. */
const maxSized = 1000;

export function createModelSummaries<F extends { toString(): string }>(sources: SummarySources<F>): ModelSummaries<F> {
  const { cache, identity, externalIdentity, read } = sources;
  const externals = new LRUCache<string, string>({ max: maxWithExternals });
  const sized = new LRUCache<string, Result<ModelSummary>>({ max: maxSized });
  const reading = createSharedWork<Result<ModelSummary>>();

  /** Whether the external files of a model are as they were when the model was read. Each window reads such a model itself. */
  async function isAsRead(file: F, result: Result<ModelSummary>): Promise<boolean> {
    if (!result.ok || result.value.externalFiles.length === 0) return true;
    return externals.get(file.toString()) === (await externalIdentity(file, result.value.externalFiles));
  }

  async function of(
    file: F,
    size: InputSize = {},
    signal?: AbortSignal,
    onProgress?: OnWorkProgress,
  ): Promise<Result<ModelSummary> | null> {
    const key = file.toString();
    const found = await identity(file);
    if (found === null) return null;
    const known = await cache.get(key, found);
    const isAsked = known !== undefined && (!known.ok || isSummedAt(known.value, size));
    if (isAsked && (await isAsRead(file, known))) return known;
    const sizedKey = `${sizeKey(size)} ${found} ${key}`;
    const again = sized.get(sizedKey);
    if (again !== undefined && (await isAsRead(file, again))) return again;
    try {
      const result = await reading.join(
        sizedKey,
        (shared, report) => read(file, size, shared, report),
        signal,
        onProgress,
      );
      if (!isLasting(result)) return result;
      if (result.ok && result.value.externalFiles.length > 0) {
        externals.set(key, await externalIdentity(file, result.value.externalFiles));
      }
      if (isOwnSize(size)) cache.set({ path: key, identity: found, result });
      else sized.set(sizedKey, result);
      // From the cache, which shares one summary among copies.
      return (isOwnSize(size) ? await cache.get(key, found) : undefined) ?? result;
    } catch (error) {
      if (signal?.aborted) return failure('cancelled', t('Reading was cancelled.'));
      throw error;
    }
  }

  return { of };
}

function isOwnSize(size: InputSize): boolean {
  return sizeKey(size) === sizeKey({});
}

function isSummedAt({ sizes }: ModelSummary, size: InputSize): boolean {
  return Object.hasOwn(sizes, sizeKey(size));
}

/** A failure of the moment (no permission, no such file) is asked about again; what the bytes say stays. */
function isLasting(result: Result<ModelSummary>): boolean {
  return result.ok || !['cancelled', 'unreadable', 'internal'].includes(result.error.code);
}
