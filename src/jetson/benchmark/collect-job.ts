import { t } from '../../core/language';
import { failure, success, type Failure, type Result } from '../../core/result';
import type { BoardRunner } from '../job/board-runner';
import { boardText } from '../connection/board-text';
import { followJob, type JobEnding } from '../job/follow-job';
import type { Landmark } from '../../core/landmarks/landmark';
import type { JobMessage } from '../job/job-messages';
import { parseRunResult } from '../job/run-result';
import type { RunOutcome } from './benchmark-outcome';
import type { BenchmarkContext } from './benchmark-request';
import type { BenchmarkStage } from '../../core/benchmark-stage';
import type { PendingJob } from './pending-job';
import { persistJob } from './persist-job';
import { landmarkOfResult } from './result-landmark';
import type { ReconnectingLink } from './reconnecting-link';

export interface Collection {
  readonly jobId: string;
  /** What is known of the job's runs by now, in their order. */
  outcomes(): readonly RunOutcome[];
  /** Whether every run's result is stored or told; then nothing on the board is needed any more. */
  isWhole(): boolean;
  /**
   * Listens until the job ends, and stores the landmark of every run as its result comes. May be called again after a
   * failure. Failure codes: those of `followJob` and of the link.
   */
  listen(link: ReconnectingLink, runner: BoardRunner, signal: AbortSignal): Promise<Result<JobEnding>>;
  /** Gives runs without a result this outcome. */
  giveUp(why: (modelName: string) => Failure): void;
}

export interface CollectionOptions {
  /** Names this client to the board. */
  readonly token: string;
  readonly silenceMs?: number;
}

/** Of the board's log, what is passed on; the rest stays on the board. */
const maxLogCharacters = 8 << 20;

/** Longer than a log message of the runner. */
const maxLogText = 65_536;

/** A run takes a moment longer than its limit until it is ended. */
const graceSeconds = 30;

const maxAgeMs = 10 * 365 * 86_400_000;

/** Makes outcomes and landmarks of what the board tells about a job. */
export function collectionOf(job: PendingJob, context: BenchmarkContext, options: CollectionOptions): Collection {
  const outcomes = new Map<number, RunOutcome>();
  /** Runs whose landmark could not be stored: their results must stay on the board. */
  const unsaved = new Set<number>();
  let collected = [...job.collected];
  let logOffset = 0;
  let logCharacters = 0;
  let stage = '';
  let trials = '';
  let heard = 0;
  let saving: Promise<void> = Promise.resolve();

  const finish = (index: number, result: Result<Landmark>, logTail = ''): void => {
    const { run, modelPath, modelName, runtime } = job.runs[index]!;
    const about = { run, modelPath, modelName, runtime };
    const outcome: RunOutcome = result.ok
      ? { ...about, ok: true, landmark: result.value }
      : { ...about, ok: false, error: result.error, logTail };
    outcomes.set(index, outcome);
    context.onEvent({ kind: 'run-finished', outcome });
  };

  const takeResult = async (message: JobMessage & { type: 'result' }): Promise<void> => {
    const index = message.run;
    const run = job.runs[index];
    if (run === undefined || (outcomes.has(index) && !unsaved.has(index))) return;
    const parsed = parseRunResult(message.result, {
      trials: run.trials,
      maxSeconds: job.limits.timeSeconds + graceSeconds,
    });
    if (!parsed.ok) finish(index, parsed);
    else if (!parsed.value.ok) finish(index, parsed.value, parsed.value.logTail);
    else {
      const ageMs = Math.min(1000 * (message.ageSeconds ?? 0), maxAgeMs);
      const measuredAt = new Date(context.now().getTime() - ageMs);
      const landmark = landmarkOfResult(job, index, parsed.value, measuredAt);
      if (!landmark.ok) finish(index, landmark);
      else {
        // The last steps may be over between two looks at the board.
        tellTrials(index, run.trials);
        parsed.value.notes.forEach((note) => context.onEvent({ kind: 'note', message: `${run.modelName}: ${note}` }));
        const saved = collected.includes(index) ? landmark : await save(index, landmark.value);
        if (saved.ok) unsaved.delete(index);
        else unsaved.add(index);
        finish(index, saved);
        if (!saved.ok) return;
      }
    }
    if (collected.includes(index)) return;
    collected = [...collected, index];
    await persistJob({ ...job, collected }, context);
  };

  const save = async (index: number, landmark: Landmark): Promise<Result<Landmark>> => {
    context.onEvent({
      kind: 'stage',
      stage: 'save',
      run: job.runs[index]!.run,
      message: t('Saving the landmark of {0}.', landmark.model),
    });
    const saved = await context.saveLandmark(landmark).catch((error: unknown) => failure('unwritable', String(error)));
    if (saved.ok) return success(landmark);
    const { code, message } = saved.error;
    return failure(code, t('{0} The result stays on the board; collect it again when that is fixed.', message));
  };

  const enter = (next: BenchmarkStage, index: number | null, message: string): void => {
    const key = `${next} ${index} ${message}`;
    if (key === stage) return;
    stage = key;
    context.onEvent({
      kind: 'stage',
      stage: next,
      run: index === null ? null : (job.runs[index]?.run ?? null),
      message,
    });
  };

  const tellTrials = (index: number, trialsDone: number): void => {
    const { run, trials: of } = job.runs[index]!;
    const done = Math.min(trialsDone, of);
    const key = `${index} ${done}`;
    if (key !== trials) context.onEvent({ kind: 'trials', run, done, of });
    trials = key;
  };

  const takeState = (message: JobMessage & { type: 'state' }): void => {
    const run = job.runs[message.run];
    if (run === undefined) return;
    if (message.state === 'waiting' && message.waitsFor) {
      const { client: who } = message.waitsFor;
      enter('wait', null, t('Waiting for another benchmark on the board{0} to end.', who === '' ? '' : ` (${who})`));
    } else if (message.state === 'building') {
      enter('build', message.run, t('Building the engine of {0}.', run.modelName));
    } else if (message.state === 'timing') {
      enter('time', message.run, t('Measuring {0}.', run.modelName));
      tellTrials(message.run, message.trialsDone);
    }
  };

  const takeLog = (message: JobMessage & { type: 'log' }): void => {
    // What came before the link was cut is not told twice.
    if (message.next <= logOffset) return;
    logOffset = message.next;
    if (logCharacters > maxLogCharacters) return;
    const text = boardText(message.text, maxLogText);
    logCharacters += text.length;
    context.onEvent({ kind: 'log', text });
    if (logCharacters > maxLogCharacters) {
      context.onEvent({ kind: 'note', message: t('The log is too long; the rest of it is not shown here.') });
    }
  };

  const onMessage = (message: JobMessage): void => {
    heard++;
    if (message.type === 'state') takeState(message);
    else if (message.type === 'log') takeLog(message);
    else if (message.type === 'result') saving = saving.then(() => takeResult(message));
  };

  return {
    jobId: job.jobId,
    outcomes: () => job.runs.flatMap((_, index) => outcomes.get(index) ?? []),
    isWhole: () => unsaved.size === 0 && job.runs.every((_, index) => outcomes.has(index)),
    listen: async (link, runner, signal) => {
      /** Every listening hears one message at once, which says nothing about the job. */
      let greetings = 0;
      const ending = await link.through(
        (session) => {
          greetings++;
          return followJob(session, runner, {
            jobId: job.jobId,
            logOffset,
            token: options.token,
            signal,
            onMessage,
            silenceMs: options.silenceMs,
          });
        },
        () => heard - greetings,
      );
      await saving;
      return ending;
    },
    giveUp: (why) => {
      job.runs.forEach(({ modelName }, index) => {
        if (!outcomes.has(index)) finish(index, { ok: false, error: why(modelName) });
      });
    },
  };
}
