import type { ConnectionPrompts } from '../../../src/jetson/connection/session';

/** Fails a test that asks the user anything. */
export const noPrompts: ConnectionPrompts = {
  password: () => Promise.reject(new Error('A password was asked for.')),
  passphrase: () => Promise.reject(new Error('A passphrase was asked for.')),
  keyboardInteractive: () => Promise.reject(new Error('Questions of the host were asked.')),
  unknownHostKey: () => Promise.reject(new Error('A host key was asked about.')),
};

/** Writes down every question and gives the answers that a test prepared; what it did not prepare fails it. */
export function scriptedPrompts(answers: {
  readonly passwords?: readonly (string | null)[];
  readonly passphrases?: readonly (string | null)[];
  readonly interactive?: readonly (readonly string[] | null)[];
  readonly hostKeys?: readonly ('save' | 'once' | 'refuse')[];
}): ConnectionPrompts & { readonly asked: string[] } {
  const asked: string[] = [];
  const left = {
    passwords: [...(answers.passwords ?? [])],
    passphrases: [...(answers.passphrases ?? [])],
    interactive: [...(answers.interactive ?? [])],
    hostKeys: [...(answers.hostKeys ?? [])],
  };
  function next<T>(from: T[], question: string): Promise<T> {
    asked.push(question);
    const [answer] = from.splice(0, 1);
    return answer === undefined
      ? Promise.reject(new Error(`Asked once too often: ${question}`))
      : Promise.resolve(answer);
  }
  return {
    asked,
    password: ({ destination, attempt }) => next(left.passwords, `password of ${destination.user}, ${attempt}`),
    passphrase: ({ keyFile, attempt }) => next(left.passphrases, `passphrase of ${keyFile}, ${attempt}`),
    keyboardInteractive: ({ prompts }) =>
      next(
        left.interactive,
        prompts.map(({ prompt, echo }) => `${prompt.trim()}${echo ? '' : ' (hidden)'}`).join(', '),
      ),
    unknownHostKey: ({ host, port, keyType, fingerprint }) =>
      next(left.hostKeys, `${keyType} ${fingerprint} of ${host}:${port}`),
  };
}
