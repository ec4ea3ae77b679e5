import './precision.css';
import { render } from 'lit-html';
import { parsePrecisionMessage, type PrecisionPageMessage } from '../../src/protocol/precision-page';
import { precisionPage, waitingPage } from './page';

declare function acquireVsCodeApi(): { postMessage(message: PrecisionPageMessage): void };

const vscode = acquireVsCodeApi();
const root = document.getElementById('page') ?? document.body;

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = parsePrecisionMessage(event.data);
  if (message !== null)
    render(
      precisionPage(message, (sent) => vscode.postMessage(sent)),
      root,
    );
});

render(waitingPage(), root);
vscode.postMessage({ type: 'ready' });
