import * as vscode from 'vscode';
import type { Tool } from '../../assistants/tool';
import { toAbortSignal } from '../services/cancellation';
import { registerMcpServer } from './mcp-server-definition';
import type { ToolHostParts } from './tool-host';

/** Before the name of each tool among those of all extensions. */
const prefix = 'framecast_';

/** A tool as VS Code shows it, in its display language. */
interface ToolText {
  readonly name: string;
  readonly displayName: string;
  readonly userDescription: string;
}

/**
 * Offers the tools to language models, as `package.json` describes them, and the command line as an MCP server where VS
 * Code takes some. What answers is loaded at the first question.
 */
export function registerAssistants(
  context: vscode.ExtensionContext,
  loadParts: () => Promise<ToolHostParts>,
): vscode.Disposable {
  const { contributes } = context.extension.packageJSON as {
    readonly contributes: { readonly languageModelTools: readonly ToolText[] };
  };
  const load = async () => {
    const [{ callTool, checkInput, tools }, { createToolHost }, { callInEnglish }, parts] = await Promise.all([
      import('../../assistants/tools'),
      import('./tool-host'),
      import('./answers-in-english'),
      loadParts(),
    ]);
    return { callTool, checkInput, tools, callInEnglish, host: createToolHost(parts) };
  };
  let loading: ReturnType<typeof load> | null = null;
  const open = async (name: string, input: unknown) => {
    const loaded = await (loading ??= load());
    const tool: Tool = loaded.tools.find((each) => prefix + each.name === name)!;
    const checked = loaded.checkInput(tool, input);
    if (!checked.ok) throw new Error(`${checked.error.code}: ${checked.error.message}`);
    return { ...loaded, tool, input: checked.value };
  };
  const registrations = contributes.languageModelTools.map(({ name, displayName, userDescription }) =>
    vscode.lm.registerTool<object>(name, {
      prepareInvocation: async (options) => {
        const { tool, input, host } = await open(name, options.input);
        if (tool.question === null || host.benchmarkObstacle() !== null) return { invocationMessage: displayName };
        const confirmationMessages = { title: userDescription, message: tool.question(input) };
        return { invocationMessage: displayName, confirmationMessages };
      },
      invoke: async (options, token) => {
        const { tool, input, host, callTool, callInEnglish } = await open(name, options.input);
        const progress = { signal: toAbortSignal(token), report: () => undefined };
        const answer = await callInEnglish(() => callTool(tool, input, host, progress));
        // The assistant is told.
        if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(answer.value.text)]);
      },
    }),
  );
  return vscode.Disposable.from(...registrations, registerMcpServer(context));
}
