import path from 'node:path';
import * as vscode from 'vscode';
import { previewImport } from '../../core/estimate/import-preview';
import { t } from '../../core/language';
import { isInFits } from '../../core/landmarks/landmark';
import type { LandmarkEntry } from '../../core/landmarks/landmark-collection';
import { freshLandmarks, planImport, type ImportPlan } from '../../core/landmarks/landmark-import';
import { previewSentences } from '../../core/present/import-sentences';
import { success, type Result } from '../../core/result';
import { formatOf, readExchangeFile, writeExchange, writeExchangeFile } from '../../files/landmark-exchange';
import { offered } from '../services/ask';
import { landmarkFiles } from '../services/landmark-files';
import type { LandmarkLibrary } from '../services/landmark-library';
import { showLine } from '../services/landmark-warnings';

/** Lines of a dialog; the rest is in the document that *Show All* opens. */
const maxLines = 12;

/**
 * *Import Landmarks…*: reads a file, says which lines it would add and what that changes in the fits, and adds them when
 * the user agrees. Nothing is stored before.
 */
export async function importLandmarks(library: LandmarkLibrary): Promise<void> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: t('Import Landmarks'),
      openLabel: t('Preview Import'),
      filters: { [t('Landmarks (JSON Lines, CSV)')]: ['jsonl', 'csv', 'json', 'txt'] },
    })) ?? [];
  if (uri === undefined) return;
  const name = path.basename(uri.fsPath);
  const previewed = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t('Reading landmarks of {0}', name) },
    () => preview(library, uri),
  );
  if (!previewed.ok) return void vscode.window.showErrorMessage(previewed.error.message);
  const { plan, lines } = previewed.value;
  if (plan.fresh.length === 0) return await sayNothingNew(name, plan, lines, uri);
  if (!(await agrees(name, plan, lines, uri))) return;
  const added = await library.addNew(plan.fresh);
  if (!added.ok) return void vscode.window.showErrorMessage(added.error.message);
  await vscode.window.showInformationMessage(
    t(
      'Added {0, plural, one {# landmark} other {# landmarks}} from {1}. All predictions are updated.',
      added.value,
      name,
    ),
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
      t('You have no landmarks of your own to export. Select published ones to export them.'),
    );
    return;
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: t('Export {0, plural, one {# Landmark} other {# Landmarks}}', entries.length),
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
  if (!written.ok)
    return void vscode.window.showErrorMessage(`${written.error.message} ${t('Choose another location.')}`);
  vscode.window.setStatusBarMessage(
    t('$(check) Exported {0} to {1}', entries.length, path.basename(target.fsPath)),
    4000,
  );
}

async function agrees(name: string, plan: ImportPlan, lines: readonly string[], uri: vscode.Uri): Promise<boolean> {
  const take = t('Import {0, plural, one {# Landmark} other {# Landmarks}}', plan.fresh.length);
  const all = t('Show All');
  const shortened = lines.length > maxLines;
  const detail = [
    ...lines.slice(0, maxLines),
    ...(shortened ? [t('… and {0, plural, one {# more line} other {# more lines}}.', lines.length - maxLines)] : []),
  ].join('\n\n');
  const chosen = await vscode.window.showInformationMessage(
    t('Changes from importing {0}', name),
    { modal: true, detail },
    take,
    ...(shortened ? [all] : []),
  );
  if (chosen === all) {
    await showAll(lines);
    // Asked again next to the document, without covering it.
    return await offered('Information', t('Import {0}?', name), take);
  }
  if (chosen === undefined && plan.refused.length > 0) await offerLine(name, plan, uri);
  return chosen === take;
}

async function sayNothingNew(name: string, plan: ImportPlan, lines: readonly string[], uri: vscode.Uri): Promise<void> {
  if (plan.refused.length > 0) return await offerLine(name, plan, uri);
  await vscode.window.showInformationMessage([t('{0} contains nothing new.', name), ...lines].join(' '));
}

async function offerLine(name: string, { refused }: ImportPlan, uri: vscode.Uri): Promise<void> {
  const [first] = refused;
  if (first === undefined) return;
  const others = refused.length - 1;
  const sentence = [
    t('{0}, line {1} cannot be imported: {2}', name, first.line, first.reason),
    ...(others === 0
      ? []
      : [t('{0, plural, one {# more line} other {# more lines}} cannot be imported either.', others)]),
  ].join(' ');
  if (await offered('Warning', sentence, t('Show Line'))) await showLine({ file: uri.fsPath, line: first.line });
}

async function showAll(lines: readonly string[]): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ content: lines.join('\n\n'), language: 'plaintext' });
  await vscode.window.showTextDocument(document, { preview: true });
}

/** How many lines are new, known and refused, the refused ones with their reasons. */
function lineSentences({ fresh, repeated, refused, remarks }: ImportPlan): readonly string[] {
  return [
    repeated.length === 0
      ? t('{0, plural, one {# line is} other {# lines are}} new.', fresh.length)
      : t(
          '{0, plural, one {# line is} other {# lines are}} new, {1, plural, one {# line is} other {# lines are}} known already.',
          fresh.length,
          repeated.length,
        ),
    ...refused.map(({ line, reason }) => t('Line {0} is skipped: {1}', line, reason)),
    ...remarks.map(({ line, reason }) => t('Line {0}: {1}', line, reason)),
  ];
}
