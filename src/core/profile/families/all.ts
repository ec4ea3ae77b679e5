import { alexnet } from './alexnet';
import { densenet } from './densenet';
import { efficientnet } from './efficientnet';
import type { Family } from './family';
import { googlenet, inception } from './googlenet';
import { mnasnet } from './mnasnet';
import { mobilenetV2 } from './mobilenet-v2';
import { mobilenetV3 } from './mobilenet-v3';
import { resnet, resnext } from './resnet';
import { shufflenetV2 } from './shufflenet-v2';
import { squeezenet } from './squeezenet';
import { vgg } from './vgg';

/** Every family that Framecast knows. To add one, add its file and its name here. */
export const families: readonly Family[] = [
  alexnet,
  densenet,
  efficientnet,
  googlenet,
  inception,
  mnasnet,
  mobilenetV2,
  mobilenetV3,
  resnet,
  resnext,
  shufflenetV2,
  squeezenet,
  vgg,
];
