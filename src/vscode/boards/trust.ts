import * as vscode from 'vscode';
import { t } from '../../core/language';
import { failure, type Result } from '../../core/result';
import { offered } from '../services/ask';

/**
 * Whether Framecast may connect to boards from this window. Where the workspace is not trusted it says so and offers to
 * change that: files of a folder that nobody vouched for are not to be sent to a machine of the user's.
 */
export async function requireTrust(what: Connecting): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const isWanted = await offered('Warning', sentence(what), t('Manage Workspace Trust'));
  if (isWanted) await vscode.commands.executeCommand('workbench.trust.manage');
  return vscode.workspace.isTrusted;
}

/**
 * What connecting to a board gives in a workspace that is not trusted; null where it is. Asked where connections are
 * made, whatever led there.
 */
export function untrusted(): Result<never> | null {
  return vscode.workspace.isTrusted ? null : failure('not-ready', sentence('devices'));
}

/** What connects to boards. */
type Connecting = 'benchmarks' | 'devices';

function sentence(what: Connecting): string {
  return what === 'benchmarks'
    ? t('Benchmarks need a trusted workspace, because they connect to other machines. Predictions work without it.')
    : t('Devices need a trusted workspace, because they connect to other machines. Predictions work without it.');
}
