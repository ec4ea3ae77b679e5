/** The thread that chooses reference models: costing all of them takes a second or two, and the search comes to it. */
import { parentPort, workerData } from 'node:worker_threads';
import { setLanguage } from '../../../core/language';
import { setOwnDevices } from '../../../core/landmarks/devices';
import { chooseLadder } from '../../../core/ladder/choose-ladder';
import { rungsOf } from '../../../core/ladder/rung';
import { success } from '../../../core/result';
import type { LadderRequest } from './ladder-thread';

const request = workerData as LadderRequest;
setLanguage(request.language);
parentPort?.postMessage(answerOf(request));

function answerOf(asked: LadderRequest) {
  if (asked.kind === 'rungs') return success(rungsOf(asked.ids));
  setOwnDevices(asked.ownBoards);
  return chooseLadder(asked.question);
}
