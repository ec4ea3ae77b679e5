import { createHash } from 'node:crypto';

/** What the letters after a % stand for (ssh_config(5), TOKENS). */
export type Tokens = Readonly<Record<string, string>>;

/**
 * Replaces %-tokens, and `${NAME}` where an environment is given. A token that is not known here, and a variable that is
 * not set, stay as they are, so that a message about the file shows what is written in the configuration.
 */
export function expandTokens(
  text: string,
  tokens: Tokens,
  environment?: Readonly<Record<string, string | undefined>>,
): string {
  const withVariables = environment
    ? text.replace(/\$\{(\w+)\}/g, (whole, name: string) => environment[name] ?? whole)
    : text;
  return withVariables.replace(/%(.)/g, (whole, letter: string) => {
    if (letter === '%') return '%';
    if (letter === 'C' && tokens['l'] !== undefined) return connectionHash(tokens);
    return tokens[letter] ?? whole;
  });
}

/** %C: a hash of %l%h%p%r%j. */
function connectionHash(tokens: Tokens): string {
  const parts = ['l', 'h', 'p', 'r', 'j'].map((letter) => tokens[letter] ?? '');
  return createHash('sha1').update(parts.join('')).digest('hex');
}
