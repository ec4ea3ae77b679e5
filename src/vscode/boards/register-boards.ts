import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/language';
import type { Concern } from '../../jetson/preflight/concern';
import type { LandmarkLibrary } from '../services/landmark-library';
import type { ModelEditors } from '../pages/model/model-editor';
import type { ModelService } from '../services/model-service';
import { registerBenchmarkCommand } from '../benchmarks/benchmark-command';
import { registerBenchmarkPanels, type BenchmarkPanels } from '../pages/benchmark/benchmark-panels';
import type { BenchmarkPlan, BenchmarkRecord } from '../benchmarks/benchmark-record';
import { openBenchmarkStore } from '../benchmarks/benchmark-store';
import { isAlive } from '../../files/jsonl/append-rewrite';
import type { Benchmark } from '../benchmarks/benchmark-entries';
import { createBenchmarks, type Benchmarks } from '../benchmarks/benchmarks';
import { registerDeviceCommands } from './device-commands';
import { withProgress } from '../services/with-progress';
import { createDeviceMonitor } from './device-monitor';
import { registerDevicesView } from './devices-view';
import { registerLadderCommand } from '../benchmarks/ladder/ladder-command';
import { createLadderThread } from '../benchmarks/ladder/ladder-thread';
import { createLadderWatch, type FinishedLadder, type LadderWatch } from '../benchmarks/ladder/ladder-watch';
import { registerReadOnlyTexts } from './read-only-text';
import { confirmed, offered } from '../services/ask';
import { requireTrust } from './trust';

export interface JetsonParts {
  readonly context: vscode.ExtensionContext;
  readonly editors: ModelEditors;
  readonly service: ModelService;
  readonly library: LandmarkLibrary;
}

/** What others need to benchmark. */
export interface Jetson extends vscode.Disposable {
  readonly benchmarks: Benchmarks;
  /** Runs a benchmark, and shows its page; returns its id. */
  start(plan: BenchmarkPlan): string;
}

/** Registers everything that has to do with boards: the Devices view, benchmarks and their pages. */
export function registerJetson({ context, editors, service, library }: JetsonParts): Jetson {
  const { secrets, globalState, globalStorageUri, extensionUri, extension } = context;
  const texts = registerReadOnlyTexts();
  const monitor = createDeviceMonitor(secrets);
  const store = openBenchmarkStore(path.join(globalStorageUri.fsPath, 'benchmarks'));
  const { version } = extension.packageJSON as { readonly version: string };
  const benchmarks = createBenchmarks({
    version,
    secrets,
    service,
    library,
    monitor,
    store,
    acceptWarnings: async (concerns, id, deviceName) => {
      await panels.whenDrawn(id);
      return await acceptWarnings(concerns, deviceName);
    },
  });
  const thread = createLadderThread(vscode.Uri.joinPath(extensionUri, 'dist', 'ladder-worker.js').fsPath);
  const ladders = createLadderWatch(path.join(globalStorageUri.fsPath, 'ladders'), library, thread);
  const accompanied = new Set<string>();
  const start = (plan: BenchmarkPlan): string => {
    const { id } = benchmarks.start(plan);
    panels.show(id);
    void accompany(id, { benchmarks, panels, ladders, accompanied });
    return id;
  };
  const resume = async (id: string): Promise<void> => {
    if (!(await requireTrust('benchmarks'))) return;
    await benchmarks.resume(id);
    void accompany(id, { benchmarks, panels, ladders, accompanied });
  };
  /** The reference models of a ladder are removed when it is over; every other benchmark's models are the user's. */
  const haveModels = async (plan: BenchmarkPlan): Promise<boolean> =>
    !ladders.isLadder(plan) ||
    (await withProgress(t('Writing reference models'), (signal) => ladders.restore(plan, signal))).ok;
  const again = async (plan: BenchmarkPlan): Promise<void> => {
    if ((await requireTrust('benchmarks')) && (await haveModels(plan))) start(plan);
  };
  const show = async (id: string): Promise<void> => {
    panels.show(id);
    await resume(id);
  };
  const panels = registerBenchmarkPanels(extensionUri, benchmarks, { again, resume, haveModels }, texts);
  const takeUp = async (): Promise<void> => offerOpen(await store.readAll(), { benchmarks, panels }, resume);
  void takeUp();
  const registered = vscode.Disposable.from(
    texts,
    monitor,
    benchmarks,
    panels,
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      panels.resumeOpen();
      void takeUp();
    }),
    registerDevicesView(monitor),
    registerDeviceCommands(monitor, secrets, texts),
    registerBenchmarkCommand({ editors, monitor, memory: globalState, start }),
    registerLadderCommand({ monitor, library, store, ladders, thread, start, show }),
    vscode.commands.registerCommand('framecast.showBenchmark', async () => {
      const id = await pickBenchmark(await store.readAll());
      if (id !== null) panels.show(id);
    }),
  );
  return { benchmarks, start, dispose: () => registered.dispose() };
}

interface Companions {
  readonly benchmarks: Benchmarks;
  readonly panels: BenchmarkPanels;
  readonly ladders: LadderWatch;
}

/** A notification with the progress of a benchmark while it is followed, and a message at its end; one of each. */
async function accompany(
  id: string,
  { benchmarks, panels, ladders, accompanied }: Companions & { readonly accompanied: Set<string> },
): Promise<void> {
  const benchmark = await benchmarks.find(id);
  if (!benchmark || accompanied.has(id)) return;
  accompanied.add(id);
  const { device } = benchmark.view;
  const ladder = ladders.watch(benchmark.plan, benchmark.view);
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: nameOf(benchmark),
      cancellable: true,
    },
    async (progress, token) => {
      const report = (): void => {
        const { sentence, stages } = benchmark.view;
        const detail = stages.find(({ state }) => state === 'running')?.detail ?? '';
        const left = ladder?.timeLeft(benchmark.view) ?? '';
        progress.report({ message: [sentence, detail, left].filter((part) => part !== '').join(' ') });
      };
      const subscription = vscode.Disposable.from(
        token.onCancellationRequested(() => benchmarks.cancel(id)),
        benchmarks.onDidChange((changed) => {
          if (changed === id) report();
        }),
      );
      report();
      await benchmarks.ended(id);
      subscription.dispose();
    },
  );
  accompanied.delete(id);
  const end = ladder === null ? null : await ladder.end(benchmark.view);
  if (end === null) await tellEnd(id, benchmark, panels);
  else await tellLadder(id, { end, deviceName: device.name }, panels);
}

/** What a ladder came to, with the way to its fits and to the page that says more. */
async function tellLadder(
  id: string,
  { end: { isWhole, text, deployment }, deviceName }: { readonly end: FinishedLadder; readonly deviceName: string },
  panels: BenchmarkPanels,
): Promise<void> {
  const [show, showFits] = [t('Show'), t('Show Fits')];
  const buttons = [...(panels.isVisible(id) ? [] : [show]), ...(deployment === null ? [] : [showFits])];
  const sentence = `${t('{0} on {1}', t('Landmark ladder'), deviceName)}: ${text}`;
  const picked = isWhole
    ? await vscode.window.showInformationMessage(sentence, ...buttons)
    : await vscode.window.showWarningMessage(sentence, ...buttons);
  if (picked === show) panels.show(id);
  if (picked === showFits) {
    const branch = { kind: 'runtime', ...deployment, family: null };
    await vscode.commands.executeCommand('framecast.landmarks.showFit', branch);
  }
}

async function tellEnd(id: string, benchmark: Benchmark, panels: BenchmarkPanels): Promise<void> {
  // Its page says the same, and a notification would cover the page.
  if (panels.isVisible(id)) return;
  const { state, sentence } = benchmark.view;
  const text = `${nameOf(benchmark)}: ${sentence}`;
  const kind = state === 'failed' || state === 'interrupted' ? 'Error' : 'Information';
  if (await offered(kind, text, t('Show'))) panels.show(id);
}

function nameOf({ plan, view: { title, device } }: Pick<Benchmark, 'plan' | 'view'>): string {
  return t('{0} on {1}', plan.title ?? t('Benchmark of {0}', title), device.name);
}

/** Offers the jobs that an earlier window left on a board. */
async function offerOpen(
  records: readonly BenchmarkRecord[],
  { benchmarks, panels }: Pick<Companions, 'benchmarks' | 'panels'>,
  resume: (id: string) => Promise<void>,
): Promise<void> {
  if (!vscode.workspace.isTrusted) return;
  for (const { id, openJob, owner, plan, view } of records) {
    if (openJob === null || panels.isOpen(id)) continue;
    // A window that was loaded again leaves its old process behind for a moment; another window's stays.
    void untilEnded(owner).then(async (hasEnded) => {
      if (!hasEnded || panels.isOpen(id) || (await benchmarks.find(id))?.isOpen !== true) return;
      const sentence = t('{0} is still running or has finished since VS Code was closed.', nameOf({ plan, view }));
      if (!(await offered('Information', sentence, t('Show')))) return;
      panels.show(id);
      await resume(id);
    });
  }
}

const patienceMs = 30_000;

async function untilEnded(pid: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline;) {
    if (!isAlive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return false;
}

async function pickBenchmark(records: readonly BenchmarkRecord[]): Promise<string | null> {
  if (records.length === 0) {
    void vscode.window.showInformationMessage(t('There are no benchmarks yet. Start one with “Benchmark on Jetson…”.'));
    return null;
  }
  const items = records.map(({ id, view }) => ({
    label: t('{0} on {1}', view.title, view.device.name),
    description: new Date(view.startedAt).toLocaleString(),
    detail: view.sentence,
    id,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: t('Which benchmark?'), matchOnDetail: true });
  return picked?.id ?? null;
}

/** Asks once, before a byte is sent. */
async function acceptWarnings(concerns: readonly Concern[], deviceName: string): Promise<boolean> {
  return await confirmed(
    t('{0, plural, one {Something} other {# things}} may distort the results on {1}', concerns.length, deviceName),
    // A dialog sets no code.
    concerns.map(({ message }) => `• ${message.replace(/`([^`]*)`/g, '"$1"')}`).join('\n\n'),
    t('Continue'),
  );
}
