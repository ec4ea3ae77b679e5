import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Query } from '../core/estimate/estimate';
import { createEstimators, type Estimators } from '../core/estimate/estimators';
import { defaultDevice, deviceIds } from '../core/landmarks/devices';
import { defaultRuntime, runtimes, type Runtime } from '../core/landmarks/landmark';
import { boardOfNames, runtimeOfName } from '../core/landmarks/typed-names';
import { failure, success, type Result } from '../core/result';
import type { Demands } from './exit-code';
import { landmarksForPredictions, type LoadedLandmarks } from './landmarks/own-landmarks';
import { inputSize, inputSizeFlag, positiveNumber, powerModeOption, wholeNumber } from './option-values';
import { boardsOption } from './own-boards';
import { warnOfAll } from './streams';

/** Where and how a model is to run, on every command that predicts. */
export interface BoardFlags {
  readonly device: string;
  readonly runtime: Runtime;
  readonly powerMode?: string;
  readonly landmarks?: string;
}

/** What the commands that predict model files have in common. */
export interface PredictionFlags extends BoardFlags {
  readonly resolution?: Pick<Query, 'resolution' | 'height' | 'width'>;
  readonly batch?: number;
  readonly targetFps?: number;
  readonly allowUnsupported?: true;
}

/** A runtime, which may be named as people name it. */
export function runtimeOption(description: string, among: readonly Runtime[] = runtimes): Option {
  return new Option('--runtime <name>', description).choices([...among]).argParser((text) => {
    const found = runtimeOfName(text);
    if (!found.ok) throw new InvalidArgumentError(found.error);
    if (!among.includes(found.value)) throw new InvalidArgumentError(`Allowed choices are ${among.join(', ')}.`);
    return found.value;
  });
}

/** Adds paths and the options of {@link addQueryOptions} to a command. */
export function addPredictionOptions(command: Command, board: string, own: string): Command {
  command.argument('<path...>', 'ONNX files, folders (searched for *.onnx) or patterns');
  return addQueryOptions(command, board, own);
}

/**
 * Adds the options of {@link PredictionFlags} to a command.
 *
 * @param board what the board is for, as the help says it: `board to predict for`
 * @param own whose input and batch are the default: `the model's own`
 */
export function addQueryOptions(command: Command, board: string, own: string): Command {
  return command
    .option('--device <name>', `${board}, e.g. nano or "orin nano"`, defaultDevice)
    .addOption(runtimeOption('runtime and precision').default(defaultRuntime))
    .option(...powerModeOption)
    .option(inputSizeFlag, `input as width x height, or one side of a square (default: ${own})`, inputSize)
    .option('--batch <size>', `inputs per inference (default: ${own}, or 1)`, wholeNumber)
    .option('--target-fps <number>', 'exit with 1 if a model is not predicted to reach this', positiveNumber)
    .option('--allow-unsupported', 'do not exit with 1 for a model that does not run as exported')
    .option(...boardsOption)
    .option('--landmarks <file>', 'your own measurements, as JSON Lines (default: those of the extension)');
}

/** What a command predicts with. */
export interface Predicting {
  readonly query: Query;
  readonly demands: Demands;
  readonly estimators: Estimators;
  readonly loaded: LoadedLandmarks;
}

/** Loads the landmarks that flags ask for, with a word on what was left out of them, and finds the board. */
export async function openPredicting(flags: PredictionFlags): Promise<Result<Predicting>> {
  const loaded = await landmarksForPredictions(flags.landmarks);
  if (!loaded.ok) return loaded;
  const { landmarks, problems, remarks } = loaded.value;
  const board = boardOfNames(flags, deviceIds(landmarks));
  if (!board.ok) return failure('invalid-request', board.error);
  warnOfAll(problems);
  warnOfAll(remarks);
  const { device, powerMode } = board.value;
  const { runtime, resolution, batch, targetFps = null, allowUnsupported = false } = flags;
  return success({
    query: { device, runtime, powerMode, ...resolution, batch },
    demands: { targetFps, allowUnsupported },
    estimators: createEstimators(landmarks),
    loaded: loaded.value,
  });
}
