import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FasModel, FasRate } from '../../../../src/core/fas/model';
import { ownFasRow, paperFasRows, paperHter } from '../../../../src/core/fas/rows';
import { arrangedRows, fasScatter, initialFasArrangement } from '../../../../src/core/fas/view';
import { withCpuTime } from '../../cpu-time';

const model = (name: string, throughputFps: number | null, hter: FasRate | null, device = 'jetson-nano'): FasModel => ({
  name,
  parameters: null,
  throughputFps,
  basis: throughputFps === null ? null : 'measured',
  device,
  runtime: 'tensorrt-fp16',
  hter,
  acer: null,
  family: null,
  centralDifferences: 0,
  file: null,
  comment: '',
});

const elsewhere = (percent: number): FasRate => ({ percent, dataset: 'In-house', protocol: 'intra' });
const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);

describe('the table', () => {
  it('puts models without a figure last, whichever way it is sorted', () => {
    for (const isDescending of [true, false]) {
      const rows = arrangedRows(paperFasRows, { ...initialFasArrangement, sortBy: 'hter', isDescending });
      const rates = rows.map(({ hter }) => hter?.percent ?? null);
      const known = rates.filter((rate) => rate !== null);
      expect(rates.slice(known.length).every((rate) => rate === null)).toBe(true);
      expect(known).toEqual([...known].sort((one, other) => (isDescending ? other - one : one - other)));
      expect(known).toHaveLength(5);
    }
  });

  it('filters by words in any order, keeps pinned rows on top, and leaves out hidden ones', () => {
    const filtered = { ...initialFasArrangement, filter: 'fp32 yu' };
    expect(names(arrangedRows(paperFasRows, filtered))).toEqual(['C-CDN HV', 'CDCN', 'C-CDN DG', 'CDCNpp', 'DC-CDN']);
    const arranged = { ...filtered, pinned: ['paper:SSAN-R'], hidden: ['paper:CDCN', 'paper:no-such'] };
    expect(names(arrangedRows(paperFasRows, arranged))).toEqual(['SSAN-R', 'C-CDN HV', 'C-CDN DG', 'CDCNpp', 'DC-CDN']);
  });
});

describe('the chart of an error rate', () => {
  it('has the front of the paper, and no place for models without the rate', () => {
    const { groups, withoutRate, sentences } = fasScatter(paperFasRows, 'hter');
    expect(groups).toHaveLength(1);
    expect(names(groups[0]!.front)).toEqual(['SSAN-R', 'HFN']);
    expect(names(groups[0]!.rows)).toEqual(['SSAN-R', 'DBMNet', 'HFN', 'SSAN-M', 'DC-CDN']);
    expect(withoutRate).toHaveLength(6);
    expect(sentences).toEqual([expect.stringMatching(/^Without HTER, so not compared by it: FeatherNetA/)]);
  });

  it('never joins rates of different tests, and says so', () => {
    const fast = ownFasRow('1', model('fast', 500, elsewhere(0.1)));
    const { groups, sentences } = fasScatter([...paperFasRows, fast], 'hter');
    expect(groups.map(({ front }) => names(front))).toEqual([['SSAN-R', 'HFN'], ['fast']]);
    expect(sentences.join(' ')).toMatch(/HTER is from 2 different tests/);
  });

  it('never joins throughputs of different boards, and says so', () => {
    const xavier = ownFasRow('1', model('on Xavier', 500, { percent: 1, ...paperHter }, 'jetson-agx-xavier'));
    const nano = ownFasRow('2', model('on Nano', 60, { percent: 13, ...paperHter }));
    const { groups, sentences } = fasScatter([...paperFasRows, xavier, nano], 'hter');
    expect(groups.map(({ front }) => names(front))).toEqual([['on Nano', 'HFN'], ['on Xavier']]);
    expect(sentences.join(' ')).toMatch(/The FPS are from 2 boards\./);
    const slow = ownFasRow('3', { ...model('slow', 30, { percent: 1, ...paperHter }), powerMode: '5W' });
    const inModes = fasScatter([nano, slow], 'hter');
    expect(inModes.groups.map(({ deviceName }) => deviceName)).toEqual(['Jetson Nano', 'Jetson Nano (5W)']);
    expect(inModes.sentences.join(' ')).toMatch(/The FPS are from 2 boards and power modes\./);
  });

  it('takes a test for the same however it is written, on whatever board', () => {
    const written: FasRate = { percent: 3, dataset: 'oulu npu', protocol: paperHter.protocol.toUpperCase() };
    const nano = ownFasRow('1', model('on Nano', 600, written));
    const xavier = ownFasRow('2', model('on Xavier', 500, { percent: 1, ...paperHter }, 'jetson-agx-xavier'));
    const { groups, sentences } = fasScatter([nano, xavier, ...paperFasRows], 'hter');
    expect(groups.map(({ front, protocol }) => [names(front), protocol])).toEqual([
      [['on Nano'], `${paperHter.dataset}, ${paperHter.protocol}`],
      [['on Xavier'], `${paperHter.dataset}, ${paperHter.protocol}`],
    ]);
    expect(sentences.join(' ')).toMatch(/The FPS are from 2 boards/);
    expect(sentences.join(' ')).not.toMatch(/different tests/);
  });

  it('draws no model without a throughput, and names it', () => {
    const unknown = ownFasRow('1', model('unknown', null, { percent: 1, ...paperHter }));
    const { groups, sentences } = fasScatter([unknown], 'hter');
    expect(groups).toEqual([]);
    expect(sentences).toEqual(['Without FPS, so not compared: unknown.']);
  });

  it('has the fronts that comparing every pair gives, whatever the models, and one group per test and board', () => {
    const rate = fc.option(
      fc.record({
        percent: fc.integer({ min: 0, max: 12 }),
        dataset: fc.constantFrom('OULU-NPU', 'oulu npu', 'SiW'),
        protocol: fc.constantFrom('1', '2'),
      }),
    );
    const models = fc.array(
      fc.tuple(fc.option(fc.integer({ min: 1, max: 12 })), rate, fc.constantFrom('jetson-nano', 'jetson-tx2')),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(models, (drawn) => {
        const rows = drawn.map(([fps, hter, device], index) =>
          ownFasRow(`${index}`, model(`m${index}`, fps, hter, device)),
        );
        const { groups, withoutRate, withoutThroughput } = fasScatter(rows, 'hter');
        const testOf = (row: (typeof rows)[number]) =>
          `${row.hter!.dataset.toLowerCase().replace(/\W/g, '')} ${row.hter!.protocol} ${row.device}`;
        const placed = groups.flatMap((group) => group.rows);
        expect(placed.length + withoutRate.length + withoutThroughput.length).toBe(rows.length);
        expect(new Set(groups.map((group) => testOf(group.rows[0]!))).size).toBe(groups.length);
        for (const group of groups) {
          expect(new Set(group.rows.map(testOf)).size).toBe(1);
          const unbeaten = group.rows.filter(
            (row) =>
              !group.rows.some(
                (other) =>
                  other.throughputFps! >= row.throughputFps! &&
                  other.hter!.percent <= row.hter!.percent &&
                  (other.throughputFps! > row.throughputFps! || other.hter!.percent < row.hter!.percent),
              ),
          );
          expect(names(group.front).sort()).toEqual(names(unbeaten).sort());
        }
      }),
    );
  });

  it('takes a moment for 10,000 models of one test', { timeout: 60_000 }, () => {
    const rows = Array.from({ length: 10_000 }, (_, index) =>
      ownFasRow(`${index}`, model(`m${index}`, 1 + index, { percent: index / 100, ...paperHter })),
    );
    const { result, cpuMs } = withCpuTime(() => fasScatter(rows, 'hter'));
    expect(result.groups[0]!.front).toHaveLength(10_000);
    expect(cpuMs).toBeLessThan(5_000);
  });
});
