import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** A user that only one server knows. */
export interface Account {
  readonly user: string;
  readonly password: string;
  readonly home: string;
  /** For `startSshd`: runs the server where this user exists, and nobody else's passwords do. */
  readonly launcher: readonly string[];
  /** For `startSshd`: lets PAM check passwords. */
  readonly config: readonly string[];
}

const userId = 64_999;

/** Why this machine cannot have servers with accounts of their own; null where it can. */
export async function whyNoAccounts(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'only root can give a server accounts of its own';
  try {
    await exec('unshare', ['-m', 'sh', '-c', 'mount --bind /etc/passwd /etc/passwd && test -e /etc/pam.d/sshd']);
    return null;
  } catch {
    return 'this machine allows no mount namespaces, or has no PAM service for sshd';
  }
}

/**
 * Prepares files of accounts with one more user, who has a password, in a folder; the launcher lays them over those of
 * /etc in a mount namespace, so that the machine's own stay as they are.
 */
export async function makeAccount(folder: string): Promise<Account> {
  const user = 'boarder';
  const password = 'correct horse "battery" $staple';
  const home = path.join(folder, 'home-of-boarder');
  await mkdir(home, { recursive: true });
  await chown(home, userId, userId);
  await chmod(folder, 0o755);
  // perl is part of every Debian; Node.js has no crypt(3).
  const { stdout: hash } = await exec('perl', ['-e', 'print crypt($ARGV[0], q($6$saltofatest$))', password]);
  const files = {
    passwd: `${await readFile('/etc/passwd', 'utf8')}${user}:x:${userId}:${userId}::${home}:/bin/sh\n`,
    group: `${await readFile('/etc/group', 'utf8')}${user}:x:${userId}:\n`,
    shadow: `${user}:${hash}:19000:0:99999:7:::\n`,
    'pam.d/sshd': 'auth required pam_unix.so nodelay\naccount required pam_unix.so\nsession required pam_permit.so\n',
  };
  const mounts: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, `etc-${name.replace('/', '-')}`);
    await writeFile(file, content, { mode: name === 'shadow' ? 0o600 : 0o644 });
    mounts.push(`mount --bind '${file}' /etc/${name}`);
  }
  return {
    user,
    password,
    home,
    launcher: ['unshare', '-m', 'sh', '-c', `${mounts.join(' && ')} && exec "$@"`, 'sh'],
    config: ['UsePAM yes', 'MaxAuthTries 20'],
  };
}
