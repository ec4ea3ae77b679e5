import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Starts processes that write to a landmark store; `landmark-writer.ts` says what they do. */
export interface Writers {
  start(file: string, what: 'append' | 'churn', count: number, name: string): Writer;
  remove(): Promise<void>;
}

export interface Writer {
  readonly child: ChildProcess;
  /** Lines that it has printed so far; the last one may not be whole yet. */
  output(): string;
  /** Resolves once it has committed its first landmark. */
  readonly writing: Promise<void>;
  /** Its exit code, null where a signal ended it, with what it wrote to standard error. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export async function buildWriters(): Promise<Writers> {
  const folder = await mkdtemp(path.join(tmpdir(), 'framecast-writers-'));
  const script = path.join(folder, 'landmark-writer.cjs');
  await build({
    entryPoints: [fileURLToPath(new URL('landmark-writer.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  return {
    start: (file, what, count, name) => start(script, [file, what, String(count), name]),
    remove: () => rm(folder, { recursive: true }),
  };
}

function start(script: string, args: readonly string[]): Writer {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stderr })),
  );
  const writing = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.includes('\n')) resolve();
    });
    void ended.then(() => reject(new Error(`The writer ended early: ${stderr}`)));
  });
  // Only who waits for it wants to know.
  writing.catch(() => undefined);
  return { child, output: () => stdout, writing, ended };
}
