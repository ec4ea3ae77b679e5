import { t } from '../../core/language';
import type { BenchmarkContext } from './benchmark-request';
import type { PendingJob } from './pending-job';

type Memory = Pick<BenchmarkContext, 'pendingJobs' | 'onEvent'>;

/** Remembers a job for after a restart. If that fails, the benchmark goes on and says so. */
export async function persistJob(job: PendingJob, { pendingJobs, onEvent }: Memory): Promise<void> {
  await pendingJobs.save(job).catch((error: unknown) => {
    const message = t('The job cannot be saved, so it will not be found after a restart: {0}.', reasonOf(error));
    onEvent({ kind: 'note', message });
  });
}

/** Forgets a job. One that is left in the list does no harm: the next time, the board says that it has no such job. */
export async function removeJob(jobId: string, { pendingJobs, onEvent }: Memory): Promise<void> {
  await pendingJobs.forget(jobId).catch((error: unknown) => {
    onEvent({
      kind: 'note',
      message: t('The job is over, but cannot be removed from the list of open jobs: {0}.', reasonOf(error)),
    });
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
