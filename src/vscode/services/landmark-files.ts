import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { isNetworkPath } from '../../core/network-path';
import { defaultLandmarksFile } from '../../files/landmarks';
import { absolutePath } from './absolute-path';
import { isOnDisk } from './on-disk';
import { onDidChangeSetting } from './settings';

/** Where landmarks are kept, by the settings. */
export interface LandmarkFiles {
  /** The user's own store, absolute. */
  readonly own: string;
  /** Files that the open folders share, absolute. */
  readonly team: readonly string[];
}

const section = 'framecast';

/** The files that the settings name: `~` is the home folder, other relative paths start at the folder that is open. */
export function landmarkFiles(): LandmarkFiles {
  const configuration = vscode.workspace.getConfiguration(section);
  const own: unknown = configuration.get('landmarksFile');
  const named = typeof own === 'string' ? own.trim() : '';
  const team = (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) => {
    if (!isOnDisk(uri)) return [];
    const files: unknown = vscode.workspace.getConfiguration(section, uri).get('teamLandmarks');
    return texts(files)
      .filter((file) => !isNetworkPath(file))
      .map((file) => absolutePath(file, uri.fsPath));
  });
  const ownFile = named === '' ? defaultLandmarksFile() : absolutePath(named, homedir());
  return { own: ownFile, team: [...new Set(team)].filter((file) => file !== ownFile) };
}

/** Calls back when the settings may name other files. */
export function onDidChangeLandmarkFiles(listener: () => void): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeWorkspaceFolders(listener),
    onDidChangeSetting([`${section}.landmarksFile`, `${section}.teamLandmarks`], listener),
  );
}

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter((item): item is string => typeof item === 'string' && item.trim() !== '')
    .map((item) => item.trim());
}
