import './compare.css';
import {
  comparePageState,
  type CompareHostMessage,
  type ComparePageMessage,
  type ComparePageState,
  type ComparisonMessage,
} from '../../src/protocol/compare-page';
import { connect } from '../page';
import { comparePage } from './page';

const page = connect<ComparePageMessage, CompareHostMessage, ComparePageState>({
  state: comparePageState,
  waiting: 'Looking for models…',
  receive: draw,
});
let { sort } = page.kept;
let showsAll = false;
let filter = '';

function draw(message: ComparisonMessage): void {
  const { roots, chosen, size } = message;
  page.keep({ roots, choice: chosen, size, sort });
  const view = {
    message,
    sort,
    showsAll,
    filter,
    post: page.post,
    sortBy: (wanted: typeof sort) => {
      sort = wanted;
      draw(message);
    },
    filterBy: (wanted: string) => {
      filter = wanted;
      draw(message);
    },
    showAll: () => {
      showsAll = true;
      draw(message);
    },
  };
  page.draw(comparePage(view));
}
