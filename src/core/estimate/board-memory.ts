import { imageSize } from '../figures';
import { bytesPerElement, deviceName, findDevice } from '../landmarks/devices';
import type { Runtime } from '../landmarks/landmark';
import { t } from '../language';
import type { ModelCost } from '../profile/cost/cost';
import type { ModelProfile } from '../profile/profile';
import type { Query } from './estimate';
import { sizeQuery, sizesOfShape, squareSide, type ImageSize } from '../image-size';
import { failure, success, type Result } from '../result';

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
 * is taken to grow with the resolution.
 *
 * @param shape the aspect ratio; a square where left out
 * @param yieldToEventLoop awaited before each of the ten or so sizes that are tried, so that other work can run
 * @param memoryBytes of the board, for a thread that does not know the user's own boards
 * Failure codes: invalid-request if the memory of the board or the sizes of the model's tensors are not known, and those
 * of costs if the model does not run at the lowest or highest of the resolutions; the sentence says why.
 */
export async function memoryCeiling(
  profile: ModelProfile,
  query: Query,
  shape: ImageSize = { height: 1, width: 1 },
  yieldToEventLoop: () => Promise<void> = () => Promise.resolve(),
  memoryBytes = boardMemoryBytes(query.device),
): Promise<Result<MemoryCeiling>> {
  if (memoryBytes === null) {
    const board = deviceName(query.device);
    return failure(
      'invalid-request',
      t('How much memory {0} has is not known, as it has no specification here.', board),
    );
  }
  const sizes = sizesOfShape(shape, step, largest).filter((size) => squareSide(size) >= smallest);
  const fits = async (index: number): Promise<Result<boolean>> => {
    await yieldToEventLoop();
    const size = sizes[index]!;
    const cost = profile.costAt({ ...sizeQuery(size), batch: query.batch });
    const bytes = cost.ok ? leastMemoryBytes(profile, query.runtime, cost.value) : null;
    if (bytes !== null) return success(bytes <= memoryBytes);
    const at = imageSize(size.height, size.width);
    return cost.ok
      ? failure(
          'invalid-request',
          t('How much memory this model takes at {0} is not known, as sizes of its tensors are not.', at),
        )
      : failure(
          cost.error.code,
          t('How much memory this model takes at {0} is not known: {1}', at, cost.error.message),
        );
  };
  if (sizes.length === 0) {
    return failure(
      'invalid-request',
      t('How much memory this model takes is not known, as no size up to {0} pixels has this aspect ratio.', largest),
    );
  }
  const ceiling = (index: number, isBeyond: boolean): Result<MemoryCeiling> => {
    const size = sizes[index]!;
    return success({ size, resolution: squareSide(size), isBeyond });
  };
  const [least, most] = [await fits(0), await fits(sizes.length - 1)];
  if (!least.ok) return least;
  if (!most.ok) return most;
  if (!least.value) return success({ size: null, resolution: null, isBeyond: false });
  if (most.value) return ceiling(sizes.length - 1, true);
  let [low, high] = [0, sizes.length - 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const fitting = await fits(middle);
    if (fitting.ok && fitting.value) low = middle;
    else high = middle;
  }
  return ceiling(low, false);
}
