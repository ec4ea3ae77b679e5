import './fit.css';
import {
  fitPageState,
  type FitHostMessage,
  type FitMessage,
  type FitPageMessage,
  type FitPageState,
} from '../../src/protocol/fit-page';
import { t } from '../../src/core/language';
import { connect } from '../page';
import { fitPage } from './page';

const page = connect<FitPageMessage, FitHostMessage, FitPageState>({
  state: fitPageState,
  waiting: t('Fitting…'),
  receive: draw,
});
let { shown } = page.kept;

function draw(message: FitMessage): void {
  page.keep({ place: message.place, shown });
  const show = (chosen: typeof shown): void => {
    shown = chosen;
    draw(message);
  };
  page.draw(fitPage(message, shown, { post: page.post, show }));
}
