import { describe, expect, it } from 'vitest';
import { profiled } from '../profile/profiled';
import { zooFamilies } from '../../../../src/core/zoo/families';
import type { Settings } from '../../../../src/core/zoo/family';
import { type ReferenceModel, referenceModel, type ReferenceRequest } from '../../../../src/core/zoo/reference-model';
import truth from '../../../fixtures/truth.json';
import members from './members.json';

function built(request: ReferenceRequest): ReferenceModel {
  const result = referenceModel(request);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function refusal(request: ReferenceRequest): string {
  const result = referenceModel(request);
  return result.ok ? 'built' : `${result.error.code}: ${result.error.message}`;
}

it('reads the size that its family is published for, where none is asked for', () => {
  for (const family of zooFamilies) {
    const request = { family: family.name, resolution: undefined, height: undefined, width: undefined };
    expect(built(request).size.resolution, family.name).toBe(family.resolution ?? 224);
  }
});

const bottleneck = 'bottleneck';

/** The fixture that torch's exporter wrote of the same network. */
const exported: readonly (readonly [string, string, Settings, Omit<ReferenceRequest, 'family' | 'settings'>?])[] = [
  ['resnet18', 'ResNet', {}],
  ['resnet34', 'ResNet', { layout: [3, 4, 6, 3] }],
  ['resnet50', 'ResNet', { layout: [3, 4, 6, 3], block: bottleneck }],
  ['resnet101', 'ResNet', { layout: [3, 4, 23, 3], block: bottleneck }],
  ['resnet152', 'ResNet', { layout: [3, 8, 36, 3], block: bottleneck }],
  ['wide_resnet50_2', 'ResNet', { layout: [3, 4, 6, 3], block: bottleneck, widening: 2 }],
  ['wide_resnet101_2', 'ResNet', { layout: [3, 4, 23, 3], block: bottleneck, widening: 2 }],
  ['ResNet28B', 'ResNet', { layout: [3, 4, 3, 3] }],
  ['ResNet40B', 'ResNet', { layout: [3, 4, 9, 3] }],
  ['ResNet77N', 'ResNet', { layout: [3, 4, 15, 3], block: bottleneck }],
  ['ResNet92N', 'ResNet', { layout: [3, 4, 20, 3], block: bottleneck }],
  ['ResNet134N', 'ResNet', { layout: [3, 8, 30, 3], block: bottleneck }],
  ['resnet28_half_width', 'ResNet', { layout: [3, 4, 3, 3], width: 0.5 }, { classes: 512 }],
  ['resnet18_2classes_112', 'ResNet', {}, { classes: 2, resolution: 112 }],
  ['mobilenet_v2_w0.2', 'MobileNetV2', { width: 0.2 }],
  ['mobilenet_v2_w0.25', 'MobileNetV2', { width: 0.25 }],
  ['mobilenet_v2_w0.5', 'MobileNetV2', { width: 0.5 }],
  ['mobilenet_v2_w0.6', 'MobileNetV2', { width: 0.6 }],
  ['mobilenet_v2_w0.75', 'MobileNetV2', { width: 0.75 }],
  ['mobilenet_v2_w0.8', 'MobileNetV2', { width: 0.8 }],
  ['mobilenet_v2_w0.9', 'MobileNetV2', { width: 0.9 }],
  ['mobilenet_v2', 'MobileNetV2', {}],
  ['mobilenet_v2_2classes_112', 'MobileNetV2', {}, { classes: 2, resolution: 112 }],
  ['mobilenet_v2_batch4', 'MobileNetV2', { width: 0.5 }, { batch: 4 }],
  ['mobilenet_v1', 'MobileNetV1', {}],
  ['mobilenet_v1_w0.5', 'MobileNetV1', { width: 0.5 }],
  ['mobilenet_v1_w0.25', 'MobileNetV1', { width: 0.25 }],
  ['mnasnet0_5', 'MnasNet', { alpha: 0.5 }],
  ['mnasnet0_75', 'MnasNet', { alpha: 0.75 }],
  ['mnasnet1_0', 'MnasNet', {}],
  ['mnasnet1_3', 'MnasNet', { alpha: 1.3 }],
  ['shufflenet_v2_x0_5', 'ShuffleNetV2', { scale: '0.5' }],
  ['shufflenet_v2_x1_0', 'ShuffleNetV2', {}],
  ['shufflenet_v2_x1_5', 'ShuffleNetV2', { scale: '1.5' }],
  ['shufflenet_v2_x2_0', 'ShuffleNetV2', { scale: '2' }],
  ['densenet121', 'DenseNet', {}],
  ['densenet161', 'DenseNet', { layout: [6, 12, 36, 24], growth: 48 }],
  ['densenet169', 'DenseNet', { layout: [6, 12, 32, 32] }],
  ['densenet201', 'DenseNet', { layout: [6, 12, 48, 32] }],
  ['squeezenet1_0', 'SqueezeNet', { release: '1.0' }],
  ['squeezenet1_1', 'SqueezeNet', {}],
  ['squeezenet1_1_2classes', 'SqueezeNet', {}, { classes: 2 }],
  ['vgg11', 'VGG', { depth: '11' }],
  ['vgg13', 'VGG', { depth: '13' }],
  ['vgg16', 'VGG', {}],
  ['vgg16_2classes', 'VGG', {}, { classes: 2 }],
  ['vgg19', 'VGG', { depth: '19' }],
  ['alexnet', 'AlexNet', {}],
  ['iresnet18', 'ArcFace ResNet', {}],
  ['iresnet34', 'ArcFace ResNet', { layout: [3, 4, 6, 3] }],
  ['iresnet50', 'ArcFace ResNet', { layout: [3, 4, 14, 3] }],
  ['iresnet100', 'ArcFace ResNet', { layout: [3, 13, 30, 3] }],
  ['mobilefacenet', 'MobileFaceNet', {}],
  ['mobilefacenet_128', 'MobileFaceNet', { embedding: 128 }],
  ['mobilefacenet_insightface', 'MobileFaceNet', { scale: 2 }],
];

/** The rows as they are asked for; TypeScript lists every key of a JSON file in every row. */
const counted = members as unknown as readonly (ReferenceRequest & { parameters: number; macs: number })[];

describe('referenceModel', () => {
  it.each(exported.map(([model, family, settings, size]) => [model, family, settings, size ?? {}] as const))(
    "builds %s as torch's exporter does",
    (model, family, settings, size) => {
      const fixture = truth.fixtures.find((candidate) => candidate.model === model && candidate.way === 'folded')!;
      const profile = profiled(built({ family, settings, ...size }).model);
      expect(profile).toMatchObject({
        family,
        variant: fixture.variant,
        parameters: fixture.parameters,
        storedParameters: fixture.storedParameters,
        macs: fixture.macs,
        activationElements: fixture.activationElements,
        weightElements: fixture.weightElements,
        input: { shape: fixture.inputShape },
        uncosted: [],
      });
      expect(profile.confidence).toBeGreaterThan(0.9);
    },
  );

  it.each(counted.map((row) => [`${row.family} ${JSON.stringify(row.settings)}`, row] as const))(
    'gives %s the parameters and the work that torch counts',
    (_, { family, settings, resolution, classes, parameters, macs }) => {
      const { model } = built({ family, settings, resolution, classes });
      expect(profiled(model)).toMatchObject({ family, parameters, macs });
    },
  );

  const searched = zooFamilies.flatMap((family) =>
    family.axes.flatMap((axis) => axis.map((settings) => [family.name, settings] as const)),
  );

  it.each(searched)('builds a %s of %o that is recognised', (family, settings) => {
    expect(profiled(built({ family, settings }).model).family).toBe(family);
  });

  it('finds a family in any case and fills in what is not asked for', () => {
    const { family, settings, size } = built({ family: 'mobilenetv2' });
    expect(family.name).toBe('MobileNetV2');
    expect(settings).toEqual({ width: 1 });
    expect(size).toEqual({ resolution: 224, batch: 1, classes: 1000 });
  });

  it('says what is wrong with a request', () => {
    expect(refusal({ family: 'Foo' })).toMatch(
      /^invalid-request: There are no reference models of Foo\. There are of ResNet, Mobile/,
    );
    expect(refusal({ family: 'ResNet', settings: { alpha: 1 } })).toBe(
      'invalid-request: ResNet has no option alpha. Its options are layout, block, width, widening.',
    );
    expect(refusal({ family: 'AlexNet', settings: { width: 1 } })).toBe(
      'invalid-request: AlexNet has no option width. It has no options.',
    );
    expect(refusal({ family: 'ResNet', settings: { layout: [3, 4, 6] } })).toMatch(/layout must be 4 whole numbers/);
    expect(refusal({ family: 'ResNet', settings: { layout: [3, 4, 0, 3] } })).toMatch(/layout must be 4 whole numbers/);
    expect(refusal({ family: 'MobileNetV2', settings: { width: NaN } })).toMatch(/width must be a number from 0\.05/);
    expect(refusal({ family: 'MobileNetV2', settings: { width: 100 } })).toMatch(/width must be a number from 0\.05/);
    expect(refusal({ family: 'DenseNet', settings: { growth: 12.5 } })).toMatch(/growth must be a whole number from 2/);
    expect(refusal({ family: 'VGG', settings: { depth: '15' } })).toMatch(/depth must be 11 or 13 or 16 or 19/);
    expect(refusal({ family: 'ResNet', resolution: 0 })).toMatch(/resolution must be a whole number from 1/);
    expect(refusal({ family: 'ResNet', batch: 1.5 })).toMatch(/batch must be a whole number from 1/);
    expect(refusal({ family: 'ResNet', classes: Infinity })).toMatch(/classes must be a whole number from 1/);
    expect(refusal({ family: 'ResNet', settings: { widening: 2 } })).toMatch(/only bottleneck blocks/);
  });

  it('refuses sizes that an architecture cannot read, and files that ONNX cannot hold', () => {
    expect(refusal({ family: 'VGG', resolution: 160 })).toBe(
      'invalid-request: VGG at 160×160: its classifier reads a 7×7 map, to which the 5×5 map of this input size cannot be averaged.',
    );
    expect(refusal({ family: 'SqueezeNet', resolution: 2 })).toMatch(/a 3×3 window does not fit into the 2×2 map/);
    const huge = { layout: [100, 100, 100, 100], block: bottleneck, width: 4 };
    expect(refusal({ family: 'ResNet', settings: huge })).toMatch(/^too-large: This network has 38\.1 GB of weights/);
  });
});
