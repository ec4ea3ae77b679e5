import './model.css';
import './insight.css';
import { render } from 'lit-html';
import { parseSize, type Size } from '../../src/protocol/insight';
import {
  parseChoice,
  parseHostMessage,
  type HostMessage,
  type ModelMessage,
  type PageMessage,
} from '../../src/protocol/model-page';
import { failedPage, modelPage, readingPage } from './page';
import { readViewState, type View } from './view';

/** What VS Code gives a webview; `getState` outlives the page, also over a reload of the window. */
interface VsCodeApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: KeptState): void;
}

interface KeptState {
  readonly choice: unknown;
  readonly size: unknown;
  readonly view: unknown;
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
/** What the page shows; null while it shows no model. */
let shown: ModelMessage | null = null;
let view: View = { ...readViewState(kept.view), resolutions: null, plans: null, change: changeView };
let choice: unknown = kept.choice;
let size = parseSize(kept.size);
/** Asked for since the page was loaded, which answers on their way may not know of yet. */
let asked: Size | null = null;
let scrollTop: number | null = kept.scrollTop;

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  show(parseHostMessage(event.data) ?? misunderstood);
});
window.addEventListener('scroll', keepState, { passive: true });

post({ type: 'ready', choice: parseChoice(kept.choice), size });

function show(message: HostMessage): void {
  if ('fileName' in message) document.title = message.fileName;
  switch (message.type) {
    case 'reading':
      return renderPage(readingPage(message.fileName));
    case 'failed':
      shown = null;
      return renderPage(failedPage(message));
    case 'resolutions':
      if (message.revision !== shown?.revision) return;
      view = { ...view, resolutions: message.view };
      return renderModel(shown);
    case 'plans':
      if (message.revision !== shown?.revision) return;
      view = { ...view, plans: message.sentences };
      return renderModel(shown);
    case 'model':
      // The old figures stay until the new ones come, so that the page does not jump; not those of another place.
      if (!isSamePlace(shown, message)) view = { ...view, resolutions: null, plans: null };
      shown = asked ? { ...message, size: asked } : message;
      size = shown.size;
      renderModel(shown);
      choice = message.choiceIsDefault ? null : message.choice;
      restoreScroll();
      keepState();
  }
}

function renderModel(message: ModelMessage): void {
  renderPage(modelPage(message, post, view));
}

function changeView(changes: Parameters<View['change']>[0]): void {
  view = { ...view, ...changes };
  if (shown) renderModel(shown);
  keepState();
}

/** Whether what was found out for one message still holds for another, save for the size that it is asked for. */
function isSamePlace(one: ModelMessage | null, other: ModelMessage): boolean {
  return (
    one?.fileName === other.fileName &&
    one.fileBytes === other.fileBytes &&
    one.choice.device === other.choice.device &&
    one.choice.runtime === other.choice.runtime &&
    one.size.batch === other.size.batch &&
    one.targetFps === other.targetFps
  );
}

function renderPage(page: Parameters<typeof render>[0]): void {
  render(page, root);
}

function post(message: PageMessage): void {
  if (message.type === 'resize' && shown) {
    // Shown at once, so that the next change, be it ever so soon, goes on from this one.
    size = asked = message.size;
    shown = { ...shown, size };
    renderModel(shown);
  }
  vscode.postMessage(message);
}

function restoreScroll(): void {
  if (scrollTop !== null) window.scrollTo({ top: scrollTop, behavior: 'instant' });
  scrollTop = null;
}

function keepState(): void {
  // Before the first model is shown the page is too short to scroll, and would overwrite what it kept.
  if (scrollTop === null) vscode.setState({ choice, size, view: readViewState(view), scrollTop: window.scrollY });
}

function readKeptState(state: unknown): KeptState {
  const { choice, size, view, scrollTop } = (
    typeof state === 'object' && state !== null ? state : {}
  ) as Partial<KeptState>;
  return { choice: choice ?? null, size, view, scrollTop: typeof scrollTop === 'number' ? scrollTop : 0 };
}
