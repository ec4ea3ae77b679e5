import './compare.css';
import { comparePageState, type ComparePage, type ComparisonMessage } from '../../src/protocol/compare-page';
import { t } from '../../src/core/language';
import { connect, type Connection } from '../page';
import { comparePage } from './page';
import type { CompareArrangement } from './view';

const page: Connection<ComparePage> = connect({
  state: comparePageState,
  waiting: t('Looking for models…'),
  receive: { comparison: draw },
});
const { sort, isGrouped } = page.kept;
let view: CompareArrangement = { sort, isGrouped, axis: 'parameters', showsAll: false, filter: '' };

function draw(message: ComparisonMessage): void {
  const { roots, chosen, size } = message;
  page.keep({ roots, choice: chosen, size, sort: view.sort, isGrouped: view.isGrouped });
  const change = (changes: Partial<CompareArrangement>): void => {
    view = { ...view, ...changes };
    draw(message);
  };
  page.draw(comparePage({ ...view, message, post: page.post, change }));
}
