/** What the threads run that read models, so that no model keeps anything else waiting. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { setLanguage, type Language } from '../../core/language';
import type { Result } from '../../core/result';
import { throttled } from '../../core/work-progress';
import type { ThreadRequest } from './model-threads';
import { summariseFile } from './read-summary';

setLanguage(workerData as Language);

/** Returns a `Result` as JSON, and says over the port, if there is one, how far it is. */
export default async function answer(request: ThreadRequest & { readonly port?: MessagePort }): Promise<string> {
  try {
    return JSON.stringify(await answerOf(request, request.port));
  } finally {
    request.port?.close();
  }
}

async function answerOf(request: ThreadRequest, port?: MessagePort): Promise<Result<unknown>> {
  if (request.task === 'summarise') {
    const onProgress = port && throttled((progress) => port.postMessage(progress), performance.now.bind(performance));
    return await summariseFile(request.path, request, onProgress);
  }
  // The estimators take as long to load as everything that sums a model up.
  const { ceilingOfFile, networkOfFile, timeOfFile } = await import('./read-kernels');
  switch (request.task) {
    case 'time':
      return await timeOfFile(request);
    case 'network':
      return await networkOfFile(request);
    case 'ceiling':
      return await ceilingOfFile(request);
  }
}
