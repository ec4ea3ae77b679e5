import { describe, expect, it } from 'vitest';
import type { BenchmarkEvent } from '../../../../../src/jetson/benchmark/benchmark-event';
import { parseStoredBenchmark, type BenchmarkMessage } from '../../../../../src/protocol/benchmark-page';
import {
  newBenchmark,
  resumed,
  withEnd,
  withEvent,
  withOutcome,
} from '../../../../../src/vscode/pages/benchmark/benchmark-view';
import { landmark, measurement } from './measured';

const modelPath = '/models/resnet18.onnx';
const asked = { modelPath, modelName: 'resnet18', trials: 50, warmupRuns: 10 };
const device = { name: 'nano', destination: 'nvidia@nano' };
const predicted = {
  throughputFps: 100,
  interval: { level: 0.9, lowFps: 80, highFps: 120 },
  methodName: 'Graph cost',
};

function benchmark(...runtimes: ('tensorrt-fp16' | 'tensorrt-fp32')[]): BenchmarkMessage {
  return newBenchmark(
    'id-12345678',
    device,
    runtimes.map((runtime) => ({ ...asked, runtime })),
    0,
  );
}

function after(view: BenchmarkMessage, ...events: BenchmarkEvent[]): BenchmarkMessage {
  return events.reduce(withEvent, view);
}

const stage = (name: Extract<BenchmarkEvent, { kind: 'stage' }>['stage'], run: number | null = null) =>
  ({ kind: 'stage', stage: name, run, message: `About ${name}.` }) as const;

const states = (view: BenchmarkMessage): string => view.stages.map(({ id, state }) => `${id} ${state}`).join(', ');

describe('a benchmark on its page', () => {
  it('goes through its stages, and marks those that were not needed', () => {
    const view = after(
      benchmark('tensorrt-fp16'),
      stage('connect'),
      stage('probe'),
      stage('preflight'),
      stage('build', 0),
    );
    expect(states(view)).toBe(
      'connect done, probe done, preflight done, upload skipped, wait skipped, build running, time waiting, collect waiting, save waiting',
    );
    expect(view.state).toBe('running');
    expect(view.sentence).toBe('About build.');
    expect(view.runs[0]?.state).toBe('building');
  });

  it('shows bytes with their rate, and trials', () => {
    const upload = { kind: 'upload', fileName: 'a.onnx', totalBytes: 46.8e6, skippedBytes: 0 } as const;
    const sending = after(benchmark('tensorrt-fp16'), stage('upload'), {
      ...upload,
      doneBytes: 11.7e6,
      bytesPerSecond: 11.2e6,
    });
    expect(sending.stages[3]).toMatchObject({ detail: '11.7 MB of 46.8 MB, 11.2 MB/s', share: 0.25 });
    const known = after(sending, { ...upload, doneBytes: 46.8e6, skippedBytes: 46.8e6, bytesPerSecond: 0 });
    expect(known.stages[3]?.detail).toBe('46.8 MB already on the board');
    const timing = after(sending, stage('time', 0), { kind: 'trials', run: 0, done: 12, of: 50 });
    expect(timing.stages[6]).toMatchObject({ detail: '12 of 50 trials', share: 0.24 });
    expect(timing.runs[0]).toMatchObject({ state: 'timing', trialsDone: 12 });
  });

  it('goes back to building for the next run', () => {
    const view = after(benchmark('tensorrt-fp16', 'tensorrt-fp32'), stage('time', 0), stage('build', 1));
    expect(states(view)).toContain('build running, time waiting');
    expect(view.sentence).toBe('Run 2 of 2. About build.');
  });

  it('takes nothing back when it connects again, nor when it collects after saving', () => {
    const again = after(benchmark('tensorrt-fp16'), stage('upload'), stage('build', 0), stage('connect'));
    expect(states(again)).toContain('connect running, probe skipped, preflight skipped, upload done');
    const outcome = { ...asked, run: 0, runtime: 'tensorrt-fp16', ok: true, landmark } as const;
    const saved = withOutcome(
      after(again, stage('time', 0), stage('save', 0)),
      outcome,
      { predicted: null, layers: null },
      null,
    );
    expect(states(after(saved, stage('collect')))).toMatch(/time done, collect running, save done$/);
  });

  it('shows what was measured beside what was predicted', () => {
    const outcome = { ...asked, run: 0, runtime: 'tensorrt-fp16', ok: true, landmark } as const;
    const view = withEnd(
      withOutcome(after(benchmark('tensorrt-fp16'), stage('save')), outcome, { predicted, layers: null }, null),
      { state: 'finished', failure: null },
      1000,
    );
    const [run] = view.runs;
    expect(run?.result?.statistics).toMatchObject({ trials: 5, meanMs: 11, medianMs: 11, p90Ms: 12 });
    expect(run?.result?.landmark).toBe('in-fits');
    expect(view.sentence).toBe('resnet18 runs at 90.9 FPS with TensorRT FP16; predicted: 100 FPS (error +10%).');
    expect(view.stages.at(-1)?.state).toBe('done');
    expect(parseStoredBenchmark(view)).toEqual(view);
  });

  it('keeps the times of layers with the result', () => {
    const outcome = { ...asked, run: 0, runtime: 'tensorrt-fp16', ok: true, landmark } as const;
    const layers = [
      { name: 'Conv_0', measuredMs: 1, predictedMs: 2, fusion: 'as-assumed' as const },
      { name: '__myl_Fc_myl0_1', measuredMs: 0, predictedMs: null, fusion: 'unmatched' as const },
    ];
    const view = withOutcome(benchmark('tensorrt-fp16'), outcome, { predicted, layers }, null);
    expect(parseStoredBenchmark(view)?.runs[0]?.result?.layers).toEqual(layers);
  });

  it('keeps a disturbed figure apart, and says when it was not saved', () => {
    const disturbed = { ...landmark, measurement: { ...measurement, disturbances: ['throttled'] as const } };
    const outcome = { ...asked, run: 0, runtime: 'tensorrt-fp16', ok: true, landmark: disturbed } as const;
    const kept = withOutcome(benchmark('tensorrt-fp16'), outcome, { predicted, layers: null }, null).runs[0]?.result;
    expect(kept?.landmark).toBe('kept-out');
    expect(kept?.disturbances).toHaveLength(1);
    const lost = withOutcome(benchmark('tensorrt-fp16'), outcome, { predicted, layers: null }, 'The disk is full.')
      .runs[0]?.result;
    expect(lost).toMatchObject({ landmark: 'not-saved', notSaved: 'The disk is full.' });
  });

  it('ends with the reason on every run that has no figure', () => {
    const failure = { code: 'not-ready', message: 'There is no TensorRT.' } as const;
    const view = withEnd(
      after(benchmark('tensorrt-fp16', 'tensorrt-fp32'), stage('preflight')),
      { state: 'failed', failure },
      1000,
    );
    expect(view.runs.map((run) => run.failure)).toEqual([failure, failure]);
    expect(states(view)).toContain('preflight failed, upload cancelled');
    expect(view).toMatchObject({ state: 'failed', sentence: failure.message, endedAt: 1000 });
  });

  it('waits to be followed again when the link is lost for good, and goes on then', () => {
    const failure = { code: 'disconnected', message: 'The link was cut.' } as const;
    const lost = withEnd(after(benchmark('tensorrt-fp16'), stage('time', 0)), { state: 'interrupted', failure }, 1000);
    expect(lost).toMatchObject({ state: 'interrupted', sentence: 'The link was cut.', endedAt: null });
    expect(lost.runs[0]).toMatchObject({ failure: null, state: 'timing' });
    expect(resumed(lost).state).toBe('running');
  });
});
