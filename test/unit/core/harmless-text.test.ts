import { expect, it } from 'vitest';
import { harmlessText } from '../../../src/core/harmless-text';

it('shows what would steer a terminal', () => {
  expect(harmlessText('\u001b[31mred\u001b[0m\u0007\u0000\u007f\u009b')).toBe('␛[31mred␛[0m␇␀␡\ufffd');
});

it('starts a new line where a carriage return would write over the old one', () => {
  expect(harmlessText('10 %\r20 %\r\n30 %\r\r\n\tdone\n')).toBe('10 %\n20 %\n30 %\n\tdone\n');
});

it('shows what would turn text around', () => {
  expect(harmlessText('gpj.\u202eexe\u2066\u200f\u061c\u2028')).toBe('gpj.\ufffdexe\ufffd\ufffd\ufffd\ufffd');
});

it('leaves text of any script as it is', () => {
  const text = 'Größe 面部识别 😀 שלום';
  expect(harmlessText(text)).toBe(text);
});
