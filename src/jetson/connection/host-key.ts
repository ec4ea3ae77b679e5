import { t } from '../../core/language';
import { failure, success, type Result } from '../../core/result';
import type { Destination } from './destination';
import { findKnownKeys, fingerprintOf, keyTypeOf, knownHostName, readKnownHosts, type KnownKey } from './known-hosts';
import { appendKnownHost } from './known-hosts-append';

/** An unknown host key, to be shown to the user. */
export interface UnknownHostKey {
  readonly host: string;
  readonly port: number;
  /** As OpenSSH names it: ED25519, ECDSA, RSA. */
  readonly keyType: string;
  /** SHA256:…, as `ssh` and `ssh-keygen -l` print it. */
  readonly fingerprint: string;
  /** Where `save` would put it; null if the configuration names no file. */
  readonly knownHostsFile: string | null;
  /** A sentence about what known_hosts has for this host instead; null if it has nothing. */
  readonly note: string | null;
}

export type HostKeyAnswer = 'save' | 'once' | 'refuse';

/** What known_hosts has for a destination, read before the connection is made. */
export interface KnownKeys {
  readonly keys: readonly KnownKey[];
  /** Keys of the same host name without its port: ssh takes them as well. */
  readonly keysWithoutPort: readonly KnownKey[];
}

/** Reads the known_hosts files of a destination. Failure code: unreadable. */
export async function knownKeysOf(destination: Destination): Promise<Result<KnownKeys>> {
  const { host, port, hostKeyAlias, userKnownHostsFiles, globalKnownHostsFiles } = destination;
  const files = await readKnownHosts([...userKnownHostsFiles, ...globalKnownHostsFiles]);
  if (!files.ok) return files;
  const keys = findKnownKeys(files.value, nameIn(destination));
  return success({
    keys,
    keysWithoutPort: hostKeyAlias === null && port !== 22 ? findKnownKeys(files.value, knownHostName(host, 22)) : [],
  });
}

/**
 * The algorithms to ask the host for, those of known keys first: a host shows one key only, and one of another type
 * would look unknown. Names as in RFC 8332 and RFC 8709.
 *
 * @param sha1 whether RSA keys may be shown with SHA-1 signatures
 */
export function hostKeyAlgorithms({ keys, keysWithoutPort }: KnownKeys, sha1: boolean): readonly string[] {
  const trusted = [...keys, ...keysWithoutPort].filter(({ marker }) => marker === null);
  const known = new Set(trusted.flatMap(({ keyType }) => (keyType === 'ssh-rsa' ? rsaAlgorithms : [keyType])));
  const usable = allAlgorithms.filter((name) => sha1 || name !== 'ssh-rsa');
  return [...usable.filter((name) => known.has(name)), ...usable.filter((name) => !known.has(name))];
}

const rsaAlgorithms = ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'];
const allAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  ...rsaAlgorithms,
];

export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown'; readonly note: string | null }
  | { readonly kind: 'changed'; readonly instead: KnownKey }
  | { readonly kind: 'revoked'; readonly by: KnownKey };

/** Compares the key that a host shows with what is known of it, as ssh does. */
export function judgeHostKey(key: Buffer, { keys, keysWithoutPort }: KnownKeys): HostKeyVerdict {
  const same = (known: KnownKey): boolean => known.key.equals(key);
  const revoked = [...keys, ...keysWithoutPort].find((known) => known.marker === 'revoked' && same(known));
  if (revoked) return { kind: 'revoked', by: revoked };
  const trusted = keys.filter(({ marker }) => marker === null);
  if (trusted.some(same)) return { kind: 'known' };
  const instead = trusted.find(({ keyType }) => keyType === keyTypeOf(key));
  if (instead) return { kind: 'changed', instead };
  if (keysWithoutPort.some((known) => known.marker === null && same(known))) return { kind: 'known' };
  return { kind: 'unknown', note: noteOn(keys) };
}

function noteOn(keys: readonly KnownKey[]): string | null {
  const other = keys.find(({ marker }) => marker === null);
  if (other) {
    return t(
      'Line {0} of {1} has a key of another type ({2}) for this host, which the host does not show: somebody may be in between.',
      other.line,
      other.file,
      shortType(other.keyType),
    );
  }
  const authority = keys.find(({ marker }) => marker === 'cert-authority');
  return authority
    ? t(
        'Line {0} of {1} trusts a certificate authority for this host; Framecast does not support host certificates.',
        authority.line,
        authority.file,
      )
    : null;
}

/**
 * Decides on the key that a host shows: known goes on, unknown is asked, changed and revoked are refused.
 * Failure codes: host-key-unknown, host-key-changed, host-key-revoked.
 */
export async function verifyHostKey(
  key: Buffer,
  destination: Destination,
  known: KnownKeys,
  ask: (request: UnknownHostKey) => Promise<HostKeyAnswer>,
): Promise<Result<void>> {
  const verdict = judgeHostKey(key, known);
  const name = nameIn(destination);
  const type = shortType(keyTypeOf(key) ?? 'unknown');
  const fingerprint = fingerprintOf(key);
  switch (verdict.kind) {
    case 'known':
      return success(undefined);
    case 'revoked':
      return failure(
        'host-key-revoked',
        t(
          '{0} shows a key that line {1} of {2} revokes ({3} {4}). Do not connect: give the board a new host key first.',
          name,
          verdict.by.line,
          verdict.by.file,
          type,
          fingerprint,
        ),
      );
    case 'changed':
      return failure(
        'host-key-changed',
        t(
          '{0} shows another host key than line {1} of {2} has for it: {3} {4} instead of {5}. Either the board was reinstalled, or has another board’s address, or somebody is in between. If you know why it changed, remove the old key with `ssh-keygen -f "{2}" -R "{0}"` and connect again.',
          name,
          verdict.instead.line,
          verdict.instead.file,
          type,
          fingerprint,
          fingerprintOf(verdict.instead.key),
        ),
      );
    case 'unknown':
      break;
  }
  if (destination.strictHostKeyChecking === 'yes') {
    return failure(
      'host-key-unknown',
      t(
        'The host key of {0} is not known ({1} {2}), and StrictHostKeyChecking is “yes”. Add the key to known_hosts, or set StrictHostKeyChecking to “ask”.',
        name,
        type,
        fingerprint,
      ),
    );
  }
  const { host, port, userKnownHostsFiles } = destination;
  const knownHostsFile = userKnownHostsFiles.find((file) => file !== '/dev/null') ?? null;
  const answer = await ask({ host, port, keyType: type, fingerprint, knownHostsFile, note: verdict.note });
  if (answer === 'refuse') {
    return failure('host-key-unknown', t('The host key of {0} ({1} {2}) was not accepted.', name, type, fingerprint));
  }
  if (answer === 'once' || knownHostsFile === null) return success(undefined);
  return appendKnownHost(knownHostsFile, { name, key, hash: destination.hashKnownHosts });
}

function nameIn({ host, port, hostKeyAlias }: Destination): string {
  return hostKeyAlias?.toLowerCase() ?? knownHostName(host, port);
}

/** As OpenSSH prints it next to a fingerprint. */
function shortType(keyType: string): string {
  if (keyType.startsWith('ecdsa-')) return 'ECDSA';
  return keyType.replace(/^ssh-/, '').toUpperCase();
}
