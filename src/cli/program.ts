import { Command, CommanderError } from 'commander';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../package.json';
import { exitCode } from './exit-code';
import { takeBoardsFirst } from './own-boards';

type Definition = (done: (code: number) => void) => Command;

/** Commands that are loaded together, since they need much the same: the fewer such parts, the fewer files to load. */
type Part = () => Promise<Readonly<Record<string, Definition>>>;

const prediction: Part = async () => ({ predict: (await import('./predict/predict-command')).predictDefinition });
const assistants: Part = async () => ({ mcp: (await import('./assistants/mcp-command')).mcpDefinition });
const models: Part = async () => (await import('./model-commands')).modelCommands;
const boards: Part = async () => (await import('./board/board-commands')).boardCommands;

/** By name, in the order of the help. Only the part with the command that is asked for is loaded. */
const commands = new Map<string, Part>([
  ['predict', prediction],
  ['benchmark', boards],
  ['boards', models],
  ['compare', models],
  ['convert', models],
  ['diff', models],
  ['doctor', boards],
  ['fas', models],
  ['jobs', boards],
  ['ladder', boards],
  ['landmarks', models],
  ['mcp', assistants],
  ['pipeline', models],
  ['plan', models],
  ['probe', boards],
  ['report', models],
  ['zoo', models],
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
    .hook('preAction', takeBoardsFirst)
    .showHelpAfterError('(framecast --help lists commands and options; put -- before a path that starts with a dash)');
  const [name = ''] = args;
  const add = (define: Definition): void => {
    const command = define((result) => {
      code = result;
    });
    program.addCommand(command.copyInheritedSettings(program));
  };
  for (const each of commands.has(name) ? [name] : commands.keys()) add((await commands.get(each)!())[each]!);
  if (!commands.has(name)) add((await import('./completion-command')).completionDefinition(program));
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    // Commander has printed the help, the version or what is wrong by now.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCode.fine : exitCode.unreadable;
  }
  return code;
}
