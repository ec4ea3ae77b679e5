import { t } from '../../core/language';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { BenchmarkStage } from '../../core/benchmark-stage';
import { anySignal } from '../../core/any-signal';
import { failure, success, type Failure, type FailureCode, type Result } from '../../core/result';
import { sizeFieldsOf } from '../../core/landmarks/landmark';
import type { Destination } from '../connection/destination';
import { ensureRunner, type BoardRunner, type RunnerFile } from '../job/board-runner';
import { cancelJob, cleanBoard, startJob } from '../job/board-jobs';
import { newJobId } from '../job/job-spec';
import { probeBoard } from '../probe/probe';
import { uploadFiles } from '../upload/upload';
import type { BenchmarkOutcome, RunOutcome } from './benchmark-outcome';
import type { BenchmarkContext, BenchmarkRequest } from './benchmark-request';
import { collectionOf, type Collection } from './collect-job';
import type { ReadyRun } from './benchmark-event';
import { conversionsFor, writeConversions } from './convert-for-board';
import { checkRuns, sentences } from './check-runs';
import type { PendingJob } from './pending-job';
import { planJob, type PlannedJob } from './plan-job';
import { prepareRuns, type PreparedRun } from './prepare-runs';
import { removeJob, persistJob } from './persist-job';
import { openReconnectingLink, type RetryPolicy, type ReconnectingLink } from './reconnecting-link';

/** What tests replace. */
export interface BenchmarkOptions {
  readonly runner?: RunnerFile;
  readonly retryPolicy?: RetryPolicy;
  readonly silenceMs?: number;
  readonly cancelSeconds?: number;
}

/** How long a cancelled benchmark tries to tell the board. */
const defaultCancelSeconds = 45;

/** How long the end of a benchmark waits for the board to remove the job's files. */
const cleanMs = 15_000;

/**
 * Measures models on a board and stores the landmarks: connect, probe, preflight, upload, then one job of all runs,
 * which the board continues even if the connection is lost. It reconnects when the link is cut, stores what was
 * measured as it comes, and one failed run costs no other.
 *
 * The result is a failure only where no run could be tried; then nothing runs on the board, unless the code is
 * `disconnected` or `cancelled` and the message says so. Failure codes: those of the first model where none can be
 * read, of `openReconnectingLink`, `probeBoard`, `ensureRunner`, `uploadFiles`, `startJob`; not-ready (preflight), cancelled.
 */
export async function runBenchmark(
  request: BenchmarkRequest,
  context: BenchmarkContext,
  options: BenchmarkOptions = {},
): Promise<Result<BenchmarkOutcome>> {
  const { signal, onEvent } = context;
  const { ready, refused } = await prepareRuns(request.runs, signal);
  if (signal.aborted) return cancelledBeforeJob();
  refused.forEach((outcome) => onEvent({ kind: 'run-finished', outcome }));
  if (ready.length === 0) return noRun(refused);
  onEvent({ kind: 'runs', runs: ready.map(readyRun) });

  enter(context, 'connect', t('Connecting to {0}.', request.destination.alias));
  return overLink(request.destination, context, options, async (board) => {
    const job = await prepareBoard(board, request, ready);
    if (!job.ok) return job;
    const lost = job.value.refused;
    lost.forEach((outcome) => onEvent({ kind: 'run-finished', outcome }));
    const others = [...refused, ...lost];
    if (job.value.planned === null) return noRun(others);
    const started = await start(board, job.value.planned, request);
    if (!started.ok) return started;
    const outcome = await collect(board, job.value.planned.open, started.value);
    if (!outcome.ok) return outcome;
    const runs = [...outcome.value.runs, ...others].sort((a, b) => a.run - b.run);
    return success({ ...outcome.value, runs });
  });
}

/**
 * Goes on with a job that was left on a board: collects the results that are there, and follows it to its end.
 * Failure codes: those of `openReconnectingLink` and `ensureRunner`; no-match, if the board has no such job (then it is
 * forgotten); cancelled.
 */
export async function resumeBenchmark(
  job: PendingJob,
  destination: Destination,
  context: BenchmarkContext,
  options: BenchmarkOptions = {},
): Promise<Result<BenchmarkOutcome>> {
  enter(context, 'connect', t('Connecting to {0}.', destination.alias));
  return overLink(destination, context, options, async (board) => {
    const runner = await runnerOn(board);
    if (!runner.ok) return runner;
    context.onEvent({ kind: 'job', jobId: job.jobId });
    return collect(board, job, runner.value);
  });
}

/** What ends the connection for good: cancelling before there is a job, and leaving at any time. */
interface Lifetime {
  readonly signal: AbortSignal;
  /** From now on, cancelling is for `collect` to do. */
  keepOverCancel(): void;
  end(): void;
}

/** A board that is connected, with what a benchmark on it needs. */
interface ConnectedBoard {
  readonly link: ReconnectingLink;
  readonly context: BenchmarkContext;
  readonly options: BenchmarkOptions;
  readonly lifetime: Lifetime;
}

async function overLink(
  destination: Destination,
  context: BenchmarkContext,
  options: BenchmarkOptions,
  work: (board: ConnectedBoard) => Promise<Result<BenchmarkOutcome>>,
): Promise<Result<BenchmarkOutcome>> {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const { signal, leave, onEvent } = context;
  if (signal.aborted || leave?.aborted) return cancelledBeforeJob();
  signal.addEventListener('abort', end, { once: true });
  leave?.addEventListener('abort', end, { once: true });
  const link = await openReconnectingLink(destination, {
    prompts: context.prompts,
    signal: controller.signal,
    onLost: (lost) => onEvent({ kind: 'reconnecting', ...lost }),
    onBack: () => onEvent({ kind: 'reconnected' }),
    retryPolicy: options.retryPolicy,
  });
  try {
    if (!link.ok) return link;
    const keepOverCancel = (): void => signal.removeEventListener('abort', end);
    const lifetime = { signal: controller.signal, keepOverCancel, end };
    const outcome = await work({ link: link.value, context, options, lifetime });
    return !outcome.ok && outcome.error.code === 'cancelled' ? cancelledBeforeJob(outcome.error) : outcome;
  } finally {
    signal.removeEventListener('abort', end);
    leave?.removeEventListener('abort', end);
    if (link.ok) link.value.close();
  }
}

/** Probe, preflight and upload. `planned` is null if the preflight leaves no run. */
async function prepareBoard(
  board: ConnectedBoard,
  request: BenchmarkRequest,
  ready: readonly PreparedRun[],
): Promise<Result<{ planned: PlannedJob | null; refused: readonly RunOutcome[] }>> {
  const { link, context } = board;
  const { signal } = board.lifetime;
  enter(context, 'probe', t('Asking the board what it is and what it is doing.'));
  const report = await link.through((session) => probeBoard(session, { signal }));
  if (!report.ok) return report;
  context.onEvent({ kind: 'probed', report: report.value });

  enter(context, 'preflight', t('Checking whether the board is ready.'));
  const converted = conversionsFor(report.value, ready);
  const judged = checkRuns(report.value, converted.runs, request.allowCpu ?? false);
  const refused = [...judged.refused, ...converted.refused];
  if (judged.concerns.length > 0) context.onEvent({ kind: 'concerns', concerns: judged.concerns });
  if (judged.boardErrors.length > 0) return failure('not-ready', sentences(judged.boardErrors));
  if (judged.possible.length === 0) return success({ planned: null, refused });
  const warnings = judged.concerns.filter(({ severity }) => severity === 'warning');
  if (warnings.length > 0 && !(await context.acceptWarnings(warnings))) {
    return failure('cancelled', t('The benchmark was stopped because of the warnings. Nothing was sent to the board.'));
  }

  const folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-'));
  try {
    const written = await writeConversions(judged.possible, folder, signal);
    if (signal.aborted) return cancelledBeforeJob();
    refused.push(...written.refused);
    if (written.runs.length === 0) return success({ planned: null, refused });
    const now = context.now();
    const job = { jobId: newJobId(now), createdAt: now.toISOString() };
    const planned = planJob(request, written.runs, report.value, job);
    const uploaded = await upload(board, planned);
    return uploaded.ok ? success({ planned, refused }) : uploaded;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function upload({ link, context, lifetime }: ConnectedBoard, { uploads }: PlannedJob): Promise<Result<unknown>> {
  enter(context, 'upload', t('Sending what the board does not have yet.'));
  let doneBytes = 0;
  return link.through(
    (session) =>
      uploadFiles(session, uploads, {
        signal: lifetime.signal,
        onProgress: (progress) => {
          doneBytes = progress.doneBytes;
          context.onEvent({ kind: 'upload', ...progress });
        },
      }),
    () => doneBytes,
  );
}

/** Puts the runner and the job on the board. The job is remembered before it can run. */
async function start(
  board: ConnectedBoard,
  { spec, open }: PlannedJob,
  { whenBusy }: BenchmarkRequest,
): Promise<Result<BoardRunner>> {
  const { link, context, lifetime } = board;
  const runner = await runnerOn(board);
  if (!runner.ok) return runner;
  if (lifetime.signal.aborted) return cancelledBeforeJob();
  lifetime.keepOverCancel();
  await persistJob(open, context);
  const started = await link.through((session) => startJob(session, runner.value, spec, { whenBusy }));
  if (!started.ok) {
    // If the board gave no answer, nobody knows whether the job has begun.
    if (refusalCodes.has(started.error.code)) await removeJob(spec.jobId, context);
    return started;
  }
  context.onEvent({ kind: 'job', jobId: spec.jobId });
  return runner;
}

/** Answers of a board that has not begun the job. */
const refusalCodes: ReadonlySet<FailureCode> = new Set([
  'board-busy',
  'disk-full',
  'not-ready',
  'invalid-request',
  'board-misbehaves',
]);

/** Ways to lose the board while its job goes on. */
const lossCodes: ReadonlySet<FailureCode> = new Set([
  'disconnected',
  'authentication',
  'host-key-changed',
  'host-key-unknown',
  'host-key-revoked',
]);

/** Follows the job to its end, or leaves it, or ends it, as the user wishes. */
async function collect(
  connected: ConnectedBoard,
  job: PendingJob,
  board: BoardRunner,
): Promise<Result<BenchmarkOutcome>> {
  const { link, context, lifetime } = connected;
  const { silenceMs, cancelSeconds = defaultCancelSeconds } = connected.options;
  lifetime.keepOverCancel();
  const token = randomBytes(12).toString('hex');
  const collection = collectionOf(job, context, { token, silenceMs });
  const { jobId } = job;
  const stop = anySignal([context.signal, lifetime.signal]);
  // Also if the link drops just then: the board learns of it when it is reachable again, or not at all.
  const deadline = afterAbort(context.signal, lifetime.end, cancelSeconds);
  let ending = await collection.listen(link, board, stop);
  if (!ending.ok && context.signal.aborted && !lifetime.signal.aborted) {
    context.onEvent({ kind: 'note', message: t('Ending the job on the board.') });
    const cancelled = await link.through((session) => cancelJob(session, jobId, { board }));
    ending = cancelled.ok ? await collection.listen(link, board, lifetime.signal) : cancelled;
  }
  deadline.stop();
  if (!ending.ok && context.leave?.aborted) return success({ jobId, runs: collection.outcomes(), left: true });
  if (!ending.ok && context.signal.aborted) return stillRuns(ending.error);
  if (!ending.ok) return lossCodes.has(ending.error.code) ? stillRuns(ending.error) : ending;
  return conclude(connected, job, board, collection, ending.value !== null);
}

/** @param isKnown whether the board knew the job */
async function conclude(
  { link, context, lifetime }: ConnectedBoard,
  { jobId, runs, collected }: PendingJob,
  board: BoardRunner,
  collection: Collection,
  isKnown: boolean,
): Promise<Result<BenchmarkOutcome>> {
  enter(context, 'collect', t('Collecting what the board measured.'));
  if (!isKnown) {
    await removeJob(jobId, context);
    if (collection.outcomes().length === 0) {
      if (runs.every((_, index) => collected.includes(index))) return success({ jobId, runs: [], left: false });
      return failure(
        'no-match',
        t(
          'The board no longer has job {0}: it never started there, or its files were removed. Run the benchmark again.',
          jobId,
        ),
      );
    }
  }
  collection.giveUp((modelName) => ({
    code: 'run-failed',
    message: t('The board has no result for {0}. Run it again.', modelName),
  }));
  if (collection.isWhole()) {
    // Its results are safe here; what does not go now, `clean` removes.
    const deadline = setTimeout(lifetime.end, cleanMs);
    await link.through((session) => cleanBoard(session, { jobId }, { board }));
    clearTimeout(deadline);
    await removeJob(jobId, context);
  }
  return success({ jobId, runs: collection.outcomes(), left: false });
}

function enter(context: BenchmarkContext, stage: BenchmarkStage, message: string): void {
  context.onEvent({ kind: 'stage', stage, run: null, message });
}

function readyRun(prepared: PreparedRun): ReadyRun {
  const { run, modelPath, modelName, runtime, batch, trials, warmupRuns } = prepared;
  return { run, modelPath, modelName, runtime, ...sizeFieldsOf(prepared), batch, trials, warmupRuns };
}

function noRun(refused: readonly RunOutcome[]): Result<never> {
  const errors = refused.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  const [first] = errors;
  if (first === undefined) return failure('invalid-request', t('Name at least one model to measure.'));
  const messages = [...new Set(errors.map(({ message }) => message))];
  return failure(first.code, messages.join(' '));
}

function cancelledBeforeJob(error?: Failure): Result<never> {
  return failure('cancelled', error?.message ?? t('The benchmark was cancelled before it started on the board.'));
}

/** Nothing is lost: the job is remembered, and can be collected or cancelled when the board is back. */
function stillRuns({ code, message }: Failure): Result<never> {
  return failure(
    lossCodes.has(code) ? code : 'disconnected',
    t(
      '{0} The job may still be running on the board. Resume it when the board can be reached again, to collect or cancel it.',
      message,
    ),
  );
}

function runnerOn({ link, options: { runner }, lifetime: { signal } }: ConnectedBoard): Promise<Result<BoardRunner>> {
  return link.through((session) => ensureRunner(session, { runner, signal }));
}

/** Does something so long after the signal's abort, unless it is stopped before. */
function afterAbort(signal: AbortSignal, act: () => void, seconds: number): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(act, 1000 * seconds);
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return {
    stop: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', begin);
    },
  };
}
