#!/usr/bin/env node
import { exitCode } from './cli/exit-code';
import { runProgram } from './cli/program';

// A reader that has seen enough (`framecast … | head`) closes the pipe; that is no failure to report.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

runProgram(process.argv.slice(2)).then(
  (code) => {
    // Not process.exit(), which would cut off output that a slow pipe has not taken yet.
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`framecast: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = exitCode.unreadable;
  },
);
