import { describe, expect, it } from 'vitest';
import { zooFamilies } from '../../../../src/core/zoo/families';
import { parseSettingText, settingText } from '../../../../src/core/zoo/setting-text';

const option = (family: string, name: string) =>
  zooFamilies.find((each) => each.name === family)!.options.find((each) => each.name === name)!;

describe('parseSettingText', () => {
  it.each([
    ['ShuffleNetV2', 'scale', '1.0', '1'],
    ['ShuffleNetV2', 'scale', 'x0.5', '0.5'],
    ['ShuffleNetV2', 'scale', ' X2.0 ', '2'],
    ['SqueezeNet', 'release', '1', '1.0'],
    ['VGG', 'depth', '16', '16'],
    ['ResNet', 'block', 'Bottleneck', 'bottleneck'],
    ['ResNet', 'layout', ' 3, 4,6,3', [3, 4, 6, 3]],
    ['MobileNetV2', 'width', '0.75', 0.75],
  ])('takes %s %s as people write it: %s', (family, name, text, setting) => {
    expect(parseSettingText(option(family, name), text)).toEqual(setting);
  });

  it.each([
    ['ShuffleNetV2', 'scale', '3'],
    ['ShuffleNetV2', 'scale', 'x'],
    ['ShuffleNetV2', 'scale', ''],
    ['ResNet', 'block', 'neck'],
  ])('leaves %s %s %j to be refused by its name', (family, name, text) => {
    expect(parseSettingText(option(family, name), text)).toBe(text);
  });

  it.each([
    ['1e9', 1e9],
    ['-1', -1],
    ['.5', 0.5],
  ])('takes %j for a number, to be refused by its bounds where it is out of them', (text, setting) => {
    expect(parseSettingText(option('ResNet', 'width'), text)).toBe(setting);
  });

  it.each(['1e999', 'nan', '', '1,2', 'Infinity', '0x1', '1 2', '.', 'e1'])('takes no width of %j', (text) => {
    expect(parseSettingText(option('ResNet', 'width'), text)).toBeNull();
  });

  it('reads what it writes', () => {
    for (const { options } of zooFamilies) {
      for (const each of options) expect(parseSettingText(each, settingText(each.initial))).toEqual(each.initial);
    }
  });
});
