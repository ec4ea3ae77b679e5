import * as vscode from 'vscode';
import { t } from '../../core/language';
import type { LandmarkEntry } from '../../core/landmarks/landmark-collection';
import type { Result } from '../../core/result';
import type { Review } from '../../files/landmarks';
import { offered } from '../services/ask';
import type { LandmarkLibrary } from '../services/landmark-library';
import { showLine } from '../services/landmark-warnings';
import type { ModelService } from '../services/model-service';
import { addLandmark } from './add-landmark';
import { exportLandmarks, importLandmarks } from './exchange';
import type { FitPanels } from '../pages/fit/fit-panels';
import type { LandmarkNode } from './landmarks-view';

/** Registers what can be done with landmarks; menus give the line that was clicked and all that are selected. */
export function registerLandmarkCommands(
  library: LandmarkLibrary,
  service: ModelService,
  panels: FitPanels,
): vscode.Disposable {
  const register = (name: string, run: (...parameters: unknown[]) => Promise<void> | void): vscode.Disposable =>
    vscode.commands.registerCommand(`framecast.landmarks.${name}`, run);
  const onEntries = (name: string, run: (entries: readonly LandmarkEntry[]) => Promise<void>): vscode.Disposable =>
    register(name, (clicked, selected) => run(entriesAt(clicked, selected)));
  const review = (of: (entry: LandmarkEntry) => Review) => async (entries: readonly LandmarkEntry[]) =>
    tell(await library.review(entries, of));
  return vscode.Disposable.from(
    onEntries(
      'switchOff',
      review(() => ({ verdict: 'off' })),
    ),
    onEntries('switchOn', review(included)),
    onEntries(
      'markOutlier',
      review(() => ({ verdict: 'outlier' })),
    ),
    onEntries('comment', (entries) => comment(library, entries)),
    onEntries('delete', (entries) => remove(library, entries)),
    onEntries('showSource', showSource),
    register('showFit', (node) => panels.show(fitsOf(node as LandmarkNode | undefined, library))),
    register('add', () => addLandmark(library, service)),
    register('import', () => importLandmarks(library)),
    register('export', (clicked, selected) => exportLandmarks(library, entriesAt(clicked, selected))),
  );
}

/** The landmarks at the clicked line and at those that are selected with it; a branch stands for all below it. */
function entriesAt(clicked: unknown, selected: unknown): readonly LandmarkEntry[] {
  const nodes = Array.isArray(selected) && selected.length > 0 ? selected : clicked === undefined ? [] : [clicked];
  const entries = (nodes as readonly LandmarkNode[]).flatMap((node) =>
    node.kind === 'landmark' ? [node.entry] : node.entries,
  );
  return [...new Map(entries.map((entry) => [entry.key, entry])).values()];
}

/** A measurement that is left out of fits because it was disturbed needs the user's word; the others need no verdict. */
function included({ landmark }: LandmarkEntry): Review {
  return { verdict: (landmark.measurement?.disturbances.length ?? 0) > 0 ? 'accepted' : null };
}

async function comment(library: LandmarkLibrary, entries: readonly LandmarkEntry[]): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  const entered = await vscode.window.showInputBox({
    title:
      entries.length === 1
        ? t('Comment on {0}', first.landmark.model)
        : t('Comment on {0, plural, one {# landmark} other {# landmarks}}', entries.length),
    prompt: t('Leave empty to remove the comment.'),
    value: entries.length === 1 ? (first.landmark.comment ?? '') : '',
  });
  if (entered === undefined) return;
  tell(await library.review(entries, () => ({ comment: entered.trim() === '' ? null : entered.trim() })));
}

/** Deletes own landmarks at once, and offers to take that back: a question before every deletion is clicked away. */
async function remove(library: LandmarkLibrary, entries: readonly LandmarkEntry[]): Promise<void> {
  const removed = await library.remove(entries);
  if (!removed.ok) return tell(removed);
  const count = removed.value.length;
  const [first] = removed.value;
  if (first === undefined) return;
  const sentence =
    count === 1
      ? t('Deleted the landmark of {0}.', first.landmark.model)
      : t('Deleted {0, plural, one {# landmark} other {# landmarks}}.', count);
  if (await offered('Information', sentence, t('Undo'))) tell(await library.addNew(removed.value));
}

async function showSource(entries: readonly LandmarkEntry[]): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  const { file, line, landmark } = first;
  if (file !== null && line !== null) return await showLine({ file, line });
  await vscode.window.showInformationMessage(t('{0} is published: {1}', landmark.model, landmark.source));
}

/** Where the wanted fits are: for a line of the view, or null for the board and runtime of the settings. */
function fitsOf(node: LandmarkNode | undefined, { entries }: LandmarkLibrary) {
  if (node === undefined) return null;
  if (node.kind === 'landmark') {
    const { device, runtime, family } = node.entry.landmark;
    return { device, runtime, family };
  }
  const runtime = node.runtime ?? entries.find(({ landmark }) => landmark.device === node.device)?.landmark.runtime;
  return runtime === undefined ? null : { device: node.device, runtime, family: node.family };
}

function tell(result: Result<unknown>): void {
  if (!result.ok) void vscode.window.showErrorMessage(result.error.message);
}
