import '../model/model.css';
import './benchmark.css';
import {
  benchmarkPageState,
  type BenchmarkHostMessage,
  type BenchmarkMessage,
  type BenchmarkPageMessage,
  type BenchmarkPageState,
} from '../../src/protocol/benchmark-page';
import { t } from '../../src/core/language';
import { connect } from '../page';
import { createLogView } from './log';
import { benchmarkPage, gonePage } from './page';

const page = connect<BenchmarkPageMessage, BenchmarkHostMessage, BenchmarkPageState>({
  state: benchmarkPageState,
  waiting: t('Opening the benchmark…'),
  receive: (message) => {
    switch (message.type) {
      case 'gone':
        return page.draw(gonePage(message.sentence));
      case 'log':
        return log.receive(message);
      case 'benchmark':
        shown = message;
        return draw();
    }
  },
});
const log = createLogView();
let shown: BenchmarkMessage | null = null;
/** The run whose result is shown; null until the user chooses, when it is the first that has one. */
let { selected } = page.kept;

function draw(): void {
  if (shown === null) return;
  const { id, title, runs } = shown;
  document.title = title;
  page.keep({ id, selected });
  const first = runs.findIndex(({ result }) => result !== null);
  const index = selected !== null && runs[selected] ? selected : Math.max(first, 0);
  const select = (run: number): void => {
    selected = run;
    draw();
  };
  page.draw(benchmarkPage(shown, { post: page.post, selected: index, select }));
  log.attach(document.querySelector('.log'), document.querySelector('.log-end'));
}
