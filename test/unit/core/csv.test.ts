import { describe, expect, it } from 'vitest';
import { csvText } from '../../../src/core/csv';
import { splitCsv } from '../../../src/files/csv-rows';

describe('CSV', () => {
  it('has all digits of numbers, empty fields for missing values, and quotes if needed', () => {
    const rows = [
      ['resnet18, folded', 86.36123456789, null],
      ['say "cheese"', -1.5, 'two\nlines'],
    ];
    expect(csvText(['Model', 'FPS', 'Note'], rows)).toBe(
      'Model,FPS,Note\n"resnet18, folded",86.36123456789,\n"say ""cheese""",-1.5,"two\nlines"\n',
    );
  });

  it.each(['=HYPERLINK("x")', '@sum', '-2+3', '+1', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠a', "'=1"])(
    'has no text that a spreadsheet would run, such as %j, and gives it back when it is read',
    (text) => {
      const csv = csvText(['Model'], [[text]]);
      expect(splitCsv(csv).rows.at(-1)?.cells).toEqual([text]);
      expect(csv.split('Model\n')[1]).toMatch(/^"?'/);
    },
  );

  it('leaves plain text alone', () => {
    expect(csvText(['Model'], [['plain'], ["it's"]])).toBe("Model\nplain\nit's\n");
  });
});
