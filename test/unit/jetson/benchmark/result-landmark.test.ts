import { describe, expect, it } from 'vitest';
import { collectLandmarks } from '../../../../src/core/landmarks/landmark-collection';
import { parseLandmarkLines, writeLandmarkRow } from '../../../../src/core/landmarks/landmark-lines';
import { isInFits } from '../../../../src/core/landmarks/landmark';
import { joulesPerInference } from '../../../../src/core/landmarks/measurement';
import { kernelKinds } from '../../../../src/core/profile/cost/layer';
import { disturbancesOf } from '../../../../src/jetson/benchmark/disturbances';
import { parsePendingJob, type PendingJob } from '../../../../src/jetson/benchmark/pending-job';
import { landmarkOfResult } from '../../../../src/jetson/benchmark/result-landmark';
import { parseRunResult, type GoodResult } from '../../../../src/jetson/job/run-result';
import { failureOf, valueOf } from '../../../jetson/harness/result';

const state = {
  gpuMHz: 921.6,
  gpuMinMHz: 921.6,
  gpuMaxMHz: 921.6,
  cpuMHz: 1479,
  cpuMinMHz: 102,
  cpuMaxMHz: 1479,
  memoryMHz: null,
  memoryMaxMHz: null,
  temperaturesC: { 'GPU-therm': 40 },
  gpuLoad: 0,
  availableBytes: 2e9,
  swapUsedBytes: 0,
  swappedPages: 7,
  powerMode: 'MAXN',
};

const calm: GoodResult = {
  ok: true,
  way: 'tensorrt-python',
  trialTimesMs: [10, 10, 10, 10],
  warmupRuns: 10,
  warmupMs: null,
  software: { tensorrt: '8.2.1.8', cuda: null, torch: null, python: '3.6.9' },
  engine: { cached: true, buildSeconds: null, bytes: 1e6 },
  before: state,
  after: state,
  gpuProcesses: [],
  notes: [],
  standIn: false,
  program: null,
  power: null,
  layers: null,
  during: { lowestGpuMHz: 921.6, busySamples: 8, slowedSamples: 0 },
};

const job: PendingJob = {
  schema: 1,
  jobId: '20261124T003000Z-0123abcd',
  createdAt: '2026-11-24T00:30:00.000Z',
  destination: 'nano',
  deviceLabel: 'nano',
  campaign: 'nano',
  limits: { buildSeconds: 60, timeSeconds: 60 },
  collected: [],
  board: {
    device: 'jetson-nano',
    standIn: false,
    boardModel: 'NVIDIA Jetson Nano Developer Kit',
    clocksLocked: true,
    headless: true,
    software: { l4t: '32.7.1', jetpack: '4.6.1', tensorrt: '8.2.1', cuda: '10.2', torch: null, python: '3.6.9' },
  },
  runs: [
    {
      run: 0,
      modelPath: '/m/r.onnx',
      modelName: 'r',
      modelSha256: 'ab',
      runtime: 'tensorrt-fp16',
      way: 'auto',
      resolution: 224,
      batch: 2,
      trials: 4,
      warmupRuns: 10,
      workspaceMiB: 256,
      inputShapes: { input: [2, 3, 224, 224] },
      family: 'ResNet',
      parameters: 11_689_512,
      macs: 3.6e9,
      kernels: null,
    },
  ],
};

const now = new Date('2026-11-24T01:00:00Z');

describe('the landmark of a result', () => {
  it('has power, layers and the path of trtexec where the board says them', () => {
    const power = { meanWatts: 6, samples: 12, rails: { VDD_IN: 6 } };
    const layers = [{ name: 'conv1 + relu', meanMs: 0.4 }];
    const notes = ['INT8 with placeholder ranges, for timing alone: the outputs mean nothing.'];
    const more = { ...calm, power, layers, notes, program: '/usr/bin/trtexec' };
    const { measurement } = valueOf(landmarkOfResult(job, 0, more, now));
    expect(measurement).toMatchObject({ power, layers, notes, program: '/usr/bin/trtexec' });
    // 6 W over 200 inputs a second.
    expect(joulesPerInference(measurement!, 2)).toBeCloseTo(0.03, 12);
    expect(joulesPerInference(valueOf(landmarkOfResult(job, 0, calm, now)).measurement!, 2)).toBeNull();
  });

  it('has the throughput of all trials, and the whole measurement', () => {
    const landmark = valueOf(landmarkOfResult(job, 0, calm, now));
    expect(landmark).toMatchObject({ throughputFps: 200, device: 'jetson-nano', campaign: 'nano', batch: 2 });
    expect(landmark.source).toBe('20261124T003000Z-0123abcd#1');
    // What ran says its version more precisely than what is installed; what it does not say is the board's.
    expect(landmark.measurement!.software).toMatchObject({ tensorrt: '8.2.1.8', cuda: '10.2', jetpack: '4.6.1' });
    expect(landmark.measurement!.measuredAt).toBe('2026-11-24T01:00:00.000Z');
    expect(isInFits(landmark)).toBe(true);
    expect(valueOf(landmarkOfResult(job, 0, calm, now))).toEqual(landmark);
  });

  it('is of the stand-in device where either the board or the result says so', () => {
    const standInBoard = { ...job, board: { ...job.board, standIn: true } };
    expect(valueOf(landmarkOfResult(standInBoard, 0, calm, now)).device).toBe('stand-in');
    expect(valueOf(landmarkOfResult(job, 0, { ...calm, standIn: true }, now)).device).toBe('stand-in');
  });

  it('is none where the figure is beyond the board: 472 GFLOP/s in FP16, with all that Winograd may save', () => {
    // 3.6 GMAC a batch of two: at 65.6 batches a second, 472 GFLOP/s; 2.25 times that are 147.5.
    const at = (milliseconds: number) => ({ ...calm, trialTimesMs: calm.trialTimesMs.map(() => milliseconds) });
    expect(landmarkOfResult(job, 0, at(6.9), now).ok).toBe(true);
    expect(failureOf(landmarkOfResult(job, 0, at(6.7), now)).code).toBe('board-misbehaves');
  });

  it('may be as far above the peak as Winograd takes the kernels that it can run, and is read again', () => {
    // As above, 3.6 GMAC for two inputs: a 3×3 convolution at stride 1, and one at stride 2.
    const withStride = (stride: number): PendingJob => {
      const kernels = [[kernelKinds.indexOf('dense'), 1, 3.6e9, 1e6, 1e6, 1e6, 9, stride, 1, 256]];
      return { ...job, runs: [{ ...job.runs[0]!, kernels }] };
    };
    const at = (milliseconds: number) => ({ ...calm, trialTimesMs: calm.trialTimesMs.map(() => milliseconds) });
    const landmark = valueOf(landmarkOfResult(withStride(1), 0, at(6.9), now));
    const { lines, broken } = parseLandmarkLines(writeLandmarkRow(landmark, 'one'));
    const read = collectLandmarks([{ origin: 'own', file: 'own.jsonl', lines, broken }]);
    expect(read.problems).toEqual([]);
    expect(read.landmarks.at(-1)).toEqual(landmark);
    expect(failureOf(landmarkOfResult(withStride(1), 0, at(6.7), now)).code).toBe('board-misbehaves');
    expect(valueOf(landmarkOfResult(withStride(2), 0, at(15.4), now)).batch).toBe(2);
    expect(failureOf(landmarkOfResult(withStride(2), 0, at(6.9), now)).message).toMatch(/472 GFLOP.*Nothing was saved/);
  });

  it('is none that could not be read again', () => {
    const published = { ...job, campaign: 'paper' };
    expect(failureOf(landmarkOfResult(published, 0, calm, now)).message).toContain('paper is a published campaign');
    const unnamed = { ...job, runs: [{ ...job.runs[0]!, modelName: ' ' }] };
    expect(failureOf(landmarkOfResult(unnamed, 0, calm, now)).message).toContain('"model" must not be empty');
  });

  it('counts the warm-up by its time where the way warms up for a time', () => {
    const timed = { ...calm, warmupRuns: null, warmupMs: 2000 };
    expect(valueOf(landmarkOfResult(job, 0, timed, now)).measurement!.warmupRuns).toBe(200);
  });

  it('is kept, and kept out of fits, where the run was disturbed', () => {
    const swapped = { ...calm, after: { ...state, swappedPages: 8 } };
    const landmark = valueOf(landmarkOfResult(job, 0, swapped, now));
    expect(landmark.measurement!.disturbances).toEqual(['swapped']);
    expect(isInFits(landmark)).toBe(false);
  });
});

describe('disturbances', () => {
  const free = { ...state, gpuMinMHz: 76.8, gpuMHz: 76.8 };

  it.each<[string, Partial<GoodResult>, readonly string[]]>([
    ['a calm run', {}, []],
    ['a fixed clock that fell', { during: { ...calm.during, lowestGpuMHz: 640 } }, ['throttled']],
    ['a fixed clock that had fallen at the end', { after: { ...state, gpuMHz: 460.8 } }, ['throttled']],
    ['a limit that was lowered', { after: { ...state, gpuMinMHz: 640, gpuMaxMHz: 640, gpuMHz: 640 } }, ['throttled']],
    [
      'a free clock that follows the load',
      { before: free, after: free, during: { ...calm.during, lowestGpuMHz: 76.8 } },
      [],
    ],
    [
      'a free clock that stays low under load',
      { before: free, after: free, during: { ...calm.during, busySamples: 8, slowedSamples: 6 } },
      ['throttled'],
    ],
    ['one slow sample while the clock rises', { before: free, during: { ...calm.during, slowedSamples: 1 } }, []],
    ['a GPU that was busy before', { before: { ...state, gpuLoad: 0.4 } }, ['gpu-shared']],
    ['another program on the GPU', { gpuProcesses: ['python3'] }, ['gpu-shared']],
    [
      'a board that does not say',
      { before: { ...state, swappedPages: null, gpuLoad: null, gpuMHz: null, gpuMinMHz: null, gpuMaxMHz: null } },
      [],
    ],
  ])('of %s', (_, changes, expected) => {
    expect(disturbancesOf({ ...calm, ...changes })).toEqual(expected);
  });
});

describe('a failed run', () => {
  it.each([
    ['unsupported', 'build-failed'],
    ['not-available', 'not-ready'],
    ['rebooted', 'rebooted'],
    ['__proto__', 'run-failed'],
    ['something new', 'run-failed'],
  ])('with the board’s code %s is %s here', (code, expected) => {
    const parsed = valueOf(
      parseRunResult({ ok: false, error: { code, message: ' It  broke.\n' } }, { trials: 1, maxSeconds: 1 }),
    );
    expect(parsed).toEqual({ ok: false, error: { code: expected, message: 'It broke.' }, logTail: '' });
  });
});

describe('an open job', () => {
  it('survives being written down, and nothing else passes for one', () => {
    expect(parsePendingJob(JSON.parse(JSON.stringify(job)))).toEqual(job);
    expect(parsePendingJob({ ...job, jobId: '../../x' })).toBeNull();
    expect(parsePendingJob({ ...job, schema: 2 })).toBeNull();
    expect(parsePendingJob('text')).toBeNull();
  });
});
