import { readFileSync } from 'node:fs';
import { memorySource } from '../../../src/core/onnx/byte-source';
import { readModel } from '../../../src/core/onnx/read';
import { profiled } from '../../unit/core/profile/profiled';
import type { ModelProfile } from '../../../src/core/profile/profile';

/** Fixture of a published model: `mobilenet_v2 width=0.5` is in mobilenet_v2_w0.5, width 1 in mobilenet_v2. */
function fixtureName(model: string): string {
  return model
    .replace(' width=1', '')
    .replace(' width=', '_w')
    .replace(/^(ResNet\d+[BN]) .*/, '$1');
}

const profiles = new Map<string, ModelProfile>();

/**
 * Profile of a published model, from the file that torch exported.
 *
 * @param folder the repository's test/fixtures/exported
 */
export async function profileOfPublished(model: string, folder: URL): Promise<ModelProfile> {
  const known = profiles.get(model);
  if (known !== undefined) return known;
  const bytes = readFileSync(new URL(`${fixtureName(model)}.folded.onnx`, folder));
  const read = await readModel(memorySource(new Uint8Array(bytes)));
  if (!read.ok) throw new Error(`${model}: ${read.error.message}`);
  const profile = profiled(read.value);
  profiles.set(model, profile);
  return profile;
}
