import { cdcn } from './cdcn';
import { convolutionalFamilies } from './convolutional';
import { blazeface, scrfd, ultraface, yunet } from './face-detectors';
import type { Family } from './family';
import { pipnet } from './pipnet';
import { retinaface } from './retinaface';
import { yolo } from './yolo';

/** Every family that Framecast knows. To add one, add its file and its name here or to those it is listed with. */
export const families: readonly Family[] = [
  ...convolutionalFamilies,
  cdcn,
  blazeface,
  pipnet,
  retinaface,
  scrfd,
  ultraface,
  yolo,
  yunet,
];
