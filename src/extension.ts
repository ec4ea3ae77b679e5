import * as vscode from 'vscode';
import { registerAssistants } from './vscode/assistants/register-assistants';
import type { ToolHostParts } from './vscode/assistants/tool-host';
import { useDisplayLanguage } from './vscode/services/language';

/**
 * Called by VS Code when the extension is needed for the first time, while other extensions wait. So it only takes the
 * names of the commands and tools and starts loading; one that is called before everything is loaded waits for that. Views,
 * editors and hovers are asked again by VS Code when they register.
 */
export function activate(context: vscode.ExtensionContext): void {
  useDisplayLanguage();
  const { contributes } = context.extension.packageJSON as {
    readonly contributes: { readonly commands: readonly { readonly command: string }[] };
  };
  let loaded: Promise<ToolHostParts> | null = null;
  const placeholders = contributes.commands.map(({ command }) =>
    vscode.commands.registerCommand(command, async (...args: unknown[]) => {
      await load();
      return await vscode.commands.executeCommand(command, ...args);
    }),
  );
  const load = (): Promise<ToolHostParts> => (loaded ??= loadEverything());

  async function loadEverything(): Promise<ToolHostParts> {
    const { start } = await import('./vscode/start');
    placeholders.forEach((placeholder) => void placeholder.dispose());
    return start(context);
  }

  // VS Code asks for these once, and only once.
  context.subscriptions.push(registerAssistants(context, load));

  setImmediate(() => void load());
}
