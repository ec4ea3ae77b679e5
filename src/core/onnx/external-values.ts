import { KeptValues } from './budget';
import type { ByteSource } from './byte-source';
import { elementBits } from './data-types';
import type { Limits } from './limits';
import type { Tensor } from './model';
import { valuesFromBytes } from './tensor-values';

/** Opens a file beside the model by the location that the model gives; null where there is none to be read. */
export type OpenExternal = (location: string) => Promise<ByteSource | null>;

/**
 * Gives small external tensors their values, since an exporter may move even the constants that shapes are computed
 * from out of the model. A tensor whose file is missing, unreadable or too short keeps `values: null`.
 */
export async function loadExternalValues(
  tensors: readonly Tensor[],
  open: OpenExternal,
  limits: Pick<Limits, 'maxInlineElements' | 'maxKeptBytes'>,
): Promise<void> {
  const kept = new KeptValues(limits);
  const sources = new Map<string, ByteSource | null>();
  for (const tensor of tensors) {
    const bits = elementBits(tensor.dataType);
    if (tensor.payload.kind !== 'external' || bits === null || tensor.sparse) continue;
    if (tensor.values !== null || tensor.elements > limits.maxInlineElements) continue;
    const length = Math.ceil((tensor.elements * bits) / 8);
    if (!kept.keeps(length)) continue;
    const { location, offset } = tensor.payload;
    const source = sources.has(location) ? sources.get(location)! : await open(location).catch(() => null);
    sources.set(location, source);
    if (source === null || offset >= source.size) continue;
    const bytes = await source.read(offset, length).catch(() => null);
    if (bytes === null) continue;
    (tensor as { values: readonly number[] | null }).values = valuesFromBytes(bytes, tensor.dataType, tensor.elements);
  }
}
