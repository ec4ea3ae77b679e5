import type { Settings } from './family';

/** A network that is published with trained weights, so that a user can take it as it is. */
export interface PublishedMember {
  /** Of the zoo's families. */
  readonly family: string;
  /** As people call it: `ResNet-34`. */
  readonly name: string;
  readonly settings: Settings;
  /** Who publishes its weights. */
  readonly weights: 'torchvision' | 'InsightFace' | 'timm';
}

/** What networks of a family answer, so that a member of one can take the place of another. */
export type Task = 'image classification' | 'face recognition';

const tasks = new Map<string, Task>([
  ...[
    'ResNet',
    'SE-ResNet',
    'DLA',
    'RepGhost',
    'ResNeXt',
    'Res2Net',
    'NF-ResNet',
    'NF-RegNet',
    'NFNet',
    'RegNet',
    'RepVGG',
    'VGG',
    'AlexNet',
    'SqueezeNet',
    'GoogLeNet',
    'Inception',
    'DenseNet',
    'MobileNetV1',
    'MobileNetV2',
    'MobileNetV3',
    'MobileNetV4',
    'MnasNet',
    'ShuffleNetV1',
    'ShuffleNetV2',
    'EfficientNet',
    'GhostNet',
    'LCNet',
    'VoVNet',
    'MobileOne',
    'FBNet',
    'HardCoRe-NAS',
    'ConvNeXt',
    'EdgeNeXt',
    'ViT',
    'Swin',
    'EfficientFormer',
    'EfficientViT',
    'FastViT',
    'MobileViT',
  ].map((family) => [family, 'image classification'] as const),
  ...['ArcFace ResNet', 'MobileFaceNet'].map((family) => [family, 'face recognition'] as const),
]);

/** What networks of a family answer; null for one that others cannot take the place of, such as a detector. */
export function taskOf(family: string | null): Task | null {
  return family === null ? null : (tasks.get(family) ?? null);
}

const of = (
  family: string,
  weights: PublishedMember['weights'],
  members: Readonly<Record<string, Settings>>,
): readonly PublishedMember[] =>
  Object.entries(members).map(([name, settings]) => ({ family, name, settings, weights }));

/**
 * Standard members whose trained weights can be downloaded: torchvision's models and weights, timm's pretrained MobileNets,
 * and the ArcFace and MobileFaceNet models of InsightFace's zoo. AlexNet is left out, as nobody should start from it.
 */
export const publishedMembers: readonly PublishedMember[] = [
  ...of('ResNet', 'torchvision', {
    'ResNet-18': { layout: [2, 2, 2, 2], block: 'basic' },
    'ResNet-34': { layout: [3, 4, 6, 3], block: 'basic' },
    'ResNet-50': { layout: [3, 4, 6, 3], block: 'bottleneck' },
    'ResNet-101': { layout: [3, 4, 23, 3], block: 'bottleneck' },
    'ResNet-152': { layout: [3, 8, 36, 3], block: 'bottleneck' },
  }),
  ...of('MobileNetV2', 'timm', { 'MobileNetV2 0.5': { width: 0.5 }, 'MobileNetV2 1.4': { width: 1.4 } }),
  ...of('MobileNetV2', 'torchvision', { MobileNetV2: { width: 1 } }),
  ...of('MobileNetV1', 'timm', { MobileNetV1: { width: 1 } }),
  ...of('MnasNet', 'torchvision', {
    'MnasNet 0.5': { alpha: 0.5 },
    'MnasNet 0.75': { alpha: 0.75 },
    'MnasNet 1.0': { alpha: 1 },
    'MnasNet 1.3': { alpha: 1.3 },
  }),
  ...of('ShuffleNetV2', 'torchvision', {
    'ShuffleNetV2 0.5': { scale: '0.5' },
    'ShuffleNetV2 1.0': { scale: '1' },
    'ShuffleNetV2 1.5': { scale: '1.5' },
    'ShuffleNetV2 2.0': { scale: '2' },
  }),
  ...of('DenseNet', 'torchvision', {
    'DenseNet-121': { layout: [6, 12, 24, 16] },
    'DenseNet-169': { layout: [6, 12, 32, 32] },
    'DenseNet-201': { layout: [6, 12, 48, 32] },
  }),
  ...of('SqueezeNet', 'torchvision', { 'SqueezeNet 1.0': { release: '1.0' }, 'SqueezeNet 1.1': { release: '1.1' } }),
  ...of('VGG', 'torchvision', {
    'VGG-11': { depth: '11' },
    'VGG-13': { depth: '13' },
    'VGG-16': { depth: '16' },
    'VGG-19': { depth: '19' },
  }),
  ...of('RegNet', 'torchvision', {
    'RegNetX-400MF': { member: '400mf' },
    'RegNetX-800MF': { member: '800mf' },
    'RegNetX-1.6GF': { member: '1.6gf' },
    'RegNetX-3.2GF': { member: '3.2gf' },
    'RegNetX-8GF': { member: '8gf' },
  }),
  ...of('RepVGG', 'timm', {
    'RepVGG-A0': { member: 'a0' },
    'RepVGG-A1': { member: 'a1' },
    'RepVGG-A2': { member: 'a2' },
  }),
  ...of('ArcFace ResNet', 'InsightFace', {
    iresnet18: { layout: [2, 2, 2, 2] },
    iresnet34: { layout: [3, 4, 6, 3] },
    iresnet50: { layout: [3, 4, 14, 3] },
    iresnet100: { layout: [3, 13, 30, 3] },
  }),
  ...of('MobileFaceNet', 'InsightFace', { MobileFaceNet: { scale: 2 } }),
];

/** Families that stand for a task where a model's own family has no member that will do. */
export const standardFamilies: Readonly<Record<Task, readonly string[]>> = {
  'image classification': ['ResNet', 'MobileNetV2'],
  'face recognition': ['ArcFace ResNet', 'MobileFaceNet'],
};
