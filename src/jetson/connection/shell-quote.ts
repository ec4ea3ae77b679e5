/**
 * One command line that runs exactly these arguments. SSH sends a command as one string, which the remote user's shell
 * takes apart, so this is the one place where arguments meet a shell.
 *
 * Text stands in single quotes, inside which a shell interprets nothing; quotes and backslashes stand outside of them,
 * each behind a backslash, because fish, unlike POSIX shells, interprets a backslash before either inside of quotes. An
 * argument cannot hold a NUL byte, as the system call takes none either: that throws a RangeError.
 */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

function quote(argument: string): string {
  if (argument.includes('\0')) throw new RangeError('An argument of a command cannot hold a NUL character.');
  if (/^[\w+,./:@-]+$/.test(argument)) return argument;
  const pieces = argument.split(/(['\\])/).filter((piece) => piece !== '');
  if (pieces.length === 0) return "''";
  return pieces.map((piece) => (piece === "'" || piece === '\\' ? `\\${piece}` : `'${piece}'`)).join('');
}
