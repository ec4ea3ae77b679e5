import './model.css';
import { render } from 'lit-html';
import { parseChoice, parseHostMessage, type HostMessage, type PageMessage } from '../../src/protocol/model-page';
import { createModelChart } from './chart';
import { failedPage, modelPage, readingPage } from './page';

/** What VS Code gives a webview; `getState` outlives the page, also over a reload of the window. */
interface VsCodeApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: KeptState): void;
}

interface KeptState {
  readonly choice: unknown;
  readonly scrollTop: number;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();

/** Must not happen, but then a page that says so is better than one that stays as it was. */
const misunderstood: HostMessage = {
  type: 'failed',
  fileName: '',
  failure: {
    code: 'internal',
    message: 'The page does not understand what it was sent. Please report it with the file.',
  },
};

const kept = readKeptState(vscode.getState());
const root = document.getElementById('page') ?? document.body;
const chart = createModelChart();
let choice: unknown = kept.choice;
let scrollTop: number | null = kept.scrollTop;

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  show(parseHostMessage(event.data) ?? misunderstood);
});
window.addEventListener('scroll', keepState, { passive: true });
new MutationObserver(() => chart.repaint()).observe(document.body, { attributes: true, attributeFilter: ['class'] });

post({ type: 'ready', choice: parseChoice(kept.choice) });

function show(message: HostMessage): void {
  document.title = message.fileName;
  switch (message.type) {
    case 'reading':
      return renderPage(readingPage(message.fileName));
    case 'failed':
      chart.remove();
      return renderPage(failedPage(message));
    case 'model':
      renderPage(modelPage(message, post));
      chart.draw(document.querySelector('canvas'), message);
      choice = message.choiceIsDefault ? null : message.choice;
      restoreScroll();
      keepState();
  }
}

function renderPage(page: Parameters<typeof render>[0]): void {
  render(page, root);
}

function post(message: PageMessage): void {
  vscode.postMessage(message);
}

function restoreScroll(): void {
  if (scrollTop !== null) window.scrollTo({ top: scrollTop, behavior: 'instant' });
  scrollTop = null;
}

function keepState(): void {
  // Before the first model is shown the page is too short to scroll, and would overwrite what it kept.
  if (scrollTop === null) vscode.setState({ choice, scrollTop: window.scrollY });
}

function readKeptState(state: unknown): KeptState {
  const { choice, scrollTop } = (typeof state === 'object' && state !== null ? state : {}) as Partial<KeptState>;
  return { choice: choice ?? null, scrollTop: typeof scrollTop === 'number' ? scrollTop : 0 };
}
