/** What the threads run that read models, so that no model keeps anything else waiting. */
import { workerData } from 'node:worker_threads';
import { setLanguage, type Language } from '../../core/language';
import type { Result } from '../../core/result';
import { ceilingOfFile, networkOfFile, timeOfFile } from './read-kernels';
import type { ThreadRequest } from './model-threads';
import { summariseFile } from './read-summary';

setLanguage(workerData as Language);

/** Returns a `Result` as JSON. */
export default async function answer(request: ThreadRequest): Promise<string> {
  return JSON.stringify(await answerOf(request));
}

async function answerOf(request: ThreadRequest): Promise<Result<unknown>> {
  switch (request.task) {
    case 'summarise':
      return await summariseFile(request.path, request);
    case 'time':
      return await timeOfFile(request);
    case 'network':
      return await networkOfFile(request);
    case 'ceiling':
      return await ceilingOfFile(request);
  }
}
