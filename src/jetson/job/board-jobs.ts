import { t } from '../../core/language';
import { failure, success, type Result } from '../../core/result';
import type { BoardSession } from '../connection/session';
import { askRunner, ensureRunner, type BoardRunner, type RunnerFile, type RunnerOptions } from './board-runner';
import { parseAnswer, type Answers, type JobState } from './job-messages';
import type { JobSpec } from './job-spec';

/** What Framecast keeps on a board, in bytes. */
export type BoardInventory = Answers['list'];

/** A job whose files are on a board. */
export type BoardJob = BoardInventory['jobs'][number];

export interface CleanRequest {
  /** Whether jobs go whose results nobody has fetched. */
  readonly includeUncollected?: boolean;
  /** Only this job, with its results. */
  readonly jobId?: string;
}

interface BoardOptions {
  readonly signal?: AbortSignal;
  readonly runner?: RunnerFile;
  /** The runner if it is known to be on the board; otherwise it is put there first. */
  readonly board?: BoardRunner;
}

type Commands = Pick<BoardSession, 'run'>;

/** Stopping a job asks its processes to end, then kills them; the board answers when they are gone. */
const cancelMs = 60_000;

/** Removing gigabytes from an SD card takes time. */
const cleanMs = 300_000;

/** Jobs, models and engines that are on a board. Failure codes: those of `ensureRunner` and `askRunner`. */
export function listBoard(session: Commands, options: BoardOptions = {}): Promise<Result<BoardInventory>> {
  return askBoard(session, 'list', [], options);
}

/**
 * Ends a job and everything that it started; results that it has stay. Gives its state then, null if the board has no
 * such job. Failure codes: those of `ensureRunner` and `askRunner`.
 */
export async function cancelJob(
  session: Commands,
  jobId: string,
  options: BoardOptions = {},
): Promise<Result<JobState | null>> {
  const answer = await askBoard(session, 'cancel', ['--job', jobId], { ...options, timeoutMs: cancelMs });
  return answer.ok ? success(answer.value.state) : answer;
}

/**
 * Removes what no running job needs: ended jobs, models, engines, what was left of uploads. Failure codes: those of
 * `ensureRunner` and `askRunner`.
 */
export async function cleanBoard(
  session: Commands,
  { includeUncollected = false, jobId }: CleanRequest = {},
  options: BoardOptions = {},
): Promise<Result<Answers['clean']>> {
  const args = [...(includeUncollected ? ['--with-results'] : []), ...(jobId === undefined ? [] : ['--job', jobId])];
  return askBoard(session, 'clean', args, { ...options, timeoutMs: cleanMs });
}

/**
 * Starts a job, which from then on lives without this client. Once, however often it is called for the same job.
 * Failure codes: board-busy, disk-full, not-ready, invalid-request, and those of `askRunner`.
 */
export async function startJob(
  session: Commands,
  runner: BoardRunner,
  spec: JobSpec,
  { whenBusy, signal }: { readonly whenBusy: 'wait' | 'refuse'; readonly signal?: AbortSignal },
): Promise<Result<void>> {
  const args = ['--job', spec.jobId, '--when-busy', whenBusy];
  const answer = await ask(session, runner, 'start', args, {
    stdin: JSON.stringify(spec),
    signal,
  });
  if (!answer.ok) return answer;
  if (answer.value.started) return success(undefined);
  const { code, message, by } = answer.value;
  if (code === 'board-busy') {
    const who = by?.client ?? '';
    return failure(
      'board-busy',
      t(
        'Another benchmark is running on the board{0}. Wait until it ends, or queue this one behind it.',
        who === '' ? '' : ` (${who})`,
      ),
    );
  }
  return failure(code === 'unwritable' ? 'not-ready' : code, message);
}

async function askBoard<K extends keyof Answers>(
  session: Commands,
  command: K,
  args: readonly string[],
  { signal, timeoutMs, ...options }: BoardOptions & { readonly timeoutMs?: number },
): Promise<Result<Answers[K]>> {
  const board = options.board
    ? success(options.board)
    : await ensureRunner(session, { signal, runner: options.runner });
  if (!board.ok) return board;
  return ask(session, board.value, command, args, { signal, timeoutMs });
}

async function ask<K extends keyof Answers>(
  session: Commands,
  runner: BoardRunner,
  command: K,
  args: readonly string[],
  options: RunnerOptions,
): Promise<Result<Answers[K]>> {
  const answer = await askRunner(session, runner, [command, ...args], options);
  if (!answer.ok) return answer;
  const parsed = parseAnswer(command, answer.value);
  if (parsed !== null) return success(parsed);
  return failure('board-misbehaves', t("The board's answer cannot be understood. Clean it and try again."));
}
