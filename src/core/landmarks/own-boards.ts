import * as v from 'valibot';
import { formatExactCount } from '../figures';
import { generations, knownDevices, type Device } from './devices';

/** Boards that the user describes, and what is wrong with descriptions that cannot be taken. */
export interface OwnBoards {
  readonly boards: readonly Device[];
  /** Sentences that name the entry and the key. */
  readonly problems: readonly string[];
}

const maxBoards = 100;

const name = (key: string) =>
  v.pipe(
    v.string(`"${key}" must be text`),
    v.trim(),
    v.nonEmpty(`"${key}" must not be empty`),
    v.maxLength(100, `"${key}" must have at most 100 characters`),
  );

const quantity = (key: string, most: number, unit: string) => {
  const range = `"${key}" must be a number above 0 and at most ${formatExactCount(most)} (${unit})`;
  return v.pipe(v.number(range), v.finite(range), v.gtValue(0, range), v.maxValue(most, range));
};

const peak = (precision: string) => quantity(`peakTflops.${precision}`, 100_000, 'TFLOPS');
const bandwidth = (key: string) => quantity(key, 100_000, 'GB/s');

const boardSchema = v.strictObject(
  {
    name: name('name'),
    id: v.exactOptional(
      v.pipe(
        v.string('"id" must be text'),
        v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, '"id" must be lower-case letters, digits and dashes'),
      ),
    ),
    peakTflops: v.strictObject(
      { fp16: peak('fp16'), fp32: v.exactOptional(peak('fp32')), int8: v.exactOptional(peak('int8')) },
      '"peakTflops" must have "fp16", and may have "fp32" and "int8"',
    ),
    memoryBandwidthGBps: bandwidth('memoryBandwidthGBps'),
    memoryGiB: quantity('memoryGiB', 10_000, 'GiB'),
    generation: v.exactOptional(v.picklist(generations, `"generation" must be one of ${generations.join(', ')}`)),
    powerModes: v.exactOptional(
      v.pipe(
        v.array(
          v.strictObject(
            {
              name: name('powerModes.name'),
              gpuMHz: quantity('powerModes.gpuMHz', 10_000, 'MHz'),
              memoryBandwidthGBps: v.exactOptional(bandwidth('powerModes.memoryBandwidthGBps')),
            },
            'an entry of "powerModes" must have "name" and "gpuMHz"',
          ),
          '"powerModes" must be a list',
        ),
        v.maxLength(20, '"powerModes" must have at most 20 entries'),
        v.check(
          (modes) => new Set(modes.map((mode) => mode.name.toLowerCase())).size === modes.length,
          'two entries of "powerModes" have one name',
        ),
      ),
    ),
  },
  'it must be an object with "name", "peakTflops", "memoryBandwidthGBps" and "memoryGiB"',
);

/** What is wrong, with the whole path of a key that is missing or strange. */
function describeIssue(issue: v.BaseIssue<unknown>): string {
  const key = v.getDotPath(issue);
  if (issue.type !== 'strict_object' || key === null || issue.expected === 'Object') return issue.message;
  return issue.expected === 'never' ? `"${key}" is not a key of a board` : `"${key}" is missing`;
}

/**
 * Boards as the user describes them: a list of objects with `name`, `peakTflops` (`fp16`, and where known `fp32` and
 * `int8`), `memoryBandwidthGBps`, `memoryGiB`, and where wanted `id`, `generation` and `powerModes`. Never fails: an entry
 * that cannot be taken becomes a problem, and the others count.
 *
 * @param where what the list is called in problems, e.g. `framecast.boards`
 */
export function readOwnBoards(value: unknown, where: string): OwnBoards {
  if (!Array.isArray(value)) return { boards: [], problems: [`${where} must be a list of boards.`] };
  const boards: Device[] = [];
  const problems =
    value.length > maxBoards ? [`${where} has more than ${maxBoards} boards; the others are left out.`] : [];
  for (const [index, entry] of value.slice(0, maxBoards).entries()) {
    const at = `${where}[${index}]`;
    const parsed = v.safeParse(boardSchema, entry);
    if (!parsed.success) {
      problems.push(`${at}: ${[...new Set(parsed.issues.map(describeIssue))].join('; ')}.`);
      continue;
    }
    const board = deviceOf(parsed.output, where);
    const taken = [...knownDevices, ...boards].find(({ id }) => id === board.id);
    if (board.id === '') problems.push(`${at}: "id" is missing, and "name" has no letters to make one of.`);
    else if (taken !== undefined) problems.push(`${at}: "id" ${board.id} is that of ${taken.name}; choose another.`);
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
