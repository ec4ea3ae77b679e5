import { LRUCache } from 'lru-cache';
import { failure, type Result } from '../../core/result';
import type { InputSize } from '../../core/onnx/shapes/input-size';
import type { SummaryCache } from './summary-cache';
import { sizeKey, type ModelSummary } from './model-summary';
import { createSharedWork } from '../shared-work';

/** Sums up models, each once as long as its file stays the same. */
export interface ModelSummaries<F> {
  /**
   * Never rejects.
   *
   * @param size at which the model is to be predicted beside its own size
   */
  of(file: F, size?: InputSize, signal?: AbortSignal): Promise<Result<ModelSummary>>;
}

export interface SummarySources<F> {
  readonly cache: SummaryCache;
  /** Changes whenever the file does; null where there is none. */
  identity(file: F): Promise<string | null>;
  read(file: F, size: InputSize, signal: AbortSignal): Promise<Result<ModelSummary>>;
}

/** Summaries at a size that was asked for once are remembered in memory alone. */
const mostSized = 1000;

export function createModelSummaries<F extends { toString(): string }>(sources: SummarySources<F>): ModelSummaries<F> {
  const { cache, identity, read } = sources;
  const sized = new LRUCache<string, Result<ModelSummary>>({ max: mostSized });
  const reading = createSharedWork<Result<ModelSummary>>();

  async function of(file: F, size: InputSize = {}, signal?: AbortSignal): Promise<Result<ModelSummary>> {
    const key = file.toString();
    const found = await identity(file);
    if (found === null) return failure('unreadable', 'There is no such file any more.');
    const known = await cache.get(key, found);
    if (known !== undefined && (!known.ok || isSummedAt(known.value, size))) return known;
    const sizedKey = `${sizeKey(size)} ${found} ${key}`;
    const again = sized.get(sizedKey);
    if (again !== undefined) return again;
    try {
      const result = await reading.join(sizedKey, (shared) => read(file, size, shared), signal);
      if (!isLasting(result)) return result;
      if (isOwnSize(size)) cache.set({ path: key, identity: found, result });
      else sized.set(sizedKey, result);
      // From the cache, which shares one summary among copies.
      return (isOwnSize(size) ? await cache.get(key, found) : undefined) ?? result;
    } catch (error) {
      if (signal?.aborted) return failure('cancelled', 'Reading was cancelled.');
      throw error;
    }
  }

  return { of };
}

function isOwnSize({ resolution, batch }: InputSize): boolean {
  return resolution === undefined && batch === undefined;
}

function isSummedAt({ sizes }: ModelSummary, size: InputSize): boolean {
  return Object.hasOwn(sizes, sizeKey(size));
}

/** A failure of the moment (no permission, no such file) is asked about again; what the bytes say stays. */
function isLasting(result: Result<ModelSummary>): boolean {
  return result.ok || !['cancelled', 'unreadable', 'internal'].includes(result.error.code);
}
