import './fit.css';
import { fitPageState, type FitMessage, type FitPage } from '../../src/protocol/fit-page';
import { t } from '../../src/core/language';
import { connect, type Connection } from '../page';
import { fitPage } from './page';

const page: Connection<FitPage> = connect({
  state: fitPageState,
  waiting: t('Fitting…'),
  receive: { fit: draw },
});
let { shown } = page.kept;

function draw(message: FitMessage): void {
  page.keep({ deployment: message.deployment, shown });
  const show = (chosen: typeof shown): void => {
    shown = chosen;
    draw(message);
  };
  page.draw(fitPage(message, shown, { post: page.post, show }));
}
