import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  Server,
  type CallToolResult,
  type ClientCapabilities,
  type JsonSchemaValidatorResult,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../../package.json';
import { callTool, checkInput, inputSchema, tools } from '../../assistants/tools';
import type { Tool, ToolHost } from '../../assistants/tool';
import { warn } from '../streams';

/** Told to assistants with the list of tools. */
const instructions =
  'Framecast predicts how fast ONNX models run on NVIDIA Jetson boards, from measurements. Figures are inputs per second; a prediction has an interval and says what it rests on: report both. Paths are relative to the folder that the server was started in.';

/**
 * Serves the tools on standard input and output until the input ends: to clients of the protocol's revision of 2026-07-28
 * and of those before it.
 */
export async function serveTools(host: ToolHost): Promise<void> {
  await new Promise<void>((resolve) => {
    const handle = serveStdio(
      () => {
        const server = createServer(host);
        server.onclose = resolve;
        return server;
      },
      { onerror: ({ message }) => warn(message) },
    );
    process.once('SIGINT', () => void handle.close().then(resolve));
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
  });
}

/** What a user answers is checked below, and nothing else is ever asked. */
const anyAnswer = {
  getValidator:
    <T>() =>
    (data: unknown): JsonSchemaValidatorResult<T> => ({ valid: true, data: data as T, errorMessage: undefined }),
};

function createServer(host: ToolHost): Server {
  const server = new Server(
    { name: 'framecast', title: 'Framecast', version },
    { capabilities: { tools: {} }, instructions, jsonSchemaValidator: anyAnswer },
  );
  const offered = tools.filter(({ question }) => question === null || host.benchmarkObstacle() === null);
  server.setRequestHandler('tools/list', async () => ({ tools: offered.map(listed) }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const tool = offered.find(({ name }) => name === params.name);
    if (tool === undefined) {
      return failed(
        'invalid-request',
        `There is no tool of this name. Tools: ${offered.map(({ name }) => name).join(', ')}.`,
      );
    }
    const input = checkInput(tool, params.arguments);
    if (!input.ok) return failed(input.error.code, input.error.message);
    if (tool.question !== null) {
      // Clients of 2026 say what they can with each request, earlier ones once.
      const { [CLIENT_CAPABILITIES_META_KEY]: ofRequest } = (mcpReq.envelope ?? {}) as Record<string, unknown>;
      const { elicitation } = (ofRequest ?? server.getClientCapabilities() ?? {}) as ClientCapabilities;
      // Who can be asked is asked, whatever the assistant says.
      if (elicitation !== undefined) {
        const responses = mcpReq.inputResponses;
        if (responses === undefined) return confirmation(tool.question(input.value));
        const answer = acceptedContent<{ agreed?: unknown }>(responses, 'agreement');
        if (answer?.agreed !== true) return failed('cancelled', 'The user did not agree. Nothing was done.');
      } else if ((input.value as { readonly confirmed?: boolean }).confirmed !== true) {
        return failed(
          'not-confirmed',
          `Ask the user first: ${tool.question(input.value)} If so, call it with confirmed: true.`,
        );
      }
    }
    const token = params._meta?.progressToken;
    let told = 0;
    const report = (message: string): void => {
      if (token === undefined) return;
      told += 1;
      void mcpReq
        .notify({ method: 'notifications/progress', params: { progressToken: token, progress: told, message } })
        .catch(() => undefined);
    };
    const answer = await callTool(tool, input.value, host, { signal: mcpReq.signal, report });
    if (!answer.ok) return failed(answer.error.code, answer.error.message);
    const { data, text } = answer.value;
    return { content: [{ type: 'text', text }], structuredContent: { ...data } };
  });
  return server;
}

function listed(tool: Tool) {
  const { name, title, description, question } = tool;
  const isQuestion = question === null;
  return {
    name,
    title,
    description,
    inputSchema: { type: 'object' as const, ...inputSchema(tool) },
    annotations: {
      title,
      readOnlyHint: isQuestion,
      destructiveHint: false,
      idempotentHint: isQuestion,
      openWorldHint: !isQuestion,
    },
  };
}

function confirmation(question: string) {
  return inputRequired({
    inputRequests: {
      agreement: inputRequired.elicit({
        message: question,
        requestedSchema: {
          type: 'object',
          properties: { agreed: { type: 'boolean', title: 'Measure on the board' } },
          required: ['agreed'],
        },
      }),
    },
  });
}

function failed(code: string, message: string): CallToolResult {
  return {
    isError: true,
    content: [{ type: 'text', text: `${code}: ${message}` }],
    structuredContent: { error: { code, message } },
  };
}
