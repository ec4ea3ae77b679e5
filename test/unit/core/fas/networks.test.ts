import { describe, expect, it } from 'vitest';
import { fasModelOfFile } from '../../../../src/core/fas/file';
import type { FasModel } from '../../../../src/core/fas/model';
import { ownFasRow } from '../../../../src/core/fas/rows';
import { loadFixture, withoutNames } from '../profile/fixtures';
import { profiled } from '../profile/profiled';

const typed: FasModel = {
  name: 'mine',
  parameters: null,
  throughputFps: null,
  basis: null,
  device: 'jetson-nano',
  runtime: 'tensorrt-fp16',
  hter: null,
  acer: null,
  family: null,
  centralDifferences: 0,
  file: '/mine.onnx',
  comment: '',
};

/** An own model that was added from a file, as the table shows it. */
async function rowOf(fixture: string): Promise<{ readonly family: string | null; readonly notes: string }> {
  const profile = profiled(withoutNames(await loadFixture(fixture)));
  const model = fasModelOfFile(typed, profile, []);
  if (!model.ok) throw new Error(model.error.reason);
  return { family: model.value.family, notes: ownFasRow('1', model.value).notes.join(' ') };
}

describe('an own model added from the file of a published anti-spoofing network', () => {
  it.each(['cdcn', 'cdcnpp', 'c_cdn_hv', 'dc_cdn'])('%s gets the note on central differences', async (network) => {
    const { family, notes } = await rowOf(`${network}.folded.onnx`);
    expect(family).toBe('CDCN');
    expect(notes).toMatch(/^\d+ central-difference convolutions\. Central-difference convolutions ran at 1 to 3 FPS/);
  });

  it.each(['minifasnetv1', 'minifasnetv2', 'minifasnetv1se', 'minifasnetv2se'])(
    '%s is a MiniFASNet',
    async (network) => {
      for (const way of ['folded', 'unfolded']) {
        const { family, notes } = await rowOf(`${network}.${way}.onnx`);
        expect(family).toBe('MiniFASNet');
        expect(notes).toMatch(/two crops of a face/);
      }
    },
  );

  it.each(['feathernet_a', 'feathernet_b'])('%s gets the note on FP16', async (network) => {
    const { family, notes } = await rowOf(`${network}.folded.onnx`);
    expect(family).toBe('FeatherNet');
    expect(notes).toMatch(/slower in FP16 than in FP32/);
  });
});
