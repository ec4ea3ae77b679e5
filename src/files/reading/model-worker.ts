/** What the threads run that read models, so that no model keeps anything else waiting. */
import type { SummaryRequest } from './model-threads';
import { summariseFile } from './read-summary';

/** Returns a `Result<ModelSummary>` as JSON. */
export default async function answer({ path, ...options }: SummaryRequest): Promise<string> {
  return JSON.stringify(await summariseFile(path, options));
}
