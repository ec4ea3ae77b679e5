import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Model, Node } from '../../../../src/core/onnx/model';
import { families } from '../../../../src/core/profile/families/all';
import { countParameters } from '../../../../src/core/profile/parameters/count';
import { recogniseFamily } from '../../../../src/core/profile/recognise';
import { readNetwork } from '../../../../src/core/profile/structure/network';
import { fixtures, readBytes } from '../onnx/shapes/models';
import { loadFixture, truths, withoutNames } from './fixtures';
import { profiled } from './profiled';
import { append, makeNode, makeTensor, replaceOperator, replaceWeight, rewriteNodes } from './rewrites';

const FACE_FAMILIES = [
  'MobileNetV1',
  'MobileFaceNet',
  'ArcFace ResNet',
  'FeatherNet',
  'CDCN',
  'RetinaFace',
  'ShuffleNetV1',
  'MiniFASNet',
  'UltraFace',
  'YuNet',
  'SCRFD',
  'BlazeFace',
  'YOLO',
  'GhostNet',
  'EdgeNeXt',
  'PFLD',
];

/** Families whose fixtures are those of `fixtures/faces`, without any names. */
const NAMELESS: Readonly<Record<string, readonly [family: string, variant: string]>> = {
  'inception_resnet_v1.onnx': ['Inception-ResNet', 'Inception-ResNet-v1'],
  'light_cnn_9.onnx': ['LightCNN', 'LightCNN-9'],
  'light_cnn_29.onnx': ['LightCNN', 'LightCNN-29'],
  'light_cnn_29_v2.onnx': ['LightCNN', 'LightCNN-29 v2'],
  'ghostfacenet_v2.onnx': ['GhostNet', 'GhostFaceNetV2'],
  'shufflefacenet.onnx': ['ShuffleNetV2', 'ShuffleFaceNet x1'],
  'pipnet_resnet18.onnx': ['PIPNet', 'PIPNet ResNet-18 with 68 landmarks'],
  'sphereface_4.onnx': ['SphereFace', 'SphereFace-4'],
  'sphereface_10.onnx': ['SphereFace', 'SphereFace-10'],
  'sphereface_20.onnx': ['SphereFace', 'SphereFace-20'],
  'sphereface_36.onnx': ['SphereFace', 'SphereFace-36'],
  'sphereface_64.onnx': ['SphereFace', 'SphereFace-64'],
  'vargfacenet.onnx': ['VarGFaceNet', 'VarGFaceNet'],
  'vargfacenet_1.onnx': ['VarGFaceNet', 'VarGFaceNet width 1'],
  'mixfacenet_xs.onnx': ['MixFaceNet', 'MixFaceNet-XS'],
  'mixfacenet_s.onnx': ['MixFaceNet', 'MixFaceNet-S'],
  'mixfacenet_m.onnx': ['MixFaceNet', 'MixFaceNet-M'],
  'shufflemixfacenet_s.onnx': ['MixFaceNet', 'ShuffleMixFaceNet-S'],
  'pocketnet_s128.onnx': ['PocketNet', 'PocketNetS-128'],
  'pocketnet_s256.onnx': ['PocketNet', 'PocketNetS-256'],
  'pocketnet_m128.onnx': ['PocketNet', 'PocketNetM-128'],
  'mtcnn_p.onnx': ['MTCNN', 'MTCNN P-Net'],
  'mtcnn_r.onnx': ['MTCNN', 'MTCNN R-Net'],
  'mtcnn_r_convolved.onnx': ['MTCNN', 'MTCNN R-Net'],
  'mtcnn_o.onnx': ['MTCNN', 'MTCNN O-Net'],
  's3fd.onnx': ['S3FD', 'S3FD'],
  's3fd_two_classes.onnx': ['S3FD', 'S3FD'],
  'faceboxes.onnx': ['FaceBoxes', 'FaceBoxes'],
  'centerface.onnx': ['CenterFace', 'CenterFace'],
  'centerface_depthwise.onnx': ['CenterFace', 'CenterFace'],
  'centerface_boxes.onnx': ['CenterFace', 'CenterFace with 0 landmarks'],
  'lffd_20.onnx': ['LFFD', 'LFFD-20'],
  'lffd_25.onnx': ['LFFD', 'LFFD-25'],
  'deeppixbis.onnx': ['DeepPixBiS', 'DeepPixBiS'],
  'fan_1.onnx': ['FAN', 'FAN-1'],
  'fan_4.onnx': ['FAN', 'FAN-4'],
  'fsanet.onnx': ['FSA-Net', 'FSA-Net 1×1'],
  'fsanet_variance.onnx': ['FSA-Net', 'FSA-Net variance'],
  'sixdrepnet.onnx': ['RepVGG', 'RepVGG-B1g2 deployed'],
};

const folder = new URL('faces/', fixtures);

/** Relatives that are none of these families: `export.py` says in what they differ. */
const NEAR = readdirSync(folder).filter((file) => file.startsWith('near_'));

const recognising = (model: Model): string[] => {
  const network = readNetwork(model.graph);
  return families.filter((family) => family.recognise(network) !== null).map((family) => family.name);
};

const variantOf = (model: Model): string | null => recogniseFamily(readNetwork(model.graph))?.variant ?? null;

const nth = (model: Model, opType: string, index: number): Node => {
  const node = model.graph.nodes.filter((each) => each.opType === opType).at(index);
  if (node === undefined) throw new Error(`no ${opType} at ${index}`);
  return node;
};

/** Weight dims of a node's second input. */
const dimsOf = (model: Model, node: Node): readonly number[] =>
  model.graph.initializers.get(node.inputs[1] ?? '')?.dims ?? [];

const float = (value: number) => ({ kind: 'float', value }) as const;
const ints = (...values: number[]) => ({ kind: 'ints', values }) as const;

describe('face recognition, anti-spoofing and detection families', () => {
  const members = truths.filter(({ family }) => family !== null && FACE_FAMILIES.includes(family));
  const others = truths.filter(({ family }) => family === null || !FACE_FAMILIES.includes(family));

  it('has fixtures of every family', () => {
    expect(new Set(members.map(({ family }) => family))).toEqual(new Set(FACE_FAMILIES));
    expect(others.length).toBeGreaterThan(200);
  });

  it.each(members.map((truth) => [truth.file, truth] as const))(
    '%s is its family and no other',
    async (file, truth) => {
      const model = await loadFixture(file);
      expect(recognising(model)).toEqual([truth.family]);
      expect(recognising(withoutNames(model))).toEqual([truth.family]);
    },
  );

  it.each(others.map((truth) => [truth.file] as const))('%s is none of them', async (file) => {
    const faces = new Set([...FACE_FAMILIES, ...Object.values(NAMELESS).map(([family]) => family)]);
    for (const general of ['ShuffleNetV2', 'RepVGG']) faces.delete(general);
    expect(recognising(await loadFixture(file)).filter((name) => faces.has(name))).toEqual([]);
  });

  it.each(Object.entries(NAMELESS))('%s is told and counted without names', async (file, [family, variant]) => {
    const bytes = readFileSync(new URL(`faces/${file}`, fixtures));
    const truth = JSON.parse(readFileSync(new URL('faces/truth.json', fixtures), 'utf8')) as Record<string, number>;
    const model = await readBytes(bytes);
    expect(recognising(model)).toEqual([family]);
    const profile = profiled(model);
    expect([profile.variant, profile.parameters]).toEqual([variant, truth[file]]);
  });

  it('has a fixture of each that is only near one', () => {
    const known = new Set([...Object.keys(NAMELESS), ...NEAR]);
    expect(readdirSync(folder).filter((file) => file.endsWith('.onnx') && !known.has(file))).toEqual([]);
    expect(NEAR.length).toBeGreaterThan(0);
  });

  it.each(NEAR)('%s is none of them', async (file) => {
    expect(recognising(await readBytes(readFileSync(new URL(file, folder))))).toEqual([]);
  });

  it('names a YuNet by all of its widths', async () => {
    const model = await loadFixture('yunet_n.folded.onnx');
    const narrower = replaceWeight(model, nth(model, 'Conv', 9), 1, [48, 64, 1, 1]);
    expect(variantOf(narrower)).toBe('YuNet custom channels [16,64,48,64,64,64]');
  });
});

const relu6 = { min: float(0), max: float(6) };

/** y = x / ‖x‖, as torch writes `F.normalize`. */
const normalise = (x: string, y: string): Node[] => [
  makeNode('ReduceL2', [x], ['norm'], { axes: ints(1), keepdims: { kind: 'int', value: 1 } }),
  makeNode('Clip', ['norm'], ['clipped'], { min: float(1e-12) }),
  makeNode('Shape', [x], ['shape']),
  makeNode('Expand', ['clipped', 'shape'], ['expanded']),
  makeNode('Div', [x, 'expanded'], [y]),
];

/** max(x, 0) + a · (x − |x|) / 2 in the place of every PRelu. */
const writePreluOut = (model: Model): Model =>
  rewriteNodes(
    model,
    (node, index) => {
      const [x = '', slope = ''] = node.inputs;
      const v = (name: string): string => `${name} ${index}`;
      return node.opType !== 'PRelu'
        ? [node]
        : [
            makeNode('Relu', [x], [v('positive')]),
            makeNode('Abs', [x], [v('magnitude')]),
            makeNode('Sub', [x, v('magnitude')], [v('difference')]),
            makeNode('Mul', [v('difference'), slope], [v('scaled')]),
            makeNode('Mul', [v('scaled'), 'half'], [v('negative')]),
            makeNode('Add', [v('positive'), v('negative')], node.outputs),
          ];
    },
    [makeTensor('half', [], [0.5])],
  );

/** max(x, 0) and min(x, 6) in the place of every Relu. */
const writeRelu6Out = (model: Model): Model =>
  rewriteNodes(
    model,
    (node, index) =>
      node.opType !== 'Relu'
        ? [node]
        : [
            makeNode('Max', [...node.inputs, 'zero'], [`above ${index}`]),
            makeNode('Min', [`above ${index}`, 'six'], node.outputs),
          ],
    [makeTensor('zero', [], [0]), makeTensor('six', [], [6])],
  );

const withGrayscale = (model: Model): Model => {
  const stem = nth(model, 'Conv', 0);
  const [outputs = 0, , height = 0, width = 0] = dimsOf(model, stem);
  return replaceWeight(model, stem, 1, [outputs, 1, height, width]);
};

const withOutputs = (count: number) => (model: Model) => {
  const last = nth(model, 'Gemm', -1);
  return replaceWeight(model, last, 1, [count, dimsOf(model, last)[1] ?? 0]);
};

/** A second output: a classifier beside the embedding. */
const withAnotherTask = (model: Model): Model => {
  const [embedding] = model.graph.outputs;
  const features = embedding?.name ?? '';
  const added = rewriteNodes(model, (node) => [node], [makeTensor('task weight', [7, 512])]);
  const transB = { kind: 'int', value: 1 } as const;
  const nodes = [...added.graph.nodes, makeNode('Gemm', [features, 'task weight'], ['task'], { transB })];
  const outputs = [...added.graph.outputs, { name: 'task', dataType: 1, shape: null }];
  return { ...added, graph: { ...added.graph, nodes, outputs } };
};

/** The kernels that the file computes, stored ready-made as a simplifier would. */
const withStoredKernels = (model: Model): Model => {
  const network = readNetwork(model.graph);
  const stored = new Map<string, readonly number[]>();
  for (const { kernel, centre } of network.centralDifferences) {
    for (const { conv, node } of [kernel, centre])
      if (conv !== null) stored.set(node.inputs[1] ?? '', conv.weight.dims ?? []);
  }
  return rewriteNodes(
    model,
    (node) => (node.outputs.some((name) => stored.has(name)) ? [] : [node]),
    [...stored].map(([name, dims]) => makeTensor(name, dims)),
  );
};

/** 3 instead of 2 anchors a place. */
const withMoreAnchors = (model: Model): Model => {
  const heads = model.graph.nodes.filter(
    (node) =>
      node.opType === 'Conv' && [4, 8, 20].includes(dimsOf(model, node)[0] ?? 0) && dimsOf(model, node)[1] === 64,
  );
  expect(heads).toHaveLength(9);
  return heads.reduce((each, head) => {
    const [outputs = 0, ...rest] = dimsOf(model, head);
    return replaceWeight(each, head, 1, [(outputs / 2) * 3, ...rest]);
  }, model);
};

/** Other channels of the three heads for landmarks. */
const withLandmarkChannels = (model: Model, channels: number): Model => {
  const heads = model.graph.nodes.filter((node) => node.opType === 'Conv' && dimsOf(model, node)[0] === 20);
  expect(heads).toHaveLength(3);
  return heads.reduce((each, head) => replaceWeight(each, head, 1, [channels, 64, 1, 1]), model);
};

const TOLERATED: readonly (readonly [string, string, (model: Model) => Model, string])[] = [
  ['iresnet18.unfolded', 'Relu', (m) => replaceOperator(m, 'PRelu', 'Relu'), 'ArcFace ResNet-18 [2,2,2,2] modified'],
  [
    'iresnet18.folded',
    'LeakyRelu',
    (m) => replaceOperator(m, 'PRelu', 'LeakyRelu'),
    'ArcFace ResNet-18 [2,2,2,2] modified',
  ],
  ['iresnet18.folded', 'PRelu written out', writePreluOut, 'ArcFace ResNet-18 [2,2,2,2]'],
  ['iresnet18.folded', 'a grayscale input', withGrayscale, 'ArcFace ResNet-18 [2,2,2,2]'],
  ['iresnet18.folded', 'another task', withAnotherTask, 'ArcFace ResNet-18 [2,2,2,2]'],
  ['iresnet18.unfolded', 'a normalised embedding', (m) => append(m, normalise), 'ArcFace ResNet-18 [2,2,2,2]'],
  [
    'adaface_ir18.folded',
    'no 1×1 pools',
    (m) =>
      rewriteNodes(m, (node) => {
        const strides = node.attributes.get('strides');
        const idle =
          node.opType === 'MaxPool' && strides?.kind === 'ints' && strides.values.every((side) => side === 1);
        return [idle ? makeNode('Identity', node.inputs, node.outputs) : node];
      }),
    'ArcFace ResNet-18 [2,2,2,2]',
  ],
  ['mobilefacenet.folded', 'ReLU6', (m) => replaceOperator(m, 'PRelu', 'Clip', relu6), 'MobileFaceNet'],
  ['mobilefacenet.unfolded', 'PRelu written out', writePreluOut, 'MobileFaceNet'],
  ['iresnet18.folded', 'an embedding of 256', withOutputs(256), 'ArcFace ResNet-18 [2,2,2,2]'],
  ['mobilefacenet.folded', 'a grayscale input', withGrayscale, 'MobileFaceNet'],
  ['mobilefacenet.folded', 'a normalised embedding', (m) => append(m, normalise), 'MobileFaceNet'],
  ['mobilenet_v1_w0.5.folded', 'ReLU6', (m) => replaceOperator(m, 'Relu', 'Clip', relu6), 'MobileNetV1 width 0.5'],
  ['mobilenet_v1_w0.5.unfolded', 'ReLU6 written out', writeRelu6Out, 'MobileNetV1 width 0.5'],
  ['mobilenet_v1.folded', '2 classes', withOutputs(2), 'MobileNetV1 width 1'],
  ['mobilenet_v1.folded', 'a normalised answer', (m) => append(m, normalise), 'MobileNetV1 width 1'],
  ['mobilenet_v1_w0.25.folded', 'a grayscale input', withGrayscale, 'MobileNetV1 width 0.25'],
  ['feathernet_b.folded', 'ReLU', (m) => replaceOperator(m, 'Clip', 'Relu'), 'FeatherNetB'],
  ['feathernet_a.unfolded', 'a grayscale input', withGrayscale, 'FeatherNetA'],
  [
    'shufflenet_v1_x1_0_g3.folded',
    'LeakyRelu',
    (m) => replaceOperator(m, 'Relu', 'LeakyRelu'),
    'ShuffleNetV1 x1 groups 3 modified',
  ],
  ['cdcn.unfolded', 'ready-made kernels', withStoredKernels, 'CDCN'],
  ['cdcnpp.folded', 'ready-made kernels', withStoredKernels, 'CDCNpp'],
  ['c_cdn_hv.unfolded', 'ready-made kernels', withStoredKernels, 'C-CDN'],
  ['dc_cdn.folded', 'ready-made kernels', withStoredKernels, 'DC-CDN'],
  ['retinaface_mnet025.folded', '3 anchors', withMoreAnchors, 'RetinaFace MobileNetV1 0.25'],
  [
    'retinaface_mnet025.folded',
    '68 landmarks',
    (m) => withLandmarkChannels(m, 2 * 2 * 68),
    'RetinaFace MobileNetV1 0.25 with 68 landmarks',
  ],
];

describe('face families as other tools and authors write them', () => {
  it.each(TOLERATED)('%s with %s', async (fixture, _, rewrite, variant) => {
    const original = await loadFixture(`${fixture}.onnx`);
    const model = rewrite(original);
    expect(model.graph).not.toEqual(original.graph);
    expect(variantOf(model)).toBe(variant);
    expect(recogniseFamily(readNetwork(model.graph))?.confidence).toBeGreaterThan(0.9);
  });
});

describe('parameters behind central differences', () => {
  const cases = truths.filter(({ way, family }) => way === 'unfolded' && family === 'CDCN');

  it.each(cases.map((truth) => [truth.model, truth] as const))('%s counts the trained kernels', async (_, truth) => {
    const model = await loadFixture(truth.file);
    for (const each of [model, withStoredKernels(model)]) {
      const network = readNetwork(each.graph);
      expect(countParameters(each, network, recogniseFamily(network)).parameters).toBe(truth.parameters);
    }
  });
});

/** An activation after every sum of two branches. */
const activateSums = (model: Model): Model =>
  rewriteNodes(model, (node, index) =>
    node.opType !== 'Add'
      ? [node]
      : [{ ...node, outputs: [`sum ${index}`] }, makeNode('Relu', [`sum ${index}`], node.outputs)],
  );

/** One operator left out: its first input is handed on. */
const without = (opType: string, index: number) => (model: Model) => {
  const target = nth(model, opType, index);
  return rewriteNodes(model, (node) => [
    node === target ? makeNode('Identity', node.inputs.slice(0, 1), node.outputs) : node,
  ]);
};

const REFUSED: readonly (readonly [string, string, (model: Model) => Model])[] = [
  ['iresnet18.folded', 'an activation after each sum', activateSums],
  ['iresnet18.folded', 'a block that does not normalise first', without('BatchNormalization', 2)],
  ['mobilefacenet.folded', 'a block without its depthwise convolution', without('Conv', 6)],
  ['mobilenet_v1.folded', '12½ blocks', without('Conv', 15)],
  ['feathernet_a.folded', 'a block without its depthwise convolution', without('Conv', 5)],
  ['shufflenet_v1_x1_0_g3.folded', 'a unit without shuffle', without('Transpose', 3)],
  [
    'cdcn.folded',
    'sums instead of differences',
    (m) => rewriteNodes(m, (n) => [n.opType === 'Sub' ? { ...n, opType: 'Add' } : n]),
  ],
  ['retinaface_mnet025.folded', 'heads for an odd number of coordinates', (m) => withLandmarkChannels(m, 18)],
];

describe('networks that only resemble a face family', () => {
  it.each(REFUSED)('%s with %s', async (fixture, _, rewrite) => {
    const original = await loadFixture(`${fixture}.onnx`);
    expect(recognising(original)).toHaveLength(1);
    expect(recognising(rewrite(original))).toEqual([]);
  });
});

describe('variants of landmark networks and detectors', () => {
  it('PFLD may have a full second convolution', async () => {
    const model = await loadFixture('pfld.folded.onnx');
    const second = nth(model, 'Conv', 1);
    const [channels = 0] = dimsOf(model, second);
    const full = replaceWeight(model, second, 1, [channels, channels, 3, 3]);
    const dense = rewriteNodes(full, (node) =>
      node.name === second.name ? [{ ...node, attributes: new Map([...node.attributes].filter(isNotGroup)) }] : [node],
    );
    expect(variantOf(dense)).toBe('PFLD with 98 landmarks');
  });

  it('YOLO without the convolution over its distances says what torch counts for it', async () => {
    const model = await loadFixture('yolov8n_face.folded.onnx');
    const whole = profiled(model);
    const without = profiled(
      rewriteNodes(model, (node) =>
        dimsOf(model, node).join() === '1,16,1,1'
          ? [makeNode('ReduceMean', node.inputs.slice(0, 1), node.outputs, { axes: ints(1) })]
          : [node],
      ),
    );
    expect(without.parameters).toBe(whole.parameters - 16);
    expect(without.evidence.join(' ')).toContain('torch counts 16 more parameters');
    expect(whole.evidence.join(' ')).not.toContain('torch counts 16 more parameters');
  });
});

const isNotGroup = ([name]: readonly [string, unknown]): boolean => name !== 'group';
