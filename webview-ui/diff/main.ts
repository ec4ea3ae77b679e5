import './diff.css';
import {
  diffPageState,
  type DiffHostMessage,
  type DiffPageMessage,
  type DiffPageState,
} from '../../src/protocol/diff-page';
import { t } from '../../src/core/language';
import { connect } from '../page';
import { diffPage } from './page';

const page = connect<DiffPageMessage, DiffHostMessage, DiffPageState>({
  state: diffPageState,
  waiting: t('Reading both models…'),
  receive: (message) => {
    page.keep(message.models);
    page.draw(diffPage(message, page.post));
  },
});
