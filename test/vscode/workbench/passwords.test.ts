import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeAccount, whyNoAccounts, type Account } from '../../jetson/harness/accounts';
import { startAskingServer, type AskingServer } from '../../jetson/harness/asking-server';
import { startSshd, type TestServer } from '../../jetson/harness/sshd';
import type { Workbench } from '../harness/workbench';
import { answer, openFolderOfModels, writeDevices, writeSshConfig } from './board';
import { showAlone } from './side-bar';

const whyNot = await whyNoAccounts();
if (whyNot !== null) console.log(`Passwords are not tested in the workbench: ${whyNot}.`);

let folder: string;
let account: Account | null = null;
let server: TestServer | null = null;
let interactive: TestServer | null = null;
let asking: AskingServer;
let workbench: Workbench;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'framecast-passwords-'));
  chmodSync(folder, 0o755);
  asking = await startAskingServer([
    { prompt: 'Token code: ', echo: true, answer: '123 456' },
    { prompt: 'PIN: ', echo: false, answer: 'secret pin' },
  ]);
  const boards = [{ name: 'token', port: asking.port, user: 'anybody', known: asking.knownHostsLine }];
  if (whyNot === null) {
    account = await makeAccount(folder);
    const { user } = account;
    server = await startWithAccount(account, 'PasswordAuthentication yes');
    interactive = await startWithAccount(account, 'KbdInteractiveAuthentication yes');
    boards.push({ name: 'locked', port: server.port, user, known: readFileSync(server.knownHostsFile, 'utf8') });
    const known = readFileSync(interactive.knownHostsFile, 'utf8');
    boards.push({ name: 'polite', port: interactive.port, user, known });
  }
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(knownHosts, boards.map(({ known }) => known).join(''));
  writeSshConfig(
    [
      'Host *',
      'HostName 127.0.0.1',
      `UserKnownHostsFile ${knownHosts}`,
      'GlobalKnownHostsFile none',
      'IdentityFile none',
      'IdentityAgent none',
      '',
    ].join('\n'),
  );
  writeDevices(boards.map(({ name, port, user }) => ({ name, host: '127.0.0.1', port, user })));
  workbench = await openFolderOfModels();
  await showAlone(workbench, 'Devices');
});
afterAll(async () => {
  await workbench.close();
  writeDevices([]);
  await asking.stop();
  await server?.stop();
  await interactive?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function startWithAccount({ config, launcher, home }: Account, line: string): Promise<TestServer> {
  const started = await startSshd({ config: [line, ...config], launcher, environment: { HOME: home } });
  chmodSync(started.folder, 0o755);
  return started;
}

const row = (text: string) =>
  workbench.page.locator('.sidebar .monaco-list-row').filter({ visible: true, hasText: text }).first();
const notification = (text: string | RegExp) =>
  workbench.page.locator('.notification-list-item').filter({ visible: true, hasText: text }).first();
const box = (text: string | RegExp) =>
  workbench.page.locator('.quick-input-widget').filter({ visible: true, hasText: text });

/** Chooses an entry of a device's menu. */
async function choose(device: string, entry: string): Promise<void> {
  await row(device).click({ button: 'right' });
  const item = workbench.page.locator('.context-view .action-item').filter({ visible: true, hasText: entry }).first();
  await item.waitFor();
  // A menu takes no notice of a click that comes as soon as it is there.
  await workbench.page.waitForTimeout(400);
  await item.click();
}

const testConnection = (device: string): Promise<void> => choose(device, 'Test Device Connection');

/** Waits until the connection is made, and the board was asked what it is. */
async function isProbed(device: string): Promise<void> {
  await expect.poll(() => row(device).innerText()).toMatch(/reachable, not ready/);
  // Only three notifications are shown at once.
  await workbench.runCommand('Notifications: Clear All Notifications');
}

/** How often somebody has signed in to a server. */
async function visits(of: TestServer | null): Promise<number> {
  return ((await of?.log()) ?? '').split('Accepted ').length - 1;
}

/** Files of VS Code and of the user's home that hold a text. */
function filesWith(text: string): string[] {
  const { scratch } = inject('harness');
  const entries = readdirSync(scratch, { recursive: true, encoding: 'utf8' }).map((name) => join(scratch, name));
  return entries.filter((file) => {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats?.isFile() === true && stats.size < 2 ** 24 && readFileSync(file).includes(text);
  });
}

describe.skipIf(whyNot !== null)('a board that takes passwords', () => {
  it('is left alone when the question is dismissed, and nothing is kept', async () => {
    await testConnection('locked');
    await box('Password of').waitFor();
    const input = box('Password of').locator('input').filter({ visible: true }).first();
    expect(await input.getAttribute('type')).toBe('password');
    await workbench.screenshot('password');
    await input.press('Escape');
    await expect.poll(() => row('locked').innerText()).toContain('never connected');
    await expect.poll(() => workbench.notifications()).toEqual([]);
  });

  it('asks again after a wrong password, and again the next time where it was not kept', async () => {
    await testConnection('locked');
    await answer(workbench, 'Password of', 'wrong');
    await answer(workbench, 'The password was not accepted', account?.password ?? '');
    await notification('Keep the password').getByRole('button', { name: 'Not Now' }).click();
    await isProbed('locked');
    expect(await visits(server)).toBe(1);
    await testConnection('locked');
    await answer(workbench, 'Password of', account?.password ?? '');
    await notification('Keep the password').waitFor();
    await workbench.screenshot('password-keep');
    await notification('Keep the password').getByRole('button', { name: 'Keep' }).click();
    await isProbed('locked');
  });

  it('connects without a question where it was kept, in the secret storage alone', async () => {
    expect(filesWith(account?.password ?? '')).toEqual([]);
    const before = await visits(server);
    await testConnection('locked');
    await expect.poll(() => visits(server)).toBe(before + 1);
    await isProbed('locked');
    expect(await box('Password of').count()).toBe(0);
  });

  it('asks anew where the kept one does not open it any more, and forgets that', async () => {
    const shadow = join(folder, 'etc-shadow');
    const hashes = readFileSync(shadow, 'utf8');
    writeFileSync(shadow, hashes.replace(/:\$6\$[^:]+:/, ':!:'));
    await testConnection('locked');
    await box('The password was not accepted').waitFor();
    await box('The password was not accepted').locator('input').filter({ visible: true }).first().press('Escape');
    await box('The password was not accepted').waitFor({ state: 'hidden' });
    writeFileSync(shadow, hashes);
    await testConnection('locked');
    await answer(workbench, 'Password of', account?.password ?? '');
    await notification('Keep the password').getByRole('button', { name: 'Keep' }).click();
    await isProbed('locked');
  });

  it('forgets the password when it is told to', async () => {
    await choose('locked', 'Forget Device Password');
    await expect.poll(async () => (await workbench.statusBar()).join()).toContain('Forgot the password of locked');
    await testConnection('locked');
    await box('Password of').locator('input').filter({ visible: true }).first().press('Escape');
    await box('Password of').waitFor({ state: 'hidden' });
  });

  it('is asked the same by servers that ask for the password in a dialogue of their own', async () => {
    await testConnection('polite');
    await answer(workbench, 'Password of', 'wrong');
    await answer(workbench, 'The password was not accepted', account?.password ?? '');
    await notification('Keep the password').getByRole('button', { name: 'Not Now' }).click();
    await isProbed('polite');
  });
});

describe('a board with questions of its own', () => {
  it('has each of them asked, hidden where it says so, and again after wrong answers', async () => {
    await testConnection('token');
    await box('Token code').waitFor();
    const text = await box('Token code').innerText();
    expect(text).toContain(`anybody@127.0.0.1:${asking.port} asks: Second factor`);
    expect(text).toContain('Look at your token.');
    await workbench.screenshot('password-token');
    await answer(workbench, 'Token code', '000 000');
    const pin = box('PIN').locator('input').filter({ visible: true }).first();
    await pin.waitFor();
    expect(await pin.getAttribute('type')).toBe('password');
    await answer(workbench, 'PIN', 'secret pin');
    await answer(workbench, 'Token code', '123 456');
    await answer(workbench, 'PIN', 'secret pin');
    await isProbed('token');
    expect(asking.answers).toEqual([
      ['000 000', 'secret pin'],
      ['123 456', 'secret pin'],
    ]);
  });

  it('keeps no answers, and takes no for an answer', async () => {
    await testConnection('token');
    await box('Token code').locator('input').filter({ visible: true }).first().press('Escape');
    await box('Token code').waitFor({ state: 'hidden' });
    expect(asking.answers.slice(2).flat().join('')).toBe('');
    await expect.poll(() => workbench.notifications()).toEqual([]);
    expect(filesWith('secret pin')).toEqual([]);
  });
});
