import { t } from '../../core/language';
import { readFile, stat } from 'node:fs/promises';
import ssh2, { type ParsedKey } from 'ssh2';
import { keyTypeOf } from './known-hosts';

/** What is in a private key's file, as far as it can be seen without its passphrase. */
export type KeyFile =
  | { readonly kind: 'missing' }
  /** `why` goes on after the file's name: “is a folder”. */
  | { readonly kind: 'unusable'; readonly why: string }
  | {
      readonly kind: 'key';
      readonly content: Buffer;
      /** The public half; null if the file keeps it encrypted and there is no .pub file next to it. */
      readonly publicKey: ParsedKey | null;
      readonly encrypted: boolean;
    };

const maxKeyBytes = 1 << 20;

/** Reads a private key's file in any form that ssh2 knows (OpenSSH, PEM, PuTTY's PPK). */
export async function readKeyFile(file: string): Promise<KeyFile> {
  let content: Buffer;
  try {
    const stats = await stat(file);
    if (!stats.isFile()) return { kind: 'unusable', why: t('is not a file') };
    if (stats.size > maxKeyBytes) return { kind: 'unusable', why: t('is too large for a key') };
    content = await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    return { kind: 'unusable', why: t('cannot be read ({0})', code ?? '?') };
  }
  const outer = publicHalfOf(content);
  const publicFile = outer === null ? await readPublicFile(`${file}.pub`) : null;
  const publicBlob = outer ?? publicFile;
  const publicType = publicBlob === null ? null : keyTypeOf(publicBlob);
  if (publicType?.startsWith('sk-'))
    return { kind: 'unusable', why: t('is on a security key, which is not supported') };
  const publicKey = publicBlob === null ? null : parsePublicKey(publicBlob);
  const parsed = ssh2.utils.parseKey(content);
  if (!(parsed instanceof Error)) {
    const key = firstOf(parsed);
    return key.isPrivateKey()
      ? { kind: 'key', content, publicKey: key, encrypted: false }
      : { kind: 'unusable', why: t('holds a public key; the private one is needed') };
  }
  if (/encrypted/i.test(parsed.message) && /no passphrase/i.test(parsed.message)) {
    return { kind: 'key', content, publicKey, encrypted: true };
  }
  return { kind: 'unusable', why: t('holds no key of a kind that is known ({0})', parsed.message) };
}

/** Null if the passphrase is wrong. */
export function decryptKey(content: Buffer, passphrase: string): ParsedKey | null {
  const parsed = ssh2.utils.parseKey(content, passphrase);
  return parsed instanceof Error ? null : firstOf(parsed);
}

/** From the form in which keys go over the wire; null for a kind that ssh2 does not know. */
export function parsePublicKey(blob: Buffer): ParsedKey | null {
  const parsed = ssh2.utils.parseKey(`${keyTypeOf(blob)} ${blob.toString('base64')}`);
  return parsed instanceof Error ? null : firstOf(parsed);
}

/** The public key of a `.pub` file, in the form in which it goes over the wire. */
export async function readPublicFile(file: string): Promise<Buffer | null> {
  try {
    if ((await stat(file)).size > maxKeyBytes) return null;
    const [type, base64] = (await readFile(file, 'latin1')).trim().split(/\s+/);
    if (base64 === undefined) return null;
    const blob = Buffer.from(base64, 'base64');
    return keyTypeOf(blob) === type ? blob : null;
  } catch {
    return null;
  }
}

/** ssh2's types say one key; for some forms it gives a list of one. */
function firstOf(parsed: ParsedKey | readonly ParsedKey[]): ParsedKey {
  return Array.isArray(parsed) ? (parsed as readonly ParsedKey[])[0]! : (parsed as ParsedKey);
}

/** OpenSSH's own form keeps the public half readable (PROTOCOL.key of its sources). */
function publicHalfOf(content: Buffer): Buffer | null {
  const base64 = /^-----BEGIN OPENSSH PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END/m.exec(
    content.toString('latin1'),
  )?.[1];
  if (base64 === undefined) return null;
  const bytes = Buffer.from(base64, 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return null;
  let offset = magic.length;
  const next = (): Buffer | null => {
    if (offset + 4 > bytes.length) return null;
    const end = offset + 4 + bytes.readUInt32BE(offset);
    const field = end <= bytes.length ? bytes.subarray(offset + 4, end) : null;
    offset = end;
    return field;
  };
  for (let skipped = 0; skipped < 3; skipped++) if (next() === null) return null; // cipher, kdf and its options
  offset += 4; // the number of keys, always one
  return next();
}
