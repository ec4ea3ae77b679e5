import * as vscode from 'vscode';
import { boardName } from '../../core/landmarks/devices';
import { runtimeName } from '../../core/landmarks/landmark';
import { t, wholeNumber } from '../../core/language';
import { escapeMarkdown } from '../../core/present/card';
import { hoverLines } from '../../core/present/hover-lines';
import { listFigure } from '../../core/present/one-line';
import { predictionView } from '../../core/present/prediction-view';
import { formatTarget } from '../../core/figures';
import { pathText } from '../services/on-disk';
import { readSettings } from '../services/settings';
import { chosenUris, type ModelNode } from './chosen-models';
import { maxModels } from './model-set';
import {
  groupRows,
  isUnfitModel,
  missesTarget,
  type Grouping,
  type Order,
  type ModelRow,
  type RowGroup,
} from './model-rows';
import type { WorkspaceModels } from './workspace-models';

export const modelsViewId = 'framecast.models';

interface Arrangement {
  readonly grouping: Grouping;
  readonly order: Order;
  readonly belowTargetOnly: boolean;
}

const initial: Arrangement = { grouping: 'none', order: 'throughput', belowTargetOnly: false };
const keptUnder = 'framecast.models.arrangement';

/** Registers the tree of the workspace's models and the commands in its title. */
export function registerModelsView(context: vscode.ExtensionContext, models: WorkspaceModels): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let arrangement: Arrangement = { ...initial, ...context.workspaceState.get<Partial<Arrangement>>(keptUnder) };
  let groups: readonly RowGroup<vscode.Uri>[] = [];

  const view = vscode.window.createTreeView<ModelNode>(modelsViewId, {
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: (node) => {
        if (node?.kind === 'model') return [];
        if (node === undefined && arrangement.grouping !== 'none') {
          return groups.map((group): ModelNode => ({ kind: 'group', group }));
        }
        const shown = node === undefined ? groups : [node.group];
        return shown.flatMap(({ id, rows }) => rows.map((row): ModelNode => ({ kind: 'model', row, groupId: id })));
      },
      getTreeItem: (node) =>
        node.kind === 'group' ? groupItem(node.group) : modelItem(node.row, node.groupId, arrangement),
      resolveTreeItem: (item, node) => {
        if (node.kind === 'model') item.tooltip = tooltipOf(node.row);
        return item;
      },
    },
  });

  function show(): void {
    groups = groupRows(models.rows, arrangement, vscode.workspace.name ?? t('Workspace'));
    const { runtime, targetFps, ...board } = readSettings(vscode.workspace.workspaceFolders?.[0]?.uri);
    view.description = [
      `${boardName(board)}, ${runtimeName(runtime)}`,
      ...(targetFps === null ? [] : [formatTarget(targetFps)]),
    ].join(' · ');
    view.message = messageOf(models, arrangement, groups.length === 0);
    const { isSearching, found } = models.progress;
    const isEmpty = models.isStarted && !isSearching && found === 0;
    void vscode.commands.executeCommand('setContext', 'framecast.models.isEmpty', isEmpty);
    changed.fire();
    showProgress();
  }

  /** The line under the view's title runs while models are found and read. */
  let endProgress: (() => void) | null = null;
  function showProgress(): void {
    const { isSearching, found, read } = models.progress;
    const isBusy = isSearching || read < found;
    if (!isBusy) {
      endProgress?.();
      endProgress = null;
    } else if (endProgress === null && view.visible) {
      const location = { viewId: modelsViewId };
      void vscode.window.withProgress({ location }, () => new Promise<void>((end) => (endProgress = end)));
    }
  }

  async function arrange(changes: Partial<Arrangement>): Promise<void> {
    arrangement = { ...arrangement, ...changes };
    await context.workspaceState.update(keptUnder, arrangement);
    await tellContext();
    show();
  }

  async function tellContext(): Promise<void> {
    const { grouping, order, belowTargetOnly } = arrangement;
    const set = (name: string, value: unknown): Thenable<unknown> =>
      vscode.commands.executeCommand('setContext', `framecast.models.${name}`, value);
    await Promise.all([set('grouping', grouping), set('order', order), set('belowTargetOnly', belowTargetOnly)]);
  }

  const command = (
    name: string,
    run: (...parameters: [clicked: unknown, selected: unknown]) => unknown,
  ): vscode.Disposable => vscode.commands.registerCommand(`${modelsViewId}.${name}`, run);
  const startWhenSeen = (): void => {
    if (view.visible) models.start();
  };
  void tellContext();
  startWhenSeen();
  show();
  return vscode.Disposable.from(
    changed,
    view,
    view.onDidChangeVisibility(startWhenSeen),
    models.onDidChange(show),
    command('ungroup', () => arrange({ grouping: 'none' })),
    command('groupByFamily', () => arrange({ grouping: 'family' })),
    command('groupByFolder', () => arrange({ grouping: 'folder' })),
    command('sortByThroughput', () => arrange({ order: 'throughput' })),
    command('sortByName', () => arrange({ order: 'name' })),
    command('showBelowTarget', () => arrange({ belowTargetOnly: true })),
    command('showAll', () => arrange({ belowTargetOnly: false })),
    command('refresh', () => models.search()),
    command('copyPath', (...parameters) => copyPaths(chosenUris(...parameters))),
    command('reveal', async (clicked) => {
      const [uri] = chosenUris(clicked);
      if (uri !== undefined) await vscode.commands.executeCommand('revealInExplorer', uri);
    }),
    new vscode.Disposable(() => endProgress?.()),
  );
}

/** What stands above the rows while they are not all there, or where there are none to show. */
function messageOf(
  { progress, isTruncated }: WorkspaceModels,
  { belowTargetOnly }: Arrangement,
  isEmpty: boolean,
): string {
  const { isSearching, found, read } = progress;
  if (found > 0 && (isSearching || read < found)) {
    return isSearching
      ? t('Read {0} of {1} found so far …', wholeNumber(read), wholeNumber(found))
      : t('Read {0} of {1} …', wholeNumber(read), wholeNumber(found));
  }
  if (isTruncated)
    return t('The first {0} models are listed. Open a smaller folder to see the others.', wholeNumber(maxModels));
  if (found === 0 || !belowTargetOnly || !isEmpty) return '';
  const { targetFps } = readSettings(vscode.workspace.workspaceFolders?.[0]?.uri);
  return targetFps === null
    ? t('Showing only models below the target, but no target is set.')
    : t('Showing only models below the target: there are none.');
}

function groupItem({ id, label, rows }: RowGroup<vscode.Uri>): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  const [missing, unfit] = [rows.filter(missesTarget).length, rows.filter(isUnfitModel).length];
  const counts = [
    ...(missing === 0 ? [] : [t('{0} below target', missing)]),
    ...(unfit === 0 ? [] : [t('{0} not fit as exported', unfit)]),
  ];
  item.id = id;
  item.description = [String(rows.length), ...counts].join(', ');
  item.contextValue = 'framecast.group';
  item.accessibilityInformation = {
    label: [label, t('{0, plural, one {# model} other {# models}}', rows.length), ...counts].join(', '),
  };
  return item;
}

/** The figure comes first: it is what the list is for, and a side bar cuts what comes last. */
function modelItem(row: ModelRow<vscode.Uri>, groupId: string, { grouping }: Arrangement): vscode.TreeItem {
  const figure = figureOf(row);
  const item = new vscode.TreeItem(`${figure}  ${row.name}`);
  const { icon, mark } = lookOf(row);
  item.id = `${groupId} ${row.file.toString()}`;
  item.iconPath = icon;
  if (grouping !== 'folder' && row.folder !== '') item.description = row.folder;
  item.contextValue = 'framecast.model';
  item.command = { command: 'framecast.openModel', title: t('Open Model'), arguments: [row.file] };
  item.accessibilityInformation = {
    label: [row.name, row.folder, figure, mark].filter((text) => text !== '').join(', '),
  };
  return item;
}

async function copyPaths(uris: readonly vscode.Uri[]): Promise<void> {
  const paths = uris.map(pathText);
  await vscode.env.clipboard.writeText(paths.join('\n'));
}

/** The throughput, or why there is none. */
function figureOf({ state }: ModelRow<vscode.Uri>): string {
  if (state.kind === 'waiting') return '…';
  if (state.kind === 'failed') return t('not readable');
  return listFigure(state);
}

/** The mark of a row, and the same for those who do not see it. */
function lookOf({ state }: ModelRow<vscode.Uri>): { readonly icon: vscode.ThemeIcon; readonly mark: string } {
  const icon = (id: string, colour?: string): vscode.ThemeIcon =>
    new vscode.ThemeIcon(id, colour === undefined ? undefined : new vscode.ThemeColor(colour));
  if (state.kind === 'waiting') return { icon: icon('loading~spin'), mark: t('being read') };
  if (state.kind === 'failed') return { icon: icon('warning', 'disabledForeground'), mark: state.failure.message };
  const { verdict, prediction } = state;
  if (verdict === null) return { icon: icon(prediction.estimate === null ? 'question' : 'dashboard'), mark: '' };
  const looks = {
    meets: icon(verdict.isSure ? 'pass-filled' : 'pass', 'charts.green'),
    misses: icon(verdict.isSure ? 'error' : 'circle-outline', 'framecast.targetMissed'),
    'does-not-run': icon('circle-slash', 'framecast.doesNotRun'),
    'runs-wrongly': icon('bug', 'framecast.doesNotRun'),
  };
  return { icon: looks[verdict.kind], mark: verdict.sentence };
}

/** What hovers say about the model. */
function tooltipOf({ name, folder, state }: ModelRow<vscode.Uri>): vscode.MarkdownString {
  const path = escapeMarkdown(folder === '' ? name : `${folder}/${name}`);
  const lines = (): readonly string[] => {
    if (state.kind === 'waiting') return [t('This model is being read.')];
    if (state.kind === 'failed') {
      return [`**${t('Framecast cannot read this model.')}** ${escapeMarkdown(state.failure.message)}`];
    }
    const { profile, query, prediction, targetFps } = state;
    return hoverLines(predictionView(profile, query, prediction, targetFps ?? undefined));
  };
  return new vscode.MarkdownString([...lines(), `*${path}*`].join('  \n'));
}
