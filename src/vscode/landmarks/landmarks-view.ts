import * as vscode from 'vscode';
import { escapeMarkdown } from '../../core/present/card';
import { t } from '../../core/language';
import type { LandmarkEntry } from '../../core/landmarks/landmark-collection';
import {
  branchesBelow,
  deviceBranches,
  entriesOf,
  type LandmarkBranch,
  landmarkFacts,
  landmarkLine,
} from '../../core/present/landmark-tree';
import { fitDistance } from '../../core/estimate/residuals';
import type { LandmarkLibrary } from '../services/landmark-library';

export const landmarksViewId = 'framecast.landmarks';

/** A line of the view. */
export type LandmarkNode = LandmarkBranch | { readonly kind: 'landmark'; readonly entry: LandmarkEntry };

/** Registers the view of everything that is measured, by device, runtime and family. */
export function registerLandmarksView(library: LandmarkLibrary): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.TreeDataProvider<LandmarkNode> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => {
      if (node === undefined) return [...deviceBranches(library.entries)];
      if (node.kind === 'landmark') return [];
      if (node.kind !== 'family') return [...branchesBelow(node)];
      return entriesOf(node).map((entry) => ({ kind: 'landmark', entry }));
    },
    getTreeItem: (node) => (node.kind === 'landmark' ? landmarkItem(node.entry, library) : branchItem(node)),
  };
  const view = vscode.window.createTreeView(landmarksViewId, { treeDataProvider: provider, canSelectMany: true });
  return vscode.Disposable.from(
    changed,
    view,
    library.onDidChange(() => changed.fire()),
  );
}

const branchIcons = { device: 'circuit-board', runtime: 'zap', family: 'graph-scatter' } as const;

function branchItem({ kind, id, label, entries }: LandmarkBranch): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  const out = entries.filter(({ isInFits }) => !isInFits).length;
  item.id = id;
  item.description = out === 0 ? String(entries.length) : t('{0}, {1} not in fits', entries.length, out);
  item.iconPath = new vscode.ThemeIcon(branchIcons[kind]);
  item.contextValue = `framecastLandmarks.${kind}`;
  item.accessibilityInformation = {
    label: `${label}, ${t('{0, plural, one {# landmark} other {# landmarks}}', entries.length)}`,
  };
  return item;
}

function landmarkItem(entry: LandmarkEntry, { estimators }: LandmarkLibrary): vscode.TreeItem {
  const { landmark, origin, isInFits } = entry;
  const far = fitDistance(estimators, landmark);
  const line = landmarkLine(entry, far);
  const item = new vscode.TreeItem(landmark.model);
  item.id = `landmark:${entry.key}`;
  item.description = line;
  item.tooltip = tooltip(landmark.model, landmarkFacts(entry, far));
  item.iconPath = icon(entry);
  item.contextValue = [
    'framecastLandmark',
    // Only lines of the own store can be deleted; a line that repeats a published landmark is a verdict on it.
    origin === 'own' ? 'own' : 'foreign',
    isInFits ? 'in' : 'out',
    landmark.verdict ?? 'unjudged',
  ].join('.');
  item.accessibilityInformation = { label: `${landmark.model}, ${line}` };
  return item;
}

function icon({ landmark, origin, isInFits }: LandmarkEntry): vscode.ThemeIcon {
  if (landmark.verdict === 'outlier') return new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.yellow'));
  if (landmark.verdict === 'off') return new vscode.ThemeIcon('circle-slash');
  if (!isInFits) return new vscode.ThemeIcon('question', new vscode.ThemeColor('charts.yellow'));
  return new vscode.ThemeIcon(origin === 'bundled' ? 'book' : origin === 'team' ? 'organization' : 'circle-filled');
}

/** Names and comments are text: nothing in them is taken for Markdown. */
function tooltip(title: string, facts: readonly string[]): vscode.MarkdownString {
  return new vscode.MarkdownString([`**${escapeMarkdown(title)}**`, ...facts.map(escapeMarkdown)].join('\n\n'));
}
