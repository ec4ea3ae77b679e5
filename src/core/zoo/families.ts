import { alexnet } from './alexnet';
import { arcfaceResnet } from './arcface-resnet';
import { densenet } from './densenet';
import type { ZooFamily } from './family';
import { mnasnet } from './mnasnet';
import { mobilefacenet } from './mobilefacenet';
import { mobilenetV1 } from './mobilenet-v1';
import { mobilenetV2 } from './mobilenet-v2';
import { regnet } from './regnet';
import { repvgg } from './repvgg';
import { resnet } from './resnet';
import { shufflenetV2 } from './shufflenet-v2';
import { squeezenet } from './squeezenet';
import { vgg } from './vgg';

/** Every family that reference models can be built of. */
export const zooFamilies: readonly ZooFamily[] = [
  resnet,
  mobilenetV2,
  mobilenetV1,
  mnasnet,
  shufflenetV2,
  densenet,
  squeezenet,
  vgg,
  regnet,
  repvgg,
  alexnet,
  arcfaceResnet,
  mobilefacenet,
];
