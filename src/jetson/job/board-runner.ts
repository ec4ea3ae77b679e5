import { t } from '../../core/language';
import { failure, success, type Failure, type Result } from '../../core/result';
import type { BoardSession, CommandOutcome } from '../connection/session';
import { runnerScript, runnerSha256 } from '../runner/runner-script';
import { boardSentence } from '../connection/board-text';

/** The program that runs on the board. */
export interface RunnerFile {
  readonly script: string;
  readonly sha256: string;
}

export const bundledRunner: RunnerFile = { script: runnerScript, sha256: runnerSha256 };

/** A runner that lies on a board, ready to be called. */
export type BoardRunner = Pick<RunnerFile, 'sha256'>;

/** Asking and writing take a moment; more means that the board or the way to it hangs. */
const answerMs = 60_000;

/** A login shell may print things of its own around an answer, so answers are marked. */
const mark = 'framecast-runner';

/**
 * $1 is the runner's sha256, $2 `check` or `write`. Written under another name and renamed when its sum is right, so
 * that no half runner is ever started.
 */
const placeRunner = `
umask 077
root="$HOME/.cache/framecast"
mkdir -p "$root/runner" && chmod 700 "$root" "$root/runner" && cd "$root/runner" || exit 73
sum() { sha256sum < "$1" 2>/dev/null | cut -c1-64; }
if [ "$2" = write ]; then
  part="$1.py.$$.part"
  trap 'rm -f "$part"' EXIT
  cat > "$part" || exit 74
  [ "$(sum "$part")" = "$1" ] || exit 75
  mv -f "$part" "$1.py" || exit 74
fi
state=absent
[ "$(sum "$1.py")" = "$1" ] && state=present
printf '\\n${mark} %s\\n' "$state"
`;

/**
 * Puts the runner on the board if it is not there yet; it is sent once. Failure codes: those of the session,
 * disk-full, not-ready (the home folder cannot be written), checksum, board-misbehaves.
 */
export async function ensureRunner(
  session: Pick<BoardSession, 'run'>,
  { signal, runner = bundledRunner }: { readonly signal?: AbortSignal; readonly runner?: RunnerFile } = {},
): Promise<Result<BoardRunner>> {
  const ask = async (step: 'check' | 'write'): Promise<Result<boolean>> => {
    const outcome = await session.run(['/bin/sh', '-c', placeRunner, 'sh', runner.sha256, step], {
      timeoutMs: answerMs,
      stdin: step === 'write' ? runner.script : '',
      signal,
    });
    return outcome.ok ? readPlacing(outcome.value) : outcome;
  };
  const found = await ask('check');
  if (!found.ok) return found;
  const placed = found.value ? found : await ask('write');
  if (!placed.ok) return placed;
  if (!placed.value) return misbehaves(t('The board does not keep the file that runs the benchmark.'));
  return success({ sha256: runner.sha256 });
}

/** The command line of the runner on the board; arguments arrive there as they are. */
export function runnerCommand({ sha256 }: BoardRunner, args: readonly string[]): readonly string[] {
  // The system's python3 comes first, as in the probe: it is the one that JetPack gives TensorRT to.
  const script = `PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH LC_ALL=C; export PATH LC_ALL
exec python3 "$HOME/.cache/framecast/runner/$0.py" "$@"`;
  return ['/bin/sh', '-c', script, sha256, ...args];
}

export interface RunnerOptions {
  readonly stdin?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * Calls the runner and returns the JSON that it prints. Failure codes: those of the session, board-misbehaves,
 * not-ready (no python3).
 */
export async function askRunner(
  session: Pick<BoardSession, 'run'>,
  runner: BoardRunner,
  args: readonly string[],
  { stdin = '', signal, timeoutMs = answerMs }: RunnerOptions = {},
): Promise<Result<unknown>> {
  const outcome = await session.run(runnerCommand(runner, args), { timeoutMs, stdin, signal });
  if (!outcome.ok) return outcome;
  const { stdout, exitCode } = outcome.value;
  const answer = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (exitCode !== 0) return { ok: false, error: runnerFailure(outcome.value) };
  try {
    return success(JSON.parse(answer) as unknown);
  } catch {
    return misbehaves(t("The board's answer cannot be understood."));
  }
}

/** Why a call of the runner failed, from how it ended. */
export function runnerFailure({ exitCode, signal, stderr }: CommandOutcome): Failure {
  const last = boardSentence(stderr.trimEnd().split('\n').at(-1) ?? '', 300);
  if (exitCode === 127) {
    return {
      code: 'not-ready',
      message: t('The board has no python3. Install it there with `sudo apt install python3`.'),
    };
  }
  const how = signal === null ? t('exit code {0}', exitCode ?? 'unknown') : `signal ${signal}`;
  const said = last === '' ? '' : t(' It said: {0}', last);
  return { code: 'board-misbehaves', message: t("The benchmark's program on the board ended with {0}.{1}", how, said) };
}

/** Whether the runner is there. */
function readPlacing({ exitCode, stdout, stderr }: CommandOutcome): Result<boolean> {
  const said = boardSentence(stderr.trimEnd().split('\n').at(-1) ?? '', 300);
  if (/No space left on device|Disk quota exceeded/.test(stderr)) {
    return failure('disk-full', t("The board's disk is full. Free some space there, then try again."));
  }
  if (exitCode === 75) return failure('checksum', t('A file was damaged on its way to the board. Try again.'));
  if (exitCode !== 0) {
    return failure(
      'not-ready',
      t(
        'Framecast cannot write into ~/.cache/framecast on the board{0} Give this user permission to write there.',
        said === '' ? '.' : `: ${said}`,
      ),
    );
  }
  const found = /^framecast-runner (present|absent)$/m.exec(stdout);
  if (found === null) return misbehaves(t('The board did not say where its files are.'));
  return success(found[1] === 'present');
}

function misbehaves(what: string): Result<never> {
  return failure(
    'board-misbehaves',
    t('{0} Check that the user can run commands there, with a POSIX shell at /bin/sh.', what),
  );
}
