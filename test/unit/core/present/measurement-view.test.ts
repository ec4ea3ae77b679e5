import { expect, it } from 'vitest';
import { boardRows, disturbanceTexts, protocolRows } from '../../../../src/core/present/measurement-view';
import { boardState, landmark, measurement } from '../../vscode/pages/benchmark/measured';

it('says how a landmark was measured, and leaves out what the board did not say', () => {
  const rows = Object.fromEntries(
    protocolRows(landmark, { ...measurement, measuredAt: '2026-11-24T04:06:58.067Z' }).map(({ name, value }) => [
      name,
      value,
    ]),
  );
  expect(rows).toMatchObject({
    Board: 'NVIDIA Jetson Nano Developer Kit',
    'Timed by': 'trtexec',
    'Inputs, random': 'input 1 × 3 × 224 × 224',
    'Warm-up': '10 runs',
    Trials: '5',
    Engine: 'built in 31.2 s, 24.0 MB',
    TensorRT: '8.2.1',
    'Power mode': 'MAXN',
    Clocks: 'locked',
    'Measured at': '2026-11-24 04:06:58 UTC',
  });
  expect(Object.keys(rows)).not.toContain('Desktop');
  expect(Object.keys(rows)).not.toContain('PyTorch');
  expect(Object.keys(rows)).not.toContain('Batch');
});

it('says what the board was doing before and after', () => {
  const rows = boardRows(measurement);
  expect(rows).toContainEqual({ name: 'GPU clock allowed', before: 'fixed at 922 MHz', after: 'fixed at 922 MHz' });
  expect(rows).toContainEqual({ name: 'CPU clock allowed', before: '102 to 1479 MHz', after: '102 to 1479 MHz' });
  expect(rows).toContainEqual({ name: 'GPU-therm temperature', before: '41.5 °C', after: '47.0 °C' });
  const silent = { ...boardState, gpuMHz: null, gpuMinMHz: null, gpuMaxMHz: null, temperaturesC: {}, gpuLoad: null };
  const silentRows = boardRows({ ...measurement, before: silent, after: silent });
  expect(silentRows.map(({ name }) => name)).toEqual(['CPU clock', 'CPU clock allowed', 'Memory free', 'Swapped out']);
  const half = boardRows({ ...measurement, before: silent });
  expect(half).toContainEqual({ name: 'GPU-therm temperature', before: '–', after: '47.0 °C' });
});

it('has a sentence for every disturbance', () => {
  const texts = disturbanceTexts({ ...measurement, disturbances: ['throttled', 'swapped', 'gpu-shared'] });
  expect(texts).toHaveLength(3);
  for (const text of texts) expect(text).toMatch(/run again\.$/);
});
