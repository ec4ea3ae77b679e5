#!/usr/bin/env node
import { keepCompiledCode } from './cli/compile-cache';
import { exitCode } from './cli/exit-code';
import { fileReason } from './files/file-reasons';

// A reader that has seen enough (`framecast … | head`) closes the pipe; that is no failure to report.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    if (stream === process.stdout)
      process.stderr.write(`framecast: The output cannot be written: ${fileReason(error)}.\n`);
    process.exit(exitCode.unreadable);
  });
}

// Beyond the largest file that the session allows (ulimit -f), so that writing fails with a reason and not the process.
process.on('SIGXFSZ', () => {});

// Node.js would exit with 1, which says that a target is missed.
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

function fail(error: unknown): void {
  process.stderr.write(`framecast: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = exitCode.unreadable;
}

keepCompiledCode();
async function run(): Promise<number> {
  // After that, so that it is kept as well.
  const { runProgram } = await import('./cli/program');
  return runProgram(process.argv.slice(2));
}

run().then((code) => {
  // Not process.exit(), which would cut off output that a slow pipe has not taken yet.
  process.exitCode = code;
}, fail);
