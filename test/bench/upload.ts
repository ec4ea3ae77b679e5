/**
 * Uploads a file to a real OpenSSH server on loopback, by Framecast and by `scp`, in turns, and prints both speeds and
 * their ratio. Loopback is the hardest comparison: on a real link both wait for the network.
 *
 *   npm run bench:upload [-- --mebibytes 256] [--rounds 5]
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { resolveDestination } from '../../src/jetson/connection/destination';
import { connect, type BoardSession } from '../../src/jetson/connection/session';
import { fileContentOf, type FileContent } from '../../src/jetson/upload/model-content';
import { uploadFiles } from '../../src/jetson/upload/upload';
import { noPrompts } from '../jetson/harness/prompts';
import { valueOf } from '../jetson/harness/result';
import { startSshd, type TestServer } from '../jetson/harness/sshd';
import { median } from '../../src/core/statistics';

const exec = promisify(execFile);
const required = 0.8;

const mebibytes = option('--mebibytes', 256);
const rounds = option('--rounds', 5);
await main();

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-bench-'));
  const server = await startSshd();
  try {
    const file = path.join(folder, 'model.bin');
    await writeRandom(file, mebibytes);
    const content = valueOf(await fileContentOf(file));
    const destination = valueOf(await resolveDestination('board', { configFile: server.configFile }));
    const session = valueOf(await connect(destination, { prompts: noPrompts }));
    console.log(
      `${mebibytes} MiB to ${server.host}:${server.port}, ${rounds} rounds; each connects once before, but scp each time`,
    );
    const times: { ours: number; sending: number; scp: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const scp = await byScp(server, file, `scp-${round}`);
      const ours = await byFramecast(session, content, `ours-${round}`);
      times.push({ ...ours, scp });
      console.log(
        `  scp ${speed(scp)}, Framecast ${speed(ours.ours)} (${speed(ours.sending)} without hashing on the board)`,
      );
      valueOf(await session.run(['rm', '-rf', `${server.home}/ours-${round}`, `${server.home}/scp-${round}`]));
    }
    session.close();
    const scp = median(times.map((time) => time.scp));
    const ours = median(times.map((time) => time.ours));
    const ratio = scp / ours;
    console.log(`median: scp ${speed(scp)}, Framecast ${speed(ours)}`);
    console.log(`ratio: ${ratio.toFixed(2)} (at least ${required} is wanted): ${ratio >= required ? 'met' : 'MISSED'}`);
    process.exitCode = ratio >= required ? 0 : 1;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds from the start of scp to its end. */
async function byScp(server: TestServer, file: string, name: string): Promise<number> {
  const begin = performance.now();
  await exec('scp', ['-q', '-F', server.configFile, file, `board:${server.home}/${name}`]);
  return (performance.now() - begin) / 1000;
}

/** Seconds of a whole upload, look-up and check of the hash on the board included, and of sending alone. */
async function byFramecast(
  session: BoardSession,
  content: FileContent,
  name: string,
): Promise<{ ours: number; sending: number }> {
  let first = 0;
  let last = 0;
  const outcome = valueOf(
    await uploadFiles(session, [{ ...content, remotePath: `${name}/model.bin` }], {
      onProgress: ({ doneBytes, totalBytes }) => {
        if (doneBytes === 0) first = performance.now();
        if (doneBytes < totalBytes) last = performance.now();
      },
    }),
  );
  return { ours: outcome.elapsedMs / 1000, sending: (last - first) / 1000 };
}

async function writeRandom(file: string, size: number): Promise<void> {
  const handle = await open(file, 'w');
  for (let written = 0; written < size; written++) await handle.write(randomBytes(2 ** 20));
  await handle.close();
}

function speed(seconds: number): string {
  return `${(mebibytes / seconds).toFixed(0)} MiB/s`;
}

function option(name: string, fallback: number): number {
  const index = process.argv.indexOf(name);
  const value = index < 0 ? fallback : Number(process.argv[index + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} must be a whole number from 1.`);
  return value;
}
