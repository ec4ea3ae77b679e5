import { cdcn } from './cdcn';
import { centerface } from './centerface';
import { convolutionalFamilies } from './convolutional';
import { deeppixbis } from './densenet';
import { blazeface, faceboxes, s3fd, scrfd, ultraface, yunet } from './face-detectors';
import { fan } from './fan';
import type { Family } from './family';
import { fsanet } from './fsanet';
import { lffd } from './lffd';
import { mtcnn } from './mtcnn';
import { pipnet } from './pipnet';
import { pocketnet } from './pocketnet';
import { retinaface } from './retinaface';
import { yolo } from './yolo';

/** Every family that Framecast knows. To add one, add its file and its name here or to those it is listed with. */
export const families: readonly Family[] = [
  ...convolutionalFamilies,
  cdcn,
  blazeface,
  centerface,
  deeppixbis,
  faceboxes,
  fan,
  fsanet,
  lffd,
  mtcnn,
  pipnet,
  pocketnet,
  retinaface,
  s3fd,
  scrfd,
  ultraface,
  yolo,
  yunet,
];
