import { describe, expect, it } from 'vitest';
import { findDevice } from '../../../../src/core/landmarks/devices';
import file from '../../../../src/core/landmarks/devices.json';
import { documentedOpset, importableOperators } from '../../../../src/core/landmarks/tensorrt-operators';
import { releases } from '../../../jetson/stand-in/sysroot';

/** "Added support for" in docs/Changelog.md of onnx-tensorrt, from release 8.2 to 10.15. */
const changelog: Readonly<Record<string, string>> = {
  '8.2': 'Einsum IsNaN GatherND Scatter ScatterElements ScatterND Sign Round',
  '8.4': 'Shrink Xor',
  '8.5': 'RandomNormal MeanVarianceNormalization RoiAlign Mod Trilu GridSample NonZero',
  '8.6': 'GroupNormalization LayerNormalization IsInf',
  '10.1': 'DeformConv',
  '10.4': 'BlackmanWindow HammingWindow HannWindow',
  '10.5': 'STFT',
  '10.14': 'Attention',
  '10.15': 'RotaryEmbedding RMSNormalization TensorScatter',
};

/** The last release on Jetson before each. */
const before: Readonly<Record<string, string>> = {
  '8.2': '8.0',
  '8.4': '8.2',
  '8.5': '8.4',
  '8.6': '8.5',
  '10.1': '10.0',
  '10.4': '10.3',
  '10.5': '10.4',
  '10.14': '10.13',
  '10.15': '10.14',
};

/**
 * JetPack, L4T, CUDA and TensorRT as NVIDIA's JetPack archive and, from 7.0 on, meta-tegra list them; 7.2.2 by the
 * migration guide of TensorRT 11.4.1, which runs there on AGX Orin and Thor.
 */
const jetpacks: readonly (readonly [jetpack: string, l4t: string, cuda: string, tensorrt: string])[] = [
  ['4.4', '32.4.3', '10.2', '7.1.3'],
  ['4.6', '32.6.1', '10.2', '8.0.1'],
  ['4.6.1', '32.7.1', '10.2', '8.2.1'],
  ['5.1.2', '35.4.1', '11.4', '8.5.2'],
  ['6.0', '36.3.0', '12.2', '8.6.2'],
  ['6.2', '36.4.3', '12.6', '10.3.0'],
  ['7.0', '38.2.1', '13.0', '10.13.3'],
  ['7.2', '39.2.0', '13.2', '10.16.2'],
  ['7.2.2', '39.2.1', '13.2', '11.4.1'],
];

describe('the tables of TensorRT', () => {
  it.each(Object.entries(changelog))(
    '%s imports what its changelog adds, and the release before does not',
    (release, names) => {
      for (const name of names.split(' ')) {
        expect(importableOperators(release)?.has(name), name).toBe(true);
        expect(importableOperators(before[release]!)?.has(name), name).toBe(false);
      }
    },
  );

  it('document opsets as the release notes do', () => {
    const opsets = ['7.1.3', '8.2.1', '8.5.2', '8.6.2', '10.3', '10.9', '10.13.3', '10.16.2', '11.4.1'].map(
      documentedOpset,
    );
    expect(opsets).toEqual([11, 13, 17, 17, 20, 22, 24, 24, 25]);
  });

  it('give every board a release of a JetPack, and the stand-in those of the archive', () => {
    const newest = jetpacks.map(([jetpack, , , tensorrt]) => `${tensorrt.split('.').slice(0, 2).join('.')} ${jetpack}`);
    for (const { id } of file) {
      const { version, jetpack } = findDevice(id)!.newestTensorrt!;
      const family = jetpack.split(' ')[0]!;
      expect(
        newest.some((each) => each.startsWith(`${version} ${family}`)),
        `${id}: ${version}, ${jetpack}`,
      ).toBe(true);
    }
    for (const { tensorrt, cuda, l4t, jetpack } of Object.values(releases)) {
      expect(jetpacks).toContainEqual([jetpack, l4t.join('.'), cuda, tensorrt]);
    }
  });
});
