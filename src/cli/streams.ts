import type { Failure } from '../core/result';
import { exitCode } from './exit-code';
import { jsonText, printable } from './terminal';

/** Writes to standard output; settles when it is written, so that what follows on standard error comes after it. */
export async function print(text: string, end = '\n'): Promise<void> {
  await new Promise((written) => process.stdout.write(text + end, written));
}

/** Writes a sentence to standard error that changes nothing about the outcome. */
export function warn(message: string): void {
  process.stderr.write(`framecast: ${printable(message)}\n`);
}

/** A damaged file may have a fault in each of hundreds of thousands of lines. */
const mostSentences = 20;

/** The first of many sentences of one kind, and how many others there are. */
export function fewSentences(sentences: readonly string[]): readonly string[] {
  const others = sentences.length - mostSentences;
  return others <= 0
    ? sentences
    : [...sentences.slice(0, mostSentences), `${others.toLocaleString('en-US')} others like these are not listed.`];
}

/** Writes sentences to standard error that change nothing about the outcome, the first of many. */
export function warnOfAll(sentences: readonly string[]): void {
  fewSentences(sentences).forEach(warn);
}

/** Writes a sentence to standard error and returns the exit code for it. */
export function printError(message: string): number {
  warn(message);
  return exitCode.unreadable;
}

/** Complains that a file was not written, and how `--force` would help. */
export function printUnwritten({ code, message }: Failure): number {
  return printError(code === 'exists' ? `${message} (--force replaces it.)` : message);
}

/** Writes a JSON array to standard output, an element at a time. */
export async function printJsonArray(elements: AsyncIterable<object> | Iterable<object>): Promise<void> {
  let separator = '[';
  for await (const element of elements) {
    await print(`${separator}\n${jsonText(element).replace(/^/gm, '  ')}`, '');
    separator = ',';
  }
  await print(separator === '[' ? '[]' : '\n]');
}

/**
 * Runs work that the user may interrupt; `signal` is aborted then, and the shell's exit code for it returned. Whoever
 * presses Ctrl-C again does not want to wait for what is tidied up.
 */
export async function interruptibly(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  try {
    const code = await work(controller.signal);
    return controller.signal.aborted ? exitCode.interrupted : code;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}
