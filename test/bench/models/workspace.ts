import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { modelChunks } from '../../../src/core/zoo/model-bytes';
import { referenceModel, type ReferenceRequest } from '../../../src/core/zoo/reference-model';

/** Members of the families that people deploy; each is written for many numbers of classes. */
const members: readonly ReferenceRequest[] = [
  ...[0.25, 0.35, 0.5, 0.6, 0.75, 0.9, 1, 1.2, 1.4].map((width) => ({ family: 'MobileNetV2', settings: { width } })),
  ...[0.25, 0.5, 0.75, 1].map((width) => ({ family: 'MobileNetV1', settings: { width } })),
  ...['2,2,2,2', '1,1,1,1', '3,4,6,3', '2,3,2,2'].map((layout) => ({
    family: 'ResNet',
    settings: { layout: layout.split(',').map(Number) },
  })),
  ...['0.5', '1', '1.5'].map((scale) => ({ family: 'ShuffleNetV2', settings: { scale } })),
  ...[0.35, 0.5, 0.75, 1].map((alpha) => ({ family: 'MnasNet', settings: { alpha } })),
  { family: 'SqueezeNet' },
];

/**
 * Writes different models without their weights, in folders of fifty; returns the bytes of all.
 *
 * @param count of models
 */
export async function writeWorkspace(folder: string, count: number): Promise<number> {
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    const request = members[index % members.length]!;
    const made = referenceModel({ ...request, classes: 2 + index });
    if (!made.ok) throw new Error(made.error.message);
    const place = path.join(folder, `set-${Math.floor(index / 50)}`);
    await mkdir(place, { recursive: true });
    const file = await open(path.join(place, `model-${index}.onnx`), 'w');
    for (const chunk of modelChunks(made.value, null)) bytes += (await file.write(chunk)).bytesWritten;
    await file.close();
  }
  return bytes;
}
