import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { harmlessText } from '../core/harmless-text';
import { failure, success, type Result } from '../core/result';
import { benchmarkTool } from './benchmark-tool';
import { boardsTool } from './boards-tool';
import { landmarksTool } from './landmarks-tool';
import { compareTool, predictTool } from './model-tools';
import { pipelineTool } from './pipeline-tool';
import { planTool } from './plan-tool';
import type { Tool, ToolAnswer, ToolHost, ToolProgress } from './tool';

/** What assistants may ask, in every surface. `package.json` says the same to VS Code. */
export const tools: readonly Tool[] = [
  predictTool,
  compareTool,
  boardsTool,
  planTool,
  pipelineTool,
  landmarksTool,
  benchmarkTool,
];

/** The JSON Schema of a tool's input. */
export function inputSchema({ input }: Tool): Record<string, unknown> {
  // A value beyond a schema is refused when the tool is called, whatever the schema could say of it.
  const { type, properties, required } = toJsonSchema(input, { errorMode: 'ignore' });
  return { type, properties, required, additionalProperties: false };
}

/** Checks what a tool is called with. Failure code: invalid-request, with the field that is wrong. */
export function checkInput(tool: Tool, input: unknown): Result<unknown> {
  const { entries } = tool.input as unknown as { readonly entries: Readonly<Record<string, unknown>> };
  const unknown = Object.keys(input ?? {}).find((key) => !Object.hasOwn(entries, key));
  if (unknown !== undefined) {
    const known = Object.keys(entries).join(', ');
    return failure('invalid-request', `${tool.name} has no input ${shown(unknown)}. It has ${known}.`);
  }
  const parsed = v.safeParse(tool.input, input ?? {});
  if (parsed.success) return success(parsed.output);
  const [issue] = parsed.issues;
  const place = v.getDotPath(issue) ?? 'the input';
  return failure('invalid-request', `${tool.name}: ${shown(place)} is not valid: ${shown(issue.message)}.`);
}

/** Calls a tool with what {@link checkInput} has checked. Never rejects. */
export async function callTool(
  tool: Tool,
  input: unknown,
  host: ToolHost,
  progress: ToolProgress,
): Promise<Result<ToolAnswer>> {
  try {
    const answer = await tool.run(input, host, progress);
    // Names and messages come from files and boards.
    return answer.ok ? success({ ...answer.value, text: harmlessText(answer.value.text) }) : answer;
  } catch (error) {
    if (progress.signal.aborted) return failure('cancelled', 'The call was cancelled.');
    const reason = error instanceof Error ? error.message : String(error);
    return failure('internal', `Framecast failed: ${reason}. Please report it with the file.`);
  }
}

/** Text of a caller in a sentence. */
function shown(text: string): string {
  return harmlessText(text.slice(0, 200));
}
