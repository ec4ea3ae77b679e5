import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandIn } from '../../jetson/stand-in/stand-in';
import type { Workbench } from '../harness/workbench';
import {
  answer,
  dialog,
  forgetMeasurements,
  openFolderOfModels,
  pick,
  startBoard,
  writeDevices,
  writeSshConfig,
} from './board';
import { showAlone } from './side-bar';

const passphrase = 'correct horse';

let board: StandIn;
let workbench: Workbench;
/** The known_hosts file of the extension under test, empty at first. */
let knownHosts: string;
beforeAll(async () => {
  forgetMeasurements();
  writeDevices([]);
  board = await startBoard({ tensorrt: '8.5', sshd: { userKey: { passphrase } } });
  const { server } = board;
  knownHosts = join(server.folder, 'known by the user');
  writeSshConfig(
    [
      'Host *',
      `IdentityFile ${server.userKeyFile}`,
      'IdentitiesOnly yes',
      'IdentityAgent none',
      `UserKnownHostsFile "${knownHosts}"`,
      'GlobalKnownHostsFile none',
      '',
    ].join('\n'),
  );
  workbench = await openFolderOfModels();
  await showAlone(workbench, 'Devices');
});
afterAll(async () => {
  await workbench.close();
  await board.stop();
});

const view = () => workbench.page.locator('.pane').filter({ hasText: /^Devices/ });
const row = (text: string | RegExp) =>
  workbench.page.locator('.sidebar .monaco-list-row').filter({ visible: true, hasText: text }).first();
const notification = (text: string | RegExp) =>
  workbench.page.locator('.notification-list-item').filter({ visible: true, hasText: text }).first();

/** Chooses an entry of a device's menu. */
async function choose(device: string, entry: string): Promise<void> {
  await row(device).click({ button: 'right' });
  const item = workbench.page.locator('.context-view .action-item').filter({ visible: true, hasText: entry }).first();
  await item.waitFor();
  // A menu takes no notice of a click that comes as soon as it is there.
  await workbench.page.waitForTimeout(400);
  await item.click();
}

describe('the Devices view', () => {
  it('says what it is for while it is empty', async () => {
    await view().getByText('Add a Jetson that you can reach over SSH').waitFor();
    await workbench.screenshot('devices-empty');
  });

  it('adds a device by hand, after showing its key and asking for the passphrase', async () => {
    const { server } = board;
    await view().getByRole('button', { name: 'Add Device…' }).first().click();
    await answer(workbench, 'Add Device', `${server.user}@127.0.0.1:${server.port}`);
    await answer(workbench, 'Name of', 'bench nano');

    await dialog(workbench).getByText('Is this the key of 127.0.0.1').waitFor();
    const text = await dialog(workbench).innerText();
    const printed = execFileSync('ssh-keygen', ['-lf', `${server.hostKeys[0]?.file}.pub`], { encoding: 'utf8' });
    const fingerprint = /SHA256:\S+/.exec(printed)?.[0] ?? 'no fingerprint';
    expect(text).toContain(fingerprint);
    expect(text).toContain('ED25519');
    await workbench.screenshot('devices-host-key');
    await dialog(workbench).getByRole('button', { name: 'Connect and Save' }).click();

    await answer(workbench, /Passphrase/, 'wrong');
    await answer(workbench, /does not open the key/, passphrase);
    await notification('Keep the passphrase').waitFor();
    expect(readFileSync(knownHosts, 'utf8')).toContain('ssh-ed25519');
    await notification('Keep the passphrase').getByRole('button', { name: 'Keep' }).click();
    await expect.poll(() => row('bench nano').innerText()).toMatch(/ready/);
  });

  it('shows what the board is and does', async () => {
    // The extension host of these tests is on a server, as that of Remote-SSH is.
    await view()
      .getByText(/^Boards are reached from .* with its network/)
      .waitFor();
    await row('bench nano').click();
    await row('TensorRT').waitFor();
    expect(await row('TensorRT').innerText()).toMatch(/8\.5\.2/);
    await row('JetPack').waitFor();
    await row('Power mode').waitFor();
    await row('Temperature').waitFor();
    await workbench.screenshot('devices-ready');
    await choose('bench nano', 'Show Device Report');
    await workbench.page.locator('.tab.active').filter({ hasText: 'bench nano' }).waitFor();
    await workbench.screenshot('devices-report');
  });

  it('connects again without a question, and says what is missing', async () => {
    await board.configure({ hasTrtexec: false, clocksLocked: false });
    await choose('bench nano', 'Test Device Connection');
    await expect.poll(() => row('bench nano').innerText()).toMatch(/2 warnings/);
    await row('neither TensorRT').waitFor();
    await row('GPU clocks are not locked').waitFor();
    await workbench.screenshot('devices-warnings');
    await board.configure({ hasTrtexec: true, clocksLocked: true });
    await choose('bench nano', 'Test Device Connection');
    await expect.poll(() => row('bench nano').innerText()).toMatch(/ready/);
    await expect.poll(() => row('bench nano').innerText()).not.toMatch(/warning/);
  });

  it('lists the jobs on the board, of which there are none', async () => {
    await choose('bench nano', 'Jobs and Files on the Board');
    const list = workbench.page
      .locator('.quick-input-widget')
      .filter({ visible: true, hasText: 'Framecast on bench nano' });
    await list.waitFor();
    await workbench.screenshot('devices-jobs');
    await pick(workbench, 'Clean up');
    await notification(/^.*Removed .* from bench nano/).waitFor();
  });

  it('refuses a host whose key has changed, and says what to do', async () => {
    const known = readFileSync(knownHosts, 'utf8');
    const other = join(board.server.folder, 'other_key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const [, key] = readFileSync(`${other}.pub`, 'utf8').split(' ');
    writeFileSync(knownHosts, known.replace(/(ssh-ed25519) \S+/, `$1 ${key}`));
    await choose('bench nano', 'Test Device Connection');
    await expect.poll(() => row('bench nano').innerText()).toMatch(/host key changed/);
    await notification(/ssh-keygen -f .* -R/).waitFor();
    await workbench.screenshot('devices-changed-key');
    writeFileSync(knownHosts, known);
  });

  it('removes a device after asking', async () => {
    await choose('bench nano', 'Remove Device');
    await dialog(workbench).getByRole('button', { name: 'Remove' }).click();
    await view().getByText('Add a Jetson that you can reach over SSH').waitFor();
  });
});
