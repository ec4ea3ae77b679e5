import * as vscode from 'vscode';

/**
 * Whether Framecast may connect to boards from this window. Where the workspace is not trusted it says so and offers to
 * change that: files of a folder that nobody vouched for are not to be sent to a machine of the user's.
 *
 * @param what is asked for, in the plural, e.g. `Benchmarks`
 */
export async function requireTrust(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const picked = await vscode.window.showWarningMessage(
    `${what} need a trusted workspace, as they connect to other machines. Predictions work without.`,
    manage,
  );
  if (picked === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return vscode.workspace.isTrusted;
}
