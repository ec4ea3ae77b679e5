import { describe, expect, it } from 'vitest';
import { knownDevices } from '../../../../src/core/landmarks/devices';
import { runtimeName, runtimes } from '../../../../src/core/landmarks/landmark';
import { deviceOfName, runtimeOfName } from '../../../../src/core/landmarks/typed-names';

const ids = [...knownDevices.map(({ id }) => id), 'desk board', 'stand-in'];

describe('a device as people type it', () => {
  it('is found by its id and name, in any casing and spelling', () => {
    for (const { id, name } of knownDevices) {
      const spellings = [
        id,
        name,
        id.toUpperCase(),
        name.replace('Jetson ', ''),
        id.replaceAll('-', '_'),
        `NVIDIA ${name} Developer Kit`,
      ];
      for (const typed of spellings) expect(deviceOfName(typed, ids), typed).toEqual({ ok: true, value: id });
    }
    expect(deviceOfName('desk board', ids)).toEqual({ ok: true, value: 'desk board' });
  });

  it.each([
    ['nano', 'jetson-nano'],
    ['orin nano', 'jetson-orin-nano'],
    ['Orin Nano 4 GB', 'jetson-orin-nano-4gb'],
    ['orinnano', 'jetson-orin-nano'],
    ['nx orin', 'jetson-orin-nx'],
    ['agx-orin', 'jetson-agx-orin'],
    ['tx2', 'jetson-tx2'],
    ['t5000', 'jetson-agx-thor'],
  ])('may be %s', (typed, id) => {
    expect(deviceOfName(typed, ids)).toEqual({ ok: true, value: id });
  });

  it.each([
    ['xavier', 'jetson-agx-xavier or jetson-xavier-nx'],
    ['orin', 'jetson-orin-nano, jetson-orin-nx or jetson-agx-orin'],
    ['jetson-nan', 'Did you mean jetson-nano? Known devices: jetson-nano, '],
    ['xavir nx', 'Did you mean jetson-xavier-nx?'],
    ['toaster', 'Device toaster is not known. Known devices: '],
    ['jetson', 'is not known'],
    ['', 'is not known'],
    ['__proto__', 'is not known'],
  ])('is refused with what may be meant: %s', (typed, sentence) => {
    const found = deviceOfName(typed, ids);
    expect(found).toMatchObject({ ok: false, error: expect.stringContaining(sentence) as string });
  });
});

describe('a runtime as people type it', () => {
  it('is found by its id and name', () => {
    for (const runtime of runtimes) {
      for (const typed of [runtime, runtimeName(runtime), runtime.replace('-', '_').toUpperCase()]) {
        expect(runtimeOfName(typed), typed).toEqual({ ok: true, value: runtime });
      }
    }
  });

  it.each([
    ['fp16', 'tensorrt-fp16'],
    ['trt', 'tensorrt-fp16'],
    ['trt-int8', 'tensorrt-int8'],
    ['half', 'tensorrt-fp16'],
    ['torch', 'pytorch-fp16'],
    ['pytorch fp32', 'pytorch-fp32'],
  ])('may be %s', (typed, runtime) => {
    expect(runtimeOfName(typed)).toEqual({ ok: true, value: runtime });
  });

  it.each(['pytorch-int8', 'onnxruntime', 'tensorrt-fp61', '', 'constructor'])('is refused: %j', (typed) => {
    expect(runtimeOfName(typed)).toMatchObject({
      ok: false,
      error: expect.stringContaining('tensorrt-fp16') as string,
    });
  });
});
