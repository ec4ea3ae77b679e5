import { posix } from 'node:path';
import * as vscode from 'vscode';
import { concernsOf } from '../../../core/estimate/concerns';
import { bySeverity } from '../../../core/present/concern-summary';
import { defaultResolution, operatingPoint } from '../../../core/estimate/operating-point';
import type { Query } from '../../../core/estimate/estimate';
import { ownSize, type Size } from '../../../protocol/insight';
import { parsePageMessage, type Choice, type HostMessage, type PageMessage } from '../../../protocol/model-page';
import { exportChart } from '../chart-export';
import { isKnownDevice, deviceOptions } from '../../services/known-devices';
import { openModelDocument, type ModelDocument } from './model-document';
import type { ModelInsights } from './model-insights';
import type { ModelAnalysis, ModelService } from '../../services/model-service';
import { onDidChangeSettings, readSettings, writeSettings } from '../../services/settings';
import { webviewHtml, webviewRoot } from '../webview-html';

export const modelEditorType = 'framecast.model';

/** The model that the user is looking at, and where the page predicts it to run. */
export interface ShownModel {
  readonly uri: vscode.Uri;
  readonly choice: Choice;
  /** The choice with the resolution and batch that the page asks for. */
  readonly query: Query;
  /** null while it is read, and when it cannot be. */
  readonly analysis: ModelAnalysis | null;
}

/** The custom editors of all windows' models. */
export interface ModelEditors extends vscode.Disposable {
  /** The model of the active editor; null when that shows something else. */
  readonly shown: ShownModel | null;
  readonly onDidChangeShown: vscode.Event<void>;
}

/** One editor tab with a page in it. */
interface Page {
  readonly document: ModelDocument;
  readonly panel: vscode.WebviewPanel;
  /** Chosen in the page; null while it follows the settings. */
  choice: Choice | null;
  /** Asked for in the page. */
  size: Size;
  /** What the settings said last. */
  settings: Choice;
  /** Whether the page listens already. */
  ready: boolean;
  /** Counts what the page was sent. */
  revision: number;
  /** Ends what is being found out for the page. */
  current: AbortController;
}

/** Registers the read-only editor for models. */
export function registerModelEditors(
  extensionUri: vscode.Uri,
  service: ModelService,
  insights: ModelInsights,
): ModelEditors {
  const shownChanged = new vscode.EventEmitter<void>();
  const pages = new Set<Page>();

  const choiceOf = (page: Page): Choice => page.choice ?? defaultChoice(page.document.uri);
  const activePage = (): Page | undefined => [...pages].find(({ panel }) => panel.active);

  const queryOf = (page: Page): Query => sizedQuery(choiceOf(page), page.size);

  function show(page: Page): void {
    page.current.abort();
    if (page.ready) {
      page.revision++;
      void page.panel.webview.postMessage(hostMessage(page));
      if (page.panel.visible) void findOut(page);
    }
    if (page.panel.active) shownChanged.fire();
  }

  /** Sends what takes longer than the prediction, as long as the page still shows the same. */
  async function findOut(page: Page): Promise<void> {
    const { content, uri } = page.document;
    if (content.kind !== 'model') return;
    const { signal } = (page.current = new AbortController());
    const { profile } = content.analysis;
    const query = queryOf(page);
    const { revision } = page;
    const post = (message: HostMessage) => void (signal.aborted || page.panel.webview.postMessage(message));
    try {
      post({ type: 'resolutions', revision, view: await insights.resolutions(profile, query, signal) });
      const { targetFps } = readSettings(uri);
      if (targetFps === null) return;
      post({ type: 'plans', revision, sentences: await insights.plans(profile, query, targetFps, signal) });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  function receive(page: Page, message: PageMessage): void {
    switch (message.type) {
      case 'ready':
        page.ready = true;
        page.choice ??= message.choice && isKnownDevice(message.choice.device) ? message.choice : null;
        if (isOwnSize(page.size)) page.size = message.size;
        return show(page);
      case 'resize':
        page.size = message.size;
        return show(page);
      case 'choose':
        if (!isKnownDevice(message.choice.device)) return;
        page.choice = isSameChoice(message.choice, defaultChoice(page.document.uri)) ? null : message.choice;
        return show(page);
      case 'useAsDefault':
        return void writeSettings(choiceOf(page), page.document.uri);
      case 'setTarget':
        return void vscode.commands.executeCommand('framecast.setTarget');
      case 'copy':
        return void vscode.commands.executeCommand('framecast.copyAsMarkdown');
      case 'measure':
        return void vscode.commands.executeCommand('framecast.benchmark', {
          uri: page.document.uri,
          runtime: message.runtime,
        });
      case 'savePng':
      case 'copyCsv':
        return void exportChart(message);
    }
  }

  function hostMessage(page: Page): HostMessage {
    const { content, uri } = page.document;
    const fileName = posix.basename(uri.path);
    if (content.kind === 'reading') return { type: 'reading', fileName };
    if (content.kind === 'failed') return { type: 'failed', fileName, failure: content.failure };
    const { analysis, gone } = content;
    const choice = choiceOf(page);
    const query = queryOf(page);
    const { profile } = analysis;
    const own = operatingPoint(profile, choice);
    return {
      ...{ type: 'model', fileName, gone, choice, choiceIsDefault: page.choice === null, revision: page.revision },
      size: page.size,
      ownSize: own.ok
        ? { resolution: own.value.resolution, batch: own.value.batch }
        : { resolution: null, batch: ownBatch(profile, choice) },
      fileBytes: analysis.fileBytes,
      profile,
      producer: analysis.producer,
      warnings: analysis.warnings,
      concerns: bySeverity(concernsOf(profile, choice)),
      devices: deviceOptions(choice),
      targetFps: readSettings(uri).targetFps,
      prediction: service.predict(analysis, query),
      chart: service.chart(analysis, query),
      time: insights.time(profile, query),
      precisions: insights.precisions(profile, query),
    };
  }

  function followSettings(): void {
    for (const page of pages) {
      const settings = defaultChoice(page.document.uri);
      // What was chosen last holds: a changed setting takes back what a page had chosen for itself before.
      if (!isSameChoice(settings, page.settings) || isSameChoice(settings, choiceOf(page))) page.choice = null;
      page.settings = settings;
      show(page);
    }
  }

  const provider: vscode.CustomReadonlyEditorProvider<ModelDocument> = {
    openCustomDocument: (uri) => openModelDocument(uri, service),
    resolveCustomEditor: (document, panel) => {
      const page: Page = {
        ...{ document, panel, choice: null, size: ownSize, settings: defaultChoice(document.uri) },
        ...{ ready: false, revision: 0, current: new AbortController() },
      };
      pages.add(page);
      const subscriptions = vscode.Disposable.from(
        panel.webview.onDidReceiveMessage((data: unknown) => {
          const message = parsePageMessage(data);
          if (message) receive(page, message);
        }),
        document.onDidChange(() => show(page)),
        panel.onDidChangeViewState(() => {
          // A page that comes back says that it is ready, and is then sent everything again.
          if (!panel.visible) page.current.abort();
          shownChanged.fire();
        }),
      );
      panel.onDidDispose(() => {
        pages.delete(page);
        page.current.abort();
        subscriptions.dispose();
        shownChanged.fire();
      });
      panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
      panel.webview.html = webviewHtml(panel.webview, extensionUri, 'model');
      shownChanged.fire();
    },
  };

  const registrations = vscode.Disposable.from(
    shownChanged,
    onDidChangeSettings(followSettings),
    service.onDidChangePredictions(() => pages.forEach(show)),
    vscode.window.registerCustomEditorProvider(modelEditorType, provider, { supportsMultipleEditorsPerDocument: true }),
  );
  return {
    get shown() {
      const page = activePage();
      if (!page) return null;
      const { document } = page;
      const analysis = document.content.kind === 'model' ? document.content.analysis : null;
      return { uri: document.uri, choice: choiceOf(page), query: queryOf(page), analysis };
    },
    onDidChangeShown: shownChanged.event,
    dispose: () => registrations.dispose(),
  };
}

function defaultChoice(uri: vscode.Uri): Choice {
  const { device, runtime } = readSettings(uri);
  return { device, runtime };
}

function isSameChoice(one: Choice, other: Choice): boolean {
  return one.device === other.device && one.runtime === other.runtime;
}

function sizedQuery(choice: Choice, { resolution, batch }: Size): Query {
  return { ...choice, ...(resolution === null ? {} : { resolution }), ...(batch === null ? {} : { batch }) };
}

function isOwnSize({ resolution, batch }: Size): boolean {
  return resolution === null && batch === null;
}

/** The batch of a model whose input is no square image. */
function ownBatch(profile: ModelAnalysis['profile'], choice: Choice): number {
  const point = operatingPoint(profile, { ...choice, resolution: defaultResolution });
  return point.ok ? point.value.batch : 1;
}
