import './precision.css';
import { precisionPageState, type PrecisionPage } from '../../src/protocol/precision-page';
import { t } from '../../src/core/language';
import { connect, type Connection } from '../page';
import { precisionPage } from './page';

const page: Connection<PrecisionPage> = connect({
  state: precisionPageState,
  waiting: t('Reading measurements…'),
  receive: {
    precision: (message) => {
      page.keep({ choice: message.chosen, comparison: message.comparison });
      page.draw(precisionPage(message, page.post));
    },
  },
});
