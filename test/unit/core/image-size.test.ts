import { describe, expect, it } from 'vitest';
import { parseImageSize, sizesOfShape } from '../../../src/core/image-size';
import { nearbySizes } from '../../../src/core/estimate/operating-point';
import { profileOfFile } from './present/models';

describe('an input size', () => {
  it.each([
    ['640x480', { height: 480, width: 640 }],
    ['640 × 480', { height: 480, width: 640 }],
    [' 224 ', { height: 224, width: 224 }],
    ['16384', { height: 16_384, width: 16_384 }],
    ['16385', null],
    ['0x640', null],
    ['640x', null],
    ['-224', null],
    ['224.5', null],
    ['1e3', null],
    ['', null],
  ])('is read from %j', (text, size) => {
    expect(parseImageSize(text)).toEqual(size);
  });
});

describe('sizes of one shape', () => {
  const texts = (height: number, width: number, largest: number) =>
    sizesOfShape({ height, width }, 32, largest).map((size) => `${size.width}x${size.height}`);

  it('are multiples of the step, in the exact ratio if that is coarse enough', () => {
    expect(texts(224, 224, 128)).toEqual(['32x32', '64x64', '96x96', '128x128']);
    expect(texts(240, 320, 640)).toEqual(['128x96', '256x192', '384x288', '512x384', '640x480']);
  });

  it('are rounded to the step where the exact ratio would leave few', () => {
    const sizes = texts(360, 640, 640);
    expect(sizes).toContain('640x352');
    expect(new Set(sizes).size).toBe(sizes.length);
  });

  it('end where not even the first fits', () => {
    expect(texts(1, 16_384, 2048)).toEqual([]);
  });
});

describe('the sizes that a stepper goes to', () => {
  const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;
  const sides = async (model: string, size: object) =>
    nearbySizes(await profileOfFile(model), { ...query, ...size }).map(({ height }) => height);

  it('are multiples of 32 to either side, through what is asked for and the own size', async () => {
    expect(await sides('samples/resnet18.onnx', { resolution: 225 })).toEqual([160, 192, 224, 225, 256, 288, 320]);
  });

  it('are those alone at which the network runs', async () => {
    expect(await sides('test/fixtures/exported/adaface_ir18.folded.onnx', {})).toEqual([112]);
    expect(await sides('test/fixtures/exported/adaface_ir18.folded.onnx', { resolution: 512 })).toEqual([112, 512]);
  });
});
