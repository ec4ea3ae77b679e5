import './fas.css';
import { render } from 'lit-html';
import { parseFasHostMessage, type FasMessage, type FasPageMessage } from '../../src/protocol/fas-page';
import { fasPage, waitingPage } from './page';
import { listedAtOnce, noNotice, readFasViewState, type FasView } from './view';

/** What VS Code gives a webview; `getState` outlives the page, also over a reload of the window. */
interface VsCodeApi {
  postMessage(message: FasPageMessage): void;
  getState(): unknown;
  setState(state: object): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const root = document.getElementById('page') ?? document.body;
let state = readFasViewState(vscode.getState());
let message: FasMessage | null = null;
let notice = noNotice;
let listed = listedAtOnce;

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const received = parseFasHostMessage(event.data);
  switch (received?.type) {
    case 'fas':
      message = received;
      document.body.classList.toggle('is-view', received.place === 'view');
      return draw();
    case 'draft':
      return show({ form: { ...received, problems: [] } }, 'section.add');
    case 'saved':
      if (received.problems.length === 0) return show({ form: null });
      return show({ form: state.form && { ...state.form, problems: received.problems } }, 'section.add');
    case 'notice':
      return show({ notice: received }, 'section.note.is-notice');
  }
});

render(waitingPage(), root);
vscode.postMessage({ type: 'ready' });

function draw(): void {
  if (message === null) return;
  const view: FasView = {
    ...state,
    ...{ message, notice, listed },
    arrange: (changes) => keep({ ...state, arrangement: { ...state.arrangement, ...changes } }),
    show: (changes) => show(changes, changes.form && state.form === null ? 'section.add' : undefined),
    keepTyped: (fields) => {
      if (state.form === null) return;
      state = { ...state, form: { ...state.form, fields } };
      vscode.setState(state);
    },
    post: (sent) => vscode.postMessage(sent),
  };
  render(fasPage(view), root);
}

/** @param scrollTo what has appeared, and is brought into view */
function show(changes: Parameters<FasView['show']>[0], scrollTo?: string): void {
  if (changes.form !== undefined) state = { ...state, form: changes.form };
  if (changes.notice !== undefined) notice = changes.notice;
  if (changes.listed !== undefined) listed = changes.listed;
  if (changes.metric !== undefined) state = { ...state, metric: changes.metric };
  keep(state);
  if (scrollTo === undefined) return;
  const appeared = document.querySelector(scrollTo);
  appeared?.scrollIntoView({ block: 'nearest' });
  const field =
    appeared?.querySelector<HTMLElement>('[aria-invalid="true"]') ??
    appeared?.querySelector<HTMLElement>('input, button');
  field?.focus();
}

function keep(next: typeof state): void {
  state = next;
  vscode.setState(state);
  draw();
}
