/** The thread that reads models for the Models view, so that a thousand of them do not keep the extension host busy. */
import { parentPort } from 'node:worker_threads';
import type { WorkerAnswer, WorkerRequest } from './summary-threads';
import { summariseFile } from './read-summary';

parentPort?.on('message', ({ id, path, size }: WorkerRequest) => {
  void summariseFile(path, size).then((result) => {
    const answer: WorkerAnswer = { id, result: JSON.stringify(result) };
    parentPort?.postMessage(answer);
  });
});
