import { t } from '../../core/language';
import ssh2, {
  type AnyAuthMethod,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';
import type { Failure } from '../../core/result';
import { openAgent } from './agent';
import { describeDestination, type Destination } from './destination';
import { decryptKey, parsePublicKey, readKeyFile, readPublicFile } from './key-file';
import type { ConnectionPrompts } from './prompts';

/** Proves to a host who the user is: keys of the agent, key files, password, keyboard-interactive. */
export interface Authenticator {
  /** What to try next, given the methods that the host still takes; false when there is nothing left. */
  next(methodsLeft: readonly string[] | null, partialSuccess: boolean | null): Promise<AnyAuthMethod | false>;
  /** Why nothing is left, or why the host hung up while it was tried. */
  failure(): Failure;
}

/** Wraps a question to the user, so that time-outs do not run meanwhile. Null also when the connection is gone. */
export type AskUser = <T>(question: (signal: AbortSignal) => Promise<T>) => Promise<T | null>;

const maxAttempts = 3;

/** @param hostKey the fingerprint of the key that the host has shown by the time anything is asked */
export function createAuthenticator(
  destination: Destination,
  prompts: ConnectionPrompts,
  ask: AskUser,
  hostKey: () => string,
): Authenticator {
  const username = destination.user;
  const tried: string[] = [];
  const remarks: string[] = [];
  const attempts = { password: 0, 'keyboard-interactive': 0 };
  let offered: readonly string[] = [];
  /** A host may take methods back after failures; the first list says what it wants. */
  const wanted: string[] = [];
  let keys: AsyncGenerator<Candidate> | null = null;
  let keysLeft = true;
  let last: SigningKey | null = null;
  let gaveUp = false;

  const allows = (method: 'publickey' | 'password' | 'keyboard-interactive'): boolean =>
    offered.includes(method) && !destination.refusedMethods.includes(method);

  const passphrase: AskPassphrase = (keyFile, attempt) =>
    ask((signal) => prompts.passphrase({ keyFile, attempt, hostKey: hostKey(), signal }));

  async function nextKey(): Promise<AnyAuthMethod | null> {
    keys ??= candidateKeys(destination, passphrase, (remark) => remarks.push(remark));
    const candidate = await keys.next();
    if (candidate.done) {
      keysLeft = false;
      return null;
    }
    tried.push(candidate.value.name);
    const { name } = candidate.value;
    last = new SigningKey(candidate.value, destination.sha1, () =>
      remarks.push(
        t('{0}, of which the host wants a SHA-1 signature (PubkeyAcceptedAlgorithms +ssh-rsa allows it)', name),
      ),
    );
    return { type: 'agent', username, agent: last };
  }

  async function password(): Promise<AnyAuthMethod | null> {
    const attempt = ++attempts.password;
    const answer = await ask((signal) => prompts.password({ destination, attempt, hostKey: hostKey(), signal }));
    if (answer === null) {
      gaveUp = true;
      return null;
    }
    note(tried, 'a password');
    return { type: 'password', username, password: answer };
  }

  function interactive(): AnyAuthMethod {
    attempts['keyboard-interactive']++;
    note(tried, t('questions that the host asks'));
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (name, instructions, _language, questions, finish) => {
        const shown = questions.map(({ prompt, echo }) => ({ prompt, echo: echo === true }));
        void ask((signal) =>
          prompts.keyboardInteractive({
            destination,
            hostKey: hostKey(),
            name,
            instructions,
            prompts: shown,
            signal,
          }),
        ).then((answers) => {
          if (answers === null) gaveUp = true;
          // The protocol wants as many answers as questions, also when there are none to give.
          finish(shown.map((_, index) => answers?.[index] ?? ''));
        });
      },
    };
  }

  return {
    next: async (methodsLeft, partialSuccess) => {
      if (methodsLeft === null) return { type: 'none', username };
      const afterSignature = last?.signed === true;
      last = null;
      if (afterSignature) {
        // ssh2 does not say what a host still wants after it took the signature of an agent's key; asking it again does.
        return { type: 'none', username };
      }
      if (partialSuccess || methodsLeft.some((method) => !offered.includes(method))) {
        attempts.password = 0;
        attempts['keyboard-interactive'] = 0;
      }
      offered = methodsLeft;
      for (const method of methodsLeft) note(wanted, method);
      if (allows('publickey') && keysLeft && !gaveUp) {
        const key = await nextKey();
        if (key !== null) return key;
      }
      if (allows('password') && attempts.password < maxAttempts && !gaveUp) {
        const attempt = await password();
        if (attempt !== null) return attempt;
      }
      if (allows('keyboard-interactive') && attempts['keyboard-interactive'] < maxAttempts && !gaveUp) {
        return interactive();
      }
      return false;
    },
    failure: () => {
      const address = describeDestination(destination);
      if (gaveUp) return { code: 'cancelled', message: t('Signing in at {0} was cancelled.', address) };
      const what = tried.length > 0 ? t('It refused {0}.', listed(tried)) : t('There was nothing to sign in with.');
      const wants = wanted.length > 0 ? t(' It takes {0}.', listed(wanted, t(' or '))) : '';
      const more = remarks.length > 0 ? t(' Not tried: {0}.', remarks.join('; ')) : '';
      const remedy = t('Check the user name, or add your key there with `ssh-copy-id {0}`.', copyIdTarget(destination));
      return {
        code: 'authentication',
        message: t('{0} did not let you in. {1}{2}{3} {4}', address, what, wants, more, remedy),
      };
    },
  };
}

type AskPassphrase = (keyFile: string, attempt: number) => Promise<string | null>;

/** A public key that a host may take, and a way to sign with its private half. */
interface Candidate {
  readonly name: string;
  readonly publicKey: ParsedKey;
  sign(data: Buffer, hash: string | undefined): Promise<Buffer | Error>;
}

/**
 * Keys in the order to offer them: those of the agent that the configuration names, the agent's others, then the files.
 * What cannot be offered is remarked.
 */
async function* candidateKeys(
  destination: Destination,
  passphrase: AskPassphrase,
  remark: (sentence: string) => void,
): AsyncGenerator<Candidate> {
  const { identityAgent, identityFiles, identityFilesConfigured, identitiesOnly } = destination;
  const files = await Promise.all(identityFiles.map(async (file) => ({ file, content: await readKeyFile(file) })));
  const named = await Promise.all(
    files.map(async ({ file, content }) =>
      content.kind === 'key' && content.publicKey !== null
        ? content.publicKey.getPublicSSH()
        : readPublicFile(file.endsWith('.pub') ? file : `${file}.pub`),
    ),
  );
  const isNamed = (key: ParsedKey): boolean => named.some((blob) => blob?.equals(key.getPublicSSH()) === true);
  const offeredByAgent: Buffer[] = [];
  if (identityAgent !== null) {
    const opened = await openAgent(identityAgent);
    if (typeof opened === 'string') {
      remark(opened);
    } else {
      const { agent, keys } = opened;
      const usable = [...keys.filter(isNamed), ...(identitiesOnly ? [] : keys.filter((key) => !isNamed(key)))];
      for (const publicKey of usable) {
        offeredByAgent.push(publicKey.getPublicSSH());
        yield {
          name: t('the agent’s key {0}', publicKey.comment || publicKey.type),
          publicKey,
          sign: (data, hash) =>
            new Promise((resolve) => {
              const options = (hash === undefined ? {} : { hash }) as SigningRequestOptions;
              agent.sign(publicKey, data, options, (failed, signature) =>
                resolve(failed || !signature ? (failed ?? new Error('no signature')) : Buffer.from(signature)),
              );
            }),
        };
      }
    }
  }
  for (const { file, content } of files) {
    if (content.kind === 'missing') {
      if (identityFilesConfigured) remark(t('{0}, which is not there', file));
      continue;
    }
    if (content.kind === 'unusable') {
      remark(`${file}, which ${content.why}`);
      continue;
    }
    const unlock = unlocker(file, content.content, content.encrypted, passphrase);
    // A file that hides its public half must be opened to be offered at all.
    const publicKey = content.publicKey ?? (await unlock());
    if (publicKey === null) {
      remark(t('{0}, whose passphrase was not given', file));
      continue;
    }
    if (offeredByAgent.some((blob) => blob.equals(publicKey.getPublicSSH()))) continue;
    yield {
      name: file,
      publicKey,
      sign: async (data, hash) => {
        const key = await unlock();
        if (key === null) {
          remark(t('{0}, whose passphrase was not given', file));
          return new Error('no passphrase');
        }
        return key.sign(data, hash);
      },
    };
  }
}

/** Asks for the passphrase when the private half is needed for the first time, and only then. */
function unlocker(
  file: string,
  content: Buffer,
  encrypted: boolean,
  askPassphrase: AskPassphrase,
): () => Promise<ParsedKey | null> {
  let unlocked: ParsedKey | null = null;
  return async () => {
    if (unlocked !== null) return unlocked;
    if (!encrypted) return (unlocked = decryptKey(content, ''));
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const passphrase = await askPassphrase(file, attempt);
      if (passphrase === null) return null;
      unlocked = decryptKey(content, passphrase);
      if (unlocked !== null) return unlocked;
    }
    return null;
  };
}

/** One key in the shape of an agent, as ssh2 asks an agent to sign only after the host said that it would take the key. */
class SigningKey extends ssh2.BaseAgent<ParsedKey> {
  signed = false;

  constructor(
    private readonly candidate: Candidate,
    private readonly allowed: Destination['sha1'],
    private readonly onSha1: () => void,
  ) {
    super();
  }

  getIdentities(callback: IdentityCallback<ParsedKey>): void {
    const { publicKey } = this.candidate;
    callback(undefined, [parsePublicKey(publicKey.getPublicSSH()) ?? publicKey]);
  }

  sign(_key: ParsedKey, data: Buffer, options: SigningRequestOptions | SignCallback, callback?: SignCallback): void {
    const done = typeof options === 'function' ? options : callback;
    const hash = typeof options === 'function' ? undefined : options.hash;
    // What older RSA keys sign with where no other hash is named (RFC 4253), which OpenSSH refuses since 8.8.
    const isSha1 = this.candidate.publicKey.type === 'ssh-rsa' && !/^(sha|sha2-)(256|512)$/.test(hash ?? '');
    if (isSha1 && !this.allowed.userKeys) {
      this.onSha1();
      done?.(new Error('a SHA-1 signature is asked for'));
      return;
    }
    void this.candidate.sign(data, hash).then((signature) => {
      if (signature instanceof Error) {
        done?.(signature);
        return;
      }
      this.signed = true;
      done?.(undefined, signature);
    });
  }
}

function note(list: string[], entry: string): void {
  if (!list.includes(entry)) list.push(entry);
}

function listed(items: readonly string[], word = t(' and ')): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')}${word}${items.at(-1)}`;
}

function copyIdTarget({ user, host, port }: Destination): string {
  return `${port === 22 ? '' : `-p ${port} `}${user}@${host}`;
}
