import * as vscode from 'vscode';
import { t } from '../../core/language';

function placeName(remoteName: string): string {
  switch (remoteName) {
    case 'ssh-remote':
      return t('the SSH host of this window');
    case 'wsl':
      return 'WSL';
    case 'dev-container':
    case 'attached-container':
    case 'k8s-container':
      return t('the container');
    case 'codespaces':
      return t('the codespace');
    case 'tunnel':
      return t('the machine behind the tunnel');
    default:
      return t('the remote machine');
  }
}

/**
 * Where connections to boards start, in a window whose extensions do not run on the user's own computer; otherwise null.
 * That machine's network and SSH configuration count, and those of the user's own do not.
 */
export function connectionOrigin(): string | null {
  const { remoteName } = vscode.env;
  if (remoteName === undefined) return null;
  return t('Boards are reached from {0}, with its network and its ~/.ssh/config.', placeName(remoteName));
}
