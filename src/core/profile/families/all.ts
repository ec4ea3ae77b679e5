import type { Family } from './family';
import { resnet, resnext } from './resnet';

/** Every family that Framecast knows. To add one, add its file and its name here. */
export const families: readonly Family[] = [resnet, resnext];
