import * as vscode from 'vscode';
import { harmlessText } from '../../core/present/harmless-text';
import { describeDestination, type Destination } from '../../jetson/connection/destination';
import type { ConnectionPrompts } from '../../jetson/connection/prompts';
import { toCancellationToken } from '../services/cancellation';

/** The questions of one connection, and of those that are made again after a cut. */
export interface PromptSession {
  readonly prompts: ConnectionPrompts;
  /** To be called once the connection stands: what was typed is right, and may be kept. */
  connected(): void;
}

const maxText = 500;

/**
 * Asks for passwords, passphrases and answers in VS Code. What is kept in its secret storage is tried first, and deleted
 * as soon as the board refuses it; what is typed is offered to be kept once it has opened the board, and is known until
 * then, so that a link that was cut comes back without a question.
 */
export function createPromptSession(secrets: vscode.SecretStorage): PromptSession {
  /** Typed, or read from the secret storage, in this session. */
  const known = new Map<string, string>();
  /** Typed and not yet offered to be kept, by what it opens. */
  const typed = new Map<string, string>();

  async function secret(key: string, name: string, attempt: number, ask: () => Thenable<string | undefined>) {
    if (attempt > 1) {
      known.delete(key);
      typed.delete(key);
      await secrets.delete(key);
    }
    const at = known.get(key) ?? (await secrets.get(key));
    if (at !== undefined) {
      known.set(key, at);
      return at;
    }
    const entered = await ask();
    if (entered === undefined) return null;
    known.set(key, entered);
    typed.set(key, name);
    return entered;
  }

  /** Servers that ask for the password in a dialogue of their own are answered once from what is known. */
  const answered = new Set<string>();

  const prompts: ConnectionPrompts = {
    password: ({ destination, attempt, signal }) => {
      const target = describeDestination(destination);
      return secret(passwordKey(destination), `the password of ${target}`, attempt, () =>
        askSecretly(
          attempt > 1 ? 'The password was not accepted' : 'Password',
          `Password of ${target}. It is sent only to the board, over SSH.`,
          signal,
        ),
      );
    },
    passphrase: ({ keyFile, attempt, signal }) =>
      secret(passphraseKey(keyFile), `the passphrase of ${keyFile}`, attempt, () =>
        askSecretly(
          attempt > 1 ? 'The passphrase does not open the key' : 'Passphrase',
          `Passphrase of the key ${keyFile}. It is used only on this machine.`,
          signal,
        ),
      ),
    keyboardInteractive: async ({ destination, name, instructions, prompts: questions, signal }) => {
      const target = describeDestination(destination);
      const [only] = questions;
      if (questions.length === 1 && only && !only.echo && /^\s*(password|.*'s password)\s*:?\s*$/i.test(only.prompt)) {
        const attempt = answered.has(target) ? 2 : 1;
        answered.add(target);
        const answer = await prompts.password({ destination, attempt, ...(signal ? { signal } : {}) });
        return answer === null ? null : [answer];
      }
      const answers: string[] = [];
      for (const { prompt, echo } of questions) {
        const answer = await ask(
          {
            title: `${target} asks${name === '' ? '' : `: ${shown(name)}`}`,
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
      const target = port === 22 ? host : `${host}, port ${port}`;
      const save = 'Connect and Save';
      const once = 'Connect Once';
      const picked = await vscode.window.showWarningMessage(
        `Is this the key of ${shown(target)}?`,
        {
          modal: true,
          detail: [
            ...(note === null ? [] : [shown(note)]),
            `This host is not in known_hosts. Its ${shown(keyType)} key has the fingerprint`,
            shown(fingerprint),
            `Compare it with what the board itself prints: ${fingerprintCommand(keyType)}`,
            ...(knownHostsFile === null ? [] : [`Saving adds the key to ${knownHostsFile}.`]),
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
      for (const [key, name] of typed) void offerToKeep(secrets, key, name, known.get(key));
      typed.clear();
    },
  };
}

/** Deletes the password that is kept for a board. */
export async function forgetPassword(secrets: vscode.SecretStorage, destination: Destination): Promise<void> {
  await secrets.delete(passwordKey(destination));
  for (const keyFile of destination.identityFiles) await secrets.delete(passphraseKey(keyFile));
}

async function offerToKeep(
  secrets: vscode.SecretStorage,
  key: string,
  name: string,
  value: string | undefined,
): Promise<void> {
  if (value === undefined) return;
  const keep = 'Keep';
  const picked = await vscode.window.showInformationMessage(
    `Keep ${name} in VS Code's secret storage, so that it is not asked again?`,
    keep,
    'Not Now',
  );
  if (picked === keep) await secrets.store(key, value);
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
