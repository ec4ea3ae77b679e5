import './boards.css';
import { boardsPageState, type BoardsPage } from '../../src/protocol/boards-page';
import { t } from '../../src/core/language';
import { connect, type Connection } from '../page';
import { boardsPage, failedBoards } from './page';

const page: Connection<BoardsPage> = connect({
  state: boardsPageState,
  waiting: t('Predicting for every board…'),
  receive: {
    failed: (message) => page.draw(failedBoards(message)),
    boards: (message) => page.draw(boardsPage(message, page.post)),
  },
});
