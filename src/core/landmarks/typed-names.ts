import { closestName } from '../closest-name';
import { refusal, success, type Result } from '../result';
import { deviceName, findMode, unknownMode } from './devices';
import { defaultRuntime, runtimes, type Runtime } from './landmark';
import { t } from '../language';

/**
 * The device that people mean who type its id or name in whatever way: `jetson-orin-nano`, `Orin Nano`, `nano 2gb`,
 * `t5000`. A name that fits several devices, such as `xavier`, is refused with all of them.
 *
 * @param ids of the devices that can be asked for
 */
export function deviceOfName(typed: string, ids: readonly string[]): Result<string, string> {
  if (ids.includes(typed)) return success(typed);
  const words = wordsOf(typed);
  const wanted = words.join('');
  const named = ids.map((id) => ({ id, names: [wordsOf(id), wordsOf(deviceName(id))] }));
  const exact = named.filter(({ names }) => names.some((name) => wanted !== '' && name.join('') === wanted));
  if (exact.length === 1) return success(exact[0]!.id);
  const within = words.length === 0 ? [] : named.filter(({ names }) => includesAll(names.flat(), words));
  // Of a board and its variants, such as those with other memory, the board that has no more words than was typed.
  const shortest = Math.min(...within.map(({ names }) => names[0]!.length));
  const plainest = within.filter(({ names }) => names[0]!.length === shortest);
  if (plainest.length === 1) return success(plainest[0]!.id);
  if (plainest.length > 1) {
    return refusal(t('Device {0} may be {1}. Name one of them.', typed, listed(plainest.map(({ id }) => id))));
  }
  const close = closestName(typed, ids) ?? closestName(`jetson-${words.join('-')}`, ids);
  const hint = close === null ? '' : ` ${t('Did you mean {0}?', close)}`;
  return refusal(t('Device {0} is not known.{1} Known devices: {2}.', typed, hint, ids.join(', ')));
}

/** The board that was typed, and its power mode where one was asked for; a sentence where there is no such board or mode. */
export function boardOfNames(
  { device, powerMode }: { readonly device: string; readonly powerMode?: string | undefined },
  ids: readonly string[],
): Result<{ readonly device: string; readonly powerMode?: string }, string> {
  const found = deviceOfName(device, ids);
  if (!found.ok) return found;
  if (powerMode === undefined) return success({ device: found.value });
  const complaint = unknownMode(found.value, powerMode);
  if (complaint !== null) return refusal(complaint);
  return success({ device: found.value, powerMode: findMode(found.value, powerMode)!.name });
}

/**
 * The runtime that people mean: `fp16`, `trt`, `TensorRT INT8`, `torch-fp32`. TensorRT where no engine is named, FP16
 * where no precision is.
 */
export function runtimeOfName(typed: string): Result<Runtime, string> {
  const match = /^(tensorrt|trt|pytorch|torch)?(fp16|f16|half|fp32|f32|float|single|int8|i8)?$/.exec(
    typed.toLowerCase().replace(/[^a-z0-9]/g, ''),
  );
  const engine = match?.[1]?.includes('torch') ? 'pytorch' : 'tensorrt';
  const precision = precisions.get(match?.[2] ?? '') ?? 'fp16';
  const runtime = runtimes.find((name) => name === `${engine}-${precision}`);
  if (match !== null && match[0] !== '' && runtime !== undefined) return success(runtime);
  const close = match === null ? closestName(typed, runtimes) : null;
  const hint = close === null ? '' : ` ${t('Did you mean {0}?', close)}`;
  return refusal(
    t(
      'Runtime {0} is not known.{1} Known runtimes: {2} (default {3}).',
      typed,
      hint,
      runtimes.join(', '),
      defaultRuntime,
    ),
  );
}

const precisions = new Map([
  ['fp32', 'fp32'],
  ['f32', 'fp32'],
  ['float', 'fp32'],
  ['single', 'fp32'],
  ['int8', 'int8'],
  ['i8', 'int8'],
]);

/** Words that every Jetson has in its name. */
const commonWords = new Set(['nvidia', 'jetson', 'developer', 'dev', 'devkit', 'kit', 'module', 'board']);

/** The words that tell a device from others: `Jetson Orin Nano 8 GB` is `orin`, `nano`, `8gb`. */
function wordsOf(name: string): readonly string[] {
  const words = name
    .toLowerCase()
    .replace(/(\d)\s*(gb|gib)\b/g, '$1gb')
    .split(/[^a-z0-9]+/);
  return words.filter((word) => word !== '' && !commonWords.has(word));
}

function includesAll(names: readonly string[], words: readonly string[]): boolean {
  return words.every((word) => names.includes(word));
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : t('{0} or {1}', names.slice(0, -1).join(', '), names.at(-1)!);
}
