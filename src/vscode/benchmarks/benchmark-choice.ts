import { access } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { compact } from '../../core/compact';
import { t, wholeNumber } from '../../core/language';
import { torchscriptEndings } from '../../core/model-file-name';
import { runtimeName, runtimes, type Runtime } from '../../core/landmarks/landmark';
import { defaultTrials, defaultWarmupRuns } from '../../jetson/benchmark/benchmark-request';
import { maxTrials } from '../../jetson/job/run-result';
import { addDevice } from '../boards/add-device';
import { foundName, type DeviceMonitor } from '../boards/device-monitor';
import { readSavedDevices } from '../boards/device-settings';
import { destinationText, type SavedDevice } from '../boards/saved-device';
import { runWizard, type Wizard, type WizardOptions } from '../services/wizard';

/** What the user chose for a benchmark, in addition to the models. */
export interface BenchmarkChoice {
  readonly device: SavedDevice;
  readonly runtimes: readonly Runtime[];
  readonly trials: number;
  readonly warmupRuns: number;
  /** null: the model's own. */
  readonly batch: number | null;
}

/** What the user chose last; kept for the next benchmark. */
const keptSchema = v.object({
  device: v.string(),
  runtimes: v.pipe(v.array(v.picklist(runtimes)), v.minLength(1)),
  trials: v.pipe(v.number(), v.integer(), v.minValue(1)),
  warmupRuns: v.pipe(v.number(), v.integer(), v.minValue(0)),
  batch: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
});

const keptKey = 'framecast.benchmarkChoice';
const maxBatch = 1024;

/** What is known before the user is asked. */
export interface ChoiceStart {
  /** E.g. `resnet18` or `3 models`. */
  readonly title: string;
  readonly modelPaths: readonly string[];
  readonly device?: SavedDevice;
  readonly runtimes?: readonly Runtime[];
}

interface StepItem extends vscode.QuickPickItem {
  readonly step?: 'start' | 'device' | 'runtimes' | 'protocol';
}

/**
 * Asks how to benchmark: one list with what was chosen last, whose first entry starts at once, and the other entries
 * change a part of it. Null when the user gives up.
 */
export async function chooseBenchmark(
  start: ChoiceStart,
  memory: vscode.Memento,
  monitor: DeviceMonitor,
): Promise<BenchmarkChoice | null> {
  const kept = readKept(memory);
  const offered = await offeredRuntimes(start.modelPaths);
  const saved = readSavedDevices().devices;
  const device =
    start.device ??
    saved.find(({ name }) => name === kept?.device) ??
    (saved.length === 1 ? saved[0] : await pickDevice(monitor, benchmarkTitle(start), t('Benchmark on which board?')));
  if (!device) return null;
  const wanted = start.runtimes ?? kept?.runtimes ?? ['tensorrt-fp16'];
  const possible = wanted.filter((runtime) => offered.includes(runtime));
  let choice: BenchmarkChoice = {
    device,
    runtimes: possible.length === 0 ? ['tensorrt-fp16'] : possible,
    trials: kept?.trials ?? defaultTrials,
    warmupRuns: kept?.warmupRuns ?? defaultWarmupRuns,
    batch: kept?.batch ?? null,
  };
  for (;;) {
    const step = await pickStep(benchmarkTitle(start), choice, monitor);
    if (step === null) return null;
    if (step === 'start') break;
    choice = { ...choice, ...(await changed(step, benchmarkTitle(start), choice, offered, monitor)) };
  }
  await memory.update(keptKey, { ...choice, device: choice.device.name });
  return choice;
}

function benchmarkTitle({ title }: ChoiceStart): string {
  return t('Benchmark {0} on Jetson', title);
}

async function pickStep(
  title: string,
  choice: BenchmarkChoice,
  monitor: DeviceMonitor,
): Promise<NonNullable<StepItem['step']> | null> {
  const { device } = choice;
  const items: StepItem[] = [
    {
      label: t('$(play) Start'),
      description: t('{0} on {1}', runtimeNames(choice.runtimes), device.name),
      detail: protocolText(choice),
      step: 'start',
    },
    { label: t('Change'), kind: vscode.QuickPickItemKind.Separator },
    {
      label: t('$(vm) Device'),
      description: [device.name, ...whereAndWhat(device, monitor)].join(' · '),
      step: 'device',
    },
    { label: t('$(circuit-board) Runtimes'), description: runtimeNames(choice.runtimes), step: 'runtimes' },
    { label: t('$(watch) Protocol'), description: protocolText(choice), step: 'protocol' },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: t('Start, or change how it is measured'),
    ignoreFocusOut: true,
  });
  return picked?.step ?? null;
}

async function changed(
  step: 'device' | 'runtimes' | 'protocol',
  title: string,
  choice: BenchmarkChoice,
  offered: readonly Runtime[],
  monitor: DeviceMonitor,
): Promise<Partial<BenchmarkChoice>> {
  switch (step) {
    case 'device': {
      const device = await pickDevice(monitor, title, t('Benchmark on which board?'), {
        ...partOfBenchmark,
        current: choice.device,
      });
      return device ? { device } : {};
    }
    case 'runtimes':
      return await pickRuntimes(title, choice.runtimes, offered);
    case 'protocol':
      return await askProtocol(title, choice);
  }
}

/** What changes a part of the choice leads back to the list of all parts. */
const partOfBenchmark: WizardOptions = { isPartOfAnother: true };

interface DeviceItem extends vscode.QuickPickItem {
  readonly device: SavedDevice | null;
}

/** A board of the setting, or one that is added now; undefined when the user gives up. */
export async function pickDevice(
  monitor: DeviceMonitor,
  title: string,
  prompt: string,
  options?: WizardOptions & { readonly current?: SavedDevice },
): Promise<SavedDevice | undefined> {
  const saved = readSavedDevices().devices;
  if (saved.length === 0) return (await addDevice()) ?? undefined;
  const items: readonly DeviceItem[] = [
    ...saved.map((device): DeviceItem => {
      const description = whereAndWhat(device, monitor).join(' · ');
      return {
        label: device.name,
        description,
        detail: monitor.status(device).reason,
        picked: device.name === options?.current?.name,
        device,
      };
    }),
    { label: t('$(add) Add a device…'), device: null },
  ];
  const picked = await runWizard(title, (wizard) => wizard.pick(items, { prompt }), options);
  if (!picked) return undefined;
  return picked.device ?? (await addDevice()) ?? undefined;
}

/** Where a board is, unless its name says that, and what it is, once that is known. */
function whereAndWhat(device: SavedDevice, monitor: DeviceMonitor): readonly string[] {
  const destination = destinationText(device);
  return compact([destination !== device.name && destination, foundName(monitor.status(device))]);
}

interface RuntimeItem extends vscode.QuickPickItem {
  readonly runtime: Runtime;
}

async function pickRuntimes(
  title: string,
  current: readonly Runtime[],
  offered: readonly Runtime[],
): Promise<Partial<BenchmarkChoice>> {
  const items = offered.map((runtime): RuntimeItem => ({
    label: runtimeName(runtime),
    detail: runtimeDetail(runtime),
    picked: current.includes(runtime),
    runtime,
  }));
  const question = {
    prompt: t('Runtimes, each measured in a separate run'),
    complaint: (picked: readonly RuntimeItem[]) => (picked.length === 0 ? t('Choose at least one runtime') : null),
  };
  const picked = await runWizard(title, (wizard) => wizard.pickMany(items, question), partOfBenchmark);
  return picked === undefined ? {} : { runtimes: picked.map(({ runtime }) => runtime) };
}

function runtimeDetail(runtime: Runtime): string | undefined {
  switch (runtime) {
    case 'tensorrt-fp16':
      return t('16-bit floating point, the fastest runtime in the paper');
    case 'tensorrt-fp32':
      return t('32-bit floating point');
    case 'tensorrt-int8':
      return t('8-bit integers, for timing alone unless the model is quantised');
    case 'pytorch-fp16':
      return t('The TorchScript file next to the model, with 16-bit floating point');
    case 'pytorch-fp32':
      return t('The TorchScript file next to the model, with 32-bit floating point');
    default:
      return undefined;
  }
}

/** What was answered before the user gave up changes too. */
async function askProtocol(title: string, choice: BenchmarkChoice): Promise<Partial<BenchmarkChoice>> {
  let answers: Partial<BenchmarkChoice> = {};
  const ask = async (wizard: Wizard): Promise<void> => {
    wizard.expect(3);
    answers = {};
    const trials = await askCount(wizard, t('Trials: timed runs of one batch each.'), choice.trials, 1);
    answers = { trials };
    const warmUp = t('Warm-up: runs before the first trial. Where trtexec measures, it warms up by time instead.');
    const warmupRuns = await askCount(wizard, warmUp, choice.warmupRuns, 0);
    answers = { trials, warmupRuns };
    answers = { trials, warmupRuns, batch: await askBatch(wizard, choice.batch) };
  };
  await runWizard(title, ask, partOfBenchmark);
  return answers;
}

async function askCount(wizard: Wizard, prompt: string, value: number, least: number): Promise<number> {
  const entered = await wizard.input({
    prompt,
    value: String(value),
    complaint: (text) =>
      isWhole(text, least, maxTrials)
        ? null
        : t('Enter a whole number from {0} to {1}.', least, wholeNumber(maxTrials)),
  });
  return Number(entered);
}

async function askBatch(wizard: Wizard, value: number | null): Promise<number | null> {
  const entered = await wizard.input({
    prompt: t(
      'Batch: inputs per run; leave empty for the model’s own. Another one needs a model with a variable batch.',
    ),
    value: value === null ? '' : String(value),
    complaint: (text) =>
      text === '' || isWhole(text, 1, maxBatch)
        ? null
        : t('Enter a whole number from 1 to {0}, or nothing for the model’s own batch.', wholeNumber(maxBatch)),
  });
  return entered === '' ? null : Number(entered);
}

function isWhole(text: string, least: number, most: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
}

function protocolText({ trials, warmupRuns, batch }: BenchmarkChoice): string {
  const own = batch === null ? t('the model’s own batch') : t('batch {0}', batch);
  return t(
    '{0, plural, one {# warm-up run} other {# warm-up runs}}, {1, plural, one {# trial} other {# trials}}, {2}',
    warmupRuns,
    trials,
    own,
  );
}

function runtimeNames(chosen: readonly Runtime[]): string {
  return chosen.map(runtimeName).join(', ');
}

function readKept(memory: vscode.Memento): v.InferOutput<typeof keptSchema> | null {
  const parsed = v.safeParse(keptSchema, memory.get(keptKey));
  return parsed.success ? parsed.output : null;
}

/** TensorRT always; PyTorch if every model has a TorchScript file next to it. */
async function offeredRuntimes(modelPaths: readonly string[]): Promise<readonly Runtime[]> {
  const scripted = await Promise.all(modelPaths.map(hasTorchscript));
  const tensorrt: readonly Runtime[] = ['tensorrt-fp16', 'tensorrt-fp32', 'tensorrt-int8'];
  return scripted.every(Boolean) ? [...tensorrt, 'pytorch-fp16', 'pytorch-fp32'] : tensorrt;
}

async function hasTorchscript(modelPath: string): Promise<boolean> {
  const { dir, name } = path.parse(modelPath);
  const files = torchscriptEndings.map((ending) => path.join(dir, `${name}${ending}`));
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
