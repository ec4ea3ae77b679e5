import * as vscode from 'vscode';
import { t } from '../../core/language';
import { resolveDestination } from '../../jetson/connection/destination';
import { confirmed, offered } from '../services/ask';
import { addDevice } from './add-device';
import { pickDevice } from '../benchmarks/benchmark-choice';
import { boardReportText } from './board-report-text';
import { forgetPassword } from './connection-prompts';
import type { DeviceMonitor } from './device-monitor';
import { readSavedDevices, removeSavedDevice } from './device-settings';
import type { DeviceNode } from './devices-view';
import type { ReadOnlyTexts } from './read-only-text';
import { destinationText, type SavedDevice } from './saved-device';
import { requireTrust } from './trust';
import { withProgress } from '../services/with-progress';

/** Registers what can be done with a device: from the view's menus, or for one that the user picks. */
export function registerDeviceCommands(
  monitor: DeviceMonitor,
  secrets: vscode.SecretStorage,
  texts: ReadOnlyTexts,
): vscode.Disposable {
  const onDevice = (name: string, title: string, run: (device: SavedDevice) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(`framecast.devices.${name}`, async (target: unknown) => {
      if (!(await requireTrust('devices'))) return;
      const device = deviceOf(target) ?? (await pickDevice(monitor, title, t('Which device?')));
      if (device) await run(device);
    });
  return vscode.Disposable.from(
    vscode.commands.registerCommand('framecast.devices.add', async () => {
      if (!(await requireTrust('devices'))) return;
      const device = await addDevice();
      if (device) await test(device, monitor, texts);
    }),
    onDevice('test', t('Test Device Connection'), (device) => test(device, monitor, texts)),
    onDevice('remove', t('Remove Device'), (device) => remove(device, monitor, secrets)),
    onDevice('report', t('Show Device Report'), (device) => showReport(device, monitor, texts)),
    onDevice('jobs', t('Show Jobs and Files on the Board'), async (device) =>
      (await import('./board-jobs-menu')).manageBoardJobs(device, monitor),
    ),
    onDevice('forgetSecrets', t('Forget Device Password'), (device) => forgetSecrets(device, secrets)),
    vscode.commands.registerCommand('framecast.devices.copy', async (node: unknown) => {
      const text = textOf(node);
      if (text !== null) await vscode.env.clipboard.writeText(text);
    }),
  );
}

async function test(device: SavedDevice, monitor: DeviceMonitor, texts: ReadOnlyTexts): Promise<void> {
  const report = await withProgress(t('Connecting to {0}', device.name), (signal) => monitor.test(device, signal));
  if (!report.ok) return;
  const { state, reason } = monitor.status(device);
  const kind = state === 'reachable' ? 'Warning' : 'Information';
  if (await offered(kind, `${device.name}: ${reason}`, t('Show Report'))) await showReport(device, monitor, texts);
}

async function remove(device: SavedDevice, monitor: DeviceMonitor, secrets: vscode.SecretStorage): Promise<void> {
  const detail = t('Its landmarks and the files on the board stay; “Show Jobs and Files on the Board…” removes those.');
  if (!(await confirmed(t('Remove {0}?', device.name), detail, t('Remove')))) return;
  await forgetSecrets(device, secrets, { quietly: true });
  await removeSavedDevice(device.name);
  monitor.forget(device.name);
}

async function forgetSecrets(
  device: SavedDevice,
  secrets: vscode.SecretStorage,
  { quietly = false }: { readonly quietly?: boolean } = {},
): Promise<void> {
  const destination = await resolveDestination(destinationText(device));
  if (destination.ok) await forgetPassword(secrets, destination.value);
  if (!quietly) vscode.window.setStatusBarMessage(t('$(check) Forgot the password of {0}', device.name), 3000);
}

/** What the last probe found, as a page of text; probes first where none did. */
async function showReport(device: SavedDevice, monitor: DeviceMonitor, texts: ReadOnlyTexts): Promise<void> {
  if (monitor.status(device).report === null) {
    const report = await withProgress(t('Connecting to {0}', device.name), (signal) => monitor.test(device, signal));
    if (!report.ok) return;
  }
  await texts.show(`${device.name}.md`, boardReportText(device, monitor.status(device)));
}

/** The device of the view that a menu was opened on. */
export function deviceOf(target: unknown): SavedDevice | undefined {
  if (typeof target !== 'object' || target === null || !('kind' in target) || target.kind !== 'device')
    return undefined;
  const { device } = target as Partial<Extract<DeviceNode, { kind: 'device' }>>;
  // As it is now: the setting may have changed since the view was drawn.
  return readSavedDevices().devices.find(({ name }) => name === device?.name);
}

function textOf(node: unknown): string | null {
  if (typeof node !== 'object' || node === null || !('kind' in node)) return null;
  const known = node as DeviceNode;
  if (known.kind === 'fact') return known.value;
  return known.kind === 'concern' ? known.concern.message : null;
}
