import './accuracy.css';
import { render } from 'lit-html';
import {
  maxOwnModels,
  parseAccuracyChoice,
  parseAccuracyHostMessage,
  type AccuracyMessage,
  type AccuracyPageMessage,
} from '../../src/protocol/accuracy-page';
import { accuracyPage, waitingPage, type AccuracyView, type KeptModel } from './page';

/** What VS Code gives a webview; `getState` outlives the page, also over a reload of the window. */
interface VsCodeApi {
  postMessage(message: AccuracyPageMessage): void;
  getState(): unknown;
  setState(state: KeptState): void;
}

interface KeptState {
  /** null while the page follows the settings. */
  readonly choice: AccuracyMessage['choice'] | null;
  readonly weights: 'first' | 'best';
  readonly models: readonly KeptModel[];
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const root = document.getElementById('page') ?? document.body;
const state = vscode.getState();
let kept = readKept(state);
let message: AccuracyMessage | null = null;

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const received = parseAccuracyHostMessage(event.data);
  if (received?.type === 'accuracy') {
    message = received;
    draw();
  }
  if (received?.type === 'kept' && kept.models.length === 0) change({ models: received.models });
  if (received?.type === 'picked') {
    const known = new Set(kept.models.map(({ file }) => file));
    const fresh = received.files.filter((file) => !known.has(file)).map((file) => ({ file, typed: '' }));
    change({ models: [...kept.models, ...fresh].slice(0, maxOwnModels) });
  }
});

render(waitingPage(), root);
vscode.postMessage({ type: 'ready', ...asked(), isNew: state === undefined });

function draw(): void {
  if (message === null) return;
  const view: AccuracyView = {
    ...{ message, weights: kept.weights, models: kept.models, show: change },
    post: (sent) => vscode.postMessage(sent),
  };
  render(accuracyPage(view), root);
}

function change(changes: Parameters<AccuracyView['show']>[0]): void {
  const before = JSON.stringify(asked());
  kept = { ...kept, ...changes };
  vscode.setState(kept);
  draw();
  if (changes.models !== undefined) vscode.postMessage({ type: 'keep', models: changes.models });
  if (JSON.stringify(asked()) !== before) vscode.postMessage({ type: 'show', ...asked() });
}

/** What the extension has to look up. */
function asked() {
  return { choice: kept.choice, files: kept.models.map(({ file }) => file) };
}

function readKept(data: unknown): KeptState {
  const { choice, weights, models } = (typeof data === 'object' && data !== null ? data : {}) as Partial<
    Record<keyof KeptState, unknown>
  >;
  const list: readonly unknown[] = Array.isArray(models) ? models.slice(0, maxOwnModels) : [];
  return {
    choice: parseAccuracyChoice(choice),
    weights: weights === 'first' ? 'first' : 'best',
    models: list.flatMap((item) => {
      const { file, typed } = (typeof item === 'object' && item !== null ? item : {}) as Partial<
        Record<keyof KeptModel, unknown>
      >;
      return typeof file === 'string' ? [{ file, typed: typeof typed === 'string' ? typed.slice(0, 12) : '' }] : [];
    }),
  };
}
