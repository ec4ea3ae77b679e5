import { namedMode, specifiedDevices, unknownMode } from '../landmarks/devices';
import { runtimeName, runtimes, type Runtime } from '../landmarks/landmark';
import { success, type Result } from '../result';
import { maxFasText, type FasModel, type FasRate, type ThroughputBasis } from './model';
import { t } from '../language';

/** What users type in about a model of their own, or have in the columns of a table. */
export const fasFieldNames = [
  'name',
  'throughput_fps',
  'basis',
  'device',
  'power_mode',
  'runtime',
  'parameters',
  'hter_percent',
  'hter_dataset',
  'hter_protocol',
  'acer_percent',
  'acer_dataset',
  'acer_protocol',
  'comment',
] as const;

export type FasFieldName = (typeof fasFieldNames)[number];

export type FasFields = Partial<Readonly<Record<FasFieldName, string>>>;

/** What a field has that it must not have, as a sentence. */
export interface FieldProblem {
  readonly field: FasFieldName;
  readonly reason: string;
}

/** Where a model runs when its fields do not say. */
export interface FasDefaults {
  readonly device: string;
  readonly powerMode?: string | undefined;
  readonly runtime: FasModel['runtime'];
}

/**
 * Reads what a user has typed in or imported. Numbers may have a decimal comma, where it cannot be taken for one between
 * thousands, and percentages a percent sign. A model without a throughput or without an error rate is taken; an error
 * rate without its data set and protocol is not.
 *
 * @returns the model, or all that is wrong with the fields
 */
export function readFasFields(fields: FasFields, defaults: FasDefaults): Result<FasModel, readonly FieldProblem[]> {
  const problems: FieldProblem[] = [];
  const reject = (field: FasFieldName, reason: string): null => {
    problems.push({ field, reason });
    return null;
  };
  const text = (field: FasFieldName): string => {
    const value = (fields[field] ?? '').trim();
    if (value.length > maxFasText) reject(field, t('{0} has more than {1} characters.', field, maxFasText));
    return value;
  };
  const number = (field: FasFieldName, least: number, most: number, unit: RegExp, range: string): number | null => {
    const typed = text(field);
    if (typed === '' || typed === '-' || typed === '–') return null;
    const digits = typed.replace(unit, '');
    const value = plainNumber(digits);
    if (value === null)
      return reject(field, t('{0} is “{1}”, which is no number such as 13.72.', field, shortened(typed)));
    if (hasThousands(digits, most)) return reject(field, twoReadings(field, typed, digits));
    return value >= least && value <= most
      ? value
      : reject(field, t('{0} is {1}, but must be {2}.', field, typed, range));
  };
  const rate = (metric: 'hter' | 'acer'): FasRate | null => {
    const percent = number(`${metric}_percent`, 0, 100, /\s*%$/, t('from 0 to 100'));
    if (percent === null) return null;
    const [dataset, protocol] = [text(`${metric}_dataset`), text(`${metric}_protocol`)];
    const name = metric.toUpperCase();
    if (dataset === '') reject(`${metric}_dataset`, t('Name the data set that {0} was tested on.', name));
    if (protocol === '') reject(`${metric}_protocol`, t('Name the protocol of {0}, or what was trained on.', name));
    return { percent, dataset, protocol };
  };

  const name = text('name');
  if (name === '') reject('name', t('Give the model a name.'));
  const throughputFps = number('throughput_fps', Number.MIN_VALUE, 1e6, /\s*fps$/i, t('above 0 and at most 1,000,000'));
  const parameters = parameterCount(text('parameters'), reject);
  const typedRuntime = text('runtime');
  const runtime = typedRuntime === '' ? defaults.runtime : runtimeOf(typedRuntime);
  if (runtime === null)
    reject('runtime', t('runtime is “{0}”, but must be one of {1}.', shortened(typedRuntime), runtimes.join(', ')));
  const basis = basisOf(text('basis'), reject);
  const typedDevice = deviceOf(text('device'));
  const device = typedDevice || defaults.device;
  const powerMode = text('power_mode') || (typedDevice === '' ? defaults.powerMode : undefined);
  const complaint = unknownMode(device, powerMode);
  if (complaint !== null) reject('power_mode', complaint);
  const model: FasModel = {
    name,
    parameters,
    throughputFps,
    basis: throughputFps === null ? null : basis,
    device,
    ...namedMode(device, powerMode),
    runtime: runtime ?? defaults.runtime,
    hter: rate('hter'),
    acer: rate('acer'),
    family: null,
    centralDifferences: 0,
    file: null,
    comment: text('comment'),
  };
  return problems.length > 0 ? { ok: false, error: problems } : success(model);
}

/** The fields that a model is read from again: {@link readFasFields} makes the same of them, its file aside. */
export function fasFieldsOf(model: FasModel): FasFields {
  const figure = (value: number | null | undefined): string => (value == null ? '' : String(value));
  const { name, throughputFps, basis, device, powerMode, runtime, parameters, hter, acer, comment } = model;
  return {
    name,
    throughput_fps: basis === 'predicted' ? roundedFigure(throughputFps) : figure(throughputFps),
    basis: basis ?? 'measured',
    device,
    power_mode: powerMode ?? '',
    runtime,
    parameters: figure(parameters),
    hter_percent: figure(hter?.percent),
    acer_percent: figure(acer?.percent),
    ...(hter === null ? {} : { hter_dataset: hter.dataset, hter_protocol: hter.protocol }),
    ...(acer === null ? {} : { acer_dataset: acer.dataset, acer_protocol: acer.protocol }),
    comment,
  };
}

/** A prediction as it stands in a form: with as many digits as mean something. */
export function roundedFigure(throughputFps: number | null): string {
  return throughputFps === null ? '' : String(Number(throughputFps.toPrecision(4)));
}

/** A board by its id or its name, as two spellings of one board must not stand apart; any other as it is written. */
function deviceOf(typed: string): string {
  return specifiedDevices().find(({ id, name }) => isSame(typed, id) || isSame(typed, name))?.id ?? typed;
}

function runtimeOf(typed: string): Runtime | null {
  return runtimes.find((runtime) => isSame(typed, runtime) || isSame(typed, runtimeName(runtime))) ?? null;
}

function isSame(one: string, other: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[\s_-]+/g, '');
  return plain(one) === plain(other);
}

function basisOf(typed: string, reject: (field: FasFieldName, reason: string) => null): ThroughputBasis {
  const basis = typed.toLowerCase();
  if (basis === 'predicted') return 'predicted';
  if (basis !== '' && basis !== 'measured') {
    reject('basis', t('basis is “{0}”, but must be measured or predicted.', shortened(typed)));
  }
  return 'measured';
}

const scales: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6 };

/** Beyond this no network has parameters. */
const maxParameters = 1e12;

/** `8140000`, or with its magnitude: `8.14 M`. Without one, 8.14 is no count, whatever it is in millions. */
function parameterCount(typed: string, reject: (field: FasFieldName, reason: string) => null): number | null {
  if (typed === '' || typed === '-' || typed === '–') return null;
  const [, digits = '', unit = ''] = /^([^a-z]*?)\s*([kKmM]?)$/.exec(typed) ?? [];
  const value = plainNumber(digits);
  const scale = scales[unit.toLowerCase()] ?? 1;
  if (value !== null && unit !== '' && hasThousands(digits, maxParameters / scale)) {
    return reject('parameters', twoReadings('parameters', shortened(typed), digits));
  }
  const isCount = unit !== '' || /^\d+(\.0)?$/.test(digits.trim());
  const count = isCount && value !== null ? Math.round(value * scale) : null;
  if (count !== null && count >= 1 && count <= maxParameters) return count;
  return reject(
    'parameters',
    t('parameters is “{0}”, but must be a count such as 8140000 or 8.14 M.', shortened(typed)),
  );
}

/** A number with a decimal point or a decimal comma; none with marks between thousands, such as `1.234,5`. */
function plainNumber(typed: string): number | null {
  const plain = typed.trim();
  return /^\d+([.,]\d+)?$|^\d+(\.\d+)?e[+-]?\d+$/i.test(plain) ? Number(plain.replace(',', '.')) : null;
}

/**
 * Whether a comma may stand between thousands as well as before decimals: `42,816` FPS. Such figures are refused, since a
 * factor of thousand is no small mistake.
 *
 * @param most what the figure can be at most; above it, thousands are out of the question
 */
function hasThousands(digits: string, most: number): boolean {
  const plain = digits.trim();
  return /^[1-9]\d{0,2},\d{3}$/.test(plain) && Number(plain.replace(',', '')) <= most;
}

function twoReadings(field: FasFieldName, typed: string, digits: string): string {
  const plain = digits.trim();
  return t(
    '{0} is “{1}”, which may be {2} or {3}. Write one of these.',
    field,
    typed,
    plain.replace(',', '.'),
    plain.replace(',', ''),
  );
}

function shortened(typed: string): string {
  return typed.length > 40 ? `${typed.slice(0, 39)}…` : typed;
}
