import './compare.css';
import { render } from 'lit-html';
import {
  parseComparisonMessage,
  parseCompareState,
  type ComparePageMessage,
  type ComparePageState,
  type ComparisonMessage,
  type ComparisonSort,
} from '../../src/protocol/compare-page';
import { comparePage, waitingPage } from './page';

/** What VS Code gives a webview; `getState` outlives the page, also over a reload of the window. */
interface VsCodeApi {
  postMessage(message: ComparePageMessage): void;
  getState(): unknown;
  setState(state: ComparePageState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const root = document.getElementById('page') ?? document.body;
let message: ComparisonMessage | null = null;
let { sort } = parseCompareState(vscode.getState());
let showsAll = false;

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const received = parseComparisonMessage(event.data);
  if (received === null) return;
  message = received;
  draw();
});

render(waitingPage(), root);
vscode.postMessage({ type: 'ready' });

function draw(): void {
  if (message === null) return;
  const { roots, choice, choiceIsDefault, size } = message;
  vscode.setState({ roots, choice: choiceIsDefault ? null : choice, size, sort });
  const view = {
    ...{ message, sort, showsAll },
    post: (toSend: ComparePageMessage) => vscode.postMessage(toSend),
    sortBy: (wanted: ComparisonSort) => {
      sort = wanted;
      draw();
    },
    showAll: () => {
      showsAll = true;
      draw();
    },
  };
  render(comparePage(view), root);
}
