import { expect, it } from 'vitest';
import { createBenchmarkLog } from '../../../../../src/vscode/pages/benchmark/benchmark-log';

it('puts lines together from pieces', () => {
  const log = createBenchmarkLog();
  log.append('one\ntw');
  expect(log.lines(0)).toEqual(['one']);
  log.append('o\nthree');
  log.note('Sent.\nAll of it.');
  log.append('four\n');
  expect(log.lines(0)).toEqual(['one', 'two', 'three', '[Framecast] Sent. All of it.', 'four']);
  expect(log.lines(4)).toEqual(['four']);
  expect(log.next).toBe(5);
});

it('keeps a bounded number of lines of a bounded length', () => {
  const log = createBenchmarkLog();
  log.append('x'.repeat(10_000_000));
  log.append('y'.repeat(10_000_000));
  expect(log.text().length).toBeLessThan(5000);
  log.append('\n');
  expect(log.lines(0)[0]).toMatch(/ … 19,996,000 more characters$/);
  for (let line = 0; line < 50_000; line++) log.append(`${line}\n`);
  expect(log.next).toBe(50_001);
  expect(log.next - log.first).toBeLessThanOrEqual(21_000);
  expect(log.lines(0).at(-1)).toBe('49999');
  expect(log.lines(log.next - 2)).toEqual(['49998', '49999']);
});

it('goes on from lines that were kept', () => {
  const log = createBenchmarkLog(['old']);
  log.append('new\n');
  expect(log.lines(0)).toEqual(['old', 'new']);
});
