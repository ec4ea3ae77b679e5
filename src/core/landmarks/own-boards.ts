import * as v from 'valibot';
import { formatExactCount } from '../figures';
import { generations, knownDevices, type Device } from './devices';
import { t } from '../language';

/** Boards that the user describes, and what is wrong with descriptions that cannot be taken. */
export interface OwnBoards {
  readonly boards: readonly Device[];
  /** Sentences that name the entry and the key. */
  readonly problems: readonly string[];
}

const maxBoards = 100;

const name = (key: string) =>
  v.pipe(
    v.string(() => t('"{0}" must be text', key)),
    v.trim(),
    v.nonEmpty(() => t('"{0}" must not be empty', key)),
    v.maxLength(100, () => t('"{0}" must have at most 100 characters', key)),
  );

const quantity = (key: string, most: number, unit: string) => {
  const range = () => t('"{0}" must be a number above 0 and at most {1} ({2})', key, formatExactCount(most), unit);
  return v.pipe(v.number(range), v.finite(range), v.gtValue(0, range), v.maxValue(most, range));
};

const peak = (precision: string) => quantity(`peakTflops.${precision}`, 100_000, 'TFLOPS');
const bandwidth = (key: string) => quantity(key, 100_000, 'GB/s');

const boardSchema = v.strictObject(
  {
    name: name('name'),
    id: v.exactOptional(
      v.pipe(
        v.string(() => t('"{0}" must be text', 'id')),
        v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, () => t('"id" must be lower-case letters, digits and dashes')),
      ),
    ),
    peakTflops: v.strictObject(
      { fp16: peak('fp16'), fp32: v.exactOptional(peak('fp32')), int8: v.exactOptional(peak('int8')) },
      () => t('"peakTflops" must have "fp16", and may have "fp32" and "int8"'),
    ),
    memoryBandwidthGBps: bandwidth('memoryBandwidthGBps'),
    memoryGiB: quantity('memoryGiB', 10_000, 'GiB'),
    generation: v.exactOptional(
      v.picklist(generations, () => t('"{0}" must be one of {1}', 'generation', generations.join(', '))),
    ),
    powerModes: v.exactOptional(
      v.pipe(
        v.array(
          v.strictObject(
            {
              name: name('powerModes.name'),
              gpuMHz: quantity('powerModes.gpuMHz', 10_000, 'MHz'),
              memoryBandwidthGBps: v.exactOptional(bandwidth('powerModes.memoryBandwidthGBps')),
            },
            () => t('an entry of "powerModes" must have "name" and "gpuMHz"'),
          ),
          () => t('"{0}" must be a list', 'powerModes'),
        ),
        v.maxLength(20, () => t('"{0}" must have at most {1} entries', 'powerModes', 20)),
        v.check(
          (modes) => new Set(modes.map((mode) => mode.name.toLowerCase())).size === modes.length,
          () => t('two entries of "powerModes" have one name'),
        ),
      ),
    ),
  },
  () => t('it must be an object with "name", "peakTflops", "memoryBandwidthGBps" and "memoryGiB"'),
);

/** What is wrong, with the whole path of a key that is missing or strange. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const key = v.getDotPath(issue);
  if (issue.type !== 'strict_object' || key === null || issue.expected === 'Object') return issue.message;
  return issue.expected === 'never' ? t('"{0}" is not a key of a board', key) : t('"{0}" is missing', key);
}

/**
 * Boards as the user describes them: a list of objects with `name`, `peakTflops` (`fp16`, and where known `fp32` and
 * `int8`), `memoryBandwidthGBps`, `memoryGiB`, and where wanted `id`, `generation` and `powerModes`. Never fails: an entry
 * that cannot be taken becomes a problem, and the others count.
 *
 * @param where what the list is called in problems, e.g. `framecast.boards`
 */
export function readOwnBoards(value: unknown, where: string): OwnBoards {
  if (!Array.isArray(value)) return { boards: [], problems: [t('{0} must be a list of boards.', where)] };
  const boards: Device[] = [];
  const problems =
    value.length > maxBoards ? [t('{0} has more than {1} boards; the others are left out.', where, maxBoards)] : [];
  for (const [index, entry] of value.slice(0, maxBoards).entries()) {
    const at = `${where}[${index}]`;
    const parsed = v.safeParse(boardSchema, entry);
    if (!parsed.success) {
      problems.push(`${at}: ${[...new Set(parsed.issues.map(describeIssue))].join('; ')}.`);
      continue;
    }
    const board = deviceOf(parsed.output, where);
    const taken = [...knownDevices, ...boards].find(({ id }) => id === board.id);
    if (board.id === '') problems.push(t('{0}: "id" is missing, and "name" has no letters to make one of.', at));
    else if (taken !== undefined)
      problems.push(t('{0}: "id" {1} is that of {2}; choose another.', at, board.id, taken.name));
    else boards.push(board);
  }
  return { boards, problems };
}

function deviceOf(board: v.InferOutput<typeof boardSchema>, where: string): Device {
  const { fp16, fp32 = fp16 / 2, int8 = fp16 } = board.peakTflops;
  const modes = (board.powerModes ?? []).map(({ memoryBandwidthGBps = board.memoryBandwidthGBps, ...mode }) => ({
    ...mode,
    memoryBandwidthGBps,
  }));
  const id =
    board.id ??
    board.name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '');
  return {
    id,
    name: board.name,
    peakGflops: { fp16: 1000 * fp16, fp32: 1000 * fp32, int8: 1000 * int8 },
    memoryGiB: board.memoryGiB,
    memoryBandwidthGBps: board.memoryBandwidthGBps,
    newestTensorrt: null,
    modules: [],
    models: [board.name],
    chip: `own ${id}`,
    // Tensor cores, which INT8 above FP16 tells of, have had TF32 since Ampere.
    generation: board.generation ?? (int8 > fp16 ? 'ampere' : 'pascal'),
    powerModes: modes.sort((one, other) => other.gpuMHz - one.gpuMHz),
    source: where,
  };
}
