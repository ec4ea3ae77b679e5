import type { Landmark } from '../../../../../src/core/landmarks/landmark';
import type { BoardState, Measurement } from '../../../../../src/core/landmarks/measurement';

export const boardState: BoardState = {
  gpuMHz: 921.6,
  gpuMinMHz: 921.6,
  gpuMaxMHz: 921.6,
  cpuMHz: 1479,
  cpuMinMHz: 102,
  cpuMaxMHz: 1479,
  temperaturesC: { 'GPU-therm': 41.5 },
  gpuLoad: 0,
  availableBytes: 2.5e9,
  swapUsedBytes: 0,
  swappedPages: 0,
  powerMode: 'MAXN',
};

export const measurement: Measurement = {
  jobId: '20261124T001500Z-0123abcd',
  measuredAt: '2026-11-24T00:16:00.000Z',
  way: 'trtexec',
  warmupRuns: 10,
  trialTimesMs: [10, 11, 12, 10, 12],
  inputShapes: { input: [1, 3, 224, 224] },
  modelSha256: 'ab'.repeat(32),
  workspaceMiB: 256,
  engine: { cached: false, buildSeconds: 31.2, bytes: 24e6 },
  software: { l4t: '32.7.1', jetpack: '4.6.1', tensorrt: '8.2.1', cuda: '10.2', torch: null, python: '3.6.9' },
  boardModel: 'NVIDIA Jetson Nano Developer Kit',
  clocksLocked: true,
  headless: null,
  before: boardState,
  disturbances: [],
  after: { ...boardState, temperaturesC: { 'GPU-therm': 47 } },
};

/** A landmark as a benchmark makes it. */
export const landmark: Landmark = {
  model: 'resnet18',
  family: 'ResNet',
  parameters: 11_689_512,
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  resolution: 224,
  batch: 1,
  throughputFps: 90.9,
  campaign: 'nano',
  source: `${measurement.jobId}#1`,
  measurement,
};
