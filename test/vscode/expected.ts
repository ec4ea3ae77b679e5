import { readFileSync } from 'node:fs';
import type { Estimate, Query } from '../../src/core/estimate/estimate';
import { createEstimators } from '../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../src/core/landmarks/campaigns';
import { memorySource } from '../../src/core/onnx/byte-source';
import { readModel } from '../../src/core/onnx/read';
import { formatThroughput } from '../../src/core/figures';
import { profiled } from '../unit/core/profile/profiled';

const defaultQuery: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const estimators = createEstimators(bundledLandmarks);

/**
 * The throughput that every surface has to show for a file, e.g. `86.4 FPS`. The figures themselves are checked in
 * test/unit; here the core's answer is what the surfaces are held against.
 */
export async function expectedThroughput(file: string, query: Query = defaultQuery): Promise<string> {
  const { throughputFps, batch } = await expectedEstimate(file, query);
  return formatThroughput(throughputFps, batch);
}

/** The core's headline estimate for a file. */
export async function expectedEstimate(file: string, query: Query = defaultQuery): Promise<Estimate> {
  const model = await readModel(memorySource(readFileSync(file)));
  if (!model.ok) throw new Error(model.error.message);
  const { estimate } = estimators.predict(profiled(model.value), query);
  if (!estimate) throw new Error(`Nothing is predicted for ${file}.`);
  return estimate;
}
