import { alexnet } from './alexnet';
import { arcfaceResnet } from './arcface-resnet';
import { cdcn } from './cdcn';
import { densenet } from './densenet';
import { efficientnet } from './efficientnet';
import type { Family } from './family';
import { feathernet } from './feathernet';
import { googlenet, inception } from './googlenet';
import { mnasnet } from './mnasnet';
import { mobilefacenet } from './mobilefacenet';
import { mobilenetV1 } from './mobilenet-v1';
import { mobilenetV2 } from './mobilenet-v2';
import { mobilenetV3 } from './mobilenet-v3';
import { resnet, resnext } from './resnet';
import { retinaface } from './retinaface';
import { shufflenetV1 } from './shufflenet-v1';
import { shufflenetV2 } from './shufflenet-v2';
import { squeezenet } from './squeezenet';
import { vgg } from './vgg';

/** Every family that Framecast knows. To add one, add its file and its name here. */
export const families: readonly Family[] = [
  alexnet,
  arcfaceResnet,
  cdcn,
  densenet,
  efficientnet,
  feathernet,
  googlenet,
  inception,
  mnasnet,
  mobilefacenet,
  mobilenetV1,
  mobilenetV2,
  mobilenetV3,
  resnet,
  resnext,
  retinaface,
  shufflenetV1,
  shufflenetV2,
  squeezenet,
  vgg,
];
