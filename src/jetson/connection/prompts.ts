import type { Destination } from './destination';
import type { HostKeyAnswer, UnknownHostKey } from './host-key';

/** One question of keyboard-interactive authentication; `echo` tells whether the answer may be seen while typed. */
export interface InteractivePrompt {
  readonly prompt: string;
  readonly echo: boolean;
}

/** What a secret is asked for. */
interface SecretRequest {
  /** From 1: a stored secret may answer the first, and was wrong when a second comes. */
  readonly attempt: number;
  /** Fingerprint of the key that the host has shown; a secret kept under another one must not answer. */
  readonly hostKey: string;
  /** Tells that the answer is not needed any more; the question can go away. */
  readonly signal?: AbortSignal;
}

/** The questions that a connection may need the user for. Null is the user's way to give up. */
export interface ConnectionPrompts {
  password(request: SecretRequest & { destination: Destination }): Promise<string | null>;
  passphrase(request: SecretRequest & { keyFile: string }): Promise<string | null>;
  keyboardInteractive(request: {
    destination: Destination;
    hostKey: string;
    name: string;
    instructions: string;
    prompts: readonly InteractivePrompt[];
    signal?: AbortSignal;
  }): Promise<readonly string[] | null>;
  unknownHostKey(request: UnknownHostKey & { signal?: AbortSignal }): Promise<HostKeyAnswer>;
}
