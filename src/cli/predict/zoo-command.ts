import { Command } from 'commander';
import { formatBytes, formatCount, formatExactCount, formatMacs } from '../../core/figures';
import type { ModelProfile } from '../../core/profile/profile';
import { profileModel } from '../../core/profile/profile-model';
import { zooFamilies } from '../../core/zoo/families';
import { modelChunks } from '../../core/zoo/model-bytes';
import { type ReferenceModel, referenceModel } from '../../core/zoo/reference-model';
import { writeModelFile } from '../../files/write-file';
import { colours } from '../colours';
import { exitCode } from '../exit-code';
import { naturalNumber, wholeNumber } from '../option-values';
import { printError, printUnwritten, interruptibly, print } from '../streams';
import { jsonText, printable } from '../terminal';
import { factLines } from '../text-table';
import { addMemberOptions, describeOption, memberSettings } from './zoo-command-options';

interface ZooFlags {
  readonly output?: string;
  readonly resolution?: number;
  readonly batch?: number;
  readonly classes?: number;
  readonly seed: number;
  /** False where the user wants the structure alone. */
  readonly weights: boolean;
  readonly force?: true;
  readonly list?: true;
  readonly json?: true;
}

/** `framecast zoo`: writes a reference model; `done` gets the exit code. */
export function zooDefinition(done: (code: number) => void): Command {
  const command = new Command('zoo')
    .description('write a standard network as an ONNX file, with random weights')
    .argument('[family]', `${zooFamilies.map(({ name }) => name).join(', ')} (in any case)`)
    .option('-o, --output <file>', 'file to write')
    .option('--list', 'list the families and their options, and write nothing');
  return addMemberOptions(command)
    .option(
      '--resolution <pixels>',
      'side of the square input (default: 224; 112 for families that recognise faces)',
      wholeNumber,
    )
    .option('--batch <size>', 'inputs per inference (default: 1)', wholeNumber)
    .option('--classes <count>', 'number of classes (default: 1000)', wholeNumber)
    .option('--seed <number>', 'start of the random weights; equal seeds give equal files', naturalNumber, 1)
    .option('--no-weights', 'omit the weights: enough for predictions, not for running')
    .option('--force', 'replace an existing file')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Layers, shapes and parameters are those of the published network as torch's exporter writes it, at opset 11.

Exit status:
  0  the file was written, or the list printed
  2  the file could not be written, or the command line is wrong`,
    )
    .action(async (family: string | undefined, flags: ZooFlags) => done(await zooCommand(family, flags)));
}

async function zooCommand(family: string | undefined, flags: ZooFlags): Promise<number> {
  if (flags.list) {
    await print(flags.json ? listJson() : listForPeople());
    return exitCode.fine;
  }
  if (family === undefined) return printError('Name a family; framecast zoo --list shows them.');
  const { output } = flags;
  if (output === undefined || output === '') return printError('Name the file to write with -o FILE.');
  const { resolution, batch, classes } = flags;
  const made = referenceModel({ family, settings: memberSettings({ ...flags }), resolution, batch, classes });
  if (!made.ok) return printError(made.error.message);
  return interruptibly(async (signal) => {
    const pieces = modelChunks(made.value, flags.weights ? flags.seed : null);
    const written = await writeModelFile(output, pieces, { overwrite: flags.force === true, signal });
    if (!written.ok) return printUnwritten(written.error);
    const profile = profileModel(made.value.model);
    if (!profile.ok) return printError(profile.error.message);
    await print(report(output, made.value, profile.value, written.value, flags));
    return exitCode.fine;
  });
}

function report(
  file: string,
  reference: ReferenceModel,
  { parameters, macs, variant }: ModelProfile,
  bytes: number,
  flags: ZooFlags,
): string {
  const { family, settings, size } = reference;
  const seed = flags.weights ? flags.seed : null;
  if (flags.json) {
    return jsonText({ file, family: family.name, variant, settings, ...size, parameters, macs, bytes, seed });
  }
  const content = seed === null ? 'structure without weights' : `random weights, seed ${seed}`;
  const facts: [string, string][] = [
    ['Parameters', `${formatCount(parameters)} (${formatExactCount(parameters)})`],
    [
      'Cost',
      `${macs === null ? 'unknown' : formatMacs(macs)} at ${size.resolution}×${size.resolution}, batch ${size.batch}`,
    ],
    ['File', `${formatBytes(bytes)}, ${content}`],
  ];
  return [colours.dim(printable(file)), '', `  ${colours.bold(variant ?? family.name)}`, ...factLines(facts)].join(
    '\n',
  );
}

function listForPeople(): string {
  return zooFamilies
    .map(({ name, source, options }) =>
      [
        colours.bold(name),
        `  ${colours.dim(source())}`,
        ...(options.length === 0 ? ['  no options'] : options.map((option) => `  ${describeOption(option)}`)),
      ].join('\n'),
    )
    .join('\n\n');
}

function listJson(): string {
  return jsonText(
    zooFamilies.map(({ name, source, options }) => ({
      name,
      source: source(),
      options: options.map((option) => ({ ...option, description: option.description() })),
    })),
  );
}
