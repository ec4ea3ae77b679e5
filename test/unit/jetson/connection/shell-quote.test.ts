import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { quoteArgv } from '../../../../src/jetson/connection/shell-quote';

const hard = [
  '',
  ' ',
  'plain',
  'two words',
  "it's",
  "'",
  "''",
  '"double"',
  '$(touch /tmp/never)',
  '`id`',
  '$HOME ${HOME} ~ ~root',
  'new\nline\n',
  'tab\tand\rreturn',
  'back\\slash',
  '\\',
  "\\'",
  'trailing\\',
  '*?[a-z]{1,2}',
  '!history !!',
  ';&|<>()#',
  '-n',
  '--',
  '=equals',
  'a=b',
  'Größe 模型 🙂',
  '\u0001\u001b[31m\u007f',
  '%s%n',
];

describe('quoting', () => {
  const shells = ['/bin/sh', '/bin/bash', '/bin/dash', '/bin/zsh', '/usr/bin/fish', '/bin/busybox'].filter(existsSync);

  it.each(shells)('survives %s', (shell) => {
    const prefix = shell.endsWith('busybox') ? ['sh'] : [];
    const program = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    const line = quoteArgv([process.execPath, '-e', program, '--', ...hard]);
    expect(JSON.parse(execFileSync(shell, [...prefix, '-c', line], { encoding: 'utf8' }))).toEqual(hard);
  });

  it('survives any text', () => {
    let state = 7;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    const alphabet = `ab '"\\$\`\n!*~#&;(){}<>|=%-ü🙂`;
    const letters = [...alphabet];
    const words = Array.from({ length: 300 }, () =>
      Array.from({ length: random(12) }, () => letters[random(letters.length)]).join(''),
    );
    const line = quoteArgv(['printf', '%s\\0', ...words]);
    expect(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(words);
  });

  it('leaves harmless words as they are', () => {
    expect(quoteArgv(['ls', '-l', '/usr/src/tensorrt/bin'])).toBe('ls -l /usr/src/tensorrt/bin');
  });

  it('takes no NUL, as no command does', () => {
    expect(() => quoteArgv(['a\0b'])).toThrow(RangeError);
  });
});
