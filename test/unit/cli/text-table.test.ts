import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { textTable } from '../../../src/cli/text-table';

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

  it('may have more rows than a function takes arguments', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [`m${index}`, index] as const);
    expect(table(rows)).toHaveLength(200_001);
  });
});
