import { memoryCeiling, type MemoryCeiling } from '../../core/estimate/board-memory';
import { explainKernels } from '../../core/estimate/graph-cost/explain';
import type { InputSize } from '../../core/onnx/shapes/input-size';
import { readModel } from '../../core/onnx/read';
import { networkView, type NetworkView } from '../../core/present/network-view';
import { timeBreakdown, type TimeBreakdown } from '../../core/present/time-breakdown';
import { kernelsAt } from '../../core/profile/profile-model';
import { success, type Result } from '../../core/result';
import { openModelOnDisk, readModelFile, type ModelSource } from '../read-model';
import type { CeilingRequest, NetworkRequest, TimeRequest } from './model-threads';

/** The predicted times of a file's kernels. Never rejects. Failure codes: those of `readModel` and of costs. */
export async function timeOfFile({ path, prices }: TimeRequest): Promise<Result<TimeBreakdown>> {
  const read = await readModelFile(path);
  if (!read.ok) return read;
  const { height, width, batch } = prices;
  const cost = read.value.profile.costAt({ height, width, batch });
  return cost.ok ? success(timeBreakdown(explainKernels(cost.value.layers, prices))) : cost;
}

/** The ceiling of a board's memory for a file, whose cost is worked out at the sizes that it takes to find it. */
export async function ceilingOfFile({
  path,
  query,
  shape,
  memoryBytes,
}: CeilingRequest): Promise<Result<MemoryCeiling>> {
  const read = await readModelFile(path);
  return read.ok ? await memoryCeiling(read.value.profile, query, shape, undefined, memoryBytes) : read;
}

/** The fused graph of a file's kernels, which no profile holds. Failure codes: as for times. */
export async function networkOfFile({ path, size, time }: NetworkRequest): Promise<Result<NetworkView>> {
  return await networkOfOpened(await openModelOnDisk(path), size, time);
}

/** The same for an opened model, wherever it comes from; closes it. */
export async function networkOfOpened(
  opened: Result<ModelSource>,
  size: InputSize,
  time: TimeBreakdown | null,
): Promise<Result<NetworkView>> {
  if (!opened.ok) return opened;
  const { openExternal } = opened.value;
  try {
    const read = await readModel(opened.value, { openExternal });
    if (!read.ok) return read;
    const kernels = kernelsAt(read.value, size);
    return kernels.ok ? success(networkView(kernels.value, time)) : kernels;
  } finally {
    await opened.value.close();
  }
}
