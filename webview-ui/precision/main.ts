import './precision.css';
import {
  precisionPageState,
  type PrecisionHostMessage,
  type PrecisionPageMessage,
  type PrecisionPageState,
} from '../../src/protocol/precision-page';
import { t } from '../../src/core/language';
import { connect } from '../page';
import { precisionPage } from './page';

const page = connect<PrecisionPageMessage, PrecisionHostMessage, PrecisionPageState>({
  state: precisionPageState,
  waiting: t('Reading measurements…'),
  receive: (message) => {
    const { chosen, comparison } = message;
    page.keep({ choice: chosen, comparison });
    page.draw(precisionPage(message, page.post));
  },
});
