import { bytesPerElement, findDevice } from '../landmarks/devices';
import type { Runtime } from '../landmarks/landmark';
import type { ModelCost } from '../profile/cost/cost';
import type { ModelProfile } from '../profile/profile';
import type { Query } from './estimate';
import { sizeQuery, sizesOfShape, squareSide, type ImageSize } from '../image-size';

/** The highest resolution that a board's memory has room for. */
export interface MemoryCeiling {
  /** Its sides are multiples of 32; null when not even as many pixels as 224×224 fit. */
  readonly size: ImageSize | null;
  /** Side of the square with as many pixels. */
  readonly resolution: number | null;
  /** True when the search ended before memory did. */
  readonly isBeyond: boolean;
}

/** Resolutions are searched in steps that networks with five halvings can take. */
const step = 32;

/** Side of a square at which the search starts: what networks for images are made for takes. */
const smallest = 224;

/** Longer side at which the search ends: no camera for these boards has more pixels. */
const largest = 8192;

/**
 * Bytes without which an engine cannot run: every weight once, and the activations that live at the same time when
 * kernels run in graph order, both at the width of the runtime's precision. What else takes memory (operating system,
 * CUDA and the runtime itself, work spaces, building the engine on the board) comes on top. Null when a size is not
 * known.
 */
export function leastMemoryBytes(profile: ModelProfile, runtime: Runtime, cost: ModelCost): number | null {
  if (cost.peakActivation === null) return null;
  return bytesPerElement(runtime) * (profile.parameters + cost.peakActivation.elements);
}

/** A board's whole memory in bytes, of which no network can have more; null for a board without a specification. */
export function boardMemoryBytes(device: string): number | null {
  const board = findDevice(device);
  return board === undefined ? null : board.memoryGiB * 2 ** 30;
}

/**
 * The highest resolution of one aspect ratio from 224 to 8192, in steps of 32, at which {@link leastMemoryBytes} is within the board's
 * memory. It is an upper bound: no higher step fits, and lower ones may still fail because of what comes on top. Memory
 * is taken to grow with the resolution. Null if the board's memory or the model's sizes are not known, or if the model
 * takes one resolution only.
 *
 * @param shape the aspect ratio; a square where left out
 * @param yieldToEventLoop awaited before each of the ten or so sizes that are tried, so that other work can run
 */
export async function memoryCeiling(
  profile: ModelProfile,
  query: Query,
  shape: ImageSize = { height: 1, width: 1 },
  yieldToEventLoop: () => Promise<void> = () => Promise.resolve(),
): Promise<MemoryCeiling | null> {
  const memory = boardMemoryBytes(query.device);
  if (memory === null) return null;
  const sizes = sizesOfShape(shape, step, largest).filter((size) => squareSide(size) >= smallest);
  const fits = async (index: number): Promise<boolean | null> => {
    await yieldToEventLoop();
    const cost = profile.costAt({ ...sizeQuery(sizes[index]!), batch: query.batch });
    const bytes = cost.ok ? leastMemoryBytes(profile, query.runtime, cost.value) : null;
    return bytes === null ? null : bytes <= memory;
  };
  if (sizes.length === 0) return null;
  const ceiling = (index: number, isBeyond: boolean): MemoryCeiling => {
    const size = sizes[index]!;
    return { size, resolution: squareSide(size), isBeyond };
  };
  const [least, most] = [await fits(0), await fits(sizes.length - 1)];
  if (least === null || most === null) return null;
  if (!least) return { size: null, resolution: null, isBeyond: false };
  if (most) return ceiling(sizes.length - 1, true);
  let [low, high] = [0, sizes.length - 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((await fits(middle)) === true) low = middle;
    else high = middle;
  }
  return ceiling(low, false);
}
