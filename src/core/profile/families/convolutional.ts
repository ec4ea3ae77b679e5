import { alexnet } from './alexnet';
import { arcfaceResnet } from './arcface-resnet';
import { densenet } from './densenet';
import { dla } from './dla';
import { efficientnet } from './efficientnet';
import type { Family } from './family';
import { feathernet } from './feathernet';
import { googlenet, inception } from './googlenet';
import { hrnet } from './hrnet';
import { minifasnet } from './minifasnet';
import { mnasnet } from './mnasnet';
import { mobilefacenet } from './mobilefacenet';
import { mobilenetV1 } from './mobilenet-v1';
import { mobilenetV2 } from './mobilenet-v2';
import { mobilenetV3 } from './mobilenet-v3';
import { resnet, resnext, seResnet } from './resnet';
import { shufflenetV1 } from './shufflenet-v1';
import { shufflenetV2 } from './shufflenet-v2';
import { squeezenet } from './squeezenet';
import { convolutionalTables } from './tables/convolutional';
import { faceTables } from './tables/face';
import { mixerTables } from './tables/mixers';
import { mobileTables } from './tables/mobile';
import { reparameterisedTables } from './tables/reparameterised';
import { transformerTables } from './tables/transformers';
import { vgg } from './vgg';

/** Families with one way from image to answer, which may be the backbone of others. */
export const convolutionalFamilies: readonly Family[] = [
  alexnet,
  arcfaceResnet,
  densenet,
  dla,
  efficientnet,
  feathernet,
  googlenet,
  hrnet,
  inception,
  minifasnet,
  mnasnet,
  mobilefacenet,
  mobilenetV1,
  mobilenetV2,
  mobilenetV3,
  resnet,
  resnext,
  seResnet,
  shufflenetV1,
  shufflenetV2,
  squeezenet,
  vgg,
  ...convolutionalTables,
  ...faceTables,
  ...mixerTables,
  ...mobileTables,
  ...reparameterisedTables,
  ...transformerTables,
];
