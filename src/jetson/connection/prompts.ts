import type { Destination } from './destination';
import type { HostKeyAnswer, UnknownHostKey } from './host-key';

/** One question of keyboard-interactive authentication; `echo` tells whether the answer may be seen while typed. */
export interface InteractivePrompt {
  readonly prompt: string;
  readonly echo: boolean;
}

/**
 * The questions that a connection may need the user for. `attempt` counts from 1: a stored secret may answer the first,
 * and was wrong when a second comes. Null is the user's way to give up. `signal` tells that the answer is not needed any
 * more; the question can go away.
 */
export interface ConnectionPrompts {
  password(request: { destination: Destination; attempt: number; signal?: AbortSignal }): Promise<string | null>;
  passphrase(request: { keyFile: string; attempt: number; signal?: AbortSignal }): Promise<string | null>;
  keyboardInteractive(request: {
    destination: Destination;
    name: string;
    instructions: string;
    prompts: readonly InteractivePrompt[];
    signal?: AbortSignal;
  }): Promise<readonly string[] | null>;
  unknownHostKey(request: UnknownHostKey & { signal?: AbortSignal }): Promise<HostKeyAnswer>;
}
