import { exitCode } from './exit-code';
import { printable } from './terminal';

/** Writes to standard output; settles when it is written, so that what follows on standard error comes after it. */
export async function print(text: string): Promise<void> {
  await new Promise((written) => process.stdout.write(`${text}\n`, written));
}

/** Writes a sentence to standard error that changes nothing about the outcome. */
export function warn(message: string): void {
  process.stderr.write(`framecast: ${printable(message)}\n`);
}

/** Writes a sentence to standard error and returns the exit code for it. */
export function printError(message: string): number {
  warn(message);
  return exitCode.unreadable;
}

/** Runs work that the user may interrupt; `signal` is aborted then, and the shell's exit code for it returned. */
export async function interruptibly(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  try {
    const code = await work(controller.signal);
    return controller.signal.aborted ? 130 : code;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}
