import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseImageSize, sizesOfShape } from '../../../src/core/image-size';
import { nearbySizes, operatingPoint } from '../../../src/core/estimate/operating-point';
import { memorySource } from '../../../src/core/onnx/byte-source';
import { readModel } from '../../../src/core/onnx/read';
import { profileOfFile } from './present/models';
import { profiled } from './profile/profiled';

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

describe('the size of a network that leaves it open', () => {
  const query = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

  it.each([
    ['iresnet18', [1, 3, 112, 112]],
    ['mobilefacenet', [1, 3, 112, 112]],
    ['pfld', [1, 3, 112, 112]],
    ['edgeface_xs', [1, 3, 112, 112]],
    ['minifasnetv2', [1, 3, 80, 80]],
    ['retinaface_106', [1, 3, 320, 320]],
    ['scrfd_500m', [1, 3, 640, 640]],
    ['yolov5n', [1, 3, 640, 640]],
    ['yolov8n_face', [1, 3, 640, 640]],
  ])('is that of %s where constants ask for it', async (name, shape) => {
    const read = await readModel(memorySource(readFileSync(`test/fixtures/exported/${name}.folded.onnx`)));
    if (!read.ok) throw new Error(read.error.message);
    const { graph } = read.value;
    expect(graph.inputs[0]?.shape).toEqual(shape);
    const [, , height, width] = shape;
    const stated = profiled(read.value);
    const inputs = [{ ...graph.inputs[0]!, shape: [1, 3, 'height', 'width'] }];
    const opened = profiled({ ...read.value, graph: { ...graph, inputs } });
    expect(opened.fittingSize).toMatchObject({ height, width });
    expect(opened.macs).toBe(stated.macs);
    const point = operatingPoint(opened, query);
    expect(point).toMatchObject({ ok: true, value: { height, width } });
    expect(point.ok && point.value.notes[0]).toContain(
      `The model leaves its input's height or width open, but it only runs at ${width}×${height}`,
    );
  });
});
