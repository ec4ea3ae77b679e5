import { isBundledCampaign } from '../../core/landmarks/landmark-set';
import { standInDevice } from '../../core/landmarks/devices';
import { sizeFieldsOf } from '../../core/landmarks/landmark';
import type { JobSpec, SpecRun } from '../job/job-spec';
import type { BoardReport } from '../probe/probe';
import { modelUploads } from '../upload/model-content';
import type { UploadFile } from '../upload/upload-file';
import { defaultLimits, type BenchmarkRequest } from './benchmark-request';
import { rewritesOf } from './convert-for-board';
import type { PendingJob } from './pending-job';
import type { PreparedRun } from './prepare-runs';

/** Framecast's folder on the board, relative to $HOME. */
const boardFolder = '.cache/framecast';

/** A job in its three forms: for the runner, for this machine's memory, and the files that it needs on the board. */
export interface PlannedJob {
  readonly spec: JobSpec;
  readonly open: PendingJob;
  readonly uploads: readonly UploadFile[];
}

/** Puts the runs that can be made into one job. */
export function planJob(
  request: BenchmarkRequest,
  runs: readonly PreparedRun[],
  report: BoardReport,
  job: { readonly jobId: string; readonly createdAt: string },
): PlannedJob {
  const limits = request.limits ?? defaultLimits;
  const uploads = new Map<string, UploadFile>();
  const add = (file: UploadFile): void => void uploads.set(file.remotePath, file);
  const specRuns = runs.map((run): SpecRun => {
    const isPytorch = run.runtime.startsWith('pytorch');
    const model = modelUploads(run.content, `${boardFolder}/models`);
    if (!isPytorch) model.files.forEach(add);
    const script = run.torchscript === null ? null : `${boardFolder}/models/${run.torchscript.sha256}.pt`;
    if (isPytorch && run.torchscript !== null && script !== null) add({ ...run.torchscript, remotePath: script });
    return {
      model: {
        name: run.modelName,
        sha256: run.content.sha256,
        path: belowRoot(model.modelPath),
        torchscript: isPytorch && script !== null ? belowRoot(script) : null,
      },
      runtime: run.runtime,
      way: run.backend,
      inputs: run.inputs,
      batch: run.batch,
      ...sizeFieldsOf(run),
      warmupRuns: run.warmupRuns,
      trials: run.trials,
      workspaceMiB: run.workspaceMiB,
      ...(run.precision === 'fp32' ? {} : { precision: run.precision }),
      layers: run.layers ? (true as const) : undefined,
      ...(run.conversion === null ? {} : { rewrites: rewritesOf(run) }),
    };
  });
  const { jobId, createdAt } = job;
  const allowCpu = request.allowCpu ?? false;
  return {
    spec: { schema: 1, jobId, createdAt, client: request.client, runs: specRuns, limits: { ...limits }, allowCpu },
    open: {
      schema: 1,
      jobId,
      createdAt,
      collected: [],
      limits: { ...limits },
      destination: request.destination.alias,
      deviceLabel: request.deviceLabel,
      campaign: campaignName(request),
      board: {
        device: report.standIn ? standInDevice : (report.device ?? 'unknown'),
        standIn: report.standIn,
        boardModel: report.boardModel,
        software: { ...report.software },
        clocksLocked: report.clocksLocked,
        headless: report.headless,
      },
      runs: runs.map(openRun),
    },
    uploads: [...uploads.values()],
  };
}

/** The user's name for the board, kept apart from the campaigns that Framecast brings along: its landmarks' campaign. */
export function campaignName({
  deviceLabel,
  destination,
}: {
  readonly deviceLabel: string;
  readonly destination: { readonly alias: string };
}): string {
  const label = deviceLabel.trim() || destination.alias;
  return isBundledCampaign(label) ? `${label} (own board)` : label;
}

function openRun(run: PreparedRun): PendingJob['runs'][number] {
  return {
    run: run.run,
    modelPath: run.modelPath,
    modelName: run.modelName,
    modelSha256: run.modelSha256,
    runtime: run.runtime,
    way: run.backend,
    ...sizeFieldsOf(run),
    batch: run.batch,
    trials: run.trials,
    warmupRuns: run.warmupRuns,
    workspaceMiB: run.workspaceMiB,
    inputShapes: Object.fromEntries(run.inputs.map(({ name, shape }) => [name, [...shape]])),
    family: run.profile.family,
    parameters: run.profile.parameters,
    macs: run.macs,
    kernels: run.kernels?.map((row) => [...row]) ?? null,
    ...(run.conversion === null ? {} : { rewrites: [...rewritesOf(run)] }),
  };
}

function belowRoot(remotePath: string): string {
  return remotePath.slice(boardFolder.length + 1);
}
