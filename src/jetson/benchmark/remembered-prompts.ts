import type { ConnectionPrompts } from '../connection/session';

/**
 * Prompts that ask the user once: what was answered serves again when the same board is connected to once more, for as
 * long as these prompts live, and nowhere but in memory. `onlyMemory` stops asking for passwords and passphrases: a
 * board that is just starting refuses correct ones too, and the user may have left.
 */
export function rememberedPrompts(prompts: ConnectionPrompts): ConnectionPrompts & { onlyMemory(): void } {
  const answers = new Map<string, string>();
  const hostKeys = new Set<string>();
  let mayAsk = true;

  const secret = async (key: string, attempt: number, ask: () => Promise<string | null>): Promise<string | null> => {
    if (!mayAsk) return attempt === 1 ? (answers.get(key) ?? null) : null;
    const answer = await ask();
    if (answer !== null) answers.set(key, answer);
    return answer;
  };

  return {
    onlyMemory: () => {
      mayAsk = false;
    },
    password: (request) => {
      const { user, host, port } = request.destination;
      return secret(`password ${user}@${host}:${port} ${request.hostKey}`, request.attempt, () =>
        prompts.password(request),
      );
    },
    passphrase: (request) =>
      secret(`passphrase ${request.keyFile} ${request.hostKey}`, request.attempt, () => prompts.passphrase(request)),
    keyboardInteractive: async (request) => {
      const { user, host, port } = request.destination;
      const keys = request.prompts.map(({ prompt }) => `question ${user}@${host}:${port} ${request.hostKey} ${prompt}`);
      // One-time codes cannot be used twice; a password can.
      const known = keys.map((key) => (/password/i.test(key) ? answers.get(key) : undefined));
      const isKnown = (all: readonly (string | undefined)[]): all is readonly string[] => !all.includes(undefined);
      if (!mayAsk && isKnown(known)) return known;
      const given = await prompts.keyboardInteractive(request);
      given?.forEach((answer, index) => answers.set(keys[index] ?? '', answer));
      return given;
    },
    unknownHostKey: async (request) => {
      const key = `${request.host}:${request.port} ${request.fingerprint}`;
      if (hostKeys.has(key)) return 'once';
      const answer = await prompts.unknownHostKey(request);
      if (answer === 'once') hostKeys.add(key);
      return answer;
    },
  };
}
