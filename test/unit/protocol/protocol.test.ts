import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEstimators } from '../../../src/core/estimate/estimators';
import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import { memorySource } from '../../../src/core/onnx/byte-source';
import { readModel } from '../../../src/core/onnx/read';
import { familyChart } from '../../../src/core/present/family-chart';
import { profiled } from '../core/profile/profiled';
import { parseSize } from '../../../src/protocol/insight';
import { parseChoice, parseHostMessage, parsePageMessage, type HostMessage } from '../../../src/protocol/model-page';
import { createModelInsights } from '../../../src/vscode/pages/model/model-insights';

const model = await readModel(memorySource(readFileSync('samples/resnet18.onnx')));
if (!model.ok) throw new Error(model.error.message);
const profile = profiled(model.value);

const choice = { device: 'jetson-nano', runtime: 'tensorrt-fp16' } as const;

function modelMessage(): HostMessage {
  const estimators = createEstimators(bundledLandmarks);
  const insights = createModelInsights({ estimators });
  const at = { ...choice, family: 'ResNet', parameters: profile.parameters, resolution: 224, batch: 1 };
  return {
    ...{ type: 'model', fileName: 'resnet18.onnx', fileBytes: 46_838_023, gone: false, producer: 'pytorch 2.4.0' },
    ...{ profile, warnings: [], concerns: [], choice, choiceIsDefault: true, targetFps: 30 },
    devices: [
      {
        id: 'jetson-nano',
        name: 'Jetson Nano',
        hasLandmarks: true,
        runtimes: [{ id: 'tensorrt-fp16', name: 'TensorRT FP16' }],
      },
    ],
    prediction: estimators.predict(profile, { ...choice, resolution: 224, batch: 1 }),
    chart: familyChart(estimators, at),
    ...{ size: { resolution: null, batch: null }, ownSize: { resolution: 224, batch: 1 }, revision: 1 },
    time: insights.time(profile, choice),
    precisions: insights.precisions(profile, choice),
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
    expect(received.time).toEqual(message.time);
    expect(received.precisions).toEqual(message.precisions);
  });

  it('carry what is found out later', async () => {
    const insights = createModelInsights({ estimators: createEstimators(bundledLandmarks) });
    const view = await insights.resolutions(profile, choice, new AbortController().signal);
    const message: HostMessage = { type: 'resolutions', revision: 3, view };
    expect(parseHostMessage(JSON.parse(JSON.stringify(message)))).toEqual(message);
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
    const size = { resolution: 320, batch: null };
    expect(parsePageMessage({ type: 'ready', choice: null, size })).toEqual({ type: 'ready', choice: null, size });
    expect(parsePageMessage({ type: 'resize', size })).toEqual({ type: 'resize', size });
    expect(parsePageMessage({ type: 'choose', choice })).toEqual({ type: 'choose', choice });
  });

  it.each([
    ['null', null],
    ['an unknown type', { type: 'executeCommand', command: 'workbench.action.quit' }],
    ['an unknown runtime', { type: 'choose', choice: { device: 'jetson-nano', runtime: 'magic' } }],
    ['a choice that is a text', { type: 'ready', choice: 'jetson-nano', size: { resolution: null, batch: null } }],
    ['a resolution of 0', { type: 'resize', size: { resolution: 0, batch: null } }],
    ['a resolution between pixels', { type: 'resize', size: { resolution: 224.5, batch: null } }],
    ['a resolution beyond any camera', { type: 'resize', size: { resolution: 1e9, batch: null } }],
    ['a batch that is a text', { type: 'resize', size: { resolution: null, batch: '4' } }],
    ['a size that lacks its batch', { type: 'resize', size: { resolution: 224 } }],
  ])('are refused with %s', (_name, data) => {
    expect(parsePageMessage(data)).toBeNull();
  });

  it('carry a kept choice only when it is whole', () => {
    expect(parseChoice(choice)).toEqual(choice);
    expect(parseChoice({ device: 'jetson-nano' })).toBeNull();
    expect(parseChoice(undefined)).toBeNull();
  });

  it('carry a kept size only when it is whole', () => {
    expect(parseSize({ resolution: 320, batch: 4 })).toEqual({ resolution: 320, batch: 4 });
    expect(parseSize({ resolution: -1, batch: 4 })).toEqual({ resolution: null, batch: null });
    expect(parseSize(undefined)).toEqual({ resolution: null, batch: null });
  });
});
