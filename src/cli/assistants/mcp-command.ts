import { Command } from 'commander';
import { exitCode } from '../exit-code';
import { boardsOption } from '../own-boards';

interface McpFlags {
  readonly landmarks?: string;
  readonly benchmark: boolean;
}

/** `framecast mcp`: a server for assistants on standard input and output; `done` gets the exit code. */
export function mcpDefinition(done: (code: number) => void): Command {
  return new Command('mcp')
    .description('serve predictions to assistants by the Model Context Protocol, on standard input and output')
    .option('--landmarks <file>', 'your own measurements, as JSON Lines (default: those of the extension)')
    .option(...boardsOption)
    .option('--no-benchmark', 'answer questions alone: connect to no board')
    .addHelpText(
      'after',
      `
An assistant's program starts it; docs/assistants.md says how each is told to. Tools: predict, compare, boards, plan,
pipeline, landmarks, and benchmark, which the user is asked about first. It ends when its input does.`,
    )
    .action(async (flags: McpFlags) => done(await mcpCommand(flags)));
}

async function mcpCommand({ landmarks, benchmark }: McpFlags): Promise<number> {
  const { serveTools } = await import('./mcp-server');
  const { createToolHost } = await import('./tool-host');
  await serveTools(createToolHost({ landmarksFile: landmarks, mayBenchmark: benchmark }));
  return exitCode.fine;
}
