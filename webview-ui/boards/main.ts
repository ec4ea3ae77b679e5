import './boards.css';
import {
  boardsPageState,
  type BoardsHostMessage,
  type BoardsPageMessage,
  type BoardsPageState,
} from '../../src/protocol/boards-page';
import { connect } from '../page';
import { boardsPage, failedBoards } from './page';

const page = connect<BoardsPageMessage, BoardsHostMessage, BoardsPageState>({
  state: boardsPageState,
  waiting: 'Predicting for every board…',
  receive: (message) => page.draw(message.type === 'failed' ? failedBoards(message) : boardsPage(message, page.post)),
});
