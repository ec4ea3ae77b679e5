import * as vscode from 'vscode';
import { t } from '../../core/language';
import { parseDestinationText } from '../../jetson/connection/destination-text';
import { listConfiguredHosts, resolveDestination } from '../../jetson/connection/destination';
import { runWizard, type Wizard } from '../services/wizard';
import { readSavedDevices, saveDevice } from './device-settings';
import { destinationText, freeDeviceName, type SavedDevice } from './saved-device';

interface HostItem extends vscode.QuickPickItem {
  readonly host: string | null;
}

/** Asks for a board, from ~/.ssh/config or by hand, and adds it to the setting; null when the user gives up. */
export async function addDevice(): Promise<SavedDevice | null> {
  const saved = readSavedDevices().devices;
  const hosts = (await listConfiguredHosts()).filter(
    (host) => !saved.some((device) => destinationText(device) === host),
  );
  const device = await runWizard(t('Add Device'), (wizard) => askDevice(wizard, hosts, saved));
  if (!device) return null;
  await saveDevice(device);
  return device;
}

async function askDevice(
  wizard: Wizard,
  hosts: readonly string[],
  saved: readonly SavedDevice[],
): Promise<SavedDevice | null> {
  wizard.expect(2);
  const text = hosts.length === 0 ? await askDestination(wizard) : await pickDestination(wizard, hosts);
  const parts = splitDestination(text);
  if (parts === null) return null;
  const taken = saved.map(({ name }) => name);
  const name = await wizard.input({
    prompt: t('Name of {0}: what the board is called in Framecast. Its landmarks carry this name too.', text),
    value: freeDeviceName(parts.host, taken),
    complaint: (entered) => nameProblem(entered, taken),
  });
  return { name, ...parts };
}

async function pickDestination(wizard: Wizard, hosts: readonly string[]): Promise<string> {
  const picked = await wizard.pick<HostItem>(
    [
      ...hosts.map((host): HostItem => ({ label: host, description: t('from ~/.ssh/config'), host })),
      { label: '', kind: vscode.QuickPickItemKind.Separator, host: null },
      { label: t('$(edit) Another host…'), description: t('user@host or user@host:port'), host: null },
    ],
    { prompt: t('Which board?') },
  );
  if (picked.host !== null) return picked.host;
  wizard.expect(3);
  return await askDestination(wizard);
}

async function askDestination(wizard: Wizard): Promise<string> {
  return await wizard.input({
    prompt: t('user@host, user@host:port or a host of ~/.ssh/config'),
    placeHolder: 'nvidia@192.168.55.1',
    complaint: async (text) => {
      if (text === '') return undefined;
      const resolved = await resolveDestination(text);
      return resolved.ok ? undefined : resolved.error.message;
    },
  });
}

/** What was written, in its parts; null where it is no destination. */
function splitDestination(text: string): Omit<SavedDevice, 'name'> | null {
  const parsed = parseDestinationText(text);
  if (!parsed.ok) return null;
  const { user, host, port } = parsed.value;
  return { host, user: user ?? undefined, port: port ?? undefined };
}

function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name === '') return t('Enter a name.');
  if (name.length > 100) return t('Enter a name of at most 100 characters.');
  return taken.includes(name) ? t('There is a device {0} already. Choose another name.', name) : undefined;
}
