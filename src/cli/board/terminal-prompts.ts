import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { describeDestination } from '../../jetson/connection/destination';
import type { ConnectionPrompts } from '../../jetson/connection/session';
import { printable } from '../terminal';

/** Questions asked in the terminal. */
export interface TerminalPrompts extends ConnectionPrompts {
  /** True for yes; false for everything else, and where nobody can be asked. */
  confirm(question: string): Promise<boolean>;
  /** Sentences about questions that nobody could be asked, each once. */
  readonly unanswered: readonly string[];
  /** The cause of a failure: what could not be asked, else what the failure itself says. */
  causeOf(message: string): string;
}

interface Terminal {
  readonly input: NodeJS.ReadStream;
  /** Questions go where progress goes, so that standard output holds answers alone. */
  readonly output: NodeJS.WriteStream;
}

/**
 * Asks for passwords, passphrases and trust on the terminal, where there is one: both ends must be terminals. Secrets are
 * neither shown while they are typed nor kept.
 *
 * @param beforeAsking called before each question, to take a progress line away
 */
export function createTerminalPrompts(
  beforeAsking: () => void = () => undefined,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): TerminalPrompts {
  const unanswered = new Set<string>();
  const ask = async (question: Question, otherwise: string): Promise<string | null> => {
    if (terminal.input.isTTY !== true || terminal.output.isTTY !== true) {
      if (otherwise !== '') unanswered.add(otherwise);
      return null;
    }
    beforeAsking();
    return await askTerminal(terminal, question);
  };
  return {
    get unanswered() {
      return [...unanswered];
    },
    causeOf: (message) => [...unanswered].join(' ') || message,
    confirm: async (question) => {
      const answer = await ask({ text: `${question} [y/N] `, hidden: false }, '');
      return /^y(es)?$/i.test(answer?.trim() ?? '');
    },
    password: ({ destination, attempt, signal }) =>
      ask(
        { text: `${again(attempt)}Password of ${describeDestination(destination)}: `, hidden: true, signal },
        `${describeDestination(destination)} asks for a password, and there is no terminal to enter it on. Use a key or an agent, or run the command in a terminal.`,
      ),
    passphrase: ({ keyFile, attempt, signal }) =>
      ask(
        { text: `${again(attempt)}Passphrase of the key ${keyFile}: `, hidden: true, signal },
        `The key ${keyFile} has a passphrase, and there is no terminal to enter it on. Add it to an agent (ssh-add), or run the command in a terminal.`,
      ),
    keyboardInteractive: async ({ destination, name, instructions, prompts, signal }) => {
      const host = describeDestination(destination);
      const answers: string[] = [];
      for (const [index, { prompt, echo }] of prompts.entries()) {
        const said = [...(index === 0 ? [name, instructions] : []).filter((part) => part.trim() !== ''), prompt];
        const text = said.map((part) => attributed(host, part)).join('\n');
        const answer = await ask(
          { text, hidden: !echo, signal },
          `${host} asks questions to sign in, and there is no terminal to answer them on. Use a key or an agent, or run the command in a terminal.`,
        );
        if (answer === null) return null;
        answers.push(answer);
      }
      return answers;
    },
    unknownHostKey: async ({ host, port, keyType, fingerprint, knownHostsFile, note, signal }) => {
      const lines = [
        `The host key of ${host}, port ${port}, is not in known_hosts.`,
        ...(note === null ? [] : [note]),
        `Its ${keyType} key has the fingerprint ${fingerprint}.`,
        'On the board, `ssh-keygen -lf /etc/ssh/ssh_host_' + keyType.toLowerCase() + '_key.pub` prints the right one.',
        knownHostsFile === null
          ? 'Trust it this time? (yes, no) '
          : `Trust it? (yes: also from now on, in ${knownHostsFile}; once; no) `,
      ];
      const answer = await ask(
        { text: lines.join('\n'), hidden: false, signal },
        `The host key of ${host} is not known: ${keyType} ${fingerprint}. Compare it with the board's, then connect once in a terminal, or with ssh, to accept it.`,
      );
      const word = answer?.trim().toLowerCase() ?? '';
      if (word === 'yes') return knownHostsFile === null ? 'once' : 'save';
      return word === 'once' ? 'once' : 'refuse';
    },
  };
}

const maxSaidLines = 5;
const maxSaidLength = 200;

/**
 * What a board says, each line after the name of the board as OpenSSH does it, so that none of it can be taken for a
 * question of this program or of another host; long text is cut.
 */
function attributed(host: string, text: string): string {
  const lines = text.split(/\r\n|[\r\n]/).filter((line, index) => index === 0 || line.trim() !== '');
  const kept = lines.slice(0, maxSaidLines).map((line) => `(${host}) ${line.slice(0, maxSaidLength)}`);
  return [...kept, ...(lines.length > maxSaidLines ? [`(${host}) … `] : [])].join('\n');
}

interface Question {
  readonly text: string;
  readonly hidden: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What is typed up to Enter; null for Ctrl-C, Ctrl-D and a question that is not needed any more. */
async function askTerminal({ input, output }: Terminal, { text, hidden, signal }: Question): Promise<string | null> {
  // Texts may come from the other side: line by line, without what could steer the terminal.
  output.write(text.split('\n').map(printable).join('\n'));
  const echo = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!hidden) output.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  try {
    return await new Promise<string | null>((resolve) => {
      reader.once('line', resolve);
      reader.once('close', () => resolve(null));
      reader.once('SIGINT', () => {
        resolve(null);
        // The reader has taken the key press from the process.
        process.kill(process.pid, 'SIGINT');
      });
      if (signal?.aborted) resolve(null);
      signal?.addEventListener('abort', () => resolve(null), { once: true });
    });
  } finally {
    reader.close();
    if (hidden) output.write('\n');
  }
}

function again(attempt: number): string {
  return attempt > 1 ? 'That was not right. ' : '';
}
