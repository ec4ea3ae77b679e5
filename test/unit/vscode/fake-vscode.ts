/**
 * As much of VS Code as page hosts need, for `vi.mock('vscode', () => import('…/fake-vscode'))`: commands and settings,
 * and panels whose page is the test.
 */

type Listener<Event> = (event: Event) => unknown;

export class Disposable {
  constructor(private readonly end: () => unknown) {}
  static from(...all: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => all.forEach((each) => each.dispose()));
  }
  dispose(): void {
    this.end();
  }
}

export class EventEmitter<Event> {
  private readonly listeners = new Set<Listener<Event>>();
  readonly event = (listener: Listener<Event>): Disposable => {
    this.listeners.add(listener);
    return new Disposable(() => this.listeners.delete(listener));
  };
  fire(event: Event): void {
    for (const listener of [...this.listeners]) listener(event);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

export class Uri {
  private constructor(readonly path: string) {}
  static file(path: string): Uri {
    return new Uri(path);
  }
  static parse(text: string): Uri {
    return new Uri(text.replace(/^file:\/\//, ''));
  }
  static joinPath(uri: Uri, ...parts: string[]): Uri {
    return new Uri([uri.path, ...parts].join('/'));
  }
  readonly scheme = 'file';
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    return `file://${this.path}`;
  }
}

/** An editor tab; the test is its page. */
export class Panel {
  private readonly received = new EventEmitter<unknown>();
  private readonly disposed = new EventEmitter<undefined>();
  private readonly viewState = new EventEmitter<undefined>();
  readonly posted: { readonly type: string; readonly [field: string]: unknown }[] = [];
  readonly viewColumn = 1;
  visible = true;
  title = '';
  iconPath: unknown;
  readonly webview = {
    html: '',
    options: {},
    cspSource: 'csp',
    asWebviewUri: (uri: Uri) => uri,
    postMessage: (message: Panel['posted'][number]) => this.posted.push(message),
    onDidReceiveMessage: this.received.event,
  };
  readonly onDidDispose = this.disposed.event;
  readonly onDidChangeViewState = this.viewState.event;
  reveal(): void {}
  /** What the page sends. */
  send(message: unknown): void {
    this.received.fire(message);
  }
  close(): void {
    this.disposed.fire(undefined);
  }
  last(type: string): Panel['posted'][number] | undefined {
    return this.posted.filter((message) => message.type === type).at(-1);
  }
}

export const panels: Panel[] = [];
export const settings = new Map<string, unknown>();
export const settingsChanged = new EventEmitter<{ affectsConfiguration(section: string): boolean }>();
const serializers = new Map<string, { deserializeWebviewPanel(panel: Panel, state: unknown): Promise<void> }>();
export const viewProviders = new Map<string, { resolveWebviewView(view: unknown): void }>();
const registered = new Map<string, (...values: unknown[]) => unknown>();

/** What VS Code does with a tab after a reload of the window. */
export async function restore(viewType: string, state: unknown): Promise<Panel> {
  const panel = new Panel();
  await serializers.get(viewType)?.deserializeWebviewPanel(panel, state);
  return panel;
}

/** Changes a setting, as a user does. */
export function changeSetting(name: string, value: unknown): void {
  settings.set(name, value);
  settingsChanged.fire({ affectsConfiguration: (section) => name.startsWith(section) });
}

export const ViewColumn = { Active: -1 };

export const window = {
  createWebviewPanel: () => {
    const panel = new Panel();
    panels.push(panel);
    return panel;
  },
  registerWebviewPanelSerializer: (viewType: string, serializer: never) => {
    serializers.set(viewType, serializer);
    return new Disposable(() => serializers.delete(viewType));
  },
  registerWebviewViewProvider: (viewId: string, provider: never) => {
    viewProviders.set(viewId, provider);
    return new Disposable(() => viewProviders.delete(viewId));
  },
};

export const workspace = {
  getConfiguration: (section?: string) => ({
    get: (name: string) => settings.get(section === undefined ? name : `${section}.${name}`),
  }),
  onDidChangeConfiguration: settingsChanged.event,
};

export const commands = {
  registerCommand: (name: string, command: (...values: unknown[]) => unknown) => {
    registered.set(name, command);
    return new Disposable(() => registered.delete(name));
  },
  executeCommand: async (name: string, ...values: unknown[]) => await registered.get(name)?.(...values),
};
