import { t } from '../language';
import type { FasMetric } from './model';
import { metricName, protocolKey, protocolText, type FasRow } from './rows';
import { paretoFront } from '../pareto';
import { compact } from '../compact';
import { groupBy } from '../group-by';

/** Columns that the table can be sorted by. */
export const fasSortKeys = ['name', 'throughput', 'parameters', 'hter', 'acer'] as const;

export type FasSortKey = (typeof fasSortKeys)[number];

/** How the user has arranged the table; kept over a restart. */
export interface FasArrangement {
  readonly sortBy: FasSortKey;
  readonly isDescending: boolean;
  /** Words that rows must have, all of them, in any order. */
  readonly filter: string;
  readonly pinned: readonly string[];
  readonly hidden: readonly string[];
}

export const initialFasArrangement: FasArrangement = {
  sortBy: 'throughput',
  isDescending: true,
  filter: '',
  pinned: [],
  hidden: [],
};

/**
 * The rows to show: hidden ones and those that lack a word of the filter are left out, pinned ones come first and are
 * never filtered out, and rows without a figure come after those that have one, whichever way they are sorted.
 */
export function arrangedRows(rows: readonly FasRow[], arrangement: FasArrangement): readonly FasRow[] {
  const { sortBy, isDescending, filter } = arrangement;
  const [pinned, hidden] = [new Set(arrangement.pinned), new Set(arrangement.hidden)];
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .filter(
      (row) => !hidden.has(row.id) && (pinned.has(row.id) || words.every((word) => searchText(row).includes(word))),
    )
    .sort((one, other) => {
      const pins = Number(pinned.has(other.id)) - Number(pinned.has(one.id));
      return pins || compareBy(sortBy, isDescending, one, other) || one.name.localeCompare(other.name, 'en');
    });
}

function compareBy(key: FasSortKey, isDescending: boolean, one: FasRow, other: FasRow): number {
  const sign = isDescending ? -1 : 1;
  if (key === 'name') return sign * one.name.localeCompare(other.name, 'en');
  const [left, right] = [sortFigure(key, one), sortFigure(key, other)];
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return sign * (left - right);
}

function sortFigure(key: Exclude<FasSortKey, 'name'>, row: FasRow): number | null {
  if (key === 'throughput') return row.throughputFps;
  return key === 'parameters' ? row.parameters : (row[key]?.percent ?? null);
}

function searchText({ name, authors, deviceName, precision, hter, acer, comment, origin, notes }: FasRow): string {
  const rates = [hter, acer].flatMap((rate) => (rate === null ? [] : [protocolText(rate)]));
  return [name, authors, deviceName, precision, ...rates, comment, origin, ...notes].join(' ').toLowerCase();
}

/** Models whose error rates come from one test and whose throughputs hold on one board: these can be compared. */
export interface FasGroup {
  readonly key: string;
  /** `OULU-NPU, Protocol 1`. */
  readonly protocol: string;
  readonly deviceName: string;
  /** By falling throughput. */
  readonly rows: readonly FasRow[];
  /** The rows that no other one of the group beats in both throughput and error rate, by falling throughput. */
  readonly front: readonly FasRow[];
}

/** What a chart of throughput over an error rate draws. */
export interface FasScatter {
  readonly metric: FasMetric;
  /** One group per protocol, board and power mode, the largest first. */
  readonly groups: readonly FasGroup[];
  /** Models that have a throughput but no such error rate. They have no place in the chart. */
  readonly withoutRate: readonly FasRow[];
  /** Models that have the error rate but no throughput. */
  readonly withoutThroughput: readonly FasRow[];
  /** What the chart does not show, and what must not be compared, a sentence each. */
  readonly sentences: readonly string[];
}

/**
 * Groups rows for the chart of an error rate. Error rates of different tests do not compare, and neither do throughputs
 * of different boards, so each group has a Pareto front of its own.
 */
export function fasScatter(rows: readonly FasRow[], metric: FasMetric): FasScatter {
  const compared = rows.filter((row) => row[metric] !== null && row.throughputFps !== null);
  const groups = groupBy(compared, (row) => `${protocolKey(row[metric]!)}/${row.device}/${row.powerMode ?? ''}`);
  const drawn = [...groups]
    .map(([key, members]): FasGroup => ({
      key,
      // As the paper writes it, where it is the paper's test.
      protocol: protocolText((members.find(({ origin }) => origin === 'paper') ?? members[0]!)[metric]!),
      deviceName: members[0]!.deviceName,
      rows: [...members].sort((one, other) => other.throughputFps! - one.throughputFps!),
      front: paretoFront(members, [
        { of: ({ throughputFps }) => throughputFps, better: 'higher' },
        { of: (row) => row[metric]?.percent ?? null, better: 'lower' },
      ]),
    }))
    .sort((one, other) => other.rows.length - one.rows.length);
  const withoutRate = rows.filter((row) => row[metric] === null);
  const withoutThroughput = rows.filter((row) => row[metric] !== null && row.throughputFps === null);
  const sentences = compact([
    ...separation(drawn, metric),
    withoutRate.length !== 0 && t('Without {0}, so not compared by it: {1}.', metricName(metric), listed(withoutRate)),
    withoutThroughput.length !== 0 && t('Without FPS, so not compared: {0}.', listed(withoutThroughput)),
  ]);
  return { metric, groups: drawn, withoutRate, withoutThroughput, sentences };
}

/** What there is to know about several models, once, with the models that it is about. */
export interface FasNote {
  readonly note: string;
  readonly names: readonly string[];
  readonly ids: readonly string[];
}

/** Each note of the rows once, in the order of the rows. */
export function groupedNotes(rows: readonly FasRow[]): readonly FasNote[] {
  const noted = rows.flatMap((row) => row.notes.map((note) => ({ note, row })));
  return [...groupBy(noted, ({ note }) => note)].map(([note, members]) => ({
    note,
    names: members.map(({ row }) => row.name),
    ids: members.map(({ row }) => row.id),
  }));
}

function separation(groups: readonly FasGroup[], metric: FasMetric): readonly string[] {
  const protocols = new Set(groups.map(({ rows }) => protocolKey(rows[0]![metric]!))).size;
  const boards = new Set(groups.map(({ deviceName }) => deviceName)).size;
  const name = metricName(metric);
  const hasModes = groups.some(({ rows }) => rows[0]!.powerMode !== null);
  return compact([
    protocols > 1 &&
      t(
        '{0} is from {1} different tests here. Rates of different tests do not compare: each has a front of its own.',
        name,
        protocols,
      ),
    boards > 1 &&
      (hasModes
        ? t(
            'The FPS are from {0} boards and power modes. Those of different boards and power modes do not compare: each has a front of its own.',
            boards,
          )
        : t(
            'The FPS are from {0} boards. Those of different boards do not compare: each has a front of its own.',
            boards,
          )),
  ]);
}

function listed(rows: readonly FasRow[]): string {
  const names = rows.map(({ name }) => name);
  return names.length > 8 ? t('{0} and {1} others', names.slice(0, 7).join(', '), names.length - 7) : names.join(', ');
}
