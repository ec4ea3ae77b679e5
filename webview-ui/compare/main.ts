import './compare.css';
import {
  comparePageState,
  type CompareHostMessage,
  type ComparePageMessage,
  type ComparePageState,
  type ComparisonMessage,
} from '../../src/protocol/compare-page';
import { t } from '../../src/core/language';
import { connect } from '../page';
import { comparePage } from './page';
import type { CompareView } from './view';

const page = connect<ComparePageMessage, CompareHostMessage, ComparePageState>({
  state: comparePageState,
  waiting: t('Looking for models…'),
  receive: draw,
});
let { sort, isGrouped } = page.kept;
let axis: CompareView['axis'] = 'parameters';
let showsAll = false;
let filter = '';

function draw(message: ComparisonMessage): void {
  const { roots, chosen, size } = message;
  page.keep({ roots, choice: chosen, size, sort, isGrouped });
  const view = {
    message,
    sort,
    showsAll,
    filter,
    isGrouped,
    axis,
    post: page.post,
    sortBy: (wanted: typeof sort) => {
      sort = wanted;
      draw(message);
    },
    group: (wanted: boolean) => {
      isGrouped = wanted;
      draw(message);
    },
    drawOver: (wanted: typeof axis) => {
      axis = wanted;
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
