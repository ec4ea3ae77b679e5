import * as vscode from 'vscode';
import { isChartExport } from '../../protocol/chart-export';
import { exportChart } from './chart-export';
import { webviewHtml, webviewRoot } from './webview-html';

/** One place where a page is shown: an editor tab, or a view in the side bar. */
export interface Surface {
  readonly place: 'view' | 'page';
  post(message: object): void;
}

/** What makes one page different from another. */
export interface PageDefinition<Message extends { readonly type: string }> {
  /** A folder of webview-ui/. */
  readonly bundle: string;
  /** Identifies the editor tab, so that it comes back after a reload of the window. */
  readonly panelType: string;
  /** Of the editor tab. */
  readonly title: string;
  /** Checks what a page sends; null when it is none of its messages. */
  parse(data: unknown): Message | null;
  /** Answers a message; the page's first one is `ready`. Charts are exported without it. */
  receive(surface: Surface, message: Message): void;
}

/** The tabs and views of one page. */
export interface Pages extends vscode.Disposable {
  /** Opens the editor tab, or brings the open one to the front. */
  show(): void;
  /** Shows the page in the side bar. */
  resolveView(view: vscode.WebviewView): void;
  /** Those that have said that they listen. */
  readonly listening: ReadonlySet<Surface>;
}

/** Registers a page that has one editor tab at most, which is restored after a reload of the window. */
export function registerPages<Message extends { readonly type: string }>(
  extensionUri: vscode.Uri,
  definition: PageDefinition<Message>,
): Pages {
  const options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
  const listening = new Set<Surface>();
  let open: vscode.WebviewPanel | null = null;

  function fill(webview: vscode.Webview, place: Surface['place']): { readonly surface: Surface; end(): void } {
    const surface: Surface = { place, post: (message) => void webview.postMessage(message) };
    const subscription = webview.onDidReceiveMessage((data: unknown) => {
      const message = definition.parse(data);
      if (message === null) return;
      if (isChartExport(message)) return void exportChart(message);
      if (message.type === 'ready') listening.add(surface);
      definition.receive(surface, message);
    });
    webview.options = options;
    webview.html = webviewHtml(webview, extensionUri, definition.bundle);
    return {
      surface,
      end: () => {
        listening.delete(surface);
        subscription.dispose();
      },
    };
  }

  function attach(panel: vscode.WebviewPanel): void {
    open = panel;
    const { end } = fill(panel.webview, 'page');
    panel.onDidDispose(() => {
      if (open === panel) open = null;
      end();
    });
  }

  const serializer = vscode.window.registerWebviewPanelSerializer(definition.panelType, {
    deserializeWebviewPanel: (panel) => {
      attach(panel);
      return Promise.resolve();
    },
  });
  return {
    listening,
    show: () => {
      if (open !== null) return open.reveal();
      const { panelType, title } = definition;
      attach(vscode.window.createWebviewPanel(panelType, title, vscode.ViewColumn.Active, options));
    },
    resolveView: (view) => {
      const { end } = fill(view.webview, 'view');
      view.onDidDispose(end);
    },
    dispose: () => serializer.dispose(),
  };
}
