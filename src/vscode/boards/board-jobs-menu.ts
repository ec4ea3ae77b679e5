import * as vscode from 'vscode';
import { formatBytes } from '../../core/figures';
import { cancelJob, cleanBoard, listBoard, type BoardInventory, type BoardJob } from '../../jetson/job/board-jobs';
import type { DeviceMonitor } from './device-monitor';
import type { SavedDevice } from './saved-device';
import { withProgress } from './with-progress';

interface JobItem extends vscode.QuickPickItem {
  readonly what?: 'clean' | 'clean-all' | BoardJob;
}

const ended = new Set<string | null>(['finished', 'cancelled', 'failed']);

/** Lists what Framecast has on a board, and cleans it: left-over jobs, models and engines, or one job alone. */
export async function manageBoardJobs(device: SavedDevice, monitor: DeviceMonitor): Promise<void> {
  const inventory = await withProgress(`Looking at the jobs on ${device.name}`, (signal) =>
    monitor.withSession(device, signal, (session) => listBoard(session, { signal })),
  );
  if (!inventory.ok) return;
  const picked = await vscode.window.showQuickPick<JobItem>(items(inventory.value), {
    title: `Framecast on ${device.name}: ${formatBytes(inventory.value.totalBytes)}`,
    placeHolder: inventory.value.jobs.length === 0 ? 'There are no jobs' : 'Clean up, or choose a job',
    matchOnDetail: true,
  });
  if (!picked?.what) return;
  if (picked.what === 'clean') return await clean(device, monitor, {});
  if (picked.what === 'clean-all') return await cleanAll(device, monitor);
  return await manageJob(device, monitor, picked.what);
}

function items({ jobs, modelBytes, engineBytes, totalBytes }: BoardInventory): JobItem[] {
  if (totalBytes === 0 && jobs.length === 0) return [{ label: 'Framecast has no files on this board.' }];
  return [
    {
      label: '$(trash) Clean up',
      detail: `Removes what no job needs: ${formatBytes(modelBytes)} of models, ${formatBytes(engineBytes)} of engines, and finished jobs. Results that have not been fetched stay.`,
      what: 'clean',
    },
    {
      label: '$(trash) Remove everything',
      detail: 'Including results that have not been fetched. Running jobs stay.',
      what: 'clean-all',
    },
    { label: jobs.length === 0 ? 'No jobs' : 'Jobs', kind: vscode.QuickPickItemKind.Separator },
    ...jobs.map((job): JobItem => ({
      label: `$(${ended.has(job.state) ? 'archive' : 'sync'}) ${job.models.join(', ') || job.jobId}`,
      description: `${job.state ?? 'never started'}, ${job.results} of ${job.runs} runs measured, ${formatBytes(job.bytes)}`,
      detail: [job.createdAt, job.client].filter((part) => part !== '').join(', by '),
      what: job,
    })),
  ];
}

async function manageJob(device: SavedDevice, monitor: DeviceMonitor, job: BoardJob): Promise<void> {
  const name = job.models.join(', ') || job.jobId;
  if (ended.has(job.state) || job.state === null) {
    const remove = 'Remove';
    const picked = await vscode.window.showWarningMessage(
      `Remove the job of ${name} from ${device.name}?`,
      { modal: true, detail: 'Results that have not been fetched are deleted with it.' },
      remove,
    );
    if (picked === remove) await clean(device, monitor, { jobId: job.jobId });
    return;
  }
  const stop = 'Stop Job';
  const picked = await vscode.window.showWarningMessage(
    `Stop the job of ${name} on ${device.name}?`,
    { modal: true, detail: job.client === '' ? 'It is running now.' : `It was started by ${job.client}.` },
    stop,
  );
  if (picked !== stop) return;
  const stopped = await withProgress(`Stopping the job on ${device.name}`, (signal) =>
    monitor.withSession(device, signal, (session) => cancelJob(session, job.jobId, { signal })),
  );
  if (stopped.ok) void vscode.window.showInformationMessage(`The job of ${name} is stopped.`);
}

async function cleanAll(device: SavedDevice, monitor: DeviceMonitor): Promise<void> {
  const remove = 'Remove Everything';
  const picked = await vscode.window.showWarningMessage(
    `Remove all of Framecast's files from ${device.name}?`,
    {
      modal: true,
      detail: 'Results that have not been fetched are lost. Models and engines are created again when needed.',
    },
    remove,
  );
  if (picked === remove) await clean(device, monitor, { includeUncollected: true });
}

async function clean(
  device: SavedDevice,
  monitor: DeviceMonitor,
  request: { readonly includeUncollected?: boolean; readonly jobId?: string },
): Promise<void> {
  const cleaned = await withProgress(`Cleaning ${device.name}`, (signal) =>
    monitor.withSession(device, signal, (session) => cleanBoard(session, request, { signal })),
  );
  if (!cleaned.ok) return;
  const { removedBytes, removedJobs, keptJobs } = cleaned.value;
  const jobs = removedJobs.length === 1 ? '1 job' : `${removedJobs.length} jobs`;
  const kept =
    keptJobs.length === 0 ? '' : ` ${keptJobs.length} stay because they are running or have results to fetch.`;
  void vscode.window.showInformationMessage(
    `Removed ${formatBytes(removedBytes)} and ${jobs} from ${device.name}.${kept}`,
  );
}
