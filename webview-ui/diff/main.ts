import './diff.css';
import { diffPageState, type DiffPage } from '../../src/protocol/diff-page';
import { t } from '../../src/core/language';
import { connect, type Connection } from '../page';
import { diffPage } from './page';

const page: Connection<DiffPage> = connect({
  state: diffPageState,
  waiting: t('Reading both models…'),
  receive: {
    diff: (message) => {
      page.keep(message.models);
      page.draw(diffPage(message, page.post));
    },
  },
});
