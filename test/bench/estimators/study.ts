import { bundledLandmarks } from '../../../src/core/landmarks/campaigns';
import { deviceName, findDevice, knownDevices } from '../../../src/core/landmarks/devices';
import { runtimeName, runtimes, type Runtime } from '../../../src/core/landmarks/landmark';
import type { GraphCostFit, GraphCostKey } from '../../../src/core/estimate/graph-cost/fit-types';
import { fitPrepared } from '../../../src/core/estimate/graph-cost/prepared-fit';
import type { PreparedLandmark } from '../../../src/core/estimate/graph-cost/costed-landmark';
import { overheadShare } from '../../../src/core/estimate/graph-cost/landmark-range';
import { termMeaning } from '../../../src/core/estimate/graph-cost/latency-model';
import { modelGroups } from '../../../src/core/estimate/graph-cost/left-out';
import {
  coverage,
  createRandom,
  fitOf,
  judge,
  mean,
  meanError,
  modelsLeftOut,
  priorOf,
  sample,
  terms,
  type Judged,
} from './evaluate';
import { fitJointly } from './joint/joint-fit';
import { jointRows, shippedSpreads } from './joint/joint-model';
import { readReportedRows } from './reported';
import { percent, table } from './tables';

const rows = jointRows(bundledLandmarks);
const measured: readonly GraphCostKey[] = knownDevices.flatMap(({ id }) =>
  runtimes
    .filter((runtime) => bundledLandmarks.some((one) => one.device === id && one.runtime === runtime))
    .map((runtime) => ({ device: id, runtime })),
);

/** The whole study as sections of Markdown, in the order in which they are read. */
export async function study(fixtures: URL): Promise<Readonly<Record<string, string>>> {
  const fits = new Map(measured.map((key) => [key, fitOf(key)] as const));
  const byModel = new Map([...fits].map(([key, fit]) => [key, modelsLeftOut(fit)] as const));
  const boards = boardsLeftOut(fits);
  const sources = sourcesLeftOut(fits);
  const reported = await reportedRows(fixtures);
  return {
    bounds: bounds(byModel, boards, sources, reported),
    models: models(byModel),
    boards: boardTable(boards),
    sources: sourceTable(sources),
    families: families(byModel),
    sizes: sizes(byModel),
    overheads: overheads(fits),
    coefficients: coefficients(),
    reported: reportedTable(reported),
  };
}

type ByKey = ReadonlyMap<GraphCostKey, readonly Judged[]>;

function ofDevice(byKey: ByKey, device: string, runtime: Runtime = 'tensorrt-fp16'): readonly Judged[] {
  return [...byKey].flatMap(([key, judged]) => (key.device === device && key.runtime === runtime ? judged : []));
}

function models(byModel: ByKey): string {
  return table(
    ['Board and runtime', 'Landmarks', 'Model left out', '90% intervals cover', 'Half width'],
    [...byModel].map(([{ device, runtime }, judged]) => [
      `${deviceName(device)}, ${runtimeName(runtime)}`,
      String(judged.length),
      percent(meanError(judged)),
      percent(coverage(judged), 0),
      percent(mean(judged.map(({ halfWidth }) => halfWidth)), 0),
    ]),
  );
}

const measuredCounts = [0, 1, 3, 8] as const;
const samples = 8;

interface BoardLeftOut {
  readonly device: string;
  readonly count: number;
  /** By how many models were measured after all; of one source, whose other models are predicted. */
  readonly judged: ReadonlyMap<number, readonly Judged[]>;
}

/**
 * Leaves every landmark of a chip out of the joint fit, with any runtime, and predicts its TensorRT FP16 landmarks: from
 * nothing of it, and from some models of a source, those of the same source that are left.
 */
function boardsLeftOut(fits: ReadonlyMap<GraphCostKey, GraphCostFit>): readonly BoardLeftOut[] {
  const random = createRandom(7);
  return [...fits].flatMap(([key, fit]) => {
    if (key.runtime !== 'tensorrt-fp16') return [];
    const { chip } = findDevice(key.device)!;
    const prior = priorOf(
      fitJointly(
        rows.filter((row) => row.chip !== chip),
        shippedSpreads,
      ),
      key,
      rows,
    );
    const all = fit.landmarks;
    const judged = new Map<number, readonly Judged[]>();
    judged.set(0, judge(fitPrepared(prior, [], key, null), all, false));
    for (const count of measuredCounts.slice(1)) {
      judged.set(
        count,
        [...new Set(all.map(({ landmark }) => landmark.campaign))].flatMap((campaign) => {
          const own = all.filter(({ landmark }) => landmark.campaign === campaign);
          const groups = modelGroups(own);
          const distinct = [...new Set(groups)];
          if (distinct.length < count + 3) return [];
          return Array.from({ length: samples }, () => {
            const chosen = new Set(sample(distinct, count, random));
            // One landmark of each chosen model.
            const training = [...chosen].map((group) => own[groups.indexOf(group)]!);
            const rest = own.filter((_, index) => !chosen.has(groups[index]!));
            return judge(fitPrepared(prior, training, key, campaign), rest, false);
          }).flat();
        }),
      );
    }
    return [{ device: key.device, count: all.length, judged }];
  });
}

function boardTable(boards: readonly BoardLeftOut[]): string {
  const cells = (judged: readonly Judged[]) => (judged.length === 0 ? '–' : percent(meanError(judged), 0));
  return [
    table(
      [
        'Board, TensorRT FP16',
        'Landmarks',
        ...measuredCounts.map((count) => `${count} measured`),
        '… intervals cover (0, 1, 3)',
      ],
      boards.map(({ device, count, judged }) => [
        deviceName(device),
        String(count),
        ...measuredCounts.map((n) => cells(judged.get(n)!)),
        [0, 1, 3].map((n) => (judged.get(n)!.length === 0 ? '–' : percent(coverage(judged.get(n)!), 0))).join(', '),
      ]),
    ),
    '',
    `Mean over boards with ten landmarks or more, Thor aside: ${measuredCounts.map((n) => `${percent(boardMean(boards, n))} after ${n}`).join(', ')}.`,
  ].join('\n');
}

function boardMean(boards: readonly BoardLeftOut[], count: number): number {
  return mean(
    boards
      .filter((board) => board.count >= 10 && board.device !== 'jetson-agx-thor' && board.judged.get(count)!.length > 0)
      .map(({ judged }) => meanError(judged.get(count)!)),
  );
}

interface SourceLeftOut {
  readonly key: GraphCostKey;
  readonly campaign: string;
  readonly plain: readonly Judged[];
  /** Beyond one factor for the source, their median. */
  readonly withFactor: number;
}

/** Leaves each source of a board out and predicts it from the board's others. */
function sourcesLeftOut(fits: ReadonlyMap<GraphCostKey, GraphCostFit>): readonly SourceLeftOut[] {
  return [...fits].flatMap(([key, fit]) => {
    const all = fit.landmarks;
    const campaigns = [...new Set(all.map(({ landmark }) => landmark.campaign))];
    if (campaigns.length < 2) return [];
    return campaigns.map((campaign) => {
      const others = all.filter(({ landmark }) => landmark.campaign !== campaign);
      const left = all.filter(({ landmark }) => landmark.campaign === campaign);
      const plain = judge(fitPrepared(fit.prior, others, key, undefined, undefined, others.length < 60), left, false);
      const middle = plain.map(({ error }) => error).sort((a, b) => a - b)[plain.length >> 1]!;
      return { key, campaign, plain, withFactor: mean(plain.map(({ error }) => Math.abs(Math.expm1(middle - error)))) };
    });
  });
}

function sourceTable(sources: readonly SourceLeftOut[]): string {
  return table(
    ['Source, board and runtime', 'Landmarks', 'Left out', '… with a factor', '90% intervals cover'],
    sources.map(({ key, campaign, plain, withFactor }) => [
      `${campaign} on ${deviceName(key.device)}, ${runtimeName(key.runtime)}`,
      String(plain.length),
      percent(meanError(plain)),
      plain.length < 3 ? '–' : percent(withFactor),
      percent(coverage(plain), 0),
    ]),
  );
}

function families(byModel: ByKey): string {
  const fp16 = [...byModel].flatMap(([{ runtime }, judged]) => (runtime === 'tensorrt-fp16' ? judged : []));
  const names = [...new Set(fp16.map(({ landmark }) => landmark.family))].sort();
  return table(
    ['Family, TensorRT FP16 on all boards', 'Landmarks', 'Model left out'],
    names.map((name) => {
      const judged = fp16.filter(({ landmark }) => landmark.family === name);
      return [name ?? 'none that Framecast knows', String(judged.length), percent(meanError(judged))];
    }),
  );
}

const sizeLimits = [192, 256, 448, 640, Infinity];

function sizes(byModel: ByKey): string {
  const all = [...byModel.values()].flat();
  return table(
    [
      'Input, side in pixels',
      'Landmarks',
      'Model left out',
      'Mean of log(predicted / measured time)',
      '90% intervals cover',
    ],
    sizeLimits.map((limit, index) => {
      const least = sizeLimits[index - 1] ?? 0;
      const judged = all.filter(({ landmark: { resolution } }) => resolution > least && resolution <= limit);
      const range = limit === Infinity ? `above ${least}` : `${least + 1} to ${limit}`;
      return [
        range,
        String(judged.length),
        percent(meanError(judged)),
        mean(judged.map(({ error }) => error)).toFixed(3),
        percent(coverage(judged), 0),
      ];
    }),
  );
}

/** Landmarks that are left out together: all whose share of overheads is at least so large. */
const overheadLimits = [0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6];
/** How far beyond those of the other landmarks their shares are, in classes. */
const beyondLimits = [0.1, 0.2, 0.3, 0.4, Infinity];

/**
 * Predicts landmarks that spend much of their time on overheads from those of the same board that do not, as a network at
 * a small input is predicted where nobody has measured one.
 */
function overheads(fits: ReadonlyMap<GraphCostKey, GraphCostFit>): string {
  const judged = [...fits].flatMap(([key, { fit, prior, landmarks }]) => {
    const shareOf = ({ latencyOf }: PreparedLandmark, coefficients: readonly number[]) => {
      const { latencyMs, shares } = latencyOf(coefficients);
      return overheadShare(shares) / latencyMs;
    };
    return overheadLimits.flatMap((limit) => {
      const training = landmarks.filter((landmark) => shareOf(landmark, fit.coefficients) < limit);
      const left = landmarks.filter((landmark) => shareOf(landmark, fit.coefficients) >= limit);
      if (training.length < 9 || left.length === 0) return [];
      const rest = fitPrepared(prior, training, key, undefined, undefined, false);
      return judge(rest, left).map((one, index) => ({
        ...one,
        beyond: shareOf(left[index]!, rest.fit.coefficients) - rest.overheadReach,
      }));
    });
  });
  return table(
    [
      'Share of overheads beyond the others',
      'Predictions',
      'Error',
      'Mean of log(predicted / measured time)',
      '90% intervals cover',
    ],
    beyondLimits.map((limit, index) => {
      const least = beyondLimits[index - 1] ?? 0;
      const here = judged.filter(({ beyond }) => beyond > least && beyond <= limit);
      return [
        limit === Infinity ? `above ${percent(least, 0)}` : `${percent(least, 0)} to ${percent(limit, 0)}`,
        String(here.length),
        percent(meanError(here)),
        mean(here.map(({ error }) => error)).toFixed(3),
        percent(coverage(here), 0),
      ];
    }),
  );
}

function coefficients(): string {
  const shown: readonly GraphCostKey[] = [
    'jetson-nano',
    'jetson-tx2',
    'jetson-xavier-nx',
    'jetson-agx-xavier',
    'jetson-orin-nano',
    'jetson-agx-orin',
    'jetson-agx-thor',
  ].map((device) => ({ device, runtime: 'tensorrt-fp16' }));
  const fits = shown.map((key) => fitOf(key).fit.coefficients);
  return table(
    ['Coefficient', 'Unit', ...shown.map(({ device }) => deviceName(device).replace('Jetson ', ''))],
    terms.map((term, index) => [
      term,
      termMeaning(term).unit,
      ...fits.map((values) => String(Number((values[index]! * termMeaning(term).scale).toPrecision(3)))),
    ]),
  );
}

/** Fitted to the paper's nine training rows and what other boards teach: what is only reported. */
async function reportedRows(fixtures: URL) {
  const key: GraphCostKey = { device: 'jetson-nano', runtime: 'tensorrt-fp16' };
  const { chip } = findDevice(key.device)!;
  const others = rows.filter((row) => row.chip !== chip || row.landmark.runtime !== key.runtime);
  const nine = fitOf(key).landmarks.filter(({ landmark }) => landmark.campaign === 'paper');
  const fit = fitPrepared(priorOf(fitJointly(others, shippedSpreads), key, rows), nine, key, 'paper');
  const { table2, table4 } = await readReportedRows(fixtures);
  const whole = fitOf(key);
  return {
    table2: judge(fit, table2),
    table4: judge(fit, table4),
    table2All: judge(whole, table2),
    table4All: judge(whole, table4),
  };
}

function absoluteFps(judged: readonly Judged[]): number {
  return mean(judged.map(({ landmark: { throughputFps }, error }) => throughputFps * Math.abs(Math.expm1(-error))));
}

type Reported = Awaited<ReturnType<typeof reportedRows>>;

function reportedTable({ table2, table4, table2All, table4All }: Reported): string {
  const fps = (judged: Judged) => (judged.landmark.throughputFps * Math.exp(-judged.error)).toFixed(2);
  const line = (one: Judged, other: Judged) => [
    `${one.landmark.model}, ${one.landmark.resolution}×${one.landmark.resolution}`,
    one.landmark.throughputFps.toFixed(2),
    fps(one),
    percent(Math.expm1(-one.error)),
    percent(Math.expm1(-other.error)),
  ];
  return table(
    ['Network', 'Measured', 'From nine rows', 'Error', 'Error from all'],
    [
      ...table2.map((row, index) => line(row, table2All[index]!)),
      ...table4.map((row, index) => line(row, table4All[index]!)),
    ],
  );
}

function bounds(
  byModel: ByKey,
  boards: readonly BoardLeftOut[],
  sources: readonly SourceLeftOut[],
  reported: Reported,
): string {
  const worst = (judged: readonly Judged[]) => Math.max(...judged.map(({ error }) => Math.abs(Math.expm1(-error))));
  const row = (name: string, bound: string, reached: string, isReached: boolean) => [
    name,
    bound,
    reached,
    isReached ? 'yes' : 'no',
  ];
  const share = (name: string, bound: number, value: number) =>
    row(name, `≤ ${percent(bound, 0)}`, percent(value), value <= bound);
  const covered = (name: string, judged: readonly Judged[]) => {
    const value = coverage(judged);
    return row(name, '85 to 95%', percent(value), value >= 0.85 && value <= 0.95);
  };
  const named = [
    'jetson-tx2',
    'jetson-xavier-nx',
    'jetson-agx-xavier',
    'jetson-orin-nano',
    'jetson-orin-nx',
    'jetson-agx-orin',
  ];
  const table2 = absoluteFps(reported.table2);
  const every = sources.flatMap(({ plain }) => plain);
  return table(
    ['Figure', 'Bound', 'Found', 'Reached'],
    [
      share('Model left out, Nano', 0.05, meanError(ofDevice(byModel, 'jetson-nano'))),
      row(
        "Table 2's test rows, from the nine training rows",
        '≤ 1.18 FPS',
        `${table2.toFixed(2)} FPS`,
        table2 <= 1.185,
      ),
      ...named.map((device) =>
        share(`Model left out, ${deviceName(device)}`, 0.08, meanError(ofDevice(byModel, device))),
      ),
      share('Board left out, mean over boards', 0.16, boardMean(boards, 0)),
      share('… after one measured model', 0.12, boardMean(boards, 1)),
      share('… after three', 0.09, boardMean(boards, 3)),
      share('Table 4, mean', 0.07, meanError(reported.table4)),
      share('… worst', 0.16, worst(reported.table4)),
      covered('90% intervals cover, models left out', [...byModel.values()].flat()),
      covered(
        '… boards left out',
        boards.flatMap(({ judged }) => judged.get(0)!),
      ),
      covered('… sources left out', every),
      share('Sources left out', 0.1, meanError(every)),
    ],
  );
}
