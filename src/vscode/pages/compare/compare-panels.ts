import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { compareModels, type Comparison } from '../../../core/present/compare';
import type { ComparisonContext } from '../../../core/present/compare-export';
import { isChartExport } from '../../../protocol/chart-export';
import {
  parseComparePageMessage,
  parseCompareState,
  type ComparePageMessage,
  type ComparePageState,
  type ComparisonMessage,
  type ComparisonRow,
} from '../../../protocol/compare-page';
import { ownSize } from '../../../protocol/insight';
import { exportChart } from '../chart-export';
import { nameOfRoots, searchedRoots } from './compare-files';
import { readCompared, type ComparedSoFar } from './compare-reading';
import { chosenRoots } from './compare-selection';
import { exportComparison } from './compare-text';
import { watchCompared } from './compare-watch';
import { isKnownDevice, deviceOptions } from '../../services/known-devices';
import { modelEditorType } from '../model/model-editor';
import type { ModelService } from '../../services/model-service';
import { onDidChangeSettings, readSettings, type Settings } from '../../services/settings';
import { webviewHtml, webviewRoot } from '../webview-html';

const comparePanelType = 'framecast.compare';

type Choice = ComparisonMessage['choice'];

interface Page {
  readonly panel: vscode.WebviewPanel;
  readonly roots: readonly vscode.Uri[];
  /** Chosen in the page; null while it follows the settings. */
  choice: Choice | null;
  size: ComparisonMessage['size'];
  /** What the settings said last. */
  settings: Settings;
  ready: boolean;
  /** What is shown, and for what it was predicted. */
  soFar: ComparedSoFar;
  shownFor: ComparisonContext | null;
  /** Ends the reading under way. */
  current: AbortController;
  /** Whether something has changed since the last reading began. */
  isStale: boolean;
}

const nothingYet: ComparedSoFar = {
  entries: new Map(),
  progress: { isSearching: true, found: 0, read: 0 },
  isTruncated: false,
};

/** Registers the pages that put models side by side, which come back after a reload of the window. */
export function registerComparePanels(extensionUri: vscode.Uri, service: ModelService): vscode.Disposable {
  const pages = new Set<Page>();
  const options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };

  function show(roots: readonly vscode.Uri[]): void {
    const key = (uris: readonly vscode.Uri[]): string => JSON.stringify(uris.map((uri) => uri.toString()).sort());
    const open = [...pages].find((page) => key(page.roots) === key(roots));
    if (open) return open.panel.reveal();
    const panel = vscode.window.createWebviewPanel(comparePanelType, 'Compare', vscode.ViewColumn.Active, options);
    attach(panel, { roots: roots.map((uri) => uri.toString()), choice: null, size: ownSize });
  }

  function attach(panel: vscode.WebviewPanel, state: Omit<ComparePageState, 'sort'>): void {
    const roots = state.roots.map((root) => vscode.Uri.parse(root));
    const page: Page = {
      ...{ panel, roots, size: state.size, settings: readSettings(searchedRoots(roots)[0]) },
      choice: state.choice !== null && isKnownDevice(state.choice.device) ? state.choice : null,
      ...{ ready: false, soFar: nothingYet, shownFor: null, current: new AbortController(), isStale: true },
    };
    pages.add(page);
    const subscriptions = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((data: unknown) => {
        const message = parseComparePageMessage(data);
        if (message !== null) receive(page, message);
      }),
      panel.onDidChangeViewState(() => {
        if (panel.visible && page.isStale) read(page);
      }),
      watchCompared({
        roots,
        hasModelsIn: (path) => [...page.soFar.entries.keys()].some((id) => id.startsWith(`${path.toString()}/`)),
        onDidChange: () => read(page),
      }),
    );
    panel.onDidDispose(() => {
      pages.delete(page);
      page.current.abort();
      subscriptions.dispose();
    });
    panel.title = `Compare: ${nameOfRoots(roots)}`;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'activity-bar.svg');
    panel.webview.options = options;
    panel.webview.html = webviewHtml(panel.webview, extensionUri, 'compare');
  }

  function receive(page: Page, message: ComparePageMessage): void {
    if (isChartExport(message)) return void exportChart(message);
    switch (message.type) {
      case 'ready':
        page.ready = true;
        return page.isStale ? read(page) : send(page);
      case 'choose':
        if (!isKnownDevice(message.choice.device)) return;
        page.choice = isSame(message.choice, page.settings) ? null : message.choice;
        return read(page);
      case 'resize':
        page.size = message.size;
        return read(page);
      case 'setTarget':
        return void vscode.commands.executeCommand('framecast.setTarget');
      case 'open':
        if (!page.soFar.entries.has(message.id)) return;
        return void vscode.commands.executeCommand('vscode.openWith', vscode.Uri.parse(message.id), modelEditorType);
      case 'export': {
        const context = page.shownFor ?? contextOf(page);
        return void exportComparison(message, comparisonOf(page.soFar), context);
      }
    }
  }

  /** Reads what the page is about anew; what has not changed is known already. */
  function read(page: Page): void {
    page.current.abort();
    page.isStale = !page.panel.visible || !page.ready;
    if (page.isStale) return;
    const { signal } = (page.current = new AbortController());
    const context = contextOf(page);
    const before = isDeepStrictEqual(page.shownFor, context) ? page.soFar.entries : new Map<string, never>();
    const onProgress = (soFar: ComparedSoFar): void => {
      const isWhole = !soFar.progress.isSearching && soFar.progress.read === soFar.progress.found;
      // Rows that are there stay until they are read again, so that a changed file does not empty the table.
      page.soFar = isWhole ? soFar : { ...soFar, entries: new Map([...before, ...soFar.entries]) };
      page.shownFor = context;
      send(page);
    };
    void readCompared({ roots: page.roots, ...context, service, signal, onProgress });
  }

  function send(page: Page): void {
    if (page.ready) void page.panel.webview.postMessage(comparisonMessage(page));
  }

  function followSettings(): void {
    for (const page of pages) {
      const settings = readSettings(searchedRoots(page.roots)[0]);
      // What was chosen last holds: a changed setting takes back what a page had chosen for itself before.
      if (!isSame(settings, page.settings)) page.choice = null;
      page.settings = settings;
      read(page);
    }
  }

  return vscode.Disposable.from(
    vscode.commands.registerCommand('framecast.compareModels', async (clicked: unknown, selected: unknown) => {
      const roots = await chosenRoots(clicked, selected);
      if (roots !== null) show(roots);
    }),
    onDidChangeSettings(followSettings),
    service.onDidChangePredictions(() => {
      for (const page of pages) {
        page.shownFor = null;
        read(page);
      }
    }),
    vscode.window.registerWebviewPanelSerializer(comparePanelType, {
      deserializeWebviewPanel: (panel, state: unknown) => {
        attach(panel, parseCompareState(state));
        return Promise.resolve();
      },
    }),
    new vscode.Disposable(() => pages.forEach(({ current }) => current.abort())),
  );
}

function comparisonMessage(page: Page): ComparisonMessage {
  const { roots, size, soFar } = page;
  const { query, targetFps } = page.shownFor ?? contextOf(page);
  const { device, runtime } = query;
  const choice = { device, runtime };
  const { models, unreadable } = comparisonOf(soFar);
  return {
    ...{ type: 'comparison', what: nameOfRoots(roots), roots: roots.map((root) => root.toString()) },
    ...{ choice, choiceIsDefault: page.choice === null, size, devices: deviceOptions(choice) },
    ...{ targetFps, models, unreadable },
    ...{ progress: soFar.progress, isTruncated: soFar.isTruncated },
  };
}

type UnreadRow = ComparisonMessage['unreadable'][number];

function comparisonOf({ entries }: ComparedSoFar) {
  const all = [...entries.values()];
  return compareModels<ComparisonRow, UnreadRow>(
    all.flatMap((entry) => (entry.ok ? [entry.row] : [])),
    all.flatMap((entry) => (entry.ok ? [] : [entry.row])),
  ) satisfies Comparison;
}

/** What the page asks for now. */
function contextOf({ choice, settings, size: { resolution, batch } }: Page): ComparisonContext {
  const { device, runtime } = choice ?? settings;
  const size = { ...(resolution === null ? {} : { resolution }), ...(batch === null ? {} : { batch }) };
  return { query: { device, runtime, ...size }, targetFps: settings.targetFps };
}

function isSame(one: Choice, other: Choice): boolean {
  return one.device === other.device && one.runtime === other.runtime;
}
