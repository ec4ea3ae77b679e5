import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';

/** An SSH server with questions of its own, as boards with one-time codes have; OpenSSH would need PAM modules for it. */
export interface AskingServer {
  readonly port: number;
  /** The line of known_hosts for it. */
  readonly knownHostsLine: string;
  /** Every round of answers that it was given. */
  readonly answers: readonly (readonly string[])[];
  stop(): Promise<void>;
}

/** Lets in whoever gives these answers to its questions, and then runs commands with this machine's shell. */
export async function startAskingServer(
  questions: readonly { readonly prompt: string; readonly echo: boolean; readonly answer: string }[],
): Promise<AskingServer> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const answers: (readonly string[])[] = [];
  const clients = new Set<ssh2.Connection>();
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      const prompts = questions.map(({ prompt, echo }) => ({ prompt, echo }));
      context.prompt(prompts, 'Second factor', 'Look at your token.', (given) => {
        answers.push(given);
        if (questions.every(({ answer }, index) => given[index] === answer)) context.accept();
        else context.reject(['keyboard-interactive']);
      });
    });
    client.on('session', (accept) => {
      accept().on('exec', (acceptCommand, _reject, { command }) => {
        const channel = acceptCommand();
        const child = spawn('/bin/sh', ['-c', command]);
        channel.pipe(child.stdin);
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr, { end: false });
        child.once('close', (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return {
    port,
    knownHostsLine: `[127.0.0.1]:${port} ssh-rsa ${key.getPublicSSH().toString('base64')}\n`,
    answers,
    stop: async () => {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
