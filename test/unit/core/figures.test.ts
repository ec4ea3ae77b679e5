import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatExactCount,
  formatFps,
  formatLatency,
  formatMacs,
  formatChange,
  formatMemory,
  formatRatio,
  formatShape,
  formatShare,
  formatThroughput,
  prefixedCount,
  threeFigures,
} from '../../../src/core/figures';

describe('units', () => {
  it.each([
    [86.36, '86.4'],
    [2.507, '2.51'],
    [230.92, '231'],
    [9.996, '10.0'],
    [99.96, '100'],
    [1290.4, '1,290'],
    [0.0123, '0.0123'],
    [0.5, '0.50'],
  ])('writes the throughput %d as %s', (throughputFps, text) => {
    expect(formatFps(throughputFps)).toBe(text);
  });

  it('names frames at batch 1 and inputs above', () => {
    expect(formatThroughput(86.36)).toBe('86.4 FPS');
    expect(formatThroughput(310, 8)).toBe('310 inputs/s');
  });

  it.each([
    [11.579, '11.6 ms'],
    [398.4, '398 ms'],
    [1240, '1.24 s'],
    [0.0926, '0.093 ms'],
    [0.0001, '<0.001 ms'],
  ])('writes the latency %d as %s', (latencyMs, text) => {
    expect(formatLatency(latencyMs)).toBe(text);
  });

  it('writes counts with their prefix and in full', () => {
    expect(formatCount(11_689_512)).toBe('11.69 M');
    expect(formatExactCount(11_689_512)).toBe('11,689,512');
    expect(formatMacs(1_814_073_344)).toBe('1.81 GMAC');
    expect(formatMacs(512)).toBe('512 MAC');
  });

  it('writes memory in binary units', () => {
    expect(formatMemory(0)).toBe('0 B');
    expect(formatMemory(106e6)).toBe('101 MiB');
    expect(formatMemory(4 * 2 ** 30)).toBe('4.00 GiB');
    expect(formatMemory(42e3)).toBe('41.0 KiB');
  });

  it('writes shares of a target in percent, and as a factor from twice the target on', () => {
    expect([0.999, 1.43, 1.99, 2, 6.47, 12.3, 1234.5].map(formatRatio)).toEqual([
      '99%',
      '143%',
      '199%',
      '2.0×',
      '6.5×',
      '12×',
      '1,235×',
    ]);
    expect([0.0534, -0.125, 1.046, 1.614, 12.3].map((share) => formatChange(share))).toEqual([
      '+5.3%',
      '−13%',
      '+105%',
      '+161%',
      '+1230%',
    ]);
  });

  it('writes shapes and shares', () => {
    expect(formatShape([1, 3, 'height', null])).toBe('1 × 3 × height × ?');
    expect(formatShare(0.8333)).toBe('83%');
    expect(formatShare(0.999)).toBe('99%');
  });
});

describe('figures in sentences', () => {
  it.each([
    [1294, '1290'],
    [86.36, '86.4'],
    [99.96, '100'],
    [0.012345, '0.0123'],
    [0, '0'],
    [1e-9, '<0.000001'],
  ])('writes %d with three significant figures as %s', (value, text) => {
    expect(threeFigures(value)).toBe(text);
  });

  it.each([
    [1_519_112, '1.519 M'],
    [138_357_544, '138.4 M'],
    [999_999, '1.000 M'],
    [512, '512'],
    [472e9, '472.0 G'],
  ])('writes the count %d as %s', (value, text) => {
    expect(prefixedCount(value)).toBe(text);
  });
});
