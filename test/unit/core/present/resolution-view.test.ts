import { describe, expect, it } from 'vitest';
import { leastMemoryBytes, memoryCeiling, type MemoryCeiling } from '../../../../src/core/estimate/board-memory';
import type { Query } from '../../../../src/core/estimate/estimate';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { paperResolution } from '../../../../src/core/present/paper-resolution';
import { resolutionView, sweptSizes } from '../../../../src/core/present/resolution-view';
import type { ModelProfile } from '../../../../src/core/profile/profile';
import { failure, success } from '../../../../src/core/result';
import { squareSide } from '../../../../src/core/image-size';
import { profileOf } from '../estimate/profiles';
import { profileOfFile } from './models';

const estimators = createEstimators(bundledLandmarks);
const nano: Query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const resnet18 = await profileOfFile('samples/resnet18.onnx');

async function viewOf(profile: ModelProfile, query: Query) {
  const sizes = sweptSizes(profile, query, bundledLandmarks);
  const points = estimators.throughputBySize(profile, query, sizes);
  return resolutionView(profile, query, bundledLandmarks, points, await memoryCeiling(profile, query));
}

async function ceilingOf(profile: ModelProfile, query: Query): Promise<MemoryCeiling> {
  const ceiling = await memoryCeiling(profile, query);
  if (!ceiling.ok) throw new Error(ceiling.error.message);
  return ceiling.value;
}

describe('the resolutions that are drawn', () => {
  it('reach from 112 to 1440 and hold what is asked for, also beyond', () => {
    const sides = (query: Query) => sweptSizes(resnet18, query, bundledLandmarks).map(squareSide);
    const plain = sides(nano);
    expect(plain[0]).toBe(112);
    expect(plain.at(-1)).toBe(1440);
    expect(plain).toContain(224);
    expect(sides({ ...nano, resolution: 333 })).toContain(333);
    expect(sides({ ...nano, resolution: 2000 }).at(-1)).toBe(2000);
    expect(new Set(plain).size).toBe(plain.length);
  });

  it('keep the aspect ratio that is asked for, and are counted in pixels', async () => {
    const { points, asked } = await viewOf(resnet18, { ...nano, height: 480, width: 640 });
    expect(asked).toEqual({ height: 480, width: 640 });
    expect(points.every(({ height, width }) => 4 * height === 3 * width)).toBe(true);
    expect(points.find(({ height }) => height === 480)).toMatchObject({ width: 640, resolution: 554 });
  });
});

describe('throughput against resolution', () => {
  it('falls with resolution, and more slowly than the number of pixels rises, as in Figure 4', async () => {
    const { points, asked, batch } = await viewOf(resnet18, nano);
    expect({ asked, batch }).toEqual({ asked: { height: 224, width: 224 }, batch: 1 });
    const at = (side: number) => points.find(({ resolution }) => resolution === side)!;
    expect(at(112).throughputFps).toBeGreaterThan(at(224).throughputFps);
    expect(1440 ** 2 * at(1440).throughputFps).toBeGreaterThan(112 ** 2 * at(112).throughputFps);
  });

  it("shows what was measured of this network, and Table 4's point apart", async () => {
    const { measured, paper } = await viewOf(resnet18, nano);
    expect(measured.map(({ source, throughputFps }) => [source, throughputFps])).toEqual([
      ['paper', 86.09],
      ['torch2trt', 90.2],
    ]);
    expect(paper).toMatchObject({ resolution: 1440, throughputFps: 2.51, source: 'measured by the paper, Table 4' });
    expect((await viewOf(resnet18, { ...nano, batch: 4 })).paper).toBeNull();
    expect((await viewOf(resnet18, { ...nano, batch: 4 })).measured).toEqual([]);
  });

  it('says how the upper end came about', async () => {
    const { bounds } = await viewOf(resnet18, nano);
    expect(bounds.join(' ')).toMatch(/take \d+ MiB at 1440×1440, of the 4.00 GiB of Jetson Nano/);
    expect(bounds.join(' ')).toContain('up to 1440×1440 (Table 4) and saw random crashes beyond');
  });

  it('says so where a network takes one resolution only', async () => {
    // Its embedding layer reads the last map as one long vector.
    const flattening = await profileOfFile('test/fixtures/exported/iresnet18.folded-scrambled.onnx');
    const { points, bounds } = await viewOf(flattening, nano);
    expect(points.map(({ resolution }) => resolution)).toEqual([112]);
    expect(bounds).toEqual(['The model takes no resolution other than 112×112.']);
  });

  it('is empty where nothing can be predicted', async () => {
    const view = await viewOf(resnet18, { device: 'jetson-nano', runtime: 'tensorrt-int8' });
    expect(view).toMatchObject({ points: [], bounds: [], paper: null });
  });

  it('leaves out what memory has no room for', async () => {
    const query = { ...nano, batch: 64 };
    const ceiling = await ceilingOf(resnet18, query);
    expect(ceiling.isBeyond).toBe(false);
    const { points, bounds } = await viewOf(resnet18, query);
    expect(points.at(-1)!.resolution).toBeLessThanOrEqual(ceiling.resolution!);
    expect(bounds.join(' ')).toContain(`By memory alone ${ceiling.resolution}×${ceiling.resolution}`);
  });
});

describe('the memory ceiling', () => {
  it('is the last multiple of 32 that fits', async () => {
    const query = { ...nano, batch: 64 };
    const side = (await ceilingOf(resnet18, query)).resolution!;
    const need = (resolution: number) => {
      const cost = resnet18.costAt({ resolution, batch: 64 });
      return cost.ok ? leastMemoryBytes(resnet18, 'tensorrt-fp16', cost.value)! : NaN;
    };
    expect(side % 32).toBe(0);
    expect(need(side)).toBeLessThanOrEqual(4 * 2 ** 30);
    expect(need(side + 32)).toBeGreaterThan(4 * 2 ** 30);
  });

  it('counts memory in GiB, as a 4 GB board has 4 GiB', async () => {
    const elements = (4.1e9 - 2 * resnet18.parameters) / 2;
    const costAt: ModelProfile['costAt'] = (size) => {
      const cost = resnet18.costAt({ resolution: 224, batch: 1 });
      const live = size.resolution === 224 ? 1 : size.resolution! <= 256 ? elements : 2 * elements;
      return cost.ok
        ? success({ ...cost.value, peakActivation: { ...cost.value.peakActivation!, elements: live } })
        : cost;
    };
    expect((await ceilingOf({ ...resnet18, costAt }, nano)).resolution).toBe(256);
  });

  it('counts weights and live activations at the width of the precision', () => {
    const cost = resnet18.costAt({ resolution: 224, batch: 1 });
    if (!cost.ok) throw new Error(cost.error.message);
    const elements = resnet18.parameters + cost.value.peakActivation!.elements;
    expect(leastMemoryBytes(resnet18, 'tensorrt-fp16', cost.value)).toBe(2 * elements);
    expect(leastMemoryBytes(resnet18, 'tensorrt-fp32', cost.value)).toBe(4 * elements);
    expect(leastMemoryBytes(resnet18, 'tensorrt-int8', cost.value)).toBe(elements);
  });

  it('says why it is not known', async () => {
    const costAt: ModelProfile['costAt'] = (size) => {
      const cost = resnet18.costAt(size);
      return cost.ok ? success({ ...cost.value, peakActivation: null }) : cost;
    };
    const unknown = [
      await memoryCeiling(resnet18, { ...nano, device: 'stand-in' }),
      await memoryCeiling({ ...resnet18, costAt }, nano),
      await memoryCeiling({ ...resnet18, costAt: () => failure('overflow', 'It is too much.') }, nano),
      await memoryCeiling(resnet18, nano, { height: 1, width: 1000 }),
    ];
    expect(unknown.map((ceiling) => (ceiling.ok ? 'known' : ceiling.error.message))).toEqual([
      'How much memory stand-in has is not known, as it has no specification here.',
      'How much memory this model takes at 224×224 is not known, as sizes of its tensors are not.',
      'How much memory this model takes at 224×224 is not known: It is too much.',
      'How much memory this model takes is not known, as no size up to 8192 pixels has this aspect ratio.',
    ]);
    const points = estimators.throughputBySize(resnet18, nano, sweptSizes(resnet18, nano, bundledLandmarks));
    for (const ceiling of unknown) {
      expect(resolutionView(resnet18, nano, bundledLandmarks, points, ceiling).bounds).toContain(
        ceiling.ok ? '' : ceiling.error.message,
      );
    }
  });
});

describe("Table 4's networks", () => {
  it.each([
    ['ResNet-18 [2,2,2,2] basic', 1440],
    ['ResNet-101 [3,4,23,3] bottleneck', 512],
    ['MobileNetV2 width 0.75', 1024],
    ['MobileNetV2 width 1', 896],
    ['RetinaFace ResNet-50', 640],
  ])('are recognised by their variant: %s', (variant, resolution) => {
    expect(paperResolution(profileOf({ variant }), nano)?.resolution).toBe(resolution);
  });

  it.each(['ResNet-152 [3,8,36,3] bottleneck', 'MobileNetV2 width 0.35', 'MobileNetV2 custom [1,2,3]', null])(
    'do not include %s',
    (variant) => {
      expect(paperResolution(profileOf({ variant }), nano)).toBeNull();
    },
  );

  it('were measured on one board with one runtime', () => {
    expect(paperResolution(resnet18, { ...nano, device: 'jetson-agx-xavier' })).toBeNull();
    expect(paperResolution(resnet18, { ...nano, runtime: 'pytorch-fp16' })).toBeNull();
  });
});
