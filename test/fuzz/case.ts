/** Runs one case as the command line would answer it; in a thread, whose time and memory the fuzzer bounds. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { concernsOf } from '../../src/core/estimate/concerns';
import { createEstimators } from '../../src/core/estimate/estimators';
import { defaultDevice } from '../../src/core/landmarks/devices';
import { bundledLandmarks } from '../../src/core/landmarks/campaigns';
import { defaultRuntime } from '../../src/core/landmarks/landmark';
import { memorySource } from '../../src/core/onnx/byte-source';
import { readModel } from '../../src/core/onnx/read';
import { predictionView } from '../../src/core/present/prediction-view';
import { profileModel } from '../../src/core/profile/profile-model';
import { generate } from './generate';
import { mutate } from './mutate';
import { randomOf } from './random';

export interface FuzzCase {
  readonly seed: number;
  readonly kind: 'mutated' | 'generated';
}

export interface FuzzOutcome {
  /** `answered`, or the code of the failure. */
  readonly end: string;
  readonly ms: number;
  /** What must not be, in words; null for a fine case. */
  readonly fault: string | null;
}

const estimators = createEstimators(bundledLandmarks);
const query = { device: defaultDevice, runtime: defaultRuntime };

/** Longest text that a surface may be given about one model. */
const maxTextLength = 100_000;

/** The file of a case, which its seed repeats. */
export function bytesOf({ seed, kind }: FuzzCase): Uint8Array {
  const random = randomOf(seed);
  if (kind === 'generated') return generate(random);
  // Small ones are preferred: they do as well, and more of them are done.
  const fraction = random.below(1000) / 1000;
  return mutate(fixture(Math.floor(fraction ** 2 * files.length)), random);
}

/** Real models, by size. */
const files = ['test/fixtures/exported', 'test/fixtures/torch-2.11', 'samples']
  .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
  .filter((name) => name.endsWith('.onnx'))
  .map((name) => ({ name, bytes: statSync(name).size }))
  .sort((one, other) => one.bytes - other.bytes || (one.name < other.name ? -1 : 1));

const fixtures = new Map<number, Uint8Array>();

function fixture(index: number): Uint8Array {
  const bytes = fixtures.get(index) ?? readFileSync(files[index]!.name);
  fixtures.set(index, bytes);
  return bytes;
}

export default async function run(fuzzCase: FuzzCase): Promise<FuzzOutcome> {
  const bytes = bytesOf(fuzzCase);
  const start = processorMs();
  const outcome = (end: string, fault: string | null): FuzzOutcome => ({ end, ms: processorMs() - start, fault });
  try {
    const model = await readModel(memorySource(bytes));
    if (!model.ok) return outcome(model.error.code, faultOfText(model.error.message));
    const profile = profileModel(model.value);
    if (!profile.ok) return outcome(profile.error.code, faultOfText(profile.error.message));
    const prediction = estimators.predict(profile.value, query);
    const view = predictionView(profile.value, query, prediction, 30);
    const concerns = concernsOf(profile.value, query);
    const { estimate } = prediction;
    const figures =
      estimate === null
        ? []
        : [estimate.throughputFps, estimate.interval?.lowFps ?? 1, estimate.interval?.highFps ?? 1];
    const isSound = figures.every((figure) => Number.isFinite(figure) && figure > 0);
    return outcome(
      'answered',
      isSound ? faultOfText(JSON.stringify([view, concerns])) : `figures ${figures.join(', ')}`,
    );
  } catch (error) {
    return outcome('threw', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

/** Time that this thread has worked, which does not depend on what else the machine does; the wall's where Linux is not. */
function processorMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

// eslint-disable-next-line no-control-regex -- which is what is looked for
const impossible = /[\u0000-\u001f\u007f-\u009f\u061c\u2028-\u202e\u2066-\u2069]|NaN|Infinity/u;

function faultOfText(written: string): string | null {
  if (written.length > maxTextLength) return `${written.length} characters of text`;
  const text = written.replace(/\\n/g, ' ');
  const at = text.search(impossible);
  return at < 0 ? null : `control characters or impossible numbers in: ${text.slice(Math.max(0, at - 200), at + 100)}`;
}
