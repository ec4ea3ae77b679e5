import type * as v from 'valibot';
import * as vscode from 'vscode';
import { currentLanguage, t } from '../../core/language';
import {
  commonMessages,
  parse,
  parseState,
  receiveBy,
  type AnyPage,
  type CommonMessage,
  type ErrorMessage,
  type Receivers,
} from '../../protocol/page';
import { onDidChangeSettings } from '../services/settings';
import { exportChart } from './chart-export';
import type { PageChoice } from './page-choice';

/** A page as webview-ui/ has it, and what the extension accepts from it. */
export interface PageKind<P extends AnyPage> {
  /** A folder of webview-ui/. */
  readonly bundle: string;
  /** What the page sends besides the messages that all pages have. */
  readonly messages: v.GenericSchema<unknown, P['message']>;
  /** What the page keeps over a reload; every field has a fallback. */
  readonly state: v.GenericSchema<unknown, P['state']>;
  /** What the page shows besides the settings: it is refreshed after a change of either. Without it, it follows neither. */
  readonly follows?: { readonly onDidChange: vscode.Event<void> };
}

/** One place that shows a page: an editor tab, or a view in the side bar. */
export interface Surface<P extends AnyPage> {
  readonly place: 'view' | 'page';
  readonly isVisible: boolean;
  /** Whether the page has said that it listens. */
  readonly isLoaded: boolean;
  readonly onDidBecomeVisible: vscode.Event<void>;
  setTitle(title: string): void;
  /** Nothing is sent before the page listens. */
  post(message: P['host'] | ErrorMessage): void;
  /** Runs a task whose errors end on the page as a message. */
  run(task: () => void | Promise<void>): void;
  /**
   * The same for what the page is shown: each call ends the task before it, as does the end of the page. An ended task
   * can no longer post, so that stale results never replace new ones, and its errors are ignored.
   */
  latest(task: (signal: AbortSignal, post: (message: P['host']) => void) => Promise<void>): void;
  /** Ends the task of the last `latest`. */
  stop(): void;
}

/** What answers a page, one object for each surface. Errors thrown here end on the page as a message. */
export interface PageLogic<P extends AnyPage> {
  /** Sends everything that the page shows. Called whenever the page has been loaded. */
  refresh(): void | Promise<void>;
  readonly receive: Receivers<P['message']>;
  /** What the page predicts for, if that can be chosen on it. The host keeps it up to date, and refreshes after it. */
  readonly choice?: PageChoice;
  /** The page was asked for again, with this state. */
  reopen?(state: P['state']): void;
  /** Called once before the first refresh, for pages to which VS Code does not hand their state (custom editors). */
  restore?(kept: P['state']): void;
  dispose?(): void;
}

/** The editor tabs (and views) of one kind of page. */
export interface Tabs<State, Logic> extends vscode.Disposable {
  /** Opens a tab, or brings the open one with the same key to the front. */
  show(state: State): void;
  /** Shows the page in the side bar. */
  resolveView(view: vscode.WebviewView): void;
  /** By key; views are not among them. */
  find(key: string): { readonly logic: Logic; readonly isVisible: boolean } | undefined;
  /** Calls the action for every page; errors end on that page. */
  forEach(action: (logic: Logic) => void | Promise<void>): void;
}

export interface TabKind<P extends AnyPage, Logic> extends PageKind<P> {
  /** Identifies the tabs, so that they come back after a reload of the window. */
  readonly viewType: string;
  readonly title: string;
  /** Tabs with the same key are one; without it there is only one tab. */
  keyOf?(state: P['state']): string;
  /** @param isRestored whether the tab comes back after a reload of the window */
  start(surface: Surface<P>, state: P['state'], isRestored: boolean): Logic;
}

type Target = vscode.WebviewPanel | vscode.WebviewView;

/** Loads a page into a tab or a view and serves it until that is closed. */
export function servePage<P extends AnyPage, Logic extends PageLogic<P>>(
  extensionUri: vscode.Uri,
  target: Target,
  kind: PageKind<P>,
  start: (surface: Surface<P>) => Logic,
): { readonly surface: Surface<P>; readonly logic: Logic } {
  const { webview } = target;
  const becameVisible = new vscode.EventEmitter<void>();
  let isLoaded = false;
  let current = new AbortController();

  async function guarded(task: () => void | Promise<void>, signal?: AbortSignal): Promise<void> {
    try {
      await task();
    } catch (error) {
      if (signal?.aborted) return;
      console.error(error);
      surface.post({ type: 'error', sentence: failureSentence(error) });
    }
  }

  const surface: Surface<P> = {
    place: 'viewColumn' in target ? 'page' : 'view',
    get isVisible() {
      return target.visible;
    },
    get isLoaded() {
      return isLoaded;
    },
    onDidBecomeVisible: becameVisible.event,
    setTitle: (title) => {
      target.title = title;
    },
    post: (message) => {
      if (isLoaded) void webview.postMessage(message);
    },
    run: (task) => void guarded(task),
    latest: (task) => {
      current.abort();
      if (!isLoaded) return;
      const { signal } = (current = new AbortController());
      void guarded(() => task(signal, (message) => void (signal.aborted || surface.post(message))), signal);
    },
    stop: () => current.abort(),
  };
  const logic = start(surface);

  function receive(data: unknown): void | Promise<void> {
    const common = parse(commonMessages, data);
    if (common !== null) return receiveCommon(common);
    const message = parse(kind.messages, data);
    if (message === null) throw new Error('the page sent a message that the extension does not understand');
    return receiveBy(logic.receive, message);
  }

  function receiveCommon(message: CommonMessage): void | Promise<void> {
    switch (message.type) {
      case 'ready':
        if (!isLoaded) logic.restore?.(parseState(kind.state, message.state));
        isLoaded = true;
        return logic.refresh();
      case 'choose':
        logic.choice?.choose(message.choice);
        return logic.refresh();
      case 'setTarget':
        return void vscode.commands.executeCommand('framecast.setTarget');
      case 'savePng':
      case 'saveSvg':
      case 'copyCsv':
        return exportChart(message);
    }
  }

  const visibility = (): void => {
    if (target.visible) becameVisible.fire();
  };
  const refreshAfter = (change: (choice: PageChoice) => void): void =>
    surface.run(() => {
      if (logic.choice) change(logic.choice);
      return logic.refresh();
    });
  const followed = kind.follows && [
    onDidChangeSettings(() => refreshAfter((choice) => choice.settingsChanged())),
    kind.follows.onDidChange(() => refreshAfter((choice) => choice.devicesChanged())),
  ];
  const subscriptions = vscode.Disposable.from(
    ...(followed ?? []),
    becameVisible,
    'viewColumn' in target ? target.onDidChangeViewState(visibility) : target.onDidChangeVisibility(visibility),
    webview.onDidReceiveMessage((data: unknown) => surface.run(() => receive(data))),
  );
  target.onDidDispose(() => {
    isLoaded = false;
    current.abort();
    subscriptions.dispose();
    logic.dispose?.();
  });
  webview.options = webviewOptions(extensionUri);
  webview.html = webviewHtml(webview, extensionUri, kind.bundle);
  return { surface, logic };
}

/** Registers a page that is shown in editor tabs, which come back after a reload of the window. */
export function registerTabs<P extends AnyPage, Logic extends PageLogic<P>>(
  extensionUri: vscode.Uri,
  kind: TabKind<P, Logic>,
): Tabs<P['state'], Logic> {
  const tabs = new Map<string, { readonly panel: vscode.WebviewPanel; readonly logic: Logic }>();
  const served = new Map<Logic, Surface<P>>();
  const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', `page-${theme}.svg`);
  const keyOf = (state: P['state']): string => kind.keyOf?.(state) ?? '';

  function serve(target: Target, state: P['state'], isRestored: boolean): Logic {
    const { surface, logic } = servePage(extensionUri, target, kind, (each: Surface<P>) =>
      kind.start(each, state, isRestored),
    );
    served.set(logic, surface);
    target.onDidDispose(() => served.delete(logic));
    return logic;
  }

  function attach(panel: vscode.WebviewPanel, state: P['state'], isRestored: boolean): void {
    const key = keyOf(state);
    const tab = { panel, logic: serve(panel, state, isRestored) };
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    tabs.set(key, tab);
    panel.onDidDispose(() => {
      if (tabs.get(key) === tab) tabs.delete(key);
    });
  }

  const serializer = vscode.window.registerWebviewPanelSerializer(kind.viewType, {
    deserializeWebviewPanel: (panel, kept: unknown) => {
      attach(panel, parseState(kind.state, kept), true);
      return Promise.resolve();
    },
  });
  return {
    show: (state) => {
      const open = tabs.get(keyOf(state));
      if (open) {
        open.panel.reveal();
        return open.logic.reopen?.(state);
      }
      const options = { ...webviewOptions(extensionUri), enableFindWidget: true };
      attach(
        vscode.window.createWebviewPanel(kind.viewType, kind.title, vscode.ViewColumn.Active, options),
        state,
        false,
      );
    },
    resolveView: (view) => {
      serve(view, parseState(kind.state, undefined), true);
    },
    find: (key) => {
      const tab = tabs.get(key);
      return tab && { logic: tab.logic, isVisible: tab.panel.visible };
    },
    forEach: (action) => {
      for (const [logic, surface] of served) surface.run(() => action(logic));
    },
    dispose: () => serializer.dispose(),
  };
}

function failureSentence(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return t(
    'Something went wrong in Framecast: {0}. Close the page and open it again; if that does not help, please report it.',
    reason,
  );
}

/** The only folder that a page can load from is the one with the bundles of webview-ui/. */
function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')] };
}

/**
 * The document that loads one bundle. It holds no data but the sentences of the user's language: a page says `ready` and is
 * then sent what to show. Only the bundle's own script and style may run, and nothing can be fetched from anywhere else.
 */
function webviewHtml(webview: vscode.Webview, extensionUri: vscode.Uri, bundle: string): string {
  const nonce = crypto.randomUUID();
  const language = currentLanguage();
  // Nothing in it may end the element.
  const messages = JSON.stringify(language.messages).replaceAll('<', '\\u003c');
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', name)).toString();
  const policy = [
    `default-src 'none'`,
    `style-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${language.locale}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${file('base.css')}" />
    <link rel="stylesheet" href="${file(`${bundle}.css`)}" />
    <title>Framecast</title>
  </head>
  <body>
    <div id="page"></div>
    <script type="application/json" id="messages">${messages}</script>
    <script type="module" nonce="${nonce}" src="${file(`${bundle}.js`)}"></script>
  </body>
</html>`;
}
