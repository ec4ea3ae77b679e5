import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostKeyAlgorithms, judgeHostKey } from '../../../src/jetson/connection/host-key';
import {
  findKnownKeys,
  fingerprintOf,
  keyTypeOf,
  knownHostName,
  readKnownHosts,
  type KnownKey,
} from '../../../src/jetson/connection/known-hosts';
import { appendKnownHost } from '../../../src/jetson/connection/known-hosts-append';
import { failureOf, valueOf } from '../harness/result';
import { makeKey } from '../harness/sshd';

const exec = promisify(execFile);

let folder: string;
const keys: Record<'one' | 'two' | 'rsa' | 'ecdsa', string> = { one: '', two: '', rsa: '', ecdsa: '' };
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-known-hosts-'));
  for (const [name, type] of [
    ['one', 'ed25519'],
    ['two', 'ed25519'],
    ['rsa', 'rsa'],
    ['ecdsa', 'ecdsa'],
  ] as const) {
    keys[name] = (await makeKey(path.join(folder, name), type)).split(' ').slice(0, 2).join(' ');
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const blob = (key: string): Buffer => Buffer.from(key.split(' ')[1] ?? '', 'base64');

async function fileWith(text: string): Promise<string> {
  const file = path.join(folder, 'known_hosts');
  await rm(`${file}.old`, { force: true });
  await writeFile(file, text);
  return file;
}

async function find(file: string, name: string): Promise<readonly KnownKey[]> {
  return findKnownKeys(valueOf(await readKnownHosts([file])), name);
}

/** Lines and types that `ssh-keygen -F` finds. */
async function truth(file: string, name: string): Promise<string[]> {
  const { stdout } = await exec('ssh-keygen', ['-F', name, '-f', file]).catch((error: { stdout: string }) => error);
  return [...stdout.matchAll(/^# Host .* found: line (\d+)/gm)].map(([, line]) => String(line));
}

describe('known_hosts that cannot be read', () => {
  it('is no empty one: it may revoke the key', async () => {
    const large = path.join(folder, 'large');
    await writeFile(large, '');
    await truncate(large, 17 * 2 ** 20);
    const pipe = path.join(folder, 'pipe');
    await exec('mkfifo', [pipe]);
    for (const [file, why] of [
      [folder, /is not a regular file/],
      [pipe, /is not a regular file/],
      [large, /more than 16 MiB/],
      ['/proc/self/mem', /cannot be read/],
    ] as const) {
      const error = failureOf(await readKnownHosts([file]));
      expect(error.code).toBe('unreadable');
      expect(error.message).toMatch(why);
    }
    expect(valueOf(await readKnownHosts(['/dev/null', path.join(folder, 'gone')]))).toEqual([]);
  });
});

describe('look-ups in known_hosts, compared with `ssh-keygen -F`', () => {
  it('plain, hashed, with ports, wildcards, negations and markers, between lines that are none', async () => {
    const lines = [
      '# a comment',
      `nano ${keys.one} me@there`,
      `\tnano,10.0.0.7 ${keys.rsa}`,
      `[nano]:2222 ${keys.two}`,
      `*.lab.example,!secret.lab.example ${keys.one}`,
      `10.0.0.? ${keys.two}`,
      `@revoked nano ${keys.two}`,
      `@cert-authority *.lab.example ${keys.ecdsa}`,
      'nano',
      'nano ssh-ed25519',
      `@strange nano ${keys.one}`,
      '',
      '\0\xff\xfe binary',
      `NANO.upper ${keys.one}`,
      `[::1]:2222,fe80::1 ${keys.ecdsa}`,
      `nano ${keys.ecdsa}`,
    ];
    const file = await fileWith(`${lines.join('\n')}\n`);
    const hashed = path.join(folder, 'hashed');
    const plain = lines.filter(
      (line) => /^(nano|\[nano\]|\[::1\]|10)/.test(line) && / [A-Za-z0-9+/=]{60,}$/.test(line),
    );
    await writeFile(hashed, `${plain.filter((line) => !line.includes('?')).join('\n')}\n`);
    await exec('ssh-keygen', ['-H', '-f', hashed]);
    expect(await readFile(hashed, 'utf8')).toMatch(/^\|1\|/);
    for (const [host, port] of [
      ['nano', 22],
      ['nano', 2222],
      ['nano', 2223],
      ['NANO', 22],
      ['10.0.0.7', 22],
      ['10.0.0.77', 22],
      ['a.lab.example', 22],
      ['secret.lab.example', 22],
      ['nano.upper', 22],
      ['::1', 2222],
      ['fe80::1', 22],
      ['other', 22],
    ] as const) {
      for (const where of [file, hashed]) {
        const name = knownHostName(host, port);
        const ours = await find(where, name);
        expect({ where, name, lines: ours.map(({ line }) => String(line)) }).toEqual({
          where,
          name,
          lines: await truth(where, name),
        });
      }
    }
  });

  it('gives the types and keys of what it finds', async () => {
    const file = await fileWith(`nano ${keys.one}\r\n@revoked nano ${keys.two}`);
    const found = await find(file, 'nano');
    expect(found.map(({ marker, keyType }) => [marker, keyType])).toEqual([
      [null, 'ssh-ed25519'],
      ['revoked', 'ssh-ed25519'],
    ]);
    expect(found[0]?.key.equals(blob(keys.one))).toBe(true);
  });

  it('passes over keys that are damaged, which `ssh-keygen -F` does not look at', async () => {
    const broken = ['nano ssh-ed25519 not!base64', `nano ssh-rsa ${keys.one.split(' ')[1]}`, 'nano ssh-ed25519 AAAA'];
    const file = await fileWith(`${broken.join('\n')}\nnano ${keys.one}\n`);
    expect((await find(file, 'nano')).map(({ line }) => line)).toEqual([4]);
  });

  it('reads several files, and none that is missing', async () => {
    const file = await fileWith(`nano ${keys.one}\n`);
    expect(valueOf(await readKnownHosts([path.join(folder, 'missing'), file]))).toHaveLength(1);
  });

  it('prints fingerprints as `ssh-keygen -l` does', async () => {
    for (const [name, key] of Object.entries(keys)) {
      const { stdout } = await exec('ssh-keygen', ['-l', '-f', path.join(folder, `${name}.pub`)]);
      expect(fingerprintOf(blob(key))).toBe(stdout.split(' ')[1]);
    }
  });

  it('does not take long over patterns made to be slow', async () => {
    const file = await fileWith(`${'*a'.repeat(500)}b ${keys.one}\n`);
    const begin = performance.now();
    expect(await find(file, 'a'.repeat(2000))).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  it('takes bytes that are no key for none', () => {
    expect(keyTypeOf(Buffer.alloc(0))).toBeNull();
    expect(keyTypeOf(Buffer.from([0, 0, 0, 200, 65]))).toBeNull();
    expect(keyTypeOf(Buffer.from([0xff, 0xff, 0xff, 0xff, 65]))).toBeNull();
  });
});

describe('adding to known_hosts', () => {
  it('makes the file for its owner alone, and ssh-keygen finds the host in it', async () => {
    const file = path.join(folder, 'new', 'folder', 'known_hosts');
    valueOf(await appendKnownHost(file, { name: '[nano]:2222', key: blob(keys.one), hash: false }));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    expect(await readFile(file, 'utf8')).toBe(`[nano]:2222 ${keys.one}\n`);
    expect(await truth(file, '[nano]:2222')).toEqual(['1']);
  });

  it('keeps what is there, also behind a last line without an end', async () => {
    const file = await fileWith(`other ${keys.two}`);
    valueOf(await appendKnownHost(file, { name: 'nano', key: blob(keys.one), hash: false }));
    expect(await readFile(file, 'utf8')).toBe(`other ${keys.two}\nnano ${keys.one}\n`);
  });

  it('hashes the name where it is asked to, and where the file does', async () => {
    const file = await fileWith('');
    valueOf(await appendKnownHost(file, { name: 'nano', key: blob(keys.one), hash: true }));
    valueOf(await appendKnownHost(file, { name: 'second', key: blob(keys.two), hash: false }));
    const text = await readFile(file, 'utf8');
    expect(text).not.toMatch(/nano|second/);
    expect(await truth(file, 'nano')).toEqual(['1']);
    expect(await truth(file, 'second')).toEqual(['2']);
    expect((await find(file, 'second')).map(({ line }) => line)).toEqual([2]);
  });

  it('says when it cannot', async () => {
    const error = failureOf(await appendKnownHost(folder, { name: 'nano', key: blob(keys.one), hash: false }));
    expect(error.code).toBe('unwritable');
    expect(error.message).toContain(folder);
  });
});

describe('the verdict on a key', () => {
  const known = async (text: string, name = 'nano', without: string | null = null) => {
    const file = await fileWith(text);
    return { keys: await find(file, name), keysWithoutPort: without === null ? [] : await find(file, without) };
  };

  it('is known, unknown, changed or revoked', async () => {
    const one = blob(keys.one);
    expect(judgeHostKey(one, await known(`nano ${keys.one}\n`))).toEqual({ kind: 'known' });
    expect(judgeHostKey(one, await known(`nano ${keys.two}\nnano ${keys.one}\n`))).toEqual({ kind: 'known' });
    expect(judgeHostKey(one, await known(`other ${keys.one}\n`))).toEqual({ kind: 'unknown', note: null });
    expect(judgeHostKey(one, await known(`nano ${keys.two}\n`))).toMatchObject({
      kind: 'changed',
      instead: { line: 1 },
    });
    expect(judgeHostKey(one, await known(`nano ${keys.one}\n@revoked * ${keys.one}\n`))).toMatchObject({
      kind: 'revoked',
      by: { line: 2 },
    });
    expect(judgeHostKey(one, await known(`@revoked nano ${keys.two}\n`))).toMatchObject({ kind: 'unknown' });
  });

  it('warns of a host that hides the key it is known for', async () => {
    const verdict = judgeHostKey(blob(keys.one), await known(`nano ${keys.rsa}\n`));
    expect(verdict).toMatchObject({ kind: 'unknown' });
    expect(verdict.kind === 'unknown' && verdict.note).toMatch(/another type \(RSA\)/);
  });

  it('trusts no certificate authority, and says so', async () => {
    const verdict = judgeHostKey(blob(keys.one), await known(`@cert-authority nano ${keys.one}\n`));
    expect(verdict.kind === 'unknown' && verdict.note).toMatch(/does not support host certificates/);
  });

  it('takes a key that is known without the port, as ssh does, but not instead of one with it', async () => {
    const text = `nano ${keys.one}\n`;
    expect(judgeHostKey(blob(keys.one), await known(text, '[nano]:2222', 'nano'))).toEqual({ kind: 'known' });
    expect(judgeHostKey(blob(keys.two), await known(text, '[nano]:2222', 'nano'))).toMatchObject({ kind: 'unknown' });
    const both = `nano ${keys.one}\n[nano]:2222 ${keys.two}\n`;
    expect(judgeHostKey(blob(keys.one), await known(both, '[nano]:2222', 'nano'))).toMatchObject({ kind: 'changed' });
  });

  it('asks first for the types that are known', async () => {
    expect(hostKeyAlgorithms(await known(`nano ${keys.rsa}\n@revoked nano ${keys.one}\n`), false)[0]).toBe(
      'rsa-sha2-512',
    );
    expect(hostKeyAlgorithms(await known(`nano ${keys.ecdsa}\n`), false)[0]).toBe('ecdsa-sha2-nistp256');
    expect(hostKeyAlgorithms(await known(''), false)[0]).toBe('ssh-ed25519');
    expect(new Set(hostKeyAlgorithms(await known(`nano ${keys.rsa}\n`), false)).size).toBe(6);
    expect(hostKeyAlgorithms(await known(''), false)).not.toContain('ssh-rsa');
    expect(hostKeyAlgorithms(await known(''), true)).toContain('ssh-rsa');
  });
});
