import { t } from '../language';
import { boardName, deviceName } from '../landmarks/devices';
import { runtimeName, type Runtime } from '../landmarks/landmark';
import table3 from '../landmarks/reported/table3.json';
import type { FasMetric, FasModel, FasRate, ThroughputBasis } from './model';
import { compact } from '../compact';

/** A face-anti-spoofing model as tables and charts show it: the paper's and the user's own alike. */
export interface FasRow {
  /** Unlike all others, and the same after a restart. */
  readonly id: string;
  readonly name: string;
  readonly origin: 'paper' | 'own';
  /** Who published the model; '' for the user's own. */
  readonly authors: string;
  readonly throughputFps: number | null;
  readonly basis: ThroughputBasis | null;
  /** True where the paper could only approximate it, since the model did not run on TensorRT. */
  readonly approximate: boolean;
  readonly device: string;
  /** With its power mode where that is not the fastest. */
  readonly deviceName: string;
  readonly powerMode: string | null;
  /** null for the paper's models, of which it says the precision alone. */
  readonly runtime: Runtime | null;
  /** `FP16`, or the runtime's name. */
  readonly precision: string;
  /** The marks of Table 3: `*` approximate, `†` FP16, `‡` FP32; own models have none. */
  readonly marks: { readonly name: string; readonly throughput: string };
  readonly parameters: number | null;
  readonly hter: FasRate | null;
  readonly acer: FasRate | null;
  /** What there is to know about it, a sentence each. */
  readonly notes: readonly string[];
  /** Whether the row can be opened as a file. */
  readonly file: string | null;
  readonly comment: string;
}

/** The protocol of the paper's HTER: a cross-database test (Table 3). */
export const paperHter: Omit<FasRate, 'percent'> = {
  dataset: 'OULU-NPU',
  // A name, which is compared with the user's: the same in every language.
  protocol: 'trained on Replay-Attack, CASIA-MFSD and MSU-MFSD',
} as const;

/** The protocol of the paper's ACER (Table 3). */
export const paperAcer: Omit<FasRate, 'percent'> = { dataset: 'OULU-NPU', protocol: 'Protocol 1' };

/** What the marks of Table 3 mean, and where its figures are from. */
export function table3Legend(): { readonly marks: readonly string[]; readonly source: string } {
  return {
    marks: [t('* FPS approximated, as the model did not run on TensorRT'), '† FP16', '‡ FP32'],
    source: t(
      'Table 3 of Biswas et al., “Characterizing Face Recognition for Resource Efficient Deployment on Edge”, on Jetson Nano 4GB.',
    ),
  };
}

const authors: Readonly<Record<string, string>> = {
  FeatherNetA: 'Zhang et al. 2019',
  FeatherNetB: 'Zhang et al. 2019',
  CDCN: 'Yu et al. 2020',
  CDCNpp: 'Yu et al. 2020',
  'C-CDN HV': 'Yu et al. 2021',
  'C-CDN DG': 'Yu et al. 2021',
  'DC-CDN': 'Yu et al. 2021',
  DBMNet: 'Jia et al. 2021',
  'SSAN-M': 'Wang et al. 2022',
  'SSAN-R': 'Wang et al. 2022',
  HFN: 'Cai et al. 2022',
} as const;

function centralDifferenceNote(): string {
  return t(
    'Central-difference convolutions ran at 1 to 3 FPS on Jetson Nano. The paper sees the cause in libraries and hardware, which do not support them as they do plain convolutions (section 2.3).',
  );
}

function featherNetNote(): string {
  return t(
    'The paper found FeatherNets slower in FP16 than in FP32 on TensorRT (section 3.2, which gives no numbers).',
  );
}

/** The paper's Table 3, cell by cell. */
export const paperFasRows: readonly FasRow[] = table3.rows.map((row) => ({
  id: `paper:${row.model}`,
  name: row.model,
  origin: 'paper',
  authors: authors[row.model] ?? '',
  throughputFps: row.throughputFps,
  basis: 'measured',
  approximate: row.approximate,
  device: 'jetson-nano',
  deviceName: deviceName('jetson-nano'),
  powerMode: null,
  runtime: null,
  precision: row.precision.toUpperCase(),
  marks: { name: row.approximate ? '*' : '', throughput: row.precision === 'fp16' ? '†' : '‡' },
  parameters: Math.round(row.parametersMillions * 1e6),
  hter: row.hterPercent === null ? null : { percent: row.hterPercent, ...paperHter },
  acer: row.acerPercent === null ? null : { percent: row.acerPercent, ...paperAcer },
  // In the language of whoever asks, which is not known yet while this module loads.
  get notes() {
    return paperNotes(row.model);
  },
  file: null,
  comment: '',
}));

/**
 * An own model as a row.
 *
 * @param more notes beside those that the model itself gives
 */
export function ownFasRow(id: string, model: FasModel, more: readonly string[] = []): FasRow {
  const { name, throughputFps, basis, device, powerMode, runtime, parameters, hter, acer, file, comment } = model;
  return {
    id,
    name,
    origin: 'own',
    authors: '',
    throughputFps,
    basis,
    approximate: false,
    device,
    deviceName: boardName(model),
    powerMode: powerMode ?? null,
    runtime,
    precision: runtimeName(runtime),
    marks: { name: '', throughput: '' },
    parameters,
    hter,
    acer,
    notes: [...ownNotes(model), ...more],
    file,
    comment,
  };
}

/** How a throughput is known, in words: `approximated in FP32 on Jetson Nano`. */
export function throughputSource({ throughputFps, basis, approximate, precision, deviceName: place }: FasRow): string {
  if (throughputFps === null) return t('neither measured nor predicted');
  if (approximate) return t('approximated in {0} on {1}', precision, place);
  return basis === 'predicted'
    ? t('predicted in {0} on {1}', precision, place)
    : t('measured in {0} on {1}', precision, place);
}

/** A protocol in words: `OULU-NPU, Protocol 1`. */
export function protocolText({ dataset, protocol }: Omit<FasRate, 'percent'>): string {
  return `${dataset}, ${protocol}`;
}

/** Whether two error rates come from one test, however its name is written. */
export function isSameProtocol(one: Omit<FasRate, 'percent'>, other: Omit<FasRate, 'percent'>): boolean {
  return protocolKey(one) === protocolKey(other);
}

/** The same for all ways to write one data set and protocol: case, spaces and punctuation do not matter. */
export function protocolKey({ dataset, protocol }: Omit<FasRate, 'percent'>): string {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  return `${plain(dataset)}/${plain(protocol)}`;
}

/** A metric's name for people. */
export function metricName(metric: FasMetric): string {
  return metric.toUpperCase();
}

/** What the paper found out about its models (Table 3, sections 2.3 and 3.2). */
function paperNotes(model: string): readonly string[] {
  if (model.startsWith('FeatherNet')) {
    return [
      t(
        'Error rates are published for CASIA-SURF alone, which the other models are not tested on: no comparison is possible.',
      ),
      featherNetNote(),
    ];
  }
  if (model === 'SSAN-R') {
    return [t('A good trade-off between error rate and FPS, the paper’s pick of this table (section 2.3).')];
  }
  if (model === 'SSAN-M') {
    return [
      t('Far slower than SSAN-R with a higher error rate; perhaps a matter of its implementation (section 2.3).'),
    ];
  }
  if (model === 'HFN') {
    return [
      t('Lowest HTER of the table, with five times the parameters of DBMNet and under a third of the FPS of SSAN-R.'),
    ];
  }
  return model === 'DBMNet' ? [] : [centralDifferenceNote()];
}

function ownNotes({ centralDifferences, family }: FasModel): readonly string[] {
  return compact([
    centralDifferences !== 0 &&
      `${t('{0, plural, one {# central-difference convolution} other {# central-difference convolutions}}.', centralDifferences)} ${centralDifferenceNote()}`,
    family === 'CDCN' &&
      centralDifferences === 0 &&
      t('Its central differences are merged into the kernels, if it has any: it runs as plain convolutions do.'),
    family === 'FeatherNet' && featherNetNote(),
    family === 'MiniFASNet' &&
      t(
        'Silent-Face-Anti-Spoofing adds up the answers of two such networks on two crops of a face: a verdict takes both.',
      ),
  ]);
}
