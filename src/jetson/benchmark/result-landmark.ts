import { t } from '../../core/language';
import { standInDevice } from '../../core/landmarks/devices';
import { sizeFieldsOf, type Landmark } from '../../core/landmarks/landmark';
import { unreadableReason } from '../../core/landmarks/landmark-collection';
import { trialStatistics, type Measurement } from '../../core/landmarks/measurement';
import { impossibleThroughput } from '../../core/landmarks/peak-throughput';
import { failure, success, type Result } from '../../core/result';
import type { GoodResult } from '../job/run-result';
import { disturbancesOf } from './disturbances';
import type { PendingJob, OpenRun } from './pending-job';

/**
 * The landmark that a good result of a job is. `measuredAt` is when the run ended, by this machine's clock. The same
 * result gives the same landmark: `source` is the job with the number of the run.
 *
 * Failure code: board-misbehaves, if it would be refused where landmarks are read, e.g. as its figure is beyond what the
 * board's arithmetic can do.
 */
export function landmarkOfResult(
  job: PendingJob,
  index: number,
  result: GoodResult,
  measuredAt: Date,
): Result<Landmark> {
  const run = job.runs[index];
  const statistics = run === undefined ? null : trialStatistics(result.trialTimesMs, run.batch);
  if (run === undefined || statistics === null) {
    return failure(
      'board-misbehaves',
      t('The board sent a result without usable times. Nothing was saved; run it again.'),
    );
  }
  const device = job.board.standIn || result.standIn ? standInDevice : job.board.device;
  const landmark: Landmark = {
    model: run.modelName,
    family: run.family,
    parameters: run.parameters,
    device,
    runtime: run.runtime,
    ...sizeFieldsOf(run),
    batch: run.batch,
    throughputFps: statistics.throughputFps,
    campaign: job.campaign,
    source: `${job.jobId}#${index + 1}`,
    kernels: run.kernels ?? undefined,
    measurement: measurementOf(job, run, result, { measuredAt, meanMs: statistics.meanMs }),
  };
  const macs = run.macs === null ? null : run.macs / run.batch;
  const reason = impossibleThroughput(landmark, macs) ?? unreadableReason(landmark);
  return reason === null
    ? success(landmark)
    : failure(
        'board-misbehaves',
        t('What the board reports for {0} cannot be true. {1} Nothing was saved; run it again.', run.modelName, reason),
      );
}

function measurementOf(
  job: PendingJob,
  run: OpenRun,
  result: GoodResult,
  { measuredAt, meanMs }: { measuredAt: Date; meanMs: number },
): Measurement {
  const { software } = result;
  const warmUpOfTime = result.warmupMs === null ? null : Math.max(1, Math.round(result.warmupMs / meanMs));
  return {
    jobId: job.jobId,
    measuredAt: measuredAt.toISOString(),
    way: result.way,
    program: result.program ?? undefined,
    warmupRuns: result.warmupRuns ?? warmUpOfTime ?? run.warmupRuns,
    trialTimesMs: result.trialTimesMs,
    inputShapes: run.inputShapes,
    modelSha256: run.modelSha256,
    rewrites: run.rewrites,
    workspaceMiB: result.way === 'pytorch' ? null : run.workspaceMiB,
    engine: result.engine,
    software: {
      ...job.board.software,
      // What ran knows better than what is installed.
      tensorrt: software.tensorrt ?? job.board.software.tensorrt,
      cuda: software.cuda ?? job.board.software.cuda,
      torch: software.torch ?? job.board.software.torch,
      python: software.python ?? job.board.software.python,
    },
    boardModel: job.board.boardModel,
    clocksLocked: job.board.clocksLocked,
    headless: job.board.headless,
    before: result.before,
    after: result.after,
    disturbances: disturbancesOf(result),
    ...(result.notes.length === 0 ? {} : { notes: result.notes }),
    power: result.power ?? undefined,
    layers: result.layers ?? undefined,
  };
}
