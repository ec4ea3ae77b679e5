import { Command, Option } from 'commander';
import { verdicts } from '../../core/landmarks/landmark';
import { exchangeFormats } from '../../files/landmark-exchange';
import { addLandmark } from './landmarks-command-add';
import { reviewLandmarks, removeLandmarks } from './landmarks-command-change';
import { exportLandmarks, importLandmarks } from './landmarks-command-exchange';
import { listLandmarks } from './landmarks-command-list';
import { inputSize, inputSizeFlag, positiveNumber, wholeNumber } from '../option-values';
import { boardsOption } from '../own-boards';
import { runtimeOption } from '../prediction-options';
import { interruptibly } from '../streams';

type Done = (code: number) => void;

const exitStatus = `
Exit status:
  0  it was done
  2  something could not be read or written, a line was refused, or the command line is wrong`;

/** `framecast landmarks`: the user's own measurements; `done` gets the exit code. */
export function landmarksDefinition(done: Done): Command {
  const command = new Command('landmarks').description(
    'list and change landmarks: measured FPS that predictions learn from',
  );
  for (const define of [list, add, remove, verdict, importing, exporting]) {
    command.addCommand(
      define(done)
        .option('--landmarks <file>', 'the file they are in (default: the one that the extension uses, too)')
        .option(...boardsOption)
        .option('--json', 'print one JSON object')
        .addHelpText('after', exitStatus)
        .exitOverride()
        .showHelpAfterError('(framecast landmarks --help lists the commands)'),
    );
  }
  return command;
}

function list(done: Done): Command {
  return new Command('list')
    .description('list landmarks with their ids')
    .option('--all', 'include published landmarks')
    .option('--device <name>', 'only of this board, e.g. nano or "orin nano"')
    .addOption(runtimeOption('only of this runtime'))
    .option('--family <name>', 'only of this family')
    .action(async (flags: Parameters<typeof listLandmarks>[0]) => done(await listLandmarks(flags)));
}

function add(done: Done): Command {
  return new Command('add')
    .description('add a measurement by hand')
    .argument('[model]', 'ONNX file that was measured: its parameters, family and kernels are read from it')
    .requiredOption('--throughput <fps>', 'measured FPS: inputs per second, with batches too', positiveNumber)
    .requiredOption('--device <name>', 'board that it was measured on, e.g. nano or "orin nano"')
    .addOption(runtimeOption('runtime and precision').makeOptionMandatory())
    .option('--name <name>', "name of the model (default: the file's)")
    .option('--parameters <count>', 'as the training framework counts them (without a file)', wholeNumber)
    .option('--family <name>', 'architecture family (without a file, or if it is not recognised)')
    .option('--power-mode <name>', 'power mode that the board was in, as nvpmodel names it')
    .option(
      inputSizeFlag,
      "input as width x height, or one side of a square (default: the model's own, or 224)",
      inputSize,
    )
    .option('--batch <size>', "inputs per inference (default: the model's own, or 1)", wholeNumber)
    .option('--campaign <name>', 'measurements made together share one (default: own)')
    .option('--source <text>', 'where the figure is from (default: added by hand)')
    .option('--comment <text>', 'your comment')
    .action(async (model: string | undefined, flags: Parameters<typeof addLandmark>[1]) =>
      done(await addLandmark(model, flags)),
    );
}

function remove(done: Done): Command {
  return new Command('remove')
    .description('delete own measurements')
    .argument('<id...>', 'ids from the list; unambiguous first characters are enough')
    .action(async (ids: string[], flags: Parameters<typeof removeLandmarks>[1]) =>
      done(await removeLandmarks(ids, flags)),
    );
}

function verdict(done: Done): Command {
  return new Command('verdict')
    .description('include landmarks in fits or exclude them; published ones too')
    .argument('<verdict>', `${verdicts.join(', ')}, or none to remove a verdict`)
    .argument('<id...>', 'ids from the list (--all shows published ones)')
    .option('--comment <text>', 'your comment; empty to remove it')
    .action(async (said: string, ids: string[], flags: Parameters<typeof reviewLandmarks>[2]) =>
      done(await reviewLandmarks(said, ids, flags)),
    );
}

function importing(done: Done): Command {
  return new Command('import')
    .description('add the measurements of a file; what is there already is skipped')
    .argument('<file>', 'JSON Lines, or CSV with a header')
    .option('--preview', 'show what would be added and how fits would change, without adding anything')
    .option('--campaign <name>', 'campaign of CSV rows without one (default: own)')
    .addHelpText(
      'after',
      `
Columns of a CSV file: model, family, parameters, device, runtime, power_mode, resolution_px (224 or 640x480), batch,
throughput_fps, campaign, source, verdict, comment. Numbers are plain and have a decimal point. docs/landmarks.md describes both formats.`,
    )
    .action(async (file: string, flags: Parameters<typeof importLandmarks>[1]) =>
      done(await interruptibly((signal) => importLandmarks(file, flags, signal))),
    );
}

function exporting(done: Done): Command {
  return new Command('export')
    .description('write measurements to a file or to standard output')
    .argument('[file]', 'file to write (default: standard output)')
    .addOption(
      new Option(
        '--format <name>',
        "jsonl keeps everything, csv what a table can hold (default: by the file's name)",
      ).choices([...exchangeFormats]),
    )
    .option('--all', 'include published landmarks')
    .option('--force', 'replace an existing file')
    .action(async (file: string | undefined, flags: Parameters<typeof exportLandmarks>[1]) =>
      done(await exportLandmarks(file, flags)),
    );
}
