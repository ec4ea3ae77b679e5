import '../model/model.css';
import './benchmark.css';
import { render } from 'lit-html';
import {
  parseBenchmarkHostMessage,
  type BenchmarkHostMessage,
  type BenchmarkMessage,
  type BenchmarkPageMessage,
} from '../../src/protocol/benchmark-page';
import { createLogView } from './log';
import { benchmarkPage, gonePage, openingPage } from './page';

/** What VS Code gives a webview; `getState` outlives the page, also over a reload of the window. */
interface VsCodeApi {
  postMessage(message: BenchmarkPageMessage): void;
  getState(): unknown;
  setState(state: KeptState): void;
}

/** `id` is what the extension finds the benchmark by after a reload. */
interface KeptState {
  readonly id: string | null;
  readonly selected: number;
}

declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const root = document.getElementById('page') ?? document.body;
const log = createLogView();
/** The run whose result is shown; null until the user chooses, when it is the first that has one. */
let selected: number | null = readSelected(vscode.getState());
let shown: BenchmarkMessage | null = null;

/** Must not happen, but then a page that says so is better than one that stays as it was. */
const misunderstood: BenchmarkHostMessage = {
  type: 'gone',
  sentence: 'The page does not understand what it was sent. Please report it.',
};

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  receive(parseBenchmarkHostMessage(event.data) ?? misunderstood);
});

render(openingPage(), root);
vscode.postMessage({ type: 'ready' });

function receive(message: BenchmarkHostMessage): void {
  switch (message.type) {
    case 'gone':
      shown = null;
      render(gonePage(message.sentence), root);
      return;
    case 'log':
      return log.receive(message);
    case 'benchmark':
      shown = message;
      keepState();
      return show(message);
  }
}

function show(message: BenchmarkMessage): void {
  document.title = message.title;
  const first = message.runs.findIndex(({ result }) => result !== null);
  const index = selected !== null && message.runs[selected] ? selected : Math.max(first, 0);
  const select = (run: number): void => {
    selected = run;
    keepState();
    if (shown) show(shown);
  };
  render(benchmarkPage(message, { post: (answer) => vscode.postMessage(answer), selected: index, select }), root);
  log.attach(document.querySelector('.log'), document.querySelector('.log-end'));
}

function keepState(): void {
  vscode.setState({ id: shown?.id ?? null, selected: selected ?? -1 });
}

function readSelected(state: unknown): number | null {
  const { selected: kept } = (typeof state === 'object' && state !== null ? state : {}) as Partial<KeptState>;
  return typeof kept === 'number' && Number.isInteger(kept) && kept >= 0 ? kept : null;
}
