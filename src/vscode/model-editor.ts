import { posix } from 'node:path';
import * as vscode from 'vscode';
import { concernsOf } from '../core/estimate/concerns';
import { bySeverity } from '../core/present/concern-summary';
import { parsePageMessage, type Choice, type HostMessage, type PageMessage } from '../protocol/model-page';
import { isKnownDevice, offeredDevices } from './devices';
import { openModelDocument, type ModelDocument } from './model-document';
import type { ModelAnalysis, ModelService } from './model-service';
import { onDidChangeSettings, readSettings, writeSettings } from './settings';
import { webviewHtml, webviewRoot } from './webview-html';

export const modelEditorType = 'framecast.model';

/** The model that the user is looking at, and where the page predicts it to run. */
export interface ShownModel {
  readonly uri: vscode.Uri;
  readonly choice: Choice;
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
  /** What the settings said last. */
  settings: Choice;
  /** Whether the page listens already. */
  ready: boolean;
}

/** Registers the read-only editor for models. */
export function registerModelEditors(extensionUri: vscode.Uri, service: ModelService): ModelEditors {
  const shownChanged = new vscode.EventEmitter<void>();
  const pages = new Set<Page>();

  const choiceOf = (page: Page): Choice => page.choice ?? defaultChoice(page.document.uri);
  const activePage = (): Page | undefined => [...pages].find(({ panel }) => panel.active);

  function show(page: Page): void {
    if (page.ready)
      void page.panel.webview.postMessage(hostMessage(page.document, choiceOf(page), page.choice === null));
    if (page.panel.active) shownChanged.fire();
  }

  function receive(page: Page, message: PageMessage): void {
    switch (message.type) {
      case 'ready':
        page.ready = true;
        page.choice ??= message.choice && isKnownDevice(message.choice.device) ? message.choice : null;
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
    }
  }

  function hostMessage(document: ModelDocument, choice: Choice, choiceIsDefault: boolean): HostMessage {
    const fileName = posix.basename(document.uri.path);
    const { content } = document;
    if (content.kind === 'reading') return { type: 'reading', fileName };
    if (content.kind === 'failed') return { type: 'failed', fileName, failure: content.failure };
    const { analysis, gone } = content;
    return {
      ...{ type: 'model', fileName, gone, choice, choiceIsDefault },
      fileBytes: analysis.fileBytes,
      profile: analysis.profile,
      producer: analysis.producer,
      warnings: analysis.warnings,
      concerns: bySeverity(concernsOf(analysis.profile, choice)),
      devices: offeredDevices(choice),
      targetFps: readSettings(document.uri).targetFps,
      prediction: service.predict(analysis, choice),
      chart: service.chart(analysis, choice),
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
      const page: Page = { document, panel, choice: null, settings: defaultChoice(document.uri), ready: false };
      pages.add(page);
      const subscriptions = vscode.Disposable.from(
        panel.webview.onDidReceiveMessage((data: unknown) => {
          const message = parsePageMessage(data);
          if (message) receive(page, message);
        }),
        document.onDidChange(() => show(page)),
        panel.onDidChangeViewState(() => shownChanged.fire()),
      );
      panel.onDidDispose(() => {
        pages.delete(page);
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
    vscode.window.registerCustomEditorProvider(modelEditorType, provider, { supportsMultipleEditorsPerDocument: true }),
  );
  return {
    get shown() {
      const page = activePage();
      if (!page) return null;
      const { document } = page;
      const analysis = document.content.kind === 'model' ? document.content.analysis : null;
      return { uri: document.uri, choice: choiceOf(page), analysis };
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
