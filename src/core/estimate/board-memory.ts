import { bytesPerElement, findDevice } from '../landmarks/devices';
import type { Runtime } from '../landmarks/landmark';
import type { ModelCost } from '../profile/cost/cost';
import type { ModelProfile } from '../profile/profile';
import type { Query } from './estimate';

/** The highest square resolution that a board's memory has room for. */
export interface MemoryCeiling {
  /** Side of the square input in pixels, a multiple of 32; null when not even 224×224 fits. */
  readonly resolution: number | null;
  /** True when the search ended before memory did. */
  readonly isBeyond: boolean;
}

/** Resolutions are searched in steps that networks with five halvings can take. */
const step = 32;

/** Side at which the search starts: what networks for images are made for takes. */
const smallest = 224;

/** Side at which the search ends: no camera for these boards has more pixels. */
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
  return board === undefined ? null : board.memoryGB * 2 ** 30;
}

/**
 * The highest resolution from 224 to 8192, in steps of 32, at which {@link leastMemoryBytes} is within the board's
 * memory. It is an upper bound: no higher step fits, and lower ones may still fail because of what comes on top. Memory
 * is taken to grow with the resolution. Null if the board's memory or the model's sizes are not known, or if the model
 * takes one resolution only.
 *
 * @param yieldToEventLoop awaited before each of the ten or so sizes that are tried, so that other work can run
 */
export async function memoryCeiling(
  profile: ModelProfile,
  query: Query,
  yieldToEventLoop: () => Promise<void> = () => Promise.resolve(),
): Promise<MemoryCeiling | null> {
  const memory = boardMemoryBytes(query.device);
  if (memory === null) return null;
  const fits = async (resolution: number): Promise<boolean | null> => {
    await yieldToEventLoop();
    const cost = profile.costAt({ resolution, batch: query.batch });
    const bytes = cost.ok ? leastMemoryBytes(profile, query.runtime, cost.value) : null;
    return bytes === null ? null : bytes <= memory;
  };
  const [least, most] = [await fits(smallest), await fits(largest)];
  if (least === null || most === null) return null;
  if (!least) return { resolution: null, isBeyond: false };
  if (most) return { resolution: largest, isBeyond: true };
  let [low, high] = [smallest / step, largest / step];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((await fits(middle * step)) === true) low = middle;
    else high = middle;
  }
  return { resolution: low * step, isBeyond: false };
}
