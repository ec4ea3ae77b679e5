import { Command, CommanderError } from 'commander';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../package.json';
import { exitCode } from './exit-code';

type Definition = (done: (code: number) => void) => Command;

/** By name, in the order of the help. Only the command that is asked for is loaded, with what it needs. */
const definitions = new Map<string, () => Promise<Definition>>([
  ['predict', async () => (await import('./predict/predict-command')).predictDefinition],
  ['benchmark', async () => (await import('./board/benchmark-command')).benchmarkDefinition],
  ['boards', async () => (await import('./predict/boards-command')).boardsDefinition],
  ['compare', async () => (await import('./compare/compare-command')).compareDefinition],
  ['convert', async () => (await import('./convert/convert-command')).convertDefinition],
  ['diff', async () => (await import('./compare/diff-command')).diffDefinition],
  ['doctor', async () => (await import('./board/doctor-command')).doctorDefinition],
  ['fas', async () => (await import('./compare/fas-command')).fasDefinition],
  ['jobs', async () => (await import('./board/jobs-command')).jobsDefinition],
  ['ladder', async () => (await import('./board/ladder-command')).ladderDefinition],
  ['landmarks', async () => (await import('./landmarks/landmarks-command')).landmarksDefinition],
  ['mcp', async () => (await import('./assistants/mcp-command')).mcpDefinition],
  ['pipeline', async () => (await import('./predict/pipeline-command')).pipelineDefinition],
  ['plan', async () => (await import('./predict/plan-command')).planDefinition],
  ['probe', async () => (await import('./board/probe-command')).probeDefinition],
  ['report', async () => (await import('./compare/report-command')).reportDefinition],
  ['zoo', async () => (await import('./predict/zoo-command')).zooDefinition],
]);

/**
 * Runs the command line and returns its exit code.
 *
 * @param args the arguments after the program's name
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  let code: number = exitCode.fine;
  const program = new Command('framecast')
    .description('Predicts how fast a neural network in an ONNX file will run on an NVIDIA Jetson.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(framecast --help lists commands and options; put -- before a path that starts with a dash)');
  const asked = definitions.get(args[0] ?? '');
  const loads = asked === undefined ? [...definitions.values(), async () => completion(program)] : [asked];
  for (const load of loads) {
    const define = await load();
    const command = define((result) => {
      code = result;
    });
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    // Commander has printed the help, the version or what is wrong by now.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCode.fine : exitCode.unreadable;
  }
  return code;
}

/** Completes all the others, which are there when no command is asked for by its name. */
async function completion(program: Command): Promise<Definition> {
  return (await import('./completion-command')).completionDefinition(program);
}
