import '../chart/base.css';
import './fit.css';
import { render } from 'lit-html';
import {
  type FitMessage,
  type FitPageMessage,
  type FitPlaceChoice,
  parseFitMessage,
} from '../../src/protocol/fit-page';
import type { Shown } from './chart';
import { fitPage, waitingPage } from './page';

/** What VS Code gives a webview; `getState` outlives the page, also over a reload of the window. */
interface VsCodeApi {
  postMessage(message: FitPageMessage): void;
  getState(): unknown;
  setState(state: { readonly place: FitPlaceChoice; readonly shown: Shown }): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const root = document.getElementById('page') ?? document.body;
let message: FitMessage | null = null;
let shown: Shown = (vscode.getState() as { shown?: unknown } | undefined)?.shown === 'naive' ? 'naive' : 'grouped';

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const received = parseFitMessage(event.data);
  if (received === null) return;
  message = received;
  draw();
});

render(waitingPage(), root);
vscode.postMessage({ type: 'ready' });

function draw(): void {
  if (message === null) return;
  vscode.setState({ place: message.place, shown });
  const actions = {
    post: (toSend: FitPageMessage) => vscode.postMessage(toSend),
    show: (chosen: Shown) => {
      shown = chosen;
      draw();
    },
  };
  render(fitPage(message, shown, actions), root);
}
