import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchmarkEvent } from '../../../src/jetson/benchmark/benchmark-event';
import { failureOf, valueOf } from '../harness/result';
import { measure, newClient, orphansOf, startScriptedBoard, type ScriptedBoard } from '../job/scripted-board';

/** A mount of its own needs a mount namespace, which only root has everywhere. */
const canMount = canRun('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);

function canRun(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const diskMiB = 64;

describe.skipIf(!canMount)('a board whose disk is full', () => {
  let board: ScriptedBoard;
  let home: string;

  beforeAll(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'framecast-disk-'));
    // Only what the server starts sees the small disk.
    const mount = `mount -t tmpfs -o size=${diskMiB}m tmpfs "$0" && exec "$@"`;
    board = await startScriptedBoard({ sshd: { home, launcher: ['unshare', '-m', 'sh', '-c', mount, home] } });
  });

  afterAll(async () => {
    await board.stop();
    await rm(home, { recursive: true, force: true });
  });

  const onBoard = async (script: string, stdin = ''): Promise<string> => {
    const session = await board.session();
    const outcome = valueOf(await session.run(['/bin/sh', '-c', `cd "$HOME" && ${script}`], { stdin }));
    session.close();
    return outcome.stdout;
  };

  const script = (value: object): Promise<string> => onBoard('cat > script.json', JSON.stringify(value));

  /** Leaves this many kilobytes free. */
  const fill = (kilobytes: number): string =>
    `free=$(df -Pk . | awk 'NR==2 {print $4}'); head -c $(( (free - ${kilobytes}) * 1024 )) /dev/zero > filler`;

  it('before the upload is told so, with what is missing', async () => {
    await onBoard(fill(512));
    const client = newClient();
    const full = failureOf(await measure(board, client, [await board.model('large.onnx')]));
    expect(['disk-full', 'not-ready']).toContain(full.code);
    expect(full.message).toMatch(/disk|free/i);
    expect(client.landmarks).toEqual([]);
    expect(client.openJobs.size).toBe(0);
    await onBoard('rm filler');
  });

  it('when the job is to start is told so, and no job is left', async () => {
    const client = newClient();
    let filled: Promise<unknown> | null = null;
    const events: BenchmarkEvent[] = [];
    const model = await board.model('sent.onnx');
    await script({});
    valueOf(await measure(board, newClient(), [model]));
    const late = newClient({
      acceptWarnings: () => Promise.resolve(true),
      pendingJobs: {
        // The last thing before the job is put on the board.
        save: async (job) => {
          client.openJobs.set(job.jobId, '');
          filled ??= onBoard(fill(0)).catch(() => undefined);
          await filled;
        },
        forget: async (jobId) => void client.openJobs.delete(jobId),
      },
      onEvent: (event) => void events.push(event),
    });
    const full = failureOf(await measure(board, late, [model]));
    expect(full.code).toBe('disk-full');
    expect(client.openJobs.size).toBe(0);
    expect(await onBoard('rm filler; ls .cache/framecast/jobs')).toBe('');
  });

  it.each<[string, object]>([
    ['while the engine is built', { build: { seconds: 2 }, time: { seconds: 0.2 } }],
    ['while it is timed', { time: { seconds: 2 } }],
    ['and timing cannot write what it measured', { time: { seconds: 2, writeFails: true } }],
  ])('%s: no result that was measured is lost', async (name, stages) => {
    await script({ [name]: stages });
    const client = newClient();
    const running = measure(board, client, [await board.model(`${name}.onnx`)]);
    const stage = name.includes('built') ? 'build' : 'time';
    await client.until((event) => event.kind === 'stage' && event.stage === stage);
    // Some kilobytes stay for the outcome of a stage, except where the test is about that.
    await onBoard(fill('time' in stages && JSON.stringify(stages).includes('writeFails') ? 0 : 12));
    const { runs } = valueOf(await running);
    await onBoard('rm -f filler');
    expect(runs).toMatchObject([{ ok: true }]);
    expect(client.landmarks[0]!.measurement!.trialTimesMs).toHaveLength(20);
    expect(await orphansOf(board)).toEqual([]);
  });
});
