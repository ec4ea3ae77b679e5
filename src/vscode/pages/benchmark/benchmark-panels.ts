import * as vscode from 'vscode';
import { t } from '../../../core/language';
import { benchmarkPageMessages, benchmarkPageState, type BenchmarkPage } from '../../../protocol/benchmark-page';
import { chooseWeights } from '../../benchmarks/missing-weights';
import type { BenchmarkPlan, PlannedRun } from '../../benchmarks/benchmark-record';
import type { Benchmark } from '../../benchmarks/benchmark-entries';
import type { Benchmarks } from '../../benchmarks/benchmarks';
import type { ReadOnlyTexts } from '../../boards/read-only-text';
import { modelEditorType } from '../model/model-editor';
import { registerTabs, type PageLogic, type Surface } from '../page-host';

/** The pages of benchmarks, one a benchmark. */
export interface BenchmarkPanels extends vscode.Disposable {
  show(id: string): void;
  /** Whether the user sees its page now. */
  isVisible(id: string): boolean;
  /** Whether it has a page, seen or not. */
  isOpen(id: string): boolean;
  /** Resolves once the page that is in front is drawn: behind a modal dialog, VS Code draws no page. */
  whenDrawn(id: string): Promise<void>;
  /** Follows the jobs of all benchmarks that have a page, as far as they are to be collected. */
  resumeOpen(): void;
}

/** What a page can ask for. */
export interface BenchmarkActions {
  /** Starts a benchmark like one that is over. */
  again(plan: BenchmarkPlan): Promise<void>;
  /** Follows a benchmark's job again. */
  resume(id: string): Promise<void>;
  /** Sees to it that the models are on the disk; false if not, which the user has been told. */
  haveModels(plan: BenchmarkPlan): Promise<boolean>;
}

/** Minimum time between updates of a page; a board may log faster than anybody reads. */
const betweenPostsMs = 100;
const maxLinesAtOnce = 1000;
/** Older lines are not sent to a page that has just been loaded; it would not keep them. */
const maxLinesAtStart = 5000;

/** A page that takes longer is not waited for. */
const maxDrawingMs = 15_000;

interface BenchmarkLogic extends PageLogic<BenchmarkPage> {
  readonly id: string;
  /** Resolves when the page has loaded, or is closed. */
  readonly whenLoaded: Promise<void>;
  /** The benchmark has changed. */
  follow(): void;
}

/** Registers the pages of benchmarks, which come back after a reload of the window and then follow their job again. */
export function registerBenchmarkPanels(
  extensionUri: vscode.Uri,
  benchmarks: Benchmarks,
  { again, resume, haveModels }: BenchmarkActions,
  texts: ReadOnlyTexts,
): BenchmarkPanels {
  async function resumeIfOpen(id: string): Promise<void> {
    if ((await benchmarks.find(id))?.isOpen) await resume(id);
  }

  function startPage(
    surface: Surface<BenchmarkPage>,
    { id }: BenchmarkPage['state'],
    isRestored: boolean,
  ): BenchmarkLogic {
    let mustResume = isRestored && vscode.workspace.isTrusted;
    /** Number of the line of the log that is sent next. */
    let nextLine = 0;
    let timer: NodeJS.Timeout | null = null;
    let loaded = (): void => undefined;
    const whenLoaded = new Promise<void>((resolve) => (loaded = resolve));

    function send({ view, log }: Benchmark): void {
      surface.setTitle(t('{0} on {1}', view.title, view.device.name));
      surface.post(view);
      while (nextLine < log.next) {
        const from = Math.max(nextLine, log.first);
        const lines = log.lines(from).slice(0, maxLinesAtOnce);
        surface.post({ type: 'log', reset: false, from, lines });
        nextLine = from + lines.length;
      }
    }

    const find = (): Promise<Benchmark | null> => benchmarks.find(id);
    const planned = async (run: number): Promise<{ readonly plan: BenchmarkPlan; readonly run: PlannedRun } | null> => {
      const plan = (await find())?.plan;
      const asked = plan?.runs[run];
      return plan && asked ? { plan, run: asked } : null;
    };
    const receive: PageLogic<BenchmarkPage>['receive'] = {
      cancel: () => benchmarks.cancel(id),
      resume: () => resume(id),
      again: async () => {
        const benchmark = await find();
        if (benchmark) await again(benchmark.plan);
      },
      testConnection: async () => {
        const device = (await find())?.plan.device;
        await vscode.commands.executeCommand('framecast.devices.test', { kind: 'device', device });
      },
      chooseWeights: async (message) => {
        const asked = await planned(message.run);
        if (asked && (await chooseWeights(asked.run.modelPath))) await again(asked.plan);
      },
      layers: async (message) => {
        const asked = await planned(message.run);
        if (asked) await again({ device: asked.plan.device, runs: [{ ...asked.run, layers: true }] });
      },
      accept: async (message) => {
        const accepted = await benchmarks.accept(id, message.run);
        if (!accepted.ok) void vscode.window.showErrorMessage(accepted.error.message);
      },
      openModel: async (message) => {
        const asked = await planned(message.run);
        if (!asked || !(await haveModels(asked.plan))) return;
        await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(asked.run.modelPath), modelEditorType);
      },
      openLog: async () => {
        const benchmark = await find();
        await texts.show(`${benchmark?.view.title ?? 'benchmark'}.log`, benchmark?.log.text() ?? '');
      },
    };

    return {
      id,
      whenLoaded,
      refresh: async () => {
        loaded();
        const benchmark = await benchmarks.find(id);
        if (!benchmark)
          return surface.post({
            type: 'gone',
            sentence: t('This benchmark is no longer stored. Its landmarks are, if it had any.'),
          });
        const { log } = benchmark;
        nextLine = Math.max(log.first, log.next - maxLinesAtStart);
        surface.post({ type: 'log', reset: true, from: nextLine, lines: [] });
        send(benchmark);
        if (!mustResume) return;
        mustResume = false;
        await resumeIfOpen(id);
      },
      receive,
      follow: () => {
        timer ??= setTimeout(() => {
          timer = null;
          surface.run(async () => {
            const benchmark = await benchmarks.find(id);
            if (benchmark && surface.isLoaded) send(benchmark);
          });
        }, betweenPostsMs);
      },
      dispose: () => {
        loaded();
        if (timer) clearTimeout(timer);
      },
    };
  }

  const tabs = registerTabs(extensionUri, {
    bundle: 'benchmark',
    viewType: 'framecast.benchmark',
    title: t('Benchmark'),
    messages: benchmarkPageMessages,
    state: benchmarkPageState,
    keyOf: ({ id }) => id,
    start: startPage,
  });
  const registrations = vscode.Disposable.from(
    tabs,
    benchmarks.onDidChange((id) => tabs.find(id)?.logic.follow()),
  );
  return {
    show: (id) => tabs.show({ id, selected: null }),
    isVisible: (id) => tabs.find(id)?.isVisible ?? false,
    isOpen: (id) => tabs.find(id) !== undefined,
    whenDrawn: async (id) => {
      const tab = tabs.find(id);
      if (!tab?.isVisible) return;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, maxDrawingMs)));
      await Promise.race([tab.logic.whenLoaded, late]);
      clearTimeout(timer);
    },
    resumeOpen: () => tabs.forEach(({ id }) => resumeIfOpen(id)),
    dispose: () => registrations.dispose(),
  };
}
