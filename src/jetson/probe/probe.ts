import { t } from '../../core/language';
import { failure, type Result } from '../../core/result';
import type { BoardSession } from '../connection/session';
import type { BoardReport } from './board-report';
import { parseProbe } from './parse-probe';
import { probeScript } from './probe-script';
import { boardSentence } from '../connection/board-text';

export type { BoardReport } from './board-report';

/** The script bounds each of its tools; together they stay below this. */
const timeoutMs = 120_000;

/** Many times what the script prints on a real board. */
const maxOutputBytes = 1024 * 1024;

/**
 * Asks a board what it is and what is going on there, in one round trip and without changing anything. Failure codes:
 * those of the session, and board-misbehaves if there is no usable answer.
 */
export async function probeBoard(
  session: Pick<BoardSession, 'run'>,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Result<BoardReport>> {
  const sentAtMs = Date.now();
  const outcome = await session.run(['/bin/sh', '-s'], {
    stdin: probeScript,
    timeoutMs,
    maxOutputBytes,
    signal,
  });
  if (!outcome.ok) return outcome;
  const report = parseProbe(outcome.value.stdout, { sentAtMs, receivedAtMs: Date.now() });
  if (report.ok || outcome.value.exitCode === 0) return report;
  const { stdout, stderr } = outcome.value;
  const said = boardSentence(`${stdout}\n${stderr}`.trim().split('\n').at(-1) ?? '', 200);
  return failure(
    'board-misbehaves',
    t(
      'The board did not run the probe{0}. Check that the user may run commands there, with a POSIX shell at /bin/sh.',
      said === '' ? '' : t(' and said: {0}', said),
    ),
  );
}
