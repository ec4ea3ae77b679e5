import { copyFile, constants, mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../core/language';
import { fileReason } from '../../files/file-reasons';
import { describeExternalFiles, type ExternalFile } from '../../files/model-file';
import { readModelFile } from '../../files/read-model';

/**
 * Asks for each file of weights that a model names and that is not there, and copies it to where the model looks for it.
 * Tells of what fails.
 *
 * @returns whether all of them are there now
 */
export async function chooseWeights(modelPath: string): Promise<boolean> {
  const read = await readModelFile(modelPath);
  if (!read.ok) return tell(read.error.message);
  const files = await describeExternalFiles(modelPath, read.value.model.externalFiles);
  for (const file of files.filter(({ state }) => state === 'missing')) {
    if (!(await place(modelPath, file))) return false;
  }
  return true;
}

async function place(modelPath: string, { location }: ExternalFile): Promise<boolean> {
  const folder = path.dirname(modelPath);
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: t('Weights of {0}: {1}', path.basename(modelPath), location),
      openLabel: t('Copy Next to the Model'),
      defaultUri: vscode.Uri.file(folder),
    })) ?? [];
  if (chosen === undefined) return false;
  const target = path.join(folder, location);
  try {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Copying {0}', path.basename(chosen.fsPath)) },
      async () => {
        await mkdir(path.dirname(target), { recursive: true });
        // What has come there since is the user's, and stays.
        await copyFile(chosen.fsPath, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      },
    );
    return true;
  } catch (error) {
    return tell(t('{0} cannot be copied: {1}.', chosen.fsPath, fileReason(error)));
  }
}

function tell(message: string): false {
  void vscode.window.showErrorMessage(message);
  return false;
}
