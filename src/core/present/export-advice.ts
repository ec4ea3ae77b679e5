import { t } from '../language';
import type { Concern } from '../estimate/concerns';
import type { ModelProfile } from '../profile/profile';

/** What mends a model for a board, in commands that can be copied. */
export interface ExportAdvice {
  /** Exports the model from torch so that the board reads it. */
  readonly exportLine: string;
  /** Rewrites the file that there is. */
  readonly convertCommand: string;
}

/** How to mend what keeps a model from running; null where nothing does, or where neither export nor rewriting helps. */
export function exportAdvice(
  profile: Pick<ModelProfile, 'input'>,
  concerns: readonly Concern[],
  fileName: string,
): ExportAdvice | null {
  const command = concerns.find(({ remedy }) => remedy !== undefined)?.remedy?.command;
  if (command === undefined) return null;
  return { exportLine: exportLine(profile, fileName), convertCommand: withNames(command, fileName) };
}

/** Concerns whose commands name the model's file, or its path, so that they can be run as they are. */
export function namedConcerns(concerns: readonly Concern[], file: string): readonly Concern[] {
  return concerns.map((concern) => {
    const { remedy, message } = concern;
    if (remedy === undefined) return concern;
    const command = withNames(remedy.command, file);
    return { ...concern, message: message.replace(remedy.command, () => command), remedy: { ...remedy, command } };
  });
}

/** A command with the model's file and the one to write in place of MODEL and FILE. */
function withNames(command: string, file: string): string {
  const names = new Map([
    ['MODEL', shellWord(file)],
    ['FILE', shellWord(file.replace(/(\.onnx)?$/i, '.board.onnx'))],
  ]);
  return command.replace(/\b(MODEL|FILE)\b/g, (word) => names.get(word) ?? word);
}

/** Sizes that are taken for what a model leaves open: batch, channels, height and width of an image. */
const usualSizes = [1, 3, 224, 224];

/**
 * The call of torch's exporter by TorchScript, which writes opset 13 as asked; that of torch.export, the default since
 * torch 2.9, writes opset 18 or later.
 */
export function exportLine({ input }: Pick<ModelProfile, 'input'>, fileName: string): string {
  const shape = input?.shape ?? usualSizes;
  const sizes = shape.map((size, axis) => (typeof size === 'number' && size > 0 ? size : (usualSizes[axis] ?? 1)));
  const name = JSON.stringify(fileName);
  return `torch.onnx.export(model.eval(), torch.zeros(${sizes.join(', ')}), ${name}, dynamo=False, opset_version=13)`;
}

/** A script in Python around {@link exportLine}, whose one gap is where the model comes from. */
export function exportScript(profile: Pick<ModelProfile, 'input'>, fileName: string): string {
  return [
    `# ${t('Exports the model again so that the TensorRT of the board reads it.')}`,
    'import torch',
    '',
    `# TODO: ${t('build your model here and load its weights.')}`,
    'model = ...',
    '',
    exportLine(profile, fileName),
    '',
  ].join('\n');
}

/** A word of a command line, quoted where a shell would read it otherwise. */
function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
