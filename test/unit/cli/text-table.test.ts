import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { textTable, wrapped } from '../../../src/cli/text-table';

const columns = [
  { title: 'Model', alignRight: false, text: ([model]: readonly [string, number]) => model },
  { title: 'FPS', alignRight: true, text: ([, fps]: readonly [string, number]) => String(fps) },
];

const table = (rows: readonly (readonly [string, number])[]) => textTable(columns, rows).map(stripVTControlCharacters);

describe('a table for the terminal', () => {
  it('is aligned by what characters take there', () => {
    expect(
      table([
        ['plain', 1],
        ['224² ± ×', 22],
        ['网络', 333],
        ['e\u0301', 4],
      ]),
    ).toEqual(['Model     FPS', 'plain       1', '224² ± ×   22', '网络      333', 'e\u0301           4']);
  });

  it('fits a narrow terminal: columns go by rank and paths lose their middle, but nothing else is cut', () => {
    const row = { file: 'models/of/a/long/path/to/the-network.onnx', fps: '86.4 FPS', model: 'ResNet-18' };
    const all = [
      { title: 'File', alignRight: false, shortens: true, text: ({ file }: typeof row) => file },
      { title: 'Model', alignRight: false, rank: 2, text: ({ model }: typeof row) => model },
      { title: 'Size', alignRight: false, rank: 3, text: () => '1' },
      { title: 'FPS', alignRight: true, text: ({ fps }: typeof row) => fps },
    ];
    const at = (width: number) => textTable(all, [row], width).map(stripVTControlCharacters)[1];
    expect(at(Infinity)).toBe('models/of/a/long/path/to/the-network.onnx  ResNet-18  1     86.4 FPS');
    expect(at(52)).toBe('models/o…the-network.onnx  ResNet-18  1     86.4 FPS');
    expect(at(10)).toBe('models/…the-network.onnx  86.4 FPS');
    for (const width of [80, 60, 52, 45, 40, 36]) expect(at(width)!.length).toBeLessThanOrEqual(width);
  });

  it('has sentences below that end at words', () => {
    expect(wrapped('one two-three four /a/very/long/path', '  ', 13)).toEqual([
      'one two-three',
      '  four',
      '  /a/very/long/path',
    ]);
  });

  it('may have more rows than a function takes arguments', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [`m${index}`, index] as const);
    expect(table(rows)).toHaveLength(200_001);
  });
});
