import './boards.css';
import {
  boardsPageState,
  type BoardsHostMessage,
  type BoardsPageMessage,
  type BoardsPageState,
} from '../../src/protocol/boards-page';
import { t } from '../../src/core/language';
import { connect } from '../page';
import { boardsPage, failedBoards } from './page';

const page = connect<BoardsPageMessage, BoardsHostMessage, BoardsPageState>({
  state: boardsPageState,
  waiting: t('Predicting for every board…'),
  receive: (message) => page.draw(message.type === 'failed' ? failedBoards(message) : boardsPage(message, page.post)),
});
