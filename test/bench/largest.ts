/** From a file's bytes to its estimate in a process of its own, for test/bench/scale.ts: prints time and memory as JSON. */
import { readFileSync } from 'node:fs';
import { memorySource } from '../../src/core/onnx/byte-source';
import { readModel } from '../../src/core/onnx/read';
import { profileModel } from '../../src/core/profile/profile-model';
import { createEstimators } from '../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../src/core/landmarks/campaigns';

async function main(file: string): Promise<void> {
  const before = process.cpuUsage();
  const model = await readModel(memorySource(readFileSync(file)));
  const profile = model.ok ? profileModel(model.value) : model;
  const estimators = createEstimators(bundledLandmarks);
  if (profile.ok) estimators.predict(profile.value, { device: 'jetson-nano', runtime: 'tensorrt-fp16' });
  const { user, system } = process.cpuUsage(before);
  const MiB = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ ms: (user + system) / 1000, end: profile.ok ? 'answered' : profile.error.code, MiB }));
}

void main(process.argv[2]!);
