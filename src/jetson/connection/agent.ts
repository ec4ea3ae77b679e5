import { readdir } from 'node:fs/promises';
import os from 'node:os';
import ssh2, { type BaseAgent, type ParsedKey } from 'ssh2';
import { t } from '../../core/language';
import { windowsAgentPipe } from './destination';

/** An agent that answered, with the keys it has. */
export interface OpenAgent {
  readonly agent: BaseAgent;
  readonly keys: readonly ParsedKey[];
}

const answerWithinMs = 10_000;

/** Asks an agent for its keys; a string says why there are none. */
export async function openAgent(socket: string): Promise<OpenAgent | string> {
  const first = await ask(socket);
  // Both of Windows' agents may run; OpenSSH's is asked first, as ssh does.
  if (socket !== windowsAgentPipe || (typeof first !== 'string' && first.keys.length > 0)) return first;
  const pipe = pageantPipe(await readdir('\\\\.\\pipe\\').catch(() => []), os.userInfo().username);
  const pageant = pipe === null ? first : await ask(pipe);
  return typeof pageant === 'string' ? first : pageant;
}

async function ask(socket: string): Promise<OpenAgent | string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(t('the agent at {0} does not answer', socket)), answerWithinMs);
    const settle = (answer: OpenAgent | string): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    try {
      const agent = ssh2.createAgent(socket);
      agent.getIdentities((error, keys) => {
        if (error || !keys) settle(t('the agent at {0} cannot be asked', socket));
        else settle({ agent, keys: keys.filter(isParsed) });
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      settle(`${t('the agent at {0} cannot be asked', socket)} (${reason})`);
    }
  });
}

/** Agents of this kind give parsed keys; the type allows for other forms. */
function isParsed(key: unknown): key is ParsedKey {
  return typeof key === 'object' && key !== null && 'getPublicSSH' in key;
}

/**
 * Pageant's pipe among those of the machine; null if it does not run. Since 0.76 it listens at a pipe with the user's name,
 * in the casing that they signed in with, and a secret of the session. Older ones listen at a window, which would take a
 * program of another's (ssh2's pagent.exe) to be asked.
 */
export function pageantPipe(pipes: readonly string[], user: string): string | null {
  const start = `pageant.${user}.`.toLowerCase();
  const name = pipes.find((pipe) => pipe.toLowerCase().startsWith(start));
  return name === undefined ? null : `\\\\.\\pipe\\${name}`;
}
