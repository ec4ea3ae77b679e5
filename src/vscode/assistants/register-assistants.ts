import * as vscode from 'vscode';
import type { Tool } from '../../assistants/tool';
import { toAbortSignal } from '../services/cancellation';
import { registerMcpServer } from './mcp-server-definition';
import type { ToolHostParts } from './tool-host';

/** Before the name of each tool among those of all extensions. */
const prefix = 'framecast_';

/**
 * Offers the tools to language models, as `package.json` describes them, and the command line as an MCP server where VS
 * Code takes some. What answers is loaded at the first question.
 */
export function registerAssistants(
  context: vscode.ExtensionContext,
  loadParts: () => Promise<ToolHostParts>,
): vscode.Disposable {
  const { contributes } = context.extension.packageJSON as {
    readonly contributes: { readonly languageModelTools: readonly { readonly name: string }[] };
  };
  const load = async () => {
    const [{ callTool, checkInput, tools }, { createToolHost }, parts] = await Promise.all([
      import('../../assistants/tools'),
      import('./tool-host'),
      loadParts(),
    ]);
    return { callTool, checkInput, tools, host: createToolHost(parts) };
  };
  let loading: ReturnType<typeof load> | null = null;
  const open = async (name: string, input: unknown) => {
    const loaded = await (loading ??= load());
    const tool: Tool = loaded.tools.find((each) => prefix + each.name === name)!;
    const checked = loaded.checkInput(tool, input);
    if (!checked.ok) throw new Error(`${checked.error.code}: ${checked.error.message}`);
    return { ...loaded, tool, input: checked.value };
  };
  const registrations = contributes.languageModelTools.map(({ name }) =>
    vscode.lm.registerTool<object>(name, {
      prepareInvocation: async (options) => {
        const { tool, input, host } = await open(name, options.input);
        const invocationMessage = `Framecast: ${tool.title}`;
        if (tool.question === null || host.benchmarkObstacle() !== null) return { invocationMessage };
        return { invocationMessage, confirmationMessages: { title: tool.title, message: tool.question(input) } };
      },
      invoke: async (options, token) => {
        const { tool, input, host, callTool } = await open(name, options.input);
        const progress = { signal: toAbortSignal(token), report: () => undefined };
        const answer = await callTool(tool, input, host, progress);
        // The assistant is told.
        if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(answer.value.text)]);
      },
    }),
  );
  return vscode.Disposable.from(...registrations, registerMcpServer(context));
}
