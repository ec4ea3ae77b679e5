import * as vscode from 'vscode';
import { exportChart } from '../chart-export';
import { modelEditorType } from '../model/model-editor';
import {
  parseBenchmarkPageMessage,
  type BenchmarkHostMessage,
  type BenchmarkPageMessage,
} from '../../../protocol/benchmark-page';
import { webviewHtml, webviewRoot } from '../webview-html';
import type { BenchmarkPlan } from '../../benchmarks/benchmark-record';
import { benchmarkIdPattern } from '../../benchmarks/benchmark-record';
import type { Benchmark, Benchmarks } from '../../benchmarks/benchmarks';
import type { ReadOnlyTexts } from '../../boards/read-only-text';

export const benchmarkPanelType = 'framecast.benchmark';

/** The pages of benchmarks, one a benchmark. */
export interface BenchmarkPanels extends vscode.Disposable {
  show(id: string): void;
  /** Whether the user sees its page now. */
  isVisible(id: string): boolean;
  /** Whether it has a page, seen or not. */
  isOpen(id: string): boolean;
  /** Follows the jobs of all benchmarks that have a page, as far as they are to be collected. */
  resumeOpen(): void;
}

/** What a page can ask for. */
export interface BenchmarkActions {
  /** Starts the same benchmark once more. */
  again(plan: BenchmarkPlan): Promise<void>;
  /** Follows a benchmark's job again. */
  resume(id: string): Promise<void>;
  /** Sees to it that the models are on the disk; false where the user was told why not. */
  haveModels(plan: BenchmarkPlan): Promise<boolean>;
}

/** A page and what it was sent. */
interface Page {
  readonly id: string;
  readonly panel: vscode.WebviewPanel;
  ready: boolean;
  /** Number of the line of the log that is sent next. */
  nextLine: number;
  timer: NodeJS.Timeout | null;
}

/** Pages are told of changes this often at most; a board may log faster than anybody reads. */
const betweenPostsMs = 100;
const maxLinesAtOnce = 1000;
/** Older lines are not sent to a page that starts; it would not keep them. */
const maxLinesAtStart = 5000;

/**
 * Registers the pages of benchmarks, which come back after a reload of the window and then follow their job again.
 *
 */
export function registerBenchmarkPanels(
  extensionUri: vscode.Uri,
  benchmarks: Benchmarks,
  { again, resume, haveModels }: BenchmarkActions,
  texts: ReadOnlyTexts,
): BenchmarkPanels {
  const pages = new Map<string, Page>();
  const options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };

  function show(id: string): void {
    const known = pages.get(id);
    if (known) return known.panel.reveal();
    const panel = vscode.window.createWebviewPanel(benchmarkPanelType, 'Benchmark', vscode.ViewColumn.Active, options);
    attach(id, panel);
  }

  function attach(id: string, panel: vscode.WebviewPanel): void {
    const page: Page = { id, panel, ready: false, nextLine: 0, timer: null };
    pages.set(id, page);
    const subscription = panel.webview.onDidReceiveMessage((data: unknown) => {
      const message = parseBenchmarkPageMessage(data);
      if (message) void receive(page, message);
    });
    panel.onDidDispose(() => {
      if (pages.get(id) === page) pages.delete(id);
      if (page.timer) clearTimeout(page.timer);
      subscription.dispose();
    });
    panel.webview.html = webviewHtml(panel.webview, extensionUri, 'benchmark');
  }

  async function receive(page: Page, message: BenchmarkPageMessage): Promise<void> {
    const benchmark = await benchmarks.find(page.id);
    switch (message.type) {
      case 'ready':
        page.ready = true;
        return sendAll(page, benchmark);
      case 'cancel':
        return benchmarks.cancel(page.id);
      case 'resume':
        return await resume(page.id);
      case 'again':
        return benchmark ? await again(benchmark.plan) : undefined;
      case 'accept': {
        const accepted = await benchmarks.accept(page.id, message.run);
        if (!accepted.ok) void vscode.window.showErrorMessage(accepted.error.message);
        return;
      }
      case 'savePng':
      case 'copyCsv':
        return await exportChart(message);
      case 'openModel': {
        const run = benchmark?.plan.runs[message.run];
        if (run && (await haveModels(benchmark.plan)))
          await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(run.modelPath), modelEditorType);
        return;
      }
      case 'openLog':
        return await texts.show(`${benchmark?.view.title ?? 'benchmark'}.log`, benchmark?.log.text() ?? '');
    }
  }

  const post = (page: Page, message: BenchmarkHostMessage): void => void page.panel.webview.postMessage(message);

  /** For a page that has just been loaded, which has nothing yet. */
  function sendAll(page: Page, benchmark: Benchmark | null): void {
    if (!benchmark) return post(page, { type: 'gone', sentence: goneSentence });
    const { log } = benchmark;
    page.nextLine = Math.max(log.first, log.next - maxLinesAtStart);
    post(page, { type: 'log', reset: true, from: page.nextLine, lines: [] });
    send(page, benchmark);
  }

  function send(page: Page, { view, log }: Benchmark): void {
    page.panel.title = `${view.title} on ${view.device.name}`;
    if (!page.ready) return;
    post(page, view);
    while (page.nextLine < log.next) {
      const from = Math.max(page.nextLine, log.first);
      const lines = log.lines(from).slice(0, maxLinesAtOnce);
      post(page, { type: 'log', reset: false, from, lines });
      page.nextLine = from + lines.length;
    }
  }

  function follow(id: string): void {
    const page = pages.get(id);
    if (!page || page.timer) return;
    page.timer = setTimeout(() => {
      page.timer = null;
      void benchmarks.find(id).then((benchmark) => benchmark && pages.get(id) === page && send(page, benchmark));
    }, betweenPostsMs);
  }

  async function resumeIfOpen(id: string): Promise<void> {
    if ((await benchmarks.find(id))?.isOpen) await resume(id);
  }

  const serializer: vscode.WebviewPanelSerializer = {
    deserializeWebviewPanel: async (panel, state: unknown) => {
      const id = idOf(state);
      panel.webview.options = options;
      attach(id, panel);
      const benchmark = await benchmarks.find(id);
      if (benchmark) panel.title = `${benchmark.view.title} on ${benchmark.view.device.name}`;
      if (vscode.workspace.isTrusted) await resumeIfOpen(id);
    },
  };

  const registrations = vscode.Disposable.from(
    benchmarks.onDidChange(follow),
    vscode.window.registerWebviewPanelSerializer(benchmarkPanelType, serializer),
  );
  return {
    show,
    isVisible: (id) => pages.get(id)?.panel.visible ?? false,
    isOpen: (id) => pages.has(id),
    resumeOpen: () => {
      for (const id of pages.keys()) void resumeIfOpen(id);
    },
    dispose: () => registrations.dispose(),
  };
}

const goneSentence = 'This benchmark is not kept any more. Its landmarks are, if it had any.';

function idOf(state: unknown): string {
  const { id } = (typeof state === 'object' && state !== null ? state : {}) as { readonly id?: unknown };
  return typeof id === 'string' && benchmarkIdPattern.test(id) ? id : 'unknown-benchmark';
}
