import { afterEach, describe, expect, it } from 'vitest';
import { createEstimators } from '../../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import { deviceIds, deviceName, findDevice, setOwnDevices } from '../../../../src/core/landmarks/devices';
import { readFasFields, type FasFields } from '../../../../src/core/fas/fields';
import { identifyDevice } from '../../../../src/core/landmarks/device-identification';
import { deviceOfName } from '../../../../src/core/landmarks/typed-names';
import { readOwnBoards } from '../../../../src/core/landmarks/own-boards';
import { profileOfFile } from '../present/models';

const board = { name: 'My Board', peakTflops: { fp16: 20, fp32: 5, int8: 40 }, memoryBandwidthGBps: 100, memoryGiB: 8 };
const read = (value: unknown) => readOwnBoards(value, 'framecast.boards');

afterEach(() => setOwnDevices([]));

describe('boards of the user', () => {
  it('are read with their units, an id made of the name, and modes the fastest first', () => {
    const powerModes = [
      { name: 'low', gpuMHz: 300 },
      { name: 'high', gpuMHz: 600 },
    ];
    const { boards, problems } = read([{ ...board, powerModes }]);
    expect(problems).toEqual([]);
    expect(boards).toMatchObject([
      {
        id: 'my-board',
        name: 'My Board',
        memoryGiB: 8,
        generation: 'ampere',
        peakGflops: { fp16: 20_000, fp32: 5000, int8: 40_000 },
        powerModes: [{ name: 'high' }, { name: 'low' }],
      },
    ]);
    const [plain] = read([{ ...board, peakTflops: { fp16: 1 } }]).boards;
    expect(plain).toMatchObject({ peakGflops: { fp16: 1000, fp32: 500, int8: 1000 }, generation: 'pascal' });
  });

  it.each<[string, unknown, string]>([
    ['no list', {}, 'framecast.boards must be a list'],
    ['no object', ['nano'], 'framecast.boards[0]: it must be an object'],
    ['a missing peak', [{ ...board, peakTflops: undefined }], '"peakTflops"'],
    ['a missing precision', [{ ...board, peakTflops: { fp32: 5 } }], '"peakTflops.fp16" is missing'],
    ['a peak of 0', [{ ...board, peakTflops: { fp16: 0 } }], '"peakTflops.fp16" must be a number above 0'],
    ['a peak that is text', [{ ...board, peakTflops: { fp16: '20' } }], '"peakTflops.fp16" must be a number'],
    ['infinite bandwidth', [{ ...board, memoryBandwidthGBps: Infinity }], '"memoryBandwidthGBps" must be a number'],
    ['negative memory', [{ ...board, memoryGiB: -8 }], '"memoryGiB" must be a number above 0'],
    ['an unknown key', [{ ...board, peak: 3 }], '"peak" is not a key of a board'],
    ['the id of a Jetson', [{ ...board, id: 'jetson-nano' }], '"id" jetson-nano is that of Jetson Nano'],
    ['an id twice', [board, board], 'framecast.boards[1]: "id" my-board is that of My Board'],
    ['a name without letters', [{ ...board, name: '***' }], '"id" is missing'],
    ['a hostile id', [{ ...board, id: '__proto__' }], '"id" must be lower-case letters'],
    [
      'two modes of one name',
      [{ ...board, powerModes: ['low', 'LOW'].map((name) => ({ name, gpuMHz: 300 })) }],
      'two entries of "powerModes" have one name',
    ],
    ['a mode without a clock', [{ ...board, powerModes: [{ name: 'low' }] }], '"powerModes.0.gpuMHz" is missing'],
  ])('that cannot be taken are named with the key: %s', (_what, value, problem) => {
    expect(read(value).problems.join('\n')).toContain(problem);
  });

  it('are what a board is that calls itself so, and what landmarks and tables mean by the name', () => {
    setOwnDevices(read([board]).boards);
    const unknown = { dtsFile: null, compatible: ['acme,carrier-1'] };
    expect(identifyDevice({ model: 'my board', ...unknown })).toBe('my-board');
    expect(identifyDevice({ model: 'another board', ...unknown })).toBe('board-another-board');
    expect(deviceOfName('My  Board', deviceIds([]))).toEqual({ ok: true, value: 'my-board' });
    const defaults = { device: 'jetson-nano', runtime: 'tensorrt-fp16', powerMode: '5W' } as const;
    const fieldsOf = (fields: FasFields) => readFasFields({ name: 'mine', ...fields }, defaults);
    expect(fieldsOf({ device: 'My Board' })).toMatchObject({ value: { device: 'my-board' } });
    expect(fieldsOf({})).toMatchObject({ value: { device: 'jetson-nano', powerMode: '5W' } });
    expect(fieldsOf({ device: 'Jetson Nano' })).not.toHaveProperty('value.powerMode');
    expect(fieldsOf({ device: 'Jetson Nano', power_mode: '5w' })).toMatchObject({ value: { powerMode: '5W' } });
    expect(fieldsOf({ device: 'Jetson Nano', power_mode: '6W' })).toMatchObject({
      error: [{ field: 'power_mode', reason: expect.stringContaining('it has MAXN, 5W') as string }],
    });
    expect(fieldsOf({ device: 'My Board', power_mode: '5W' })).toMatchObject({
      error: [{ field: 'power_mode', reason: 'No power modes of My Board are known.' }],
    });
  });

  it('are predicted from their specification, which the prediction says, the faster the more they can compute', async () => {
    const faster = {
      ...board,
      name: 'Faster',
      peakTflops: { fp16: 80, fp32: 20, int8: 160 },
      memoryBandwidthGBps: 400,
    };
    setOwnDevices(read([board, faster]).boards);
    expect(findDevice('my-board')?.name).toBe(deviceName('my-board'));
    expect(deviceIds([]).slice(-2)).toEqual(['my-board', 'faster']);
    const estimators = createEstimators(bundledLandmarks);
    const profile = await profileOfFile('samples/resnet18.onnx');
    const at = (device: string) => estimators.predict(profile, { device, runtime: 'tensorrt-fp16' }).estimate!;
    expect(at('my-board')).toMatchObject({ certainty: 'specification', powerMode: null, landmarks: 0 });
    expect(at('my-board').basis).toMatch(/^From the specification that you gave of this board and \d+ measurements/);
    expect(at('faster').throughputFps).toBeGreaterThan(1.5 * at('my-board').throughputFps);
    // Of the kind of an Orin NX, which has 19.2 TFLOPS and 102.4 GB/s.
    const alike = at('my-board').throughputFps / at('jetson-orin-nx').throughputFps;
    expect(alike).toBeGreaterThan(0.6);
    expect(alike).toBeLessThan(1.6);
  });
});
