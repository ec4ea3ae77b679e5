import './precision.css';
import { noState } from '../../src/protocol/page';
import type { PrecisionHostMessage, PrecisionPageMessage } from '../../src/protocol/precision-page';
import { connect } from '../page';
import { precisionPage } from './page';

const page = connect<PrecisionPageMessage, PrecisionHostMessage, object>({
  state: noState,
  waiting: 'Reading measurements…',
  receive: (message) => page.draw(precisionPage(message, page.post)),
});
