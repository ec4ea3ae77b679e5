import path from 'node:path';
import * as vscode from 'vscode';
import { previewImport } from '../../core/estimate/import-preview';
import { isInFits } from '../../core/landmarks/landmark';
import type { LandmarkEntry } from '../../core/landmarks/landmark-collection';
import { freshLandmarks, planImport, type ImportPlan } from '../../core/landmarks/landmark-import';
import { previewSentences } from '../../core/present/import-sentences';
import { success, type Result } from '../../core/result';
import { formatOf, readExchangeFile, writeExchange, writeExchangeFile } from '../../files/landmark-exchange';
import { landmarkFiles } from '../services/landmark-files';
import type { LandmarkLibrary } from '../services/landmark-library';
import { showLine } from '../services/landmark-warnings';

const filters = { 'Landmarks (JSON Lines, CSV)': ['jsonl', 'csv', 'json', 'txt'] };

/** Lines of a dialog; the rest is in the document that *Show All* opens. */
const maxLines = 12;

/**
 * *Import Landmarks…*: reads a file, says which lines it would add and what that changes in the fits, and adds them when
 * the user agrees. Nothing is stored before.
 */
export async function importLandmarks(library: LandmarkLibrary): Promise<void> {
  const [uri] =
    (await vscode.window.showOpenDialog({ title: 'Import Landmarks', openLabel: 'Preview Import', filters })) ?? [];
  if (uri === undefined) return;
  const name = path.basename(uri.fsPath);
  const previewed = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: `Reading landmarks of ${name}` },
    () => preview(library, uri),
  );
  if (!previewed.ok) return void vscode.window.showErrorMessage(previewed.error.message);
  const { plan, lines } = previewed.value;
  if (plan.fresh.length === 0) return await sayNothingNew(name, plan, lines, uri);
  if (!(await agrees(name, plan, lines, uri))) return;
  const added = await library.addNew(plan.fresh);
  if (!added.ok) return void vscode.window.showErrorMessage(added.error.message);
  const count = added.value;
  await vscode.window.showInformationMessage(
    `Added ${count} ${count === 1 ? 'landmark' : 'landmarks'} from ${name}. All predictions are updated.`,
  );
}

/** Which lines of a file an import would add, and in sentences what becomes of each and of the fits. */
async function preview(
  library: LandmarkLibrary,
  uri: vscode.Uri,
): Promise<Result<{ readonly plan: ImportPlan; readonly lines: readonly string[] }>> {
  await library.ready;
  const read = await readExchangeFile(uri.fsPath);
  if (!read.ok) return read;
  const plan = planImport(read.value, library.entries);
  const learned = freshLandmarks(plan).filter(isInFits);
  const changes = previewSentences(previewImport(library.estimators, learned, library.ownCampaigns));
  return success({ plan, lines: [...lineSentences(plan), ...changes] });
}

/** *Export Landmarks…*: the selected landmarks, or all of the user's own where none is selected. */
export async function exportLandmarks(library: LandmarkLibrary, selected: readonly LandmarkEntry[]): Promise<void> {
  const entries = selected.length > 0 ? selected : library.entries.filter(({ origin }) => origin === 'own');
  if (entries.length === 0) {
    await vscode.window.showInformationMessage(
      'You have no landmarks of your own to export. Select published ones to export them.',
    );
    return;
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: `Export ${entries.length} ${entries.length === 1 ? 'Landmark' : 'Landmarks'}`,
    filters: { 'JSON Lines': ['jsonl'], CSV: ['csv'] },
    defaultUri: folder && vscode.Uri.joinPath(folder, 'landmarks.jsonl'),
  });
  if (target === undefined) return;
  const { own, team } = landmarkFiles();
  // The save dialog has asked before an existing file is replaced.
  const written = await writeExchangeFile(target.fsPath, writeExchange(entries, formatOf(target.fsPath)), {
    overwrite: true,
    sources: [own, ...team],
  });
  if (!written.ok) return void vscode.window.showErrorMessage(`${written.error.message} Choose another location.`);
  vscode.window.setStatusBarMessage(`$(check) Exported ${entries.length} to ${path.basename(target.fsPath)}`, 4000);
}

async function agrees(name: string, plan: ImportPlan, lines: readonly string[], uri: vscode.Uri): Promise<boolean> {
  const take = plan.fresh.length === 1 ? 'Import 1 Landmark' : `Import ${plan.fresh.length} Landmarks`;
  const all = 'Show All';
  const shortened = lines.length > maxLines;
  const detail = [
    ...lines.slice(0, maxLines),
    ...(shortened ? [`… and ${lines.length - maxLines} more lines.`] : []),
  ].join('\n\n');
  const chosen = await vscode.window.showInformationMessage(
    `Changes from importing ${name}`,
    { modal: true, detail },
    take,
    ...(shortened ? [all] : []),
  );
  if (chosen === all) {
    await showAll(lines);
    // Asked again next to the document, without covering it.
    return (await vscode.window.showInformationMessage(`Import ${name}?`, take)) === take;
  }
  if (chosen === undefined && plan.refused.length > 0) await offerLine(name, plan, uri);
  return chosen === take;
}

async function sayNothingNew(name: string, plan: ImportPlan, lines: readonly string[], uri: vscode.Uri): Promise<void> {
  if (plan.refused.length > 0) return await offerLine(name, plan, uri);
  await vscode.window.showInformationMessage([`${name} contains nothing new.`, ...lines].join(' '));
}

async function offerLine(name: string, { refused }: ImportPlan, uri: vscode.Uri): Promise<void> {
  const [first] = refused;
  if (first === undefined) return;
  const show = 'Show Line';
  const others = refused.length === 1 ? '' : ` ${refused.length - 1} more lines cannot be imported either.`;
  const sentence = `${name}, line ${first.line} cannot be imported: ${first.reason}${others}`;
  if ((await vscode.window.showWarningMessage(sentence, show)) !== show) return;
  await showLine({ file: uri.fsPath, line: first.line });
}

async function showAll(lines: readonly string[]): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ content: lines.join('\n\n'), language: 'plaintext' });
  await vscode.window.showTextDocument(document, { preview: true });
}

/** How many lines are new, known and refused, the refused ones with their reasons. */
function lineSentences({ fresh, repeated, refused, remarks }: ImportPlan): readonly string[] {
  const lines = (count: number): string => `${count} ${count === 1 ? 'line is' : 'lines are'}`;
  return [
    `${lines(fresh.length)} new${repeated.length === 0 ? '' : `, ${lines(repeated.length)} known already`}.`,
    ...refused.map(({ line, reason }) => `Line ${line} is skipped: ${reason}`),
    ...remarks.map(({ line, reason }) => `Line ${line}: ${reason}`),
  ];
}
