import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEstimators } from '../../../src/core/estimate/predict';
import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import { memorySource } from '../../../src/core/onnx/byte-source';
import { readModel } from '../../../src/core/onnx/read';
import { familyChart } from '../../../src/core/present/family-chart';
import { profileModel } from '../../../src/core/profile/profile-model';
import { parseChoice, parseHostMessage, parsePageMessage, type HostMessage } from '../../../src/protocol/model-page';

const model = await readModel(memorySource(readFileSync('samples/resnet18.onnx')));
if (!model.ok) throw new Error(model.error.message);
const profile = profileModel(model.value);

const choice = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

function modelMessage(): HostMessage {
  const estimators = createEstimators(bundledLandmarks);
  const at = { ...choice, family: 'ResNet', parameters: profile.parameters, resolution: 224, batch: 1 };
  return {
    ...{ type: 'model', fileName: 'resnet18.onnx', fileBytes: 46_838_023, gone: false, producer: 'pytorch 2.4.0' },
    ...{ profile, warnings: [], concerns: [], choice, choiceIsDefault: true, targetFps: 30 },
    devices: [{ id: 'jetson-nano', name: 'Jetson Nano', runtimes: [{ id: 'tensorrt-fp16', name: 'TensorRT FP16' }] }],
    prediction: estimators.predict(profile, { ...choice, resolution: 224, batch: 1 }),
    chart: familyChart(estimators, at),
  };
}

describe('messages to the page', () => {
  it('come through as VS Code passes them on, as JSON', () => {
    const message = modelMessage();
    const received = parseHostMessage(JSON.parse(JSON.stringify(message)));
    expect(received).not.toBeNull();
    if (received?.type !== 'model' || message.type !== 'model') throw new Error('No model');
    expect(received.prediction.estimate).toEqual(message.prediction.estimate);
    expect(received.chart?.landmarks).toHaveLength(message.chart?.landmarks.length ?? -1);
    expect(received.profile.input).toEqual(profile.input);
  });

  it.each([
    ['no object', 'model'],
    ['an unknown type', { type: 'shutdown' }],
    ['a field missing', { type: 'failed', fileName: 'a.onnx' }],
    ['a field of another type', { type: 'reading', fileName: 7 }],
    ['a throughput that is none', { ...modelMessage(), chart: { family: 'x', landmarks: [{ throughputFps: -1 }] } }],
  ])('are refused with %s', (_name, data) => {
    expect(parseHostMessage(data)).toBeNull();
  });
});

describe('messages from the page', () => {
  it('come through', () => {
    expect(parsePageMessage({ type: 'ready', choice: null })).toEqual({ type: 'ready', choice: null });
    expect(parsePageMessage({ type: 'choose', choice })).toEqual({ type: 'choose', choice });
  });

  it.each([
    ['null', null],
    ['an unknown type', { type: 'executeCommand', command: 'workbench.action.quit' }],
    ['an unknown runtime', { type: 'choose', choice: { device: 'jetson-nano', runtime: 'magic' } }],
    ['a choice that is a text', { type: 'ready', choice: 'jetson-nano' }],
  ])('are refused with %s', (_name, data) => {
    expect(parsePageMessage(data)).toBeNull();
  });

  it('carry a kept choice only when it is whole', () => {
    expect(parseChoice(choice)).toEqual(choice);
    expect(parseChoice({ device: 'jetson-nano' })).toBeNull();
    expect(parseChoice(undefined)).toBeNull();
  });
});
