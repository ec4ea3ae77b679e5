import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { t } from '../../core/language';
import { failure, success, type Result } from '../../core/result';
import { matchesPatternList } from './host-patterns';

/** One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) that applies to the host in question. */
export interface KnownKey {
  readonly marker: 'revoked' | 'cert-authority' | null;
  /** As in the line: `ssh-ed25519`, … */
  readonly keyType: string;
  /** The public key as it goes over the wire. */
  readonly key: Buffer;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface KnownHostsFile {
  readonly file: string;
  readonly text: string;
}

const maxFileBytes = 16 * 2 ** 20;

/**
 * Reads those files that are there. One that cannot be read is a failure: it may revoke the very key that a host shows.
 * Failure code: unreadable.
 */
export async function readKnownHosts(files: readonly string[]): Promise<Result<readonly KnownHostsFile[]>> {
  const read: KnownHostsFile[] = [];
  for (const file of files) {
    try {
      const stats = await stat(file);
      // /dev/null, which stands for no file, is neither a file nor a folder.
      if (stats.isDirectory() || stats.isFIFO() || stats.isSocket())
        return unreadable(file, t('it is not a regular file'));
      if (stats.size > maxFileBytes) return unreadable(file, t('it has more than {0} MiB', maxFileBytes / 2 ** 20));
      read.push({ file, text: stats.isFile() ? await readFile(file, 'latin1') : '' });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return unreadable(file, code ?? message);
    }
  }
  return success(read.filter(({ text }) => text !== ''));
}

function unreadable(file: string, why: string): Result<never> {
  return failure(
    'unreadable',
    t(
      "{0} cannot be read ({1}), and it may say that the host's key is not to be trusted. Make it readable, or set UserKnownHostsFile in ~/.ssh/config to another file.",
      file,
      why,
    ),
  );
}

/** The name under which known_hosts has a host: its own, with the port if it is not 22. */
export function knownHostName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/**
 * The keys that the files have for one name, as `knownHostName` gives it, in their order. Lines that are no entries are
 * passed over, as ssh does.
 */
export function findKnownKeys(files: readonly KnownHostsFile[], name: string): readonly KnownKey[] {
  return files.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line, index) => {
      const entry = parseEntry(line);
      if (entry === null) return [];
      const { names, ...key } = entry;
      return speaksOf(names, name) ? [{ ...key, file, line: index + 1 }] : [];
    }),
  );
}

/** The fingerprint as OpenSSH prints it: SHA-256 in base64 without padding. */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type that a public key itself names; null for bytes that are not a key. */
export function keyTypeOf(key: Buffer): string | null {
  if (key.length < 4) return null;
  const length = key.readUInt32BE(0);
  if (length === 0 || length > 64 || key.length < 4 + length) return null;
  const type = key.toString('latin1', 4, 4 + length);
  return /^[\w@.-]+$/.test(type) ? type : null;
}

/** `|1|salt|hash` of a host's name, as HashKnownHosts writes it: HMAC-SHA1 with a random salt. */
export function hashHostName(name: string, salt: Buffer): string {
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function parseEntry(line: string): (Omit<KnownKey, 'file' | 'line'> & { readonly names: string }) | null {
  const words = line.replace(/^[ \t]+/, '').split(/[ \t\r]+/);
  if (words[0] === undefined || words[0] === '' || words[0].startsWith('#')) return null;
  let marker: KnownKey['marker'] = null;
  if (words[0].startsWith('@')) {
    const name = words.shift();
    if (name === '@revoked') marker = 'revoked';
    else if (name === '@cert-authority') marker = 'cert-authority';
    else return null;
  }
  const [names, keyType, base64] = words;
  if (names === undefined || keyType === undefined || base64 === undefined) return null;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  const key = Buffer.from(base64, 'base64');
  return keyTypeOf(key) === keyType ? { marker, names, keyType, key } : null;
}

function speaksOf(names: string, name: string): boolean {
  if (!names.startsWith('|')) return matchesPatternList(names.toLowerCase().split(','), name);
  const [, version, salt, hash] = names.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
