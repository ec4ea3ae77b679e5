import { describe, expect, it } from 'vitest';
import { rememberedPrompts } from '../../../../src/jetson/benchmark/remembered-prompts';
import type { Destination } from '../../../../src/jetson/connection/destination';
import type { ConnectionPrompts } from '../../../../src/jetson/connection/session';

const hostKey = 'SHA256:a';
const destination = { user: 'me', host: 'nano', port: 22 } as Destination;

function counting(answers: Partial<ConnectionPrompts> = {}) {
  let asked = 0;
  const once = <T>(answer: T) => {
    asked++;
    return Promise.resolve(answer);
  };
  const prompts: ConnectionPrompts = {
    password: () => once('secret'),
    passphrase: () => once('phrase'),
    keyboardInteractive: ({ prompts: questions }) => once(questions.map(() => 'typed')),
    unknownHostKey: () => once('once' as const),
    ...answers,
  };
  return { prompts: rememberedPrompts(prompts), asked: () => asked };
}

describe('prompts of a link that comes back', () => {
  it('ask for a password once, and answer with it when the board is back', async () => {
    const { prompts, asked } = counting();
    expect(await prompts.password({ destination, attempt: 1, hostKey })).toBe('secret');
    prompts.onlyMemory();
    expect(await prompts.password({ destination, attempt: 1, hostKey })).toBe('secret');
    expect(asked()).toBe(1);
  });

  it('do not ask again when the board refuses it for a moment, nor for one that was never given', async () => {
    const { prompts, asked } = counting();
    prompts.onlyMemory();
    expect(await prompts.password({ destination, attempt: 1, hostKey })).toBeNull();
    expect(await prompts.passphrase({ keyFile: '/k', attempt: 2, hostKey })).toBeNull();
    expect(asked()).toBe(0);
  });

  it('keep the answers of boards and keys apart', async () => {
    const { prompts } = counting({ password: ({ destination: { host } }) => Promise.resolve(`of ${host}`) });
    await prompts.password({ destination, attempt: 1, hostKey });
    await prompts.password({ destination: { ...destination, host: 'jump' }, attempt: 1, hostKey });
    prompts.onlyMemory();
    expect(await prompts.password({ destination, attempt: 1, hostKey })).toBe('of nano');
  });

  it('answer no host that shows another key than before', async () => {
    const { prompts } = counting();
    await prompts.password({ destination, attempt: 1, hostKey });
    prompts.onlyMemory();
    expect(await prompts.password({ destination, attempt: 1, hostKey: 'SHA256:b' })).toBeNull();
  });

  it('repeat a password that was asked for as a question, and never a code that serves once', async () => {
    const { prompts, asked } = counting();
    const ask = (prompt: string) =>
      prompts.keyboardInteractive({
        destination,
        hostKey,
        name: '',
        instructions: '',
        prompts: [{ prompt, echo: false }],
      });
    await ask('Password: ');
    await ask('Code: ');
    prompts.onlyMemory();
    expect(await ask('Password: ')).toEqual(['typed']);
    expect(asked()).toBe(2);
    expect(await ask('Code: ')).toEqual(['typed']);
    expect(asked()).toBe(3);
  });

  it('trust a host key for the time that the user said, and no other key', async () => {
    const { prompts, asked } = counting();
    const key = {
      host: 'nano',
      port: 22,
      keyType: 'ssh-ed25519',
      fingerprint: 'SHA256:a',
      knownHostsFile: null,
      note: null,
    };
    expect(await prompts.unknownHostKey(key)).toBe('once');
    expect(await prompts.unknownHostKey(key)).toBe('once');
    expect(asked()).toBe(1);
    await prompts.unknownHostKey({ ...key, fingerprint: 'SHA256:b' });
    expect(asked()).toBe(2);
  });
});
