import * as vscode from 'vscode';

/** As VS Code 1.101 has it and the oldest supported one does not, so its types are not there. */
interface McpApi {
  readonly lm: {
    registerMcpServerDefinitionProvider?(
      id: string,
      provider: {
        readonly onDidChangeMcpServerDefinitions: vscode.Event<void>;
        provideMcpServerDefinitions(): unknown[];
      },
    ): vscode.Disposable;
  };
  readonly McpStdioServerDefinition: new (
    label: string,
    command: string,
    args: string[],
    env: Record<string, string>,
    version: string,
  ) => unknown;
}

/** Offers the command line as an MCP server, for agents that use servers alone; nothing where VS Code takes none. */
export function registerMcpServer({ extension, extensionUri }: vscode.ExtensionContext): vscode.Disposable {
  const { lm, McpStdioServerDefinition } = vscode as unknown as McpApi;
  const changed = new vscode.EventEmitter<void>();
  const provideMcpServerDefinitions = (): unknown[] => {
    const command = vscode.Uri.joinPath(extensionUri, 'dist', 'cli.js').fsPath;
    const args = [command, 'mcp', ...(vscode.workspace.isTrusted ? [] : ['--no-benchmark'])];
    // VS Code's own program, as Node.js.
    return [new McpStdioServerDefinition('Framecast', process.execPath, args, { ELECTRON_RUN_AS_NODE: '1' }, version)];
  };
  const { version } = extension.packageJSON as { readonly version: string };
  let provider: vscode.Disposable | undefined;
  try {
    provider = lm.registerMcpServerDefinitionProvider?.('framecast.mcp', {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions,
    });
  } catch {
    // VS Code 1.100 has a draft of it, which no extension may use.
  }
  const trusted = vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire());
  return vscode.Disposable.from(...(provider ? [provider] : []), trusted, changed);
}
