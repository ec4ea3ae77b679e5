import { Command, InvalidArgumentError } from 'commander';
import { formatBytes } from '../../core/figures';
import { rewritesFor, rewriteTarget, type RewriteBoard } from '../../core/estimate/rewrites-for';
import type { Rewrite } from '../../core/onnx/rewrite/rewrite-model';
import { readModelFile } from '../../files/read-model';
import { writeRewrittenModel } from '../../files/write-rewritten-model';
import { colours } from '../colours';
import { exitCode } from '../exit-code';
import { interruptibly, print, printError, printUnwritten } from '../streams';
import { jsonText, printable } from '../terminal';

interface ConvertFlags {
  readonly output: string;
  readonly for: RewriteBoard;
  readonly force?: true;
  readonly json?: true;
}

/** `framecast convert`: writes a model as a release of TensorRT reads it; `done` gets the exit code. */
export function convertDefinition(done: (code: number) => void): Command {
  return new Command('convert')
    .description('write a model as an older or newer TensorRT needs it, as Framecast does before it measures')
    .argument('<model>', 'ONNX file')
    .requiredOption('-o, --output <file>', 'file to write, with its weights inside')
    .requiredOption('--for <target>', 'TensorRT release and, from 11 on, precision, e.g. tensorrt-8.2', boardOf)
    .option('--force', 'replace a file that is already there')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Targets are tensorrt-VERSION from 7.1 on (tensorrt-7.1, tensorrt-8.2, tensorrt-8.6, tensorrt-10), and from 11 on
tensorrt-VERSION-fp16 and tensorrt-VERSION-int8 too, as TensorRT 11 computes in the types of the network.

Outputs stay what they are, within the precision asked for. INT8 is for timing alone: its scales are placeholders, so
that what such a network computes means nothing.

Exit status:
  0  the file was written
  2  the model could not be read or the file not written, or the command line is wrong`,
    )
    .action(async (model: string, flags: ConvertFlags) => done(await convertCommand(model, flags)));
}

/** `tensorrt-8.2`, `tensorrt-11-fp16`. A precision is left to the builder before TensorRT 11. */
function boardOf(text: string): RewriteBoard {
  const found = /^tensorrt-(\d{1,3}(?:\.\d{1,3}){0,3})(?:-(fp32|fp16|int8))?$/.exec(text);
  const [, tensorrt = '', precision = 'fp32'] = found ?? [];
  const board = { tensorrt, runtime: `tensorrt-${precision}` as RewriteBoard['runtime'] };
  if (found === null || rewriteTarget(board) === null) {
    throw new InvalidArgumentError(
      'Name a release from 7.1 on, such as tensorrt-8.2, tensorrt-10 or tensorrt-11-fp16.',
    );
  }
  return board;
}

async function convertCommand(modelPath: string, { output, for: board, force, json }: ConvertFlags): Promise<number> {
  return interruptibly(async (signal) => {
    const read = await readModelFile(modelPath, { signal });
    if (!read.ok) return printError(read.error.message);
    const rewritten = rewritesFor(read.value.model, board);
    if (!rewritten.ok) return printError(rewritten.error.message);
    const options = { modelPath, file: output, overwrite: force === true, signal };
    const written = await writeRewrittenModel(rewritten.value, options);
    if (!written.ok) return printUnwritten(written.error);
    const { bytes, rewrites } = written.value;
    const done = rewrites.map(({ code, text }) => ({ code, text }));
    if (json) await print(jsonText({ file: output, bytes, ...board, rewrites: done }));
    else await print(report(output, bytes, rewrites));
    return exitCode.fine;
  });
}

function report(file: string, bytes: number, rewrites: readonly Rewrite[]): string {
  const done = rewrites.map(({ shown }) => `  - ${printable(shown)}`);
  return [
    `${colours.bold(printable(file))}  ${colours.dim(formatBytes(bytes))}`,
    ...(done.length > 0 ? done : ['  Nothing had to be rewritten; it is the same network.']),
  ].join('\n');
}
