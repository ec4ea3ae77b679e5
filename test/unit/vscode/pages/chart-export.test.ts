import { describe, expect, it } from 'vitest';
import { copyCsvOf, savePngOf } from '../../../../src/protocol/chart-export';
import { commonMessages, parse } from '../../../../src/protocol/page';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const tooLarge = new Uint8Array(16 * 2 ** 20 + 1);
tooLarge.set(signature);
const png = (...rest: number[]) => new Uint8Array([...signature, ...rest]);

describe('messages of a chart', () => {
  it('carry a picture as bytes', () => {
    const message = { type: 'savePng', fileName: 'resnet18.onnx-ResNet', png: png(1, 2, 3) };
    expect(parse(commonMessages, message)).toEqual(message);
  });

  it.each([
    ['no PNG', { type: 'savePng', fileName: 'x', png: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]) }],
    ['no bytes', { type: 'savePng', fileName: 'x', png: [...signature] }],
    ['a picture that is too large', { type: 'savePng', fileName: 'x', png: tooLarge }],
    ['a name that is too long', { type: 'savePng', fileName: 'x'.repeat(201), png: png() }],
    ['too many columns', { type: 'copyCsv', title: '', columns: new Array(65).fill('a'), rows: [] }],
    ['a cell that is too long', { type: 'copyCsv', title: '', columns: ['a'], rows: [['x'.repeat(2001)]] }],
    ['a number that is none', { type: 'copyCsv', title: '', columns: ['a'], rows: [[Number.NaN]] }],
  ])('are refused with %s', (_, message) => {
    expect(parse(commonMessages, message)).toBeNull();
  });
});

describe('what a page sends for a chart', () => {
  it('is taken however long names and texts are, with both ends of each', () => {
    const long = `a${'x'.repeat(3000)}z`;
    const picture = savePngOf(long, png(1));
    expect(parse(commonMessages, picture)).toEqual(picture);
    expect(picture.fileName).toMatch(/^ax+…x+z$/);
    const table = copyCsvOf(long, [long, 'FPS'], [[long, 1.5], [null, 2]]); // prettier-ignore
    expect(parse(commonMessages, table)).toEqual(table);
    expect(table.rows[0]).toEqual([expect.stringMatching(/^ax+…x+z$/), 1.5]);
  });

  it('has every row of a table, however many', () => {
    const rows = Array.from({ length: 50_000 }, (_, row) => [`model ${row}`, row]);
    expect(parse(commonMessages, copyCsvOf('', ['Model', 'FPS'], rows))).toMatchObject({ rows });
  });

  it('is as it is where nothing is too long', () => {
    expect(savePngOf('resnet18.onnx-ResNet', png(1)).fileName).toBe('resnet18.onnx-ResNet');
    expect(copyCsvOf('t', ['a'], [['b']])).toEqual({ type: 'copyCsv', title: 't', columns: ['a'], rows: [['b']] });
  });
});
