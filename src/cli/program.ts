import { Command, CommanderError } from 'commander';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../package.json';
import { benchmarkDefinition } from './board/benchmark-command';
import { compareDefinition } from './compare/compare-command';
import { convertDefinition } from './convert/convert-command';
import { exitCode } from './exit-code';
import { fasDefinition } from './compare/fas-command';
import { jobsDefinition } from './board/jobs-command';
import { ladderDefinition } from './board/ladder-command';
import { landmarksDefinition } from './landmarks/landmarks-command';
import { pipelineDefinition } from './predict/pipeline-command';
import { planDefinition } from './predict/plan-command';
import { predictDefinition } from './predict/predict-command';
import { probeDefinition } from './board/probe-command';
import { zooDefinition } from './predict/zoo-command';

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
  const definitions = [
    predictDefinition,
    benchmarkDefinition,
    compareDefinition,
    convertDefinition,
    fasDefinition,
    jobsDefinition,
    ladderDefinition,
    landmarksDefinition,
    pipelineDefinition,
    planDefinition,
    probeDefinition,
    zooDefinition,
  ];
  for (const define of definitions) {
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
