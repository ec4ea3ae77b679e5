import * as vscode from 'vscode';

/**
 * Called by VS Code when the extension is needed for the first time, while other extensions wait. So it only takes the
 * names of the commands and starts loading; a command that comes before everything is loaded waits for that. Views,
 * editors and hovers are asked again by VS Code when they register.
 */
export function activate(context: vscode.ExtensionContext): void {
  const { contributes } = context.extension.packageJSON as {
    readonly contributes: { readonly commands: readonly { readonly command: string }[] };
  };
  let loaded: Promise<void> | null = null;
  const placeholders = contributes.commands.map(({ command }) =>
    vscode.commands.registerCommand(command, async (...args: unknown[]) => {
      await load();
      return await vscode.commands.executeCommand(command, ...args);
    }),
  );
  const load = (): Promise<void> => (loaded ??= loadEverything());

  async function loadEverything(): Promise<void> {
    const { start } = await import('./vscode/start');
    placeholders.forEach((placeholder) => void placeholder.dispose());
    start(context);
  }

  setImmediate(() => void load());
}
