import path from 'node:path';
import * as vscode from 'vscode';
import { defaultLadderLength, defaultMaxWeightBytes } from '../../../core/ladder/choose-ladder';
import { equation2Coefficients } from '../../../core/estimate/family-fit/equation2';
import { type ImageSize, maxSide, parseImageSize } from '../../../core/image-size';
import { ladderSizes, type Rung } from '../../../core/ladder/rung';
import { t, wholeNumber } from '../../../core/language';
import { boardName } from '../../../core/landmarks/devices';
import { runtimeName, type Runtime } from '../../../core/landmarks/landmark';
import { formatBytes, formatCount, formatMacs } from '../../../core/figures';
import { success } from '../../../core/result';
import { listed } from '../../../core/text';
import { zooFamilies } from '../../../core/zoo/families';
import { defaultTrials, defaultWarmupRuns } from '../../../jetson/benchmark/benchmark-request';
import { campaignName } from '../../../jetson/benchmark/plan-job';
import { resolveDestination } from '../../../jetson/connection/destination';
import { writeRungs } from '../../../jetson/ladder/ladder-files';
import { ladderQuestion, type LadderPlan } from '../../../jetson/ladder/plan-ladder';
import type { LandmarkLibrary } from '../../services/landmark-library';
import { pickDevice } from '../benchmark-choice';
import type { BenchmarkPlan, BenchmarkRecord } from '../benchmark-record';
import type { BenchmarkStore } from '../benchmark-store';
import { isAlive } from '../../../files/jsonl/append-rewrite';
import { deviceOf } from '../../boards/device-commands';
import { withProgress } from '../../services/with-progress';
import type { DeviceMonitor } from '../../boards/device-monitor';
import type { LadderThread } from './ladder-thread';
import type { LadderWatch } from './ladder-watch';
import { destinationText, type SavedDevice } from '../../boards/saved-device';
import { requireTrust } from '../../boards/trust';
import { runWizard, type Wizard } from '../../services/wizard';

export interface LadderCommandParts {
  readonly monitor: DeviceMonitor;
  readonly library: LandmarkLibrary;
  readonly store: BenchmarkStore;
  readonly ladders: LadderWatch;
  readonly thread: LadderThread;
  /** Runs it, and shows its page. */
  start(plan: BenchmarkPlan): void;
  /** Shows one that was left, and follows it. */
  show(id: string): Promise<void>;
}

/**
 * `Measure Landmark Ladder…`: reference models, chosen for a device and shown before anything is sent, as one benchmark.
 * One that was left on the board is followed instead of beginning another.
 */
export function registerLadderCommand(parts: LadderCommandParts): vscode.Disposable {
  return vscode.commands.registerCommand('framecast.measureLadder', async (target: unknown) => {
    if (!(await requireTrust('benchmarks'))) return;
    const { monitor, store, ladders } = parts;
    const device =
      deviceOf(target) ??
      (await pickDevice(monitor, t('Measure landmark ladder'), t('Measure a ladder on which board?')));
    if (!device) return;
    const left = (await store.readAll()).find(
      (record) => record.plan.device.name === device.name && ladders.isLadder(record.plan) && isUnderWay(record),
    );
    if (left) {
      if (left.openJob !== null || left.owner === process.pid) return await parts.show(left.id);
      void vscode.window.showInformationMessage(
        t('Another window is measuring a ladder on {0}. Start again when it has finished.', device.name),
      );
      return;
    }
    const asked = await runWizard(t('Measure landmark ladder'), async (wizard) => {
      wizard.expect(2);
      const chosen = await pickRuntime(wizard);
      return { ...chosen, families: await pickFamilies(wizard) };
    });
    if (asked === undefined) return;
    const { runtime } = asked;
    const plan = await planOn(device, asked, parts);
    if (plan === null) return;
    const rungs = await pickRungs(plan, device, runtime);
    if (rungs === undefined) return;
    const files = await withProgress(t('Writing reference models'), (signal, progress) =>
      writeRungs(rungs, ladders.folderOf(device.name), {
        signal,
        onWritten: (done) =>
          progress.report({ message: t('{0} of {1}', done, rungs.length), increment: 100 / rungs.length }),
      }),
    );
    if (files.ok) parts.start(benchmarkOf(device, runtime, rungs, files.value));
  });
}

/** A job that is to be collected, or one that a window that is still open prepares. */
function isUnderWay({ openJob, view, owner }: BenchmarkRecord): boolean {
  return openJob !== null || ((view.state === 'running' || view.state === 'queued') && isAlive(owner));
}

interface RuntimeAndSizes {
  readonly runtime: Runtime;
  readonly sizes: readonly ImageSize[];
}

/** The runtime; the sizes of the images can be changed on the way. */
async function pickRuntime(wizard: Wizard, sizes: readonly ImageSize[] = ladderSizes): Promise<RuntimeAndSizes> {
  const runtimes: readonly Runtime[] = ['tensorrt-fp16', 'tensorrt-fp32'];
  const description = listed(sizes.map(({ height, width }) => `${width}×${height}`));
  const picked = await wizard.pick(
    [
      ...runtimes.map((runtime) => ({ label: runtimeName(runtime), runtime, description: '' })),
      { label: t('Change input size…'), runtime: null, description },
    ],
    { prompt: t('With which runtime and precision?') },
  );
  if (picked.runtime !== null) return { runtime: picked.runtime, sizes };
  wizard.expect(4);
  return await pickRuntime(wizard, [await askSize(wizard)]);
}

/** The size that the models are to read. */
async function askSize(wizard: Wizard): Promise<ImageSize> {
  const text = await wizard.input({
    prompt: t('Input size of the reference models: width × height in pixels, such as 640x480, or one side'),
    complaint: (value) =>
      parseImageSize(value) === null
        ? t('Width × height in pixels, such as 640x480; {0} at most.', wholeNumber(maxSide))
        : undefined,
  });
  return parseImageSize(text)!;
}

/** None is an answer too. */
async function pickFamilies(wizard: Wizard): Promise<readonly string[]> {
  const items = zooFamilies.map(({ name }) => ({ label: name }));
  const picked = await wizard.pickMany(items, {
    prompt: t('Optional: families to fit separately, with {0} members each', equation2Coefficients),
  });
  return picked.map(({ label }) => label);
}

/** Null when nothing is to be measured; the user knows why then. */
async function planOn(
  device: SavedDevice,
  { runtime, sizes, families }: RuntimeAndSizes & { readonly families: readonly string[] },
  { monitor, library, thread }: LadderCommandParts,
): Promise<LadderPlan | null> {
  const question = await withProgress(t('Asking {0} what it is', device.name), async (signal) => {
    const destination = await resolveDestination(destinationText(device));
    if (!destination.ok) return destination;
    const report = await monitor.test(device, signal);
    if (!report.ok) return report;
    await library.ready;
    return ladderQuestion(report.value, {
      runtime,
      families,
      length: defaultLadderLength,
      maxWeightBytes: defaultMaxWeightBytes,
      sizes,
      campaign: campaignName({ deviceLabel: device.name, destination: destination.value }),
      estimators: library.estimators,
    });
  });
  if (!question.ok) return null;
  const plan = await withProgress(t('Choosing reference models for {0}', device.name), async (signal) => {
    const ladder = await thread.choose(question.value, signal);
    const { device: kind, powerMode } = question.value;
    return ladder.ok ? success({ ...ladder.value, device: kind, powerMode }) : ladder;
  });
  if (!plan.ok) return null;
  plan.value.notes.forEach((note) => void vscode.window.showInformationMessage(note));
  if (plan.value.rungs.length > 0) return plan.value;
  void vscode.window.showInformationMessage(
    t('Every model of the ladder has already been measured on {0} with {1}.', device.name, runtimeName(runtime)),
  );
  return null;
}

/** Shows what would be measured; the user may leave some out, or give up. */
async function pickRungs(
  { rungs, ...board }: LadderPlan,
  { name }: SavedDevice,
  runtime: Runtime,
): Promise<readonly Rung[] | undefined> {
  const items = rungs.map((rung) => ({
    label: rung.label,
    description: formatBytes(rung.weightBytes),
    detail: `${t('{0} parameters', formatCount(rung.parameters))}, ${formatMacs(rung.macs)}`,
    picked: true,
    rung,
  }));
  const title = t('Measure landmark ladder on {0} ({1}) with {2}', name, boardName(board), runtimeName(runtime));
  const picked = await runWizard(title, (wizard) =>
    wizard.pickMany(items, {
      prompt: (chosen) =>
        t(
          'Press OK to send these models ({0}) and measure them',
          formatBytes(chosen.reduce((sum, { rung }) => sum + rung.weightBytes, 0)),
        ),
      complaint: (chosen) => (chosen.length === 0 ? t('Choose at least one model') : null),
    }),
  );
  return picked?.map(({ rung }) => rung);
}

function benchmarkOf(
  device: SavedDevice,
  runtime: Runtime,
  rungs: readonly Rung[],
  files: readonly string[],
): BenchmarkPlan {
  const runs = files.map((modelPath, index) => ({
    modelPath,
    modelName: rungs[index]?.id ?? path.parse(modelPath).name,
    runtime,
    trials: defaultTrials,
    warmupRuns: defaultWarmupRuns,
  }));
  return { title: t('Landmark ladder'), device, runs };
}
