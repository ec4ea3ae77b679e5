/**
 * One POSIX shell command line that runs exactly these arguments. SSH sends a command as one string, which the remote
 * user's shell takes apart, so this is the one place where arguments meet a shell.
 *
 * Each argument stands in single quotes, inside which a shell interprets nothing; a single quote itself leaves them for
 * a moment. An argument cannot hold a NUL byte: the system call takes none either, so it throws a RangeError.
 */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

function quote(argument: string): string {
  if (argument.includes('\0')) throw new RangeError('An argument of a command cannot hold a NUL character.');
  if (/^[\w%+,./:=@-]+$/.test(argument) && !argument.startsWith('=')) return argument;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
