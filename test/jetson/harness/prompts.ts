import type { ConnectionPrompts } from '../../../src/jetson/connection/session';

/** Fails a test that asks the user anything. */
export const noPrompts: ConnectionPrompts = {
  password: () => Promise.reject(new Error('A password was asked for.')),
  passphrase: () => Promise.reject(new Error('A passphrase was asked for.')),
  keyboardInteractive: () => Promise.reject(new Error('Questions of the host were asked.')),
  unknownHostKey: () => Promise.reject(new Error('A host key was asked about.')),
};
