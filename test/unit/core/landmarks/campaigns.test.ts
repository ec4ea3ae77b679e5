import { describe, expect, it } from 'vitest';
import { bundledCampaigns, bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { impossibleThroughput } from '../../../../src/core/landmarks/peak-throughput';
import { landmarkIdentity } from '../../../../src/core/landmarks/landmark-identity';
import { deviceIds, findDevice, knownDevices, peakGflops } from '../../../../src/core/landmarks/devices';

describe('the bundled campaigns', () => {
  it('hold every published row that is sound', () => {
    expect(Object.fromEntries(bundledCampaigns.map(({ id, landmarks }) => [id, landmarks.length]))).toEqual({
      paper: 9,
      torch2trt: 2 * (18 + 29),
      trtutils: 281,
      ultra11: 80,
      ultra26: 63,
      netspresso: 65,
      evit: 17,
      nobuo: 9,
      lffd: 18,
      dusty: 4,
      trtpose: 2,
      t2tdla: 2,
      nanosam: 2,
    });
  });

  it('give each row a positive figure below the peak of the board and the place where it is published', () => {
    for (const landmark of bundledLandmarks) {
      expect(landmark.throughputFps).toBeGreaterThan(0);
      expect(landmark.source.length).toBeGreaterThan(20);
      expect(impossibleThroughput(landmark), landmark.model).toBeNull();
      expect(landmark.batch).toBe(1);
    }
  });

  it('knows the board of every row', () => {
    expect(bundledLandmarks.filter((landmark) => findDevice(landmark.device) === undefined)).toEqual([]);
  });

  it('names no row twice', () => {
    const names = bundledLandmarks.map(landmarkIdentity);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('devices', () => {
  it('has the peak of the Nano that its core count and clock give', () => {
    expect(peakGflops('jetson-nano', 'tensorrt-fp32')).toBeCloseTo((128 * 2 * 921.6) / 1000, 0);
    expect(peakGflops('jetson-nano', 'pytorch-fp16')).toBe(472);
    expect(peakGflops('stand-in', 'tensorrt-fp16')).toBeNull();
  });

  it('lists the known boards and those that only landmarks name, each once', () => {
    const own = { ...bundledLandmarks[0]!, device: 'stand-in' };
    const ids = deviceIds([...bundledLandmarks, own, own]);
    expect(ids.slice(0, 2)).toEqual(['jetson-nano', 'jetson-agx-xavier']);
    expect(ids.slice(2)).toEqual([...knownDevices.slice(2).map(({ id }) => id), 'stand-in']);
  });
});
