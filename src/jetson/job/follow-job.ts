import { t } from '../../core/language';
import { anySignal } from '../../core/any-signal';
import { failure, success, type Failure, type Result } from '../../core/result';
import type { BoardSession } from '../connection/session';
import { runnerCommand, runnerFailure, type BoardRunner } from './board-runner';
import { parseJobMessage, type jobEndings, type JobMessage } from './job-messages';

export interface FollowRequest {
  readonly jobId: string;
  /** Bytes of the log that are known already. */
  readonly logOffset: number;
  /** Names this client, so that the board ends its older listeners whose link froze. */
  readonly token: string;
  readonly signal?: AbortSignal;
  /** How long the board may be silent before the link counts as dead; it says something every two seconds. */
  readonly silenceMs?: number;
  onMessage(message: JobMessage): void;
}

/** How a job ended; null if the board knows no such job. */
export type JobEnding = (typeof jobEndings)[number] | null;

const defaultSilenceMs = 20_000;

/** A result has up to 200 000 times of up to 25 characters. */
const maxLineBytes = 8 << 20;

/** Lines that are no messages, as a login shell may print before the first one. */
const maxUnknownLines = 200;

/**
 * Listens to a job until it ends. Failure codes: cancelled, disconnected (also when the board falls silent),
 * board-misbehaves. After `disconnected`, listen again with the offset that the last log message gave.
 */
export async function followJob(
  session: Pick<BoardSession, 'stream'>,
  runner: BoardRunner,
  { jobId, logOffset, token, signal, silenceMs = defaultSilenceMs, onMessage }: FollowRequest,
): Promise<Result<JobEnding>> {
  const stop = new AbortController();
  let problem: Failure | null = null;
  let ending: { readonly state: JobEnding } | null = null;
  let strangeLines = 0;
  let isTalking = false;
  const give = (code: 'disconnected' | 'board-misbehaves', message: string): void => {
    problem ??= { code, message };
    stop.abort();
  };
  const silence = setTimeout(() => {
    give('disconnected', t('The board has not said anything for {0} s.', Math.round(silenceMs / 1000)));
  }, silenceMs);
  const onLine = (line: string): void => {
    silence.refresh();
    if (problem !== null || ending !== null) return;
    const message = parseJobMessage(line);
    if (message === null) {
      strangeLines++;
      if (isTalking || strangeLines > maxUnknownLines) {
        give('board-misbehaves', t("The board's report on the job cannot be understood. None of it was used."));
      }
      return;
    }
    if (message.jobId !== jobId) {
      give(
        'board-misbehaves',
        t('The board reports on a different job from the one asked about. None of it was used.'),
      );
      return;
    }
    isTalking = true;
    if (message.type === 'end') ending = { state: message.state };
    onMessage(message);
  };
  const args = ['follow', '--job', jobId, '--log-offset', String(logOffset), '--token', token];
  const outcome = await session.stream(runnerCommand(runner, args), {
    onLine,
    maxLineBytes,
    stdin: '',
    signal: signal === undefined ? stop.signal : anySignal([signal, stop.signal]),
  });
  clearTimeout(silence);
  return judge(outcome, { problem, ending, isTalking, signal });
}

function judge(
  outcome: Awaited<ReturnType<BoardSession['stream']>>,
  heard: {
    readonly problem: Failure | null;
    readonly ending: { readonly state: JobEnding } | null;
    readonly isTalking: boolean;
    readonly signal: AbortSignal | undefined;
  },
): Result<JobEnding> {
  if (heard.problem !== null) return { ok: false, error: heard.problem };
  if (heard.ending !== null) return success(heard.ending.state);
  if (heard.signal?.aborted) return failure('cancelled', t('Following the job was cancelled.'));
  if (!outcome.ok) return outcome;
  // Ended from outside in the middle of a job, such as by a board that shuts down: the job may well live.
  if (heard.isTalking) return failure('disconnected', t('The board stopped reporting on the job.'));
  return { ok: false, error: runnerFailure(outcome.value) };
}
