import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  describeDestination,
  listConfiguredHosts,
  resolveDestination,
  type Destination,
} from '../../../../src/jetson/connection/destination';
import { pageantPipe } from '../../../../src/jetson/connection/agent';
import { failureOf, valueOf } from '../../../jetson/harness/result';

const exec = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'framecast-destination-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function configured(text: string): Promise<string> {
  const file = path.join(folder, `config-${files++}`);
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

async function resolved(text: string, config: string): Promise<Destination> {
  return valueOf(await resolveDestination(text, { configFile: await configured(config) }));
}

/** What OpenSSH makes of the same configuration. */
async function openssh(host: string, configFile: string): Promise<Map<string, string[]>> {
  const { stdout } = await exec('ssh', ['-G', '-F', configFile, host]);
  const options = new Map<string, string[]>();
  for (const line of stdout.trim().split('\n')) {
    const space = line.indexOf(' ');
    const name = line.slice(0, space);
    options.set(name, [...(options.get(name) ?? []), line.slice(space + 1)]);
  }
  return options;
}

describe('what is written as a destination', () => {
  const user = os.userInfo().username;
  it.each([
    ['nano', { host: 'nano', port: 22, user }],
    ['me@nano', { host: 'nano', port: 22, user: 'me' }],
    ['me@nano:2222', { host: 'nano', port: 2222, user: 'me' }],
    ['nano:2222', { host: 'nano', port: 2222, user }],
    ['ssh://me@nano:2222', { host: 'nano', port: 2222, user: 'me' }],
    ['ssh://nano/', { host: 'nano', port: 22, user }],
    ['SSH://me%40work@nano', { host: 'nano', port: 22, user: 'me@work' }],
    ['me@work@nano', { host: 'nano', port: 22, user: 'me@work' }],
    ['me@[fe80::1]:2222', { host: 'fe80::1', port: 2222, user: 'me' }],
    ['[::1]', { host: '::1', port: 22, user }],
    ['fe80::1', { host: 'fe80::1', port: 22, user }],
    ['fe80::1%eth0', { host: 'fe80::1%eth0', port: 22, user }],
    ['  me@192.168.1.7  ', { host: '192.168.1.7', port: 22, user: 'me' }],
    ['Nano.Local', { host: 'nano.local', port: 22, user }],
  ])('%s', async (text, expected) => {
    expect(await resolved(text, '')).toMatchObject({ ...expected, alias: text.trim() });
  });

  it.each([
    ['', 'it is empty'],
    ['me@', 'there is no host'],
    ['@nano', 'no user name'],
    ['nano:0', 'the port must be'],
    ['nano:65536', 'the port must be'],
    ['nano:ssh', 'the port must be'],
    ['[::1]:x', 'the port must be'],
    ['-oProxyCommand=id', 'cannot begin with a dash'],
    ['me@-nano', 'cannot begin with a dash'],
    ['-l@nano', 'cannot begin with a dash'],
    ['na no', 'a space or a control character'],
    ['nano\nX', 'a space or a control character'],
    ['nano;id', 'a character that no host has'],
    ['$(id)', 'a character that no host has'],
    ['http://nano', 'http:// is no way'],
    ['ssh://me:secret@nano', 'a password cannot be part'],
    ['ssh://nano/path', 'a path cannot follow'],
    ['ssh://%ZZ@nano', 'no user name'],
  ])('refuses %j', async (text, why) => {
    const error = failureOf(await resolveDestination(text, { configFile: '/dev/null' }));
    expect(error.code).toBe('invalid-request');
    expect(error.message).toContain(why);
    expect(error.message).not.toContain('secret@nano is');
  });

  it('is described as a user would write it', () => {
    expect(describeDestination({ user: 'me', host: 'nano', port: 22 })).toBe('me@nano');
    expect(describeDestination({ user: 'me', host: '::1', port: 2222 })).toBe('me@[::1]:2222');
  });
});

describe('a configuration, compared with `ssh -G`', () => {
  const text = `
# A comment
Host nano jetson-*
  HostName %h.lab.example
  Port 2222
  User="jetson"
  IdentityFile ~/.ssh/id_lab
  IdentityFile "/keys/with space/%r@%h"
  IdentitiesOnly yes
  ConnectTimeout 1m30s
  ServerAliveInterval 15
  ServerAliveCountMax 4
Host jetson-? !jetson-2
  Compression yes
  HostKeyAlias shared-key
  StrictHostKeyChecking yes
Host *.example !bad.example
  User late
Host BigCase
  hostname UPPER.Example
  USER upper
Match host *.lab.example user jetson
  IdentityFile /keys/matched
  UserKnownHostsFile /known/one "/known/two and a half"
Match originalhost nano2,nano3
  HostName 10.0.0.7
  Port=2200
Match host 10.0.0.* !user root
  User matched
Match all
  GlobalKnownHostsFile /known/global
  HashKnownHosts yes
Host *
  User fallback
  Port 2300
  AddressFamily inet
`;

  it.each(['nano', 'jetson-1', 'jetson-2', 'jetson-10', 'bad.example', 'good.example', 'BigCase', 'nano2', 'nano9'])(
    '%s',
    async (host) => {
      const configFile = await configured(text);
      const truth = await openssh(host, configFile);
      const ours = valueOf(await resolveDestination(host, { configFile }));
      const first = (name: string): string | undefined => truth.get(name)?.[0];
      expect(ours.host).toBe(first('hostname'));
      expect(String(ours.port)).toBe(first('port'));
      expect(ours.user).toBe(first('user'));
      expect(ours.identitiesOnly ? 'yes' : 'no').toBe(first('identitiesonly'));
      expect(ours.hostKeyAlias ?? undefined).toBe(first('hostkeyalias'));
      expect(ours.strictHostKeyChecking).toBe(first('stricthostkeychecking') === 'true' ? 'yes' : 'ask');
      expect(String(ours.connectTimeoutSeconds ?? 'none')).toBe(first('connecttimeout'));
      expect(String(ours.serverAliveIntervalSeconds)).toBe(first('serveraliveinterval'));
      expect(String(ours.serverAliveCountMax)).toBe(first('serveralivecountmax'));
      expect(ours.addressFamily).toBe(first('addressfamily'));
      expect(ours.hashKnownHosts ? 'yes' : 'no').toBe(first('hashknownhosts'));
      if (first('identityfile')?.startsWith('~/.ssh/id_rsa') !== true) {
        expect(ours.identityFiles).toEqual(truth.get('identityfile')?.map((file) => expandTruth(file, truth)));
      }
      const known = ours.userKnownHostsFiles.map((file) => file.replace(os.homedir(), '~'));
      if (first('userknownhostsfile')?.startsWith('/known')) {
        // `ssh -G` does not quote, so the two files with a space between them are one text.
        expect(known.join(' ')).toBe(first('userknownhostsfile'));
      } else {
        expect(ours.userKnownHostsFiles.map((file) => path.basename(file))).toEqual(['known_hosts', 'known_hosts2']);
      }
      expect(ours.globalKnownHostsFiles).toEqual(['/known/global']);
      expect(ours.notes).toEqual([]);
    },
  );

  /** `ssh -G` shows names of files as they are written. */
  function expandTruth(file: string, truth: ReadonlyMap<string, readonly string[]>): string {
    return file
      .replace(/^~/, os.homedir())
      .replaceAll('%r', truth.get('user')?.[0] ?? '')
      .replaceAll('%h', truth.get('hostname')?.[0] ?? '');
  }

  it('files that it includes, in the place where they are', async () => {
    const inner = path.join(folder, 'conf.d');
    await mkdir(path.join(inner, 'deep'), { recursive: true });
    await writeFile(path.join(inner, '10-first.conf'), 'Host nano\n  Port 1001\nHost other\n  Port 1002\n');
    await writeFile(path.join(inner, '20-second.conf'), 'User everybody\nHost nano\n  Port 2001\n');
    await writeFile(path.join(inner, '.hidden.conf'), 'Host *\n  Port 1\n');
    await writeFile(path.join(inner, 'deep', 'inside.conf'), 'Host *\n  Port 7777\n');
    const include = `Host never\n  Include ${inner}/deep/*.conf\nHost *\n  HostName h-%h\nInclude ${inner}/*.conf ${inner}/missing\nHost *\n  Port 9999\n`;
    for (const host of ['nano', 'other', 'third', 'never']) {
      const configFile = await configured(include);
      const truth = await openssh(host, configFile);
      const ours = valueOf(await resolveDestination(host, { configFile }));
      expect([ours.host, String(ours.port), ours.user]).toEqual([
        truth.get('hostname')?.[0],
        truth.get('port')?.[0],
        truth.get('user')?.[0],
      ]);
    }
  });

  it('Match final, which sees the name that was found', async () => {
    const config = 'Host nano\n  HostName nano.lab\nMatch final host nano.lab\n  User last\nHost *.lab\n  Port 4444\n';
    const configFile = await configured(config);
    const truth = await openssh('nano', configFile);
    const ours = valueOf(await resolveDestination('nano', { configFile }));
    expect([ours.host, ours.user, String(ours.port)]).toEqual([
      truth.get('hostname')?.[0],
      truth.get('user')?.[0],
      truth.get('port')?.[0],
    ]);
    expect(ours.user).toBe('last');
  });
});

describe('a configuration', () => {
  it('leads through jump hosts, each with options of its own', async () => {
    const config = `
Host board
  HostName 10.0.0.5
  ProxyJump gate,second@inner:2022
Host gate
  HostName gate.example
  User keeper
  ProxyJump outer
Host inner
  Port 1
  ProxyJump never-asked
Host outer
  HostName outer.example
`;
    const { proxyJump, host } = await resolved('board', config);
    expect(host).toBe('10.0.0.5');
    expect(proxyJump.map(describeDestination)).toEqual([
      `${os.userInfo().username}@outer.example`,
      'keeper@gate.example',
      'second@inner:2022',
    ]);
    expect(proxyJump.every((hop) => hop.proxyJump.length === 0)).toBe(true);
  });

  it('refuses jumps that lead back', async () => {
    const config = 'Host a\n  ProxyJump b\nHost b\n  ProxyJump c\nHost c\n  ProxyJump a\n';
    const error = failureOf(await resolveDestination('a', { configFile: await configured(config) }));
    expect(error.code).toBe('invalid-request');
    expect(error.message).toContain('leads back to');
    const self = 'Host *\n  ProxyJump gate\n';
    expect(failureOf(await resolveDestination('a', { configFile: await configured(self) })).message).toContain('gate');
  });

  it('takes ProxyJump none, and the first of ProxyJump and ProxyCommand', async () => {
    expect((await resolved('a', 'Host a\n  ProxyJump none\nHost *\n  ProxyJump gate\n')).proxyJump).toEqual([]);
    expect((await resolved('a', 'ProxyCommand none\nProxyJump gate\n')).proxyJump).toEqual([]);
    expect((await resolved('a', 'Host a\n  ProxyJump gate\n  ProxyCommand nc %h %p\n')).proxyJump).toHaveLength(1);
  });

  it.each([
    ['ProxyCommand nc %h %p', 'ProxyCommand'],
    ['KnownHostsCommand /bin/keys %H', 'KnownHostsCommand'],
    ['RevokedHostKeys /etc/ssh/revoked', 'RevokedHostKeys'],
    ['Port nonsense', 'Port'],
    ['ProxyJump user@', 'ProxyJump'],
  ])('names what it cannot do: %s', async (line, name) => {
    const error = failureOf(await resolveDestination('a', { configFile: await configured(`Host a\n  ${line}\n`) }));
    expect(error.code).toBe('invalid-request');
    expect(error.message).toContain(name);
    expect((await resolved('other', `Host a\n  ${line}\n`)).port).toBe(22);
  });

  it('notes what it leaves out', async () => {
    const { notes, strictHostKeyChecking } = await resolved(
      'a',
      'Host a\n  StrictHostKeyChecking no\n  CertificateFile ~/.ssh/cert.pub\nMatch exec "true"\n  Port 99\n',
    );
    expect(strictHostKeyChecking).toBe('ask');
    expect(notes.join('\n')).toMatch(/exec[\s\S]*CertificateFile[\s\S]*StrictHostKeyChecking no/);
  });

  it('leaves out criteria that are named like parts of JavaScript’s objects', async () => {
    const { user, notes } = await resolved('a', 'Match constructor x\n  User y\nMatch toString x\n  User z\n');
    expect(user).not.toMatch(/[yz]/);
    expect(notes.join('\n')).toMatch(/constructor[\s\S]*tostring/);
  });

  it('never runs a command of the configuration', async () => {
    const trace = path.join(folder, 'ran');
    await resolved('a', `Match exec "touch ${trace}"\n  User x\nHost *\n  CanonicalizeHostname yes\n`);
    await expect(exec('test', ['-e', trace])).rejects.toThrow();
  });

  it('says what is wrong with a file that cannot be understood', async () => {
    for (const broken of ['Host a\n  User "unfinished\n', 'Host a\n  IdentityFile x\\\n', 'Match host\n']) {
      const error = failureOf(await resolveDestination('a', { configFile: await configured(broken) }));
      expect(error.code).toBe('unreadable');
      expect(error.message).toMatch(/cannot be understood as an SSH configuration/);
    }
    for (const [broken, option] of [
      ['Host\n', 'Host'],
      ['Host a\n  User\n  Port 3\n', 'User'],
      ['Port 3\nUser', 'User'],
    ] as const) {
      const error = failureOf(await resolveDestination('a', { configFile: await configured(broken) }));
      expect(error.message).toContain(`gives ${option} no value`);
    }
    const loop = await configured('');
    await writeFile(loop, `Include ${loop}\n`);
    expect(failureOf(await resolveDestination('a', { configFile: loop })).message).toMatch(/Include/);
  });

  it('treats a missing file as empty', async () => {
    const ours = valueOf(await resolveDestination('a', { configFile: path.join(folder, 'missing') }));
    expect(ours.host).toBe('a');
  });

  it('says which agent and which files count', async () => {
    const options = {
      home: '/home/me',
      environment: { SSH_AUTH_SOCK: '/run/agent', KEYS: '/keys', OTHER: '/run/other' },
    };
    const of = async (config: string): Promise<Destination> =>
      valueOf(await resolveDestination('a', { ...options, configFile: await configured(config) }));
    expect((await of('')).identityAgent).toBe('/run/agent');
    expect((await of('IdentityAgent none')).identityAgent).toBeNull();
    expect((await of('IdentityAgent SSH_AUTH_SOCK')).identityAgent).toBe('/run/agent');
    expect((await of('IdentityAgent $OTHER')).identityAgent).toBe('/run/other');
    expect((await of('IdentityAgent ~/agent.sock')).identityAgent).toBe('/home/me/agent.sock');
    expect((await of('IdentityFile ${KEYS}/%u-%%')).identityFiles).toEqual([`/keys/${os.userInfo().username}-%`]);
    expect((await of('IdentityFile none')).identityFiles).toEqual([]);
    expect((await of('')).identityFiles).toEqual(
      ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((id) => `/home/me/.ssh/${id}`),
    );
    expect((await of('UserKnownHostsFile none')).userKnownHostsFiles).toEqual([]);
    expect((await of('PasswordAuthentication no')).refusedMethods).toEqual(['password']);
    expect((await of('PreferredAuthentications publickey')).refusedMethods).toEqual([
      'password',
      'keyboard-interactive',
    ]);
  });

  it('finds the agents and files of Windows', async () => {
    const options = {
      home: 'C:\\Users\\Me',
      environment: { ProgramData: 'D:\\Data', HOME: 'C:\\Users\\Me' },
      platform: 'win32',
    } as const;
    const of = async (config: string): Promise<Destination> =>
      valueOf(await resolveDestination('a', { ...options, configFile: await configured(config) }));
    const plain = await of('');
    expect(plain.identityAgent).toBe('\\\\.\\pipe\\openssh-ssh-agent');
    expect(plain.identityFiles[0]).toBe('C:\\Users\\Me\\.ssh\\id_ed25519');
    expect(plain.globalKnownHostsFiles[0]).toBe('D:\\Data\\ssh\\ssh_known_hosts');
    for (const pipe of ['\\\\.\\pipe\\pageant.Me.5f', '"//./pipe/pageant.Me.5f"']) {
      expect((await of(`IdentityAgent ${pipe}`)).identityAgent).toBe('\\\\.\\pipe\\pageant.Me.5f');
    }
    for (const file of [
      '~/.ssh/board',
      '~\\.ssh\\board',
      'c:/users/me/.ssh/board',
      '%d\\.ssh\\board',
      '"${HOME}/.ssh/board"',
    ]) {
      const [found] = (await of(`IdentityFile ${file}`)).identityFiles;
      expect(found?.toLowerCase()).toBe('c:\\users\\me\\.ssh\\board');
    }
    expect(pageantPipe(['lsass', 'PAGEANT.ME.0a1b', 'pageant.other.2c'], 'Me')).toBe('\\\\.\\pipe\\PAGEANT.ME.0a1b');
    expect(pageantPipe(['pageant.meg.0a1b', 'openssh-ssh-agent'], 'Me')).toBeNull();
  });

  it('finds the agents of macOS, whose paths have spaces', async () => {
    const launchd = '/private/tmp/com.apple.launchd.Xy7/Listeners';
    const options = { home: '/Users/me', environment: { SSH_AUTH_SOCK: launchd }, platform: 'darwin' } as const;
    const of = async (config: string): Promise<Destination> =>
      valueOf(await resolveDestination('a', { ...options, configFile: await configured(config) }));
    // As Apple's documentation has them; they change nothing here.
    const keychain = await of('UseKeychain yes\nAddKeysToAgent yes\nIgnoreUnknown UseKeychain\n');
    expect([keychain.identityAgent, keychain.notes]).toEqual([launchd, []]);
    const own = '~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock';
    const expected = `/Users/me${own.slice(1)}`;
    expect((await of(`IdentityAgent "${own}"`)).identityAgent).toBe(expected);
  });

  it('lists the hosts that it names', async () => {
    const inner = await configured('Host included-one\n  Host nested\n');
    const config = `Host a b *.example !c\nHost a d?\nMatch host z\n  User x\nInclude ${inner}\nHost -bad\n`;
    expect(await listConfiguredHosts({ configFile: await configured(config) })).toEqual([
      'a',
      'b',
      'included-one',
      'nested',
    ]);
    expect(await listConfiguredHosts({ configFile: await configured('Host "broken\n') })).toEqual([]);
  });
});
