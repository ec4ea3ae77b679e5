import { describe, expect, it } from 'vitest';
import { identifyDevice } from '../../../../src/core/landmarks/device-identification';
import manifest from '../../../../package.json';
import { findDevice, knownDevices } from '../../../../src/core/landmarks/devices';

const identify = (model: string | null, dtsFile: string | null = null, compatible: string[] = []) =>
  identifyDevice({ model, dtsFile, compatible });

describe('identifyDevice', () => {
  it.each([
    ['NVIDIA Jetson Nano Developer Kit', 'tegra210-p3448-0000-p3449-0000-b00.dts', 'jetson-nano'],
    ['NVIDIA Jetson Nano 2GB Developer Kit', 'tegra210-p3448-0003-p3542-0000.dts', 'jetson-nano-2gb'],
    ['quill', 'tegra186-quill-p3310-1000-c03-00-base.dts', 'jetson-tx2'],
    ['Jetson-AGX', 'tegra194-p2888-0001-p2822-0000.dts', 'jetson-agx-xavier'],
    ['NVIDIA Jetson Xavier NX Developer Kit', 'tegra194-p3668-all-p3509-0000.dts', 'jetson-xavier-nx'],
    ['NVIDIA Orin Nano Developer Kit', 'tegra234-p3767-0003-p3768-0000-a0.dts', 'jetson-orin-nano'],
    ['NVIDIA Orin NX Developer Kit', 'tegra234-p3767-0000-p3768-0000-a0.dts', 'jetson-orin-nx'],
    ['Some carrier of another maker', 'tegra234-j401-p3768-0000+p3767-0001-recomputer.dts', 'jetson-orin-nx-8gb'],
    ['NVIDIA Jetson AGX Orin Developer Kit', 'tegra234-p3737-0000+p3701-0000-nv.dts', 'jetson-agx-orin'],
    ['NVIDIA Jetson AGX Orin', 'tegra234-p3701-0004-p3737-0000.dts', 'jetson-agx-orin-32gb'],
  ])('knows %s by %s', (model, dtsFile, device) => {
    expect(identify(model, `/dvs/git/hardware/nvidia/platform/kernel-dts/${dtsFile}`)).toBe(device);
  });

  it('reads the module from the compatible strings where the device tree names no file', () => {
    const compatible = ['nvidia,p3768-0000+p3767-0005-super', 'nvidia,p3767-0005', 'nvidia,tegra234'];
    expect(identify('NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super', null, compatible)).toBe(
      'jetson-orin-nano',
    );
  });

  it('goes by the name where there is no module number', () => {
    expect(identify('NVIDIA Jetson Nano Developer Kit')).toBe('jetson-nano');
  });

  it('takes a developer kit for the module that it plays', () => {
    expect(identify('NVIDIA Jetson AGX Orin Developer Kit', 'tegra234-p3737-0000+p3701-0000-as-p3767-0003.dts')).toBe(
      'jetson-orin-nano',
    );
  });

  it.each([
    ['NVIDIA Jetson AGX Orin Developer Kit', 'tegra234-p3701-0002-p3740-0002.dts'],
    ['NVIDIA Jetson Nano Something New', null],
    ['jetson-nano', null],
    ['Framecast stand-in device (not a Jetson)', null],
  ])('gives %s with %s an id that no known board has', (model, dtsFile) => {
    const id = identify(model, dtsFile)!;
    expect(id).toMatch(/^board-[a-z0-9-]+$/);
    expect(findDevice(id)).toBeUndefined();
  });

  it('says nothing of a board that says nothing', () => {
    expect(identify(null)).toBeNull();
    expect(identify('\u0000\u001b[2J')).toBe('board-2j');
    expect(identify('\u0000')).toBeNull();
  });
});

/**
 * Every Jetson module from TX1 to Thor, as jetson_stats lists them (MODULE_NAME_TABLE of jtop/core/jetson_variables.py, by
 * NVIDIA's pages "Jetson modules and configurations"; 7.2.0 for Thor), without IGX, TK1 and carrier boards.
 */
const modules: Readonly<Record<string, string>> = {
  'p3834-0008': 'jetson-agx-thor',
  'p3834-0000': 'jetson-thor-t4000',
  'p3767-0005': 'jetson-orin-nano',
  'p3767-0004': 'jetson-orin-nano-4gb',
  'p3767-0003': 'jetson-orin-nano',
  'p3767-0001': 'jetson-orin-nx-8gb',
  'p3767-0000': 'jetson-orin-nx',
  'p3701-0008': 'jetson-agx-orin-industrial',
  'p3701-0005': 'jetson-agx-orin',
  'p3701-0004': 'jetson-agx-orin-32gb',
  'p3701-0000': 'jetson-agx-orin',
  'p3668-0003': 'jetson-xavier-nx-16gb',
  'p3668-0001': 'jetson-xavier-nx',
  'p3668-0000': 'jetson-xavier-nx',
  'p2888-0008': 'jetson-agx-xavier-industrial',
  'p2888-0006': 'jetson-agx-xavier-8gb',
  'p2888-0005': 'jetson-agx-xavier-64gb',
  'p2888-0004': 'jetson-agx-xavier',
  'p2888-0003': 'jetson-agx-xavier',
  'p2888-0001': 'jetson-agx-xavier',
  'p3448-0003': 'jetson-nano-2gb',
  'p3448-0002': 'jetson-nano',
  'p3448-0000': 'jetson-nano',
  'p3636-0001': 'jetson-tx2-nx',
  'p3489-0888': 'jetson-tx2-4gb',
  'p3489-0000': 'jetson-tx2i',
  'p3310-1000': 'jetson-tx2',
  'p2180-1000': 'jetson-tx1',
};

describe('every module', () => {
  it.each(Object.entries(modules))('%s is %s', (number, id) => {
    expect(identify('Some carrier', null, [`nvidia,p0000-0000+${number}`, `nvidia,${number}`])).toBe(id);
  });

  it('of Thor is known by its kit’s name and strings', () => {
    const compatible = ['nvidia,p4071-0000+p3834-0008', 'nvidia,p3834-0008', 'nvidia,tegra264'];
    expect(identify('NVIDIA Jetson AGX Thor Developer Kit', null, compatible)).toBe('jetson-agx-thor');
    expect(identify('NVIDIA Jetson AGX Thor Developer Kit')).toBe('jetson-agx-thor');
  });
});

describe('the known boards', () => {
  it('can all be chosen in the settings, under their names', () => {
    const setting = manifest.contributes.configuration.properties['framecast.device'];
    expect(setting.enum).toEqual(knownDevices.map(({ id }) => id));
    expect(setting.enumItemLabels).toEqual(knownDevices.map(({ name }) => name));
    expect(setting.enumDescriptions).toHaveLength(knownDevices.length);
  });

  it('each have modules or names of their own', () => {
    const modules = knownDevices.flatMap((device) => [...device.modules, ...device.models]);
    expect(new Set(modules).size).toBe(modules.length);
    for (const { id, modules: own } of knownDevices) expect(own.length, id).toBeGreaterThan(0);
  });

  it.each([
    // NVIDIA's data sheets: sparse INT8 operations of the GPU alone, twice the dense rate.
    ['jetson-orin-nano-4gb', 34],
    ['jetson-orin-nano', 67],
    ['jetson-orin-nx-8gb', 117 - 40],
    ['jetson-orin-nx', 157 - 80],
    ['jetson-agx-orin-32gb', 108],
    ['jetson-agx-orin', 170],
  ])('%s: peaks agree with the published %i TOPS', (id, tops) => {
    const { int8, fp16 } = findDevice(id)!.peakGflops;
    expect((2 * int8) / 1000 / tops).toBeCloseTo(1, 1);
    expect(int8).toBeCloseTo(2 * fp16, -2);
  });

  it('has the peaks of TX2 that its data sheet prints', () => {
    expect(findDevice('jetson-tx2')!.peakGflops.fp16 / 1000).toBeCloseTo(1.33, 2);
  });
});
