import * as vscode from 'vscode';
import { defaultDevice, namedMode } from '../../core/landmarks/devices';
import { defaultRuntime, isRuntime, type Runtime } from '../../core/landmarks/landmark';
import { isKnownDevice } from './known-devices';

/** Where a model is to run, and how fast the user wants it there. */
export interface Settings {
  readonly device: string;
  readonly runtime: Runtime;
  /** Of the device; absent where it is the fastest. */
  readonly powerMode?: string | undefined;
  /** null when the user has set no target. */
  readonly targetFps: number | null;
}

const section = 'framecast';

/** The settings that hold for a file; a value that is none of the offered ones counts as the default. */
export function readSettings(scope?: vscode.Uri): Settings {
  const configuration = vscode.workspace.getConfiguration(section, scope);
  const device: unknown = configuration.get('device');
  const runtime: unknown = configuration.get('runtime');
  const targetFps: unknown = configuration.get('targetFps');
  const powerMode: unknown = configuration.get('powerMode');
  const board = typeof device === 'string' && isKnownDevice(device) ? device : defaultDevice;
  return {
    device: board,
    ...(typeof powerMode === 'string' ? namedMode(board, powerMode) : {}),
    runtime: typeof runtime === 'string' && isRuntime(runtime) ? runtime : defaultRuntime,
    targetFps: typeof targetFps === 'number' && targetFps > 0 && Number.isFinite(targetFps) ? targetFps : null,
  };
}

/**
 * Changes settings where they are set now, the most specific place first. What is nowhere set is set for the user; a target,
 * which is one project's, for the workspace where there is one, whatever the user has set elsewhere.
 */
export async function writeSettings(changes: Partial<Settings>, scope?: vscode.Uri): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(section, scope);
  for (const [name, value] of Object.entries(changes)) {
    const set = configuration.inspect(name);
    const target =
      set?.workspaceFolderValue !== undefined
        ? vscode.ConfigurationTarget.WorkspaceFolder
        : set?.workspaceValue !== undefined
          ? vscode.ConfigurationTarget.Workspace
          : name === 'targetFps' && vscode.workspace.workspaceFolders !== undefined
            ? vscode.ConfigurationTarget.Workspace
            : vscode.ConfigurationTarget.Global;
    // Without a target here, that of the user would hold again.
    const none = target === vscode.ConfigurationTarget.Global || set?.globalValue == null ? undefined : null;
    await configuration.update(name, value ?? none, target);
  }
}

/** Calls the listener when one of these settings, or anything below them, changes. */
export function onDidChangeSetting(names: readonly string[], listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (names.some((name) => event.affectsConfiguration(name))) listener();
  });
}

/** Calls the listener when any setting of Framecast changes. */
export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return onDidChangeSetting([section], listener);
}
