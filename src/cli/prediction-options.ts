import { Option, type Command } from 'commander';
import type { Query } from '../core/estimate/estimate';
import { defaultDevice } from '../core/landmarks/devices';
import { defaultRuntime, runtimes, type Runtime } from '../core/landmarks/landmark';
import { inputSize, inputSizeFlag, positiveNumber, wholeNumber } from './option-values';

/** What the commands that predict model files have in common. */
export interface PredictionFlags {
  readonly device: string;
  readonly runtime: Runtime;
  readonly resolution?: Pick<Query, 'resolution' | 'height' | 'width'>;
  readonly batch?: number;
  readonly targetFps?: number;
  readonly allowUnsupported?: true;
  readonly landmarks?: string;
}

/**
 * Adds the paths and the options of {@link PredictionFlags} to a command.
 *
 * @param board what the board is for, as the help says it: `board to predict for`
 * @param own whose input and batch are the default: `the model's own`
 */
export function addPredictionOptions(command: Command, board: string, own: string): Command {
  return command
    .argument('<path...>', 'ONNX files, folders (searched for *.onnx) or patterns')
    .option('--device <id>', board, defaultDevice)
    .addOption(new Option('--runtime <name>', 'runtime and precision').choices([...runtimes]).default(defaultRuntime))
    .option(inputSizeFlag, `input as width x height, or one side of a square (default: ${own})`, inputSize)
    .option('--batch <size>', `inputs per inference (default: ${own}, or 1)`, wholeNumber)
    .option('--target-fps <number>', 'exit with 1 if a model is not predicted to reach this', positiveNumber)
    .option('--allow-unsupported', 'do not exit with 1 for a model that does not run as exported')
    .option('--landmarks <file>', 'your own measurements, as JSON Lines (default: those of the extension)');
}

/** What is asked for each model. */
export function predictionQuery({ device, runtime, resolution, batch }: PredictionFlags): Query {
  return { device, runtime, ...resolution, ...(batch === undefined ? {} : { batch }) };
}
