import * as vscode from 'vscode';
import { harmlessText } from '../../core/harmless-text';
import { t } from '../../core/language';
import { describeDestination, type Destination } from '../../jetson/connection/destination';
import type { ConnectionPrompts } from '../../jetson/connection/prompts';
import { keptSecrets } from './kept-secrets';
import { toCancellationToken } from '../services/cancellation';

/** The questions of one connection, and of those that are made again after a cut. */
export interface PromptSession {
  readonly prompts: ConnectionPrompts;
  /** To be called once the connection stands: what was typed is right, and may be kept. */
  connected(): void;
}

const maxText = 500;

/** A secret, and the host key under which alone it is used. */
interface Wanted {
  readonly key: string;
  /** Completes "Keep …". */
  readonly name: string;
  readonly hostKey: string;
  readonly attempt: number;
}

/**
 * Asks for passwords, passphrases and answers in VS Code. What is kept in its secret storage is tried first, only for a
 * host that shows the key it was given under, and deleted as soon as the board refuses it; what is typed is offered to
 * be kept once it has opened the board, and is known until then, so that a link that was cut comes back without a
 * question.
 */
export function createPromptSession(secrets: vscode.SecretStorage): PromptSession {
  const kept = keptSecrets(secrets);
  /** Typed, or read from the secret storage, in this session. */
  const known = new Map<string, string>();
  /** Typed and not yet offered to be kept. */
  const typed = new Map<string, Wanted & { readonly secret: string }>();

  async function secret(wanted: Wanted, ask: () => Thenable<string | undefined>): Promise<string | null> {
    const { key, hostKey, attempt } = wanted;
    const id = `${hostKey} ${key}`;
    if (attempt > 1) {
      known.delete(id);
      typed.delete(id);
      await kept.forget(key, hostKey);
    }
    const at = known.get(id) ?? (await kept.get(key, hostKey));
    if (at !== undefined) {
      known.set(id, at);
      return at;
    }
    const entered = await ask();
    if (entered === undefined) return null;
    known.set(id, entered);
    typed.set(id, { ...wanted, secret: entered });
    return entered;
  }

  /** Servers that ask for the password in a dialogue of their own are answered once from what is known. */
  const answered = new Set<string>();

  const prompts: ConnectionPrompts = {
    password: ({ destination, attempt, hostKey, signal }) => {
      const target = describeDestination(destination);
      const key = passwordKey(destination);
      return secret({ key, name: t('the password of {0}', target), hostKey, attempt }, () =>
        askSecretly(
          attempt > 1 ? t('The password was not accepted') : t('Password'),
          t('Password of {0}. It is sent only to the board, over SSH.', target),
          signal,
        ),
      );
    },
    passphrase: ({ keyFile, attempt, hostKey, signal }) =>
      secret({ key: passphraseKey(keyFile), name: t('the passphrase of {0}', keyFile), hostKey, attempt }, () =>
        askSecretly(
          attempt > 1 ? t('The passphrase does not open the key') : t('Passphrase'),
          t('Passphrase of the key {0}. It is used only on this machine.', keyFile),
          signal,
        ),
      ),
    keyboardInteractive: async ({ destination, hostKey, name, instructions, prompts: questions, signal }) => {
      const target = describeDestination(destination);
      const [only] = questions;
      if (questions.length === 1 && only && !only.echo && /^\s*(password|.*'s password)\s*:?\s*$/i.test(only.prompt)) {
        const attempt = answered.has(target) ? 2 : 1;
        answered.add(target);
        const answer = await prompts.password({ destination, attempt, hostKey, signal });
        return answer === null ? null : [answer];
      }
      const answers: string[] = [];
      for (const { prompt, echo } of questions) {
        const answer = await ask(
          {
            title: name === '' ? t('{0} asks', target) : t('{0} asks: {1}', target, shown(name)),
            prompt: [instructions, prompt].map(shown).filter(Boolean).join(' '),
            password: !echo,
          },
          signal,
        );
        if (answer === undefined) return null;
        answers.push(answer);
      }
      return answers;
    },
    unknownHostKey: async ({ host, port, keyType, fingerprint, knownHostsFile, note }) => {
      const target = port === 22 ? host : t('{0}, port {1}', host, port);
      const save = t('Connect and Save');
      const once = t('Connect Once');
      const picked = await vscode.window.showWarningMessage(
        t('Is this the key of {0}?', shown(target)),
        {
          modal: true,
          detail: [
            ...(note === null ? [] : [shown(note)]),
            t('This host is not in known_hosts. Its {0} key has the fingerprint', shown(keyType)),
            shown(fingerprint),
            t('Compare it with what the board itself prints: {0}', fingerprintCommand(keyType)),
            ...(knownHostsFile === null ? [] : [t('Saving adds the key to {0}.', knownHostsFile)]),
          ].join('\n\n'),
        },
        ...(knownHostsFile === null ? [once] : [save, once]),
      );
      return picked === save ? 'save' : picked === once ? 'once' : 'refuse';
    },
  };

  return {
    prompts,
    connected: () => {
      answered.clear();
      for (const each of typed.values()) {
        void offerToKeep(each.name, () => kept.keep(each.key, each.hostKey, each.secret));
      }
      typed.clear();
    },
  };
}

/** Deletes the password that is kept for a board. */
export async function forgetPassword(secrets: vscode.SecretStorage, destination: Destination): Promise<void> {
  const kept = keptSecrets(secrets);
  await kept.forget(passwordKey(destination));
  for (const keyFile of destination.identityFiles) await kept.forget(passphraseKey(keyFile));
}

async function offerToKeep(name: string, store: () => Promise<void>): Promise<void> {
  const keep = t('Keep');
  const picked = await vscode.window.showInformationMessage(
    t("Keep {0} in VS Code's secret storage, so that it is not asked again?", name),
    keep,
    t('Not Now'),
  );
  if (picked === keep) await store();
}

async function askSecretly(
  title: string,
  prompt: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return await ask({ title, prompt, password: true }, signal);
}

async function ask(options: vscode.InputBoxOptions, signal: AbortSignal | undefined): Promise<string | undefined> {
  const { token, dispose } = toCancellationToken(signal);
  try {
    return await vscode.window.showInputBox({ ...options, ignoreFocusOut: true }, token);
  } finally {
    dispose();
  }
}

const passwordKey = ({ user, host, port }: Destination): string => `framecast.password:${user}@${host}:${port}`;

const passphraseKey = (keyFile: string): string => `framecast.passphrase:${keyFile}`;

/** What a host says of itself may be anything. */
function shown(text: string): string {
  return harmlessText(text).replaceAll('\n', ' ').trim().slice(0, maxText);
}

/** What shows a host's own fingerprint on the host itself. */
function fingerprintCommand(keyType: string): string {
  const name = ['ED25519', 'ECDSA', 'RSA'].find((each) => keyType.toUpperCase().includes(each)) ?? '*';
  return `ssh-keygen -lf /etc/ssh/ssh_host_${name.toLowerCase()}_key.pub`;
}
