import { afterEach, describe, expect, it } from 'vitest';
import { bundledLandmarks } from '../../../../src/core/landmarks/campaigns';
import type { Choice } from '../../../../src/protocol/page';
import { createPageChoice, sizedQuery } from '../../../../src/vscode/pages/page-choice';
import { deviceOptions, isKnownDevice, setKnownDevices } from '../../../../src/vscode/services/known-devices';

const [landmark] = bundledLandmarks;
if (!landmark) throw new Error('No landmarks');
const nano: Choice = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
const own: Choice = { device: 'my-board', runtime: 'tensorrt-fp16' };
const readOwnLandmarks = (): void => setKnownDevices([...bundledLandmarks, { ...landmark, ...own }]);

/** As `readSettings` does: a device that is not known counts as the default. */
const settingsThatName = (choice: Choice) => () => (isKnownDevice(choice.device) ? choice : nano);

afterEach(() => setKnownDevices(bundledLandmarks));

describe('the device that a page kept', () => {
  it('waits until the user’s own landmarks have been read', () => {
    const choice = createPageChoice(own, () => nano);
    expect(choice.shown).toMatchObject({ choice: nano, choiceIsDefault: true, chosen: own });
    choice.settingsChanged();
    readOwnLandmarks();
    choice.devicesChanged();
    expect(choice.shown).toMatchObject({ choice: own, choiceIsDefault: false, chosen: own });
  });

  it('is not lost to settings that name an own board, too', () => {
    const fp32: Choice = { ...own, runtime: 'tensorrt-fp32' };
    const choice = createPageChoice(fp32, settingsThatName(own));
    readOwnLandmarks();
    choice.devicesChanged();
    choice.settingsChanged();
    expect(choice.current).toEqual(fp32);
  });
});

describe('what can be chosen', () => {
  it('is every known board with all its runtimes, those that the GPU has not named as such, and of others what was measured', () => {
    readOwnLandmarks();
    const options = new Map(deviceOptions(nano).map((option) => [option.id, option]));
    for (const id of ['jetson-tx1', 'jetson-thor-t4000', 'jetson-orin-nano']) {
      expect(options.get(id)!.runtimes).toHaveLength(5);
    }
    const int8 = (id: string) => options.get(id)!.runtimes.find((runtime) => runtime.id === 'tensorrt-int8');
    expect(int8('jetson-nano')).toMatchObject({ name: 'TensorRT INT8 (not in this GPU)', isSupported: false });
    expect(int8('jetson-orin-nano')).toMatchObject({ name: 'TensorRT INT8', isSupported: true });
    expect(options.get('my-board')!.runtimes.map(({ id }) => id)).toEqual(['tensorrt-fp16']);
    expect(options.get('my-board')!.powerModes).toEqual([]);
    expect(options.get('jetson-nano')!.powerModes.map(({ id }) => id)).toEqual(['MAXN', '5W']);
  });

  it('are power modes of the board, of which the fastest goes without saying', () => {
    const choice = createPageChoice(null, () => nano);
    choice.choose({ ...nano, powerMode: '5W' });
    expect(choice.shown).toMatchObject({ choice: { ...nano, powerMode: '5W' }, choiceIsDefault: false });
    choice.choose({ ...nano, powerMode: 'MAXN' });
    expect(choice.current).toEqual(nano);
    choice.choose({ ...nano, device: 'jetson-orin-nano', powerMode: '5W' });
    expect(choice.current).toEqual({ ...nano, device: 'jetson-orin-nano' });
  });

  it('are sizes of any shape', () => {
    expect(sizedQuery(nano, { image: { height: 480, width: 640 }, batch: 2 })).toEqual({
      ...nano,
      height: 480,
      width: 640,
      batch: 2,
    });
    expect(sizedQuery(nano, { image: { height: 320, width: 320 }, batch: null })).toEqual({ ...nano, resolution: 320 });
  });
});

describe('the most recent choice', () => {
  const fp32: Choice = { ...nano, runtime: 'tensorrt-fp32' };

  it('is that of the page, until the settings change', () => {
    let settings = nano;
    const choice = createPageChoice(null, () => settings);
    choice.choose(fp32);
    choice.settingsChanged();
    expect(choice.current).toEqual(fp32);
    settings = { ...nano, runtime: 'pytorch-fp16' };
    choice.settingsChanged();
    expect(choice.shown).toMatchObject({ choice: settings, choiceIsDefault: true, chosen: null });
  });

  it('follows the settings again when it is what they say', () => {
    let settings = nano;
    const choice = createPageChoice(fp32, () => settings);
    settings = fp32;
    choice.settingsChanged();
    expect(choice.shown.chosen).toBeNull();
    choice.choose(nano);
    choice.choose(fp32);
    expect(choice.shown.chosen).toBeNull();
  });

  it('is never a device that nobody knows', () => {
    const choice = createPageChoice(null, () => nano);
    choice.choose({ device: 'toString', runtime: 'tensorrt-fp16' });
    expect(choice.shown).toMatchObject({ choice: nano, chosen: null });
  });
});
