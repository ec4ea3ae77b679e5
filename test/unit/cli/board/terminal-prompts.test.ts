import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminalPrompts } from '../../../../src/cli/board/terminal-prompts';
import { resolveDestination } from '../../../../src/jetson/connection/destination';

/** Both ends of a terminal; `type` waits until something is asked. */
function newTerminal(isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => (shown += text));
  return {
    ends: { input: input as unknown as NodeJS.ReadStream, output: output as unknown as NodeJS.WriteStream },
    get shown() {
      return shown;
    },
    type: async (asked: string, keys: string) => {
      await expect.poll(() => shown).toContain(asked);
      input.write(keys);
    },
  };
}

async function destination() {
  const resolved = await resolveDestination('nano@board.local:2222', { configFile: '/dev/null' });
  if (!resolved.ok) throw new Error(resolved.error.message);
  return resolved.value;
}

const hostKey = {
  host: 'board.local',
  port: 2222,
  keyType: 'ED25519',
  fingerprint: 'SHA256:abc',
  knownHostsFile: '/home/me/.ssh/known_hosts',
  note: null,
};

describe('createTerminalPrompts', () => {
  it('asks for a password without showing it', async () => {
    const terminal = newTerminal();
    const prompts = createTerminalPrompts(undefined, terminal.ends);
    const answer = prompts.password({ destination: await destination(), attempt: 1, hostKey: 'SHA256:abc' });
    await terminal.type('Password of nano@board.local:2222: ', 'correct horse\r');
    expect(await answer).toBe('correct horse');
    expect(terminal.shown).not.toMatch(/c.*horse|\*/);
    const second = prompts.password({ destination: await destination(), attempt: 2, hostKey: 'SHA256:abc' });
    await terminal.type('That was not right. ', 'x\r');
    expect(await second).toBe('x');
  });

  it('takes a progress line away before it asks', async () => {
    const terminal = newTerminal();
    let cleared = 0;
    const prompts = createTerminalPrompts(() => (cleared += 1), terminal.ends);
    const answer = prompts.passphrase({ keyFile: '/home/me/.ssh/id', attempt: 1, hostKey: 'SHA256:abc' });
    await terminal.type('Passphrase of the key /home/me/.ssh/id: ', 'p\r');
    expect(await answer).toBe('p');
    expect(cleared).toBe(1);
  });

  it('shows answers that may be seen, hides the others, and what could steer the terminal of both', async () => {
    const terminal = newTerminal();
    const prompts = createTerminalPrompts(undefined, terminal.ends);
    const answers = prompts.keyboardInteractive({
      destination: await destination(),
      hostKey: 'SHA256:abc',
      name: 'Sign in\u001b[2J',
      instructions: '',
      prompts: [
        { prompt: 'User: ', echo: true },
        { prompt: 'Code: ', echo: false },
      ],
    });
    await terminal.type('User: ', 'nano\r');
    await terminal.type('Code: ', '123456\r');
    expect(await answers).toEqual(['nano', '123456']);
    expect(terminal.shown).toContain('nano');
    expect(terminal.shown).not.toContain('123456');
    expect(terminal.shown).not.toContain('\u001b[2J');
  });

  it('names the board before every line that it says, so that no line passes for a question of ours', async () => {
    const terminal = newTerminal();
    const answers = createTerminalPrompts(undefined, terminal.ends).keyboardInteractive({
      destination: await destination(),
      hostKey: 'SHA256:abc',
      name: '',
      instructions: `1\n2\r3\r\n4\n5\n6\n${'x'.repeat(10_000)}`,
      prompts: [
        { prompt: 'Code: ', echo: false },
        { prompt: 'Wrong.\rPassphrase of the key /home/me/.ssh/id_ed25519: ', echo: false },
      ],
    });
    await terminal.type('Code: ', '1\r');
    await terminal.type('Passphrase', '2\r');
    expect(await answers).toEqual(['1', '2']);
    const lines = terminal.shown.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeLessThan(12);
    for (const line of lines) expect(line).toMatch(/^\(nano@board\.local:2222\) .{0,200}$/);
  });

  it.each([
    ['yes', '/k', 'save'],
    ['yes', null, 'once'],
    ['once', '/k', 'once'],
    ['y', '/k', 'refuse'],
    ['', '/k', 'refuse'],
    ['no', '/k', 'refuse'],
  ] as const)('takes %j for a host key with known_hosts %s as %s', async (typed, knownHostsFile, meaning) => {
    const terminal = newTerminal();
    const prompts = createTerminalPrompts(undefined, terminal.ends);
    const answer = prompts.unknownHostKey({ ...hostKey, knownHostsFile });
    await terminal.type('Trust it', `${typed}\r`);
    expect(await answer).toBe(meaning);
    expect(terminal.shown).toContain('SHA256:abc');
  });

  it.each([
    ['y', true],
    ['YES', true],
    ['', false],
    ['n', false],
  ])('confirms by %j: %s', async (typed, meaning) => {
    const terminal = newTerminal();
    const answer = createTerminalPrompts(undefined, terminal.ends).confirm('Go on?');
    await terminal.type('Go on? [y/N] ', `${typed}\r`);
    expect(await answer).toBe(meaning);
  });

  it('gives up with Ctrl-D, with a question that is not needed any more, and where nobody can be asked', async () => {
    const terminal = newTerminal();
    const prompts = createTerminalPrompts(undefined, terminal.ends);
    const ended = prompts.password({ destination: await destination(), attempt: 1, hostKey: 'SHA256:abc' });
    await terminal.type('Password', '\u0004');
    expect(await ended).toBeNull();
    const controller = new AbortController();
    const aborted = prompts.password({
      destination: await destination(),
      attempt: 1,
      hostKey: 'SHA256:abc',
      signal: controller.signal,
    });
    controller.abort();
    expect(await aborted).toBeNull();
    expect(prompts.unanswered).toEqual([]);

    const none = createTerminalPrompts(undefined, newTerminal(false).ends);
    expect(await none.password({ destination: await destination(), attempt: 1, hostKey: 'SHA256:abc' })).toBeNull();
    expect(await none.unknownHostKey(hostKey)).toBe('refuse');
    expect(await none.confirm('Go on?')).toBe(false);
    expect(none.unanswered).toEqual([
      expect.stringMatching(/password.*no terminal/),
      expect.stringMatching(/ED25519 SHA256:abc/),
    ]);
  });
});
