import '../model/model.css';
import './benchmark.css';
import { benchmarkPageState, type BenchmarkMessage, type BenchmarkPage } from '../../src/protocol/benchmark-page';
import { t } from '../../src/core/language';
import { connect, type Connection } from '../page';
import { createLogView } from './log';
import { benchmarkPage, gonePage } from './page';

const page: Connection<BenchmarkPage> = connect({
  state: benchmarkPageState,
  waiting: t('Opening the benchmark…'),
  receive: {
    gone: ({ sentence }) => page.draw(gonePage(sentence)),
    log: (message) => log.receive(message),
    benchmark: draw,
  },
});
const log = createLogView();
/** The run whose result is shown; null until the user chooses, when it is the first that has one. */
let { selected } = page.kept;

function draw(shown: BenchmarkMessage): void {
  const { id, title, runs } = shown;
  document.title = title;
  page.keep({ id, selected });
  const first = runs.findIndex(({ result }) => result !== null);
  const index = selected !== null && runs[selected] ? selected : Math.max(first, 0);
  const select = (run: number): void => {
    selected = run;
    draw(shown);
  };
  page.draw(benchmarkPage(shown, { post: page.post, selected: index, select }));
  log.attach(document.querySelector('.log'), document.querySelector('.log-end'));
}
