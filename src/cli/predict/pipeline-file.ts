import { dirname, resolve } from 'node:path';
import { isNetworkPath } from '../../core/network-path';
import type { StageModel } from '../../core/pipeline/pipeline-budget';
import { failure, success, type Result } from '../../core/result';
import { readShortText } from '../../files/read-fully';
import { readModelFile } from '../../files/read-model';

/** A pipeline file and the models that it names. */
export interface PipelineFile {
  readonly text: string;
  /** A model by its path as the file has it, relative to the file. */
  model(path: string): Promise<StageModel>;
}

/** A pipeline is a page of text; a larger file is something else. */
const maxFileBytes = 100_000;

/** Failure codes: unreadable, too-large. */
export async function openPipelineFile(file: string, signal?: AbortSignal): Promise<Result<PipelineFile>> {
  try {
    const text = await readShortText(file, maxFileBytes);
    if (text === null)
      return failure('too-large', `${file} has more than ${maxFileBytes} bytes and is no pipeline file.`);
    return success({
      text,
      model: async (path) => {
        if (isNetworkPath(path))
          return failure('unreadable', `${path} is on another machine. Copy it beside the file.`);
        const read = await readModelFile(resolve(dirname(file), path), { signal });
        return read.ok ? success(read.value.profile) : read;
      },
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return failure('unreadable', `There is no file ${file}.`);
    return failure('unreadable', `${file} cannot be read: ${code ?? message}.`);
  }
}
