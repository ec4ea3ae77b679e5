import * as vscode from 'vscode';

const places: ReadonlyMap<string, string> = new Map([
  ['ssh-remote', 'the SSH host of this window'],
  ['wsl', 'WSL'],
  ['dev-container', 'the container'],
  ['attached-container', 'the container'],
  ['k8s-container', 'the container'],
  ['codespaces', 'the codespace'],
  ['tunnel', 'the machine behind the tunnel'],
]);

/**
 * Where connections to boards start, in a window whose extensions do not run on the user's own computer; otherwise null.
 * That machine's network and SSH configuration count, and those of the user's own do not.
 */
export function connectionOrigin(): string | null {
  const { remoteName } = vscode.env;
  if (remoteName === undefined) return null;
  return `Boards are reached from ${places.get(remoteName) ?? 'the remote machine'}, with its network and its ~/.ssh/config.`;
}
