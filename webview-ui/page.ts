import { html, render, type TemplateResult } from 'lit-html';
import type * as v from 'valibot';
import {
  parseState,
  receiveBy,
  type AnyPage,
  type ErrorMessage,
  type Post,
  type Receivers,
} from '../src/protocol/page';
import { setLanguage, t } from '../src/core/language';

// Before any other module of the page says something.
setLanguage({
  locale: document.documentElement.lang,
  messages: JSON.parse(document.getElementById('messages')?.textContent ?? '{}') as Readonly<Record<string, string>>,
});

/** What VS Code gives a webview; `getState` outlives the page, also over a reload of the window. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** A page's side of the conversation with the extension. */
export interface Connection<P extends AnyPage> {
  /** What the page kept when it was shown last. */
  readonly kept: P['state'];
  /** Whether the page kept nothing, as it is shown for the first time. */
  readonly isNew: boolean;
  readonly post: Post<P>;
  keep(state: P['state']): void;
  /** Draws the page. */
  draw(page: TemplateResult): void;
}

export interface PageOptions<P extends AnyPage> {
  /** What the page keeps; every field has a fallback. */
  readonly state: v.GenericSchema<unknown, P['state']>;
  /** Sentence shown until the page is drawn for the first time. */
  readonly waiting: string;
  /** What is done with each message of the extension, once `connect` has returned. */
  readonly receive: Receivers<P['host']>;
  /** Something failed in the extension, which the page says by itself; what it still waits for will not come. */
  onError?(): void;
}

/**
 * Connects the page to the extension: shows that it is waiting, says that it is ready, and passes on what it is sent.
 * An error, of the extension or while drawing, is shown above the page until the extension sends something again.
 */
export function connect<P extends AnyPage>(options: PageOptions<P>): Connection<P> {
  const vscode = acquireVsCodeApi();
  const root = document.getElementById('page') ?? document.body;
  const state = vscode.getState();
  let isDrawn = false;

  const banner = document.createElement('p');
  banner.className = 'banner';
  banner.setAttribute('role', 'alert');
  banner.hidden = true;
  root.before(banner);

  // Nothing else waits for what an event handler has started.
  window.addEventListener('unhandledrejection', ({ reason }) =>
    showError(t('This did not work: {0}.', String(reason))),
  );

  function showError(sentence: string): void {
    banner.textContent = sentence;
    banner.hidden = false;
    if (!isDrawn) render(html``, root);
    options.onError?.();
  }

  window.addEventListener('message', ({ data }: MessageEvent<P['host'] | ErrorMessage>) => {
    if (isError(data)) return showError(data.sentence);
    banner.hidden = true;
    try {
      void receiveBy(options.receive, data);
    } catch (error) {
      console.error(error);
      showError(t('The page cannot show what it was sent: {0}. Please report it.', String(error)));
    }
  });
  render(html`<main class="message" aria-busy="true"><p role="status">${options.waiting}</p></main>`, root);
  vscode.postMessage({ type: 'ready', state });
  return {
    kept: parseState(options.state, state),
    isNew: state === undefined,
    post: (message) => vscode.postMessage(message),
    keep: (next) => vscode.setState(next),
    draw: (page) => {
      isDrawn = true;
      render(page, root);
    },
  };
}

/** Loads another bundle of webview-ui/ with its style, for a part of a page that few users open. */
export async function loadBundle(name: string): Promise<void> {
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = new URL(`${name}.css`, import.meta.url).href;
  document.head.append(style);
  // What a script with a nonce imports may run, too.
  await import(new URL(`${name}.js`, import.meta.url).href);
}

function isError(message: AnyPage['host'] | ErrorMessage): message is ErrorMessage {
  return message.type === 'error';
}
