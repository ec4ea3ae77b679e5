import { Command, CommanderError, Option } from 'commander';
// eslint-disable-next-line boundaries/no-unknown-dependencies -- the one place that says the version
import { version } from '../../package.json';
import { benchmarkDefinition } from './board/benchmark-command';
import { compareDefinition } from './compare/compare-command';
import { convertDefinition } from './convert/convert-command';
import { exitCode, verdictExitHelp } from './exit-code';
import { fasDefinition } from './compare/fas-command';
import { jobsDefinition } from './board/jobs-command';
import { ladderDefinition } from './board/ladder-command';
import { landmarksDefinition } from './landmarks/landmarks-command';
import { addPredictionOptions, predictionQuery, type PredictionFlags } from './prediction-options';
import { pipelineDefinition } from './predict/pipeline-command';
import { planDefinition } from './predict/plan-command';
import { predictCommand } from './predict/predict-command';
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
  program.addCommand(
    predictDefinition(async (paths, options) => {
      code = await predictCommand(paths, {
        query: predictionQuery(options),
        ...(options.targetFps === undefined ? {} : { targetFps: options.targetFps }),
        ...(options.landmarks === undefined ? {} : { landmarksFile: options.landmarks }),
        allowUnsupported: options.allowUnsupported === true,
        json: options.json === true,
        explain: options.explain === true,
      });
    }).copyInheritedSettings(program),
  );
  const definitions = [
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

interface PredictFlags extends PredictionFlags {
  readonly json?: true;
  readonly explain?: true;
}

function predictDefinition(run: (paths: string[], flags: PredictFlags) => Promise<void>): Command {
  const command = new Command('predict').description('predict the throughput of models');
  return addPredictionOptions(command, 'board to predict for', "the model's own")
    .addOption(
      new Option('--explain', 'show what the prediction is based on and where the time goes').conflicts('json'),
    )
    .option('--json', 'print one JSON array with an element per file')
    .addHelpText('after', verdictExitHelp)
    .action((paths: string[], flags: PredictFlags) => run(paths, flags));
}
