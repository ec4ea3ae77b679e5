import * as vscode from 'vscode';
import { formatBytes } from '../../core/figures';
import { t } from '../../core/language';
import { cancelJob, cleanBoard, listBoard, type BoardInventory, type BoardJob } from '../../jetson/job/board-jobs';
import { confirmed } from '../services/ask';
import type { DeviceMonitor } from './device-monitor';
import type { SavedDevice } from './saved-device';
import { withProgress } from '../services/with-progress';

interface JobItem extends vscode.QuickPickItem {
  readonly what?: 'clean' | 'clean-all' | BoardJob;
}

const ended = new Set<string | null>(['finished', 'cancelled', 'failed']);

/** Lists what Framecast has on a board, and cleans it: left-over jobs, models and engines, or one job alone. */
export async function manageBoardJobs(device: SavedDevice, monitor: DeviceMonitor): Promise<void> {
  const inventory = await withProgress(t('Looking at the jobs on {0}', device.name), (signal) =>
    monitor.withSession(device, signal, (session) => listBoard(session, { signal })),
  );
  if (!inventory.ok) return;
  const picked = await vscode.window.showQuickPick<JobItem>(items(inventory.value), {
    title: t('Framecast on {0}: {1}', device.name, formatBytes(inventory.value.totalBytes)),
    placeHolder: inventory.value.jobs.length === 0 ? t('There are no jobs') : t('Clean up, or choose a job'),
    matchOnDetail: true,
  });
  if (!picked?.what) return;
  if (picked.what === 'clean') return await clean(device, monitor, {});
  if (picked.what === 'clean-all') return await cleanAll(device, monitor);
  return await manageJob(device, monitor, picked.what);
}

function items({ jobs, modelBytes, engineBytes, totalBytes }: BoardInventory): JobItem[] {
  if (totalBytes === 0 && jobs.length === 0) return [{ label: t('Framecast has no files on this board.') }];
  return [
    {
      label: t('$(trash) Clean up'),
      detail: t(
        'Removes what no job needs: {0} of models, {1} of engines, and finished jobs. Results that have not been fetched stay.',
        formatBytes(modelBytes),
        formatBytes(engineBytes),
      ),
      what: 'clean',
    },
    {
      label: t('$(trash) Remove everything'),
      detail: t('Including results that have not been fetched. Running jobs stay.'),
      what: 'clean-all',
    },
    { label: jobs.length === 0 ? t('No jobs') : t('Jobs'), kind: vscode.QuickPickItemKind.Separator },
    ...jobs.map((job): JobItem => ({
      label: `$(${ended.has(job.state) ? 'archive' : 'sync'}) ${job.models.join(', ') || job.jobId}`,
      description: t(
        '{0}, {1} of {2} runs measured, {3}',
        stateName(job.state),
        job.results,
        job.runs,
        formatBytes(job.bytes),
      ),
      detail: [job.createdAt, job.client].filter((part) => part !== '').join(t(', by ')),
      what: job,
    })),
  ];
}

function stateName(state: BoardJob['state']): string {
  switch (state) {
    case 'waiting':
      return t('waiting');
    case 'building':
      return t('building');
    case 'timing':
      return t('timing');
    case 'finished':
      return t('finished');
    case 'cancelled':
      return t('cancelled');
    case 'failed':
      return t('failed');
    case null:
      return t('never started');
  }
}

async function manageJob(device: SavedDevice, monitor: DeviceMonitor, job: BoardJob): Promise<void> {
  const name = job.models.join(', ') || job.jobId;
  if (ended.has(job.state) || job.state === null) {
    const isSure = await confirmed(
      t('Remove the job of {0} from {1}?', name, device.name),
      t('Results that have not been fetched are deleted with it.'),
      t('Remove'),
    );
    if (isSure) await clean(device, monitor, { jobId: job.jobId });
    return;
  }
  const detail = job.client === '' ? t('It is running now.') : t('It was started by {0}.', job.client);
  if (!(await confirmed(t('Stop the job of {0} on {1}?', name, device.name), detail, t('Stop Job')))) return;
  const stopped = await withProgress(t('Stopping the job on {0}', device.name), (signal) =>
    monitor.withSession(device, signal, (session) => cancelJob(session, job.jobId, { signal })),
  );
  if (stopped.ok) void vscode.window.showInformationMessage(t('The job of {0} is stopped.', name));
}

async function cleanAll(device: SavedDevice, monitor: DeviceMonitor): Promise<void> {
  const isSure = await confirmed(
    t("Remove all of Framecast's files from {0}?", device.name),
    t('Results that have not been fetched are lost. Models and engines are created again when needed.'),
    t('Remove Everything'),
  );
  if (isSure) await clean(device, monitor, { includeUncollected: true });
}

async function clean(
  device: SavedDevice,
  monitor: DeviceMonitor,
  request: { readonly includeUncollected?: boolean; readonly jobId?: string },
): Promise<void> {
  const cleaned = await withProgress(t('Cleaning {0}', device.name), (signal) =>
    monitor.withSession(device, signal, (session) => cleanBoard(session, request, { signal })),
  );
  if (!cleaned.ok) return;
  const { removedBytes, removedJobs, keptJobs } = cleaned.value;
  const jobs = t('{0, plural, one {# job} other {# jobs}}', removedJobs.length);
  const kept =
    keptJobs.length === 0
      ? ''
      : ` ${t('{0, plural, one {# stays because it is running or has results} other {# stay because they are running or have results}} to fetch.', keptJobs.length)}`;
  void vscode.window.showInformationMessage(
    `${t('Removed {0} and {1} from {2}.', formatBytes(removedBytes), jobs, device.name)}${kept}`,
  );
}
