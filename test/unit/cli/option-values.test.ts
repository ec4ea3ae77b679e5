import { describe, expect, it } from 'vitest';
import { inputSize } from '../../../src/cli/option-values';

describe('inputSize', () => {
  it.each([
    ['224', { resolution: 224 }],
    ['112x112', { resolution: 112 }],
    ['640x480', { height: 480, width: 640 }],
    ['640×480', { height: 480, width: 640 }],
  ])('takes %s', (text, expected) => expect(inputSize(text)).toEqual(expected));

  it.each(['', 'x', '0', '0x9', '640x', '-1', '1.5', '16385', '640x480x3', '1e3'])('refuses %j', (text) => {
    expect(() => inputSize(text)).toThrow(/640x480/);
  });
});
