import * as vscode from 'vscode';
import { onDidChangeSetting } from '../services/settings';
import { parseSavedDevices, type SavedDevice, type SavedDevices } from './saved-device';

const setting = 'framecast.devices';

/** The boards that the user has named. A workspace cannot name any: the setting belongs to the machine. */
export function readSavedDevices(): SavedDevices {
  return parseSavedDevices(vscode.workspace.getConfiguration().get<unknown>(setting));
}

/** Adds a device, or replaces the one of the same name. Entries that are broken stay for the user to mend. */
export async function saveDevice(device: SavedDevice): Promise<void> {
  await writeEntries((entries) => [...entries.filter((entry) => nameOf(entry) !== device.name), device]);
}

export async function removeSavedDevice(name: string): Promise<void> {
  await writeEntries((entries) => entries.filter((entry) => nameOf(entry) !== name));
}

/** Calls back when the devices may have changed. */
export function onDidChangeSavedDevices(listener: () => void): vscode.Disposable {
  return onDidChangeSetting([setting], listener);
}

async function writeEntries(change: (entries: readonly unknown[]) => readonly unknown[]): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  const value = configuration.inspect<unknown>(setting)?.globalValue;
  await configuration.update(setting, change(Array.isArray(value) ? value : []), vscode.ConfigurationTarget.Global);
}

function nameOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : undefined;
}
