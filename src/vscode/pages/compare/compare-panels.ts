import * as vscode from 'vscode';
import { queryKey } from '../../../core/estimate/estimate';
import type { Estimators } from '../../../core/estimate/estimators';
import { compareModels } from '../../../core/present/compare';
import type { ComparisonContext } from '../../../core/present/compare-export';
import {
  comparePageMessages,
  comparePageState,
  type ComparePage,
  type ComparisonRow,
  type UnreadRow,
} from '../../../protocol/compare-page';
import { parseState } from '../../../protocol/page';
import type { WorkspaceSummaries } from '../../models/reading/workspace-summaries';
import type { LandmarkLibrary } from '../../services/landmark-library';
import { readSettings, type Settings } from '../../services/settings';
import { modelEditorType } from '../model/model-editor';
import { createPageChoice, sizedQuery } from '../page-choice';
import { registerTabs, type PageLogic, type Surface } from '../page-host';
import { t } from '../../../core/language';
import { nameOfRoots, searchedRoots } from './compare-files';
import { readCompared, type ComparedSoFar } from './compare-reading';
import { chosenRoots } from './compare-selection';
import { exportComparison } from './compare-text';
import { watchCompared } from './compare-watch';

const nothingYet: ComparedSoFar = {
  entries: new Map(),
  progress: { isSearching: true, found: 0, read: 0, underWay: 0 },
  isTruncated: false,
};

/** Registers the pages that put models side by side, which come back after a reload of the window. */
export function registerComparePanels(
  extensionUri: vscode.Uri,
  summaries: WorkspaceSummaries,
  library: LandmarkLibrary,
): vscode.Disposable {
  const tabs = registerTabs(extensionUri, {
    bundle: 'compare',
    viewType: 'framecast.compare',
    title: t('Compare'),
    messages: comparePageMessages,
    state: comparePageState,
    keyOf: ({ roots }) => JSON.stringify([...roots].sort()),
    follows: library,
    start: (surface: Surface<ComparePage>, state: ComparePage['state']) =>
      startPage(surface, state, summaries, library),
  });
  return vscode.Disposable.from(
    tabs,
    vscode.commands.registerCommand('framecast.compareModels', async (clicked: unknown, selected: unknown) => {
      const roots = await chosenRoots(clicked, selected);
      if (roots === null) return;
      tabs.show(parseState(comparePageState, { roots: roots.map((root) => root.toString()) }));
    }),
  );
}

function startPage(
  surface: Surface<ComparePage>,
  state: ComparePage['state'],
  summaries: WorkspaceSummaries,
  library: LandmarkLibrary,
): PageLogic<ComparePage> {
  const roots = state.roots.map((root) => vscode.Uri.parse(root));
  const settings = (): Settings => readSettings(searchedRoots(roots)[0]);
  const choice = createPageChoice(state.choice, settings);
  let { size } = state;
  /** What is shown, and for what it was predicted. */
  let soFar = nothingYet;
  let shownFor: Asked | null = null;
  /** What the last reading is for. */
  let readFor: Asked | null = null;
  /** Whether something has changed since the last reading began. */
  let isStale = true;

  /** What the page asks for now. */
  const context = (): Asked => ({
    query: sizedQuery(choice.current, size),
    targetFps: settings().targetFps,
    estimators: library.estimators,
  });

  /** Reads everything again; what has not changed is known already. */
  function read(): void {
    isStale = !surface.isVisible || !surface.isLoaded;
    if (isStale) return surface.stop();
    const asked = (readFor = context());
    const before = isSame(shownFor, asked) ? soFar.entries : new Map<string, never>();
    surface.latest(async (signal) => {
      const onProgress = (read: ComparedSoFar): void => {
        const isWhole = !read.progress.isSearching && read.progress.read === read.progress.found;
        // Rows that are there stay until they are read again, so that a changed file does not empty the table.
        soFar = isWhole ? read : { ...read, entries: new Map([...before, ...read.entries]) };
        shownFor = asked;
        send();
      };
      await readCompared({ roots, ...asked, summaries, signal, onProgress });
    });
  }

  function send(): void {
    const { query, targetFps } = shownFor ?? context();
    surface.post({
      type: 'comparison',
      what: nameOfRoots(roots),
      roots: state.roots,
      ...choice.shown,
      choice: { device: query.device, runtime: query.runtime },
      size,
      targetFps,
      ...comparisonOf(soFar),
      progress: soFar.progress,
      isTruncated: soFar.isTruncated,
    });
  }

  const subscriptions = vscode.Disposable.from(
    surface.onDidBecomeVisible(() => {
      if (isStale) read();
    }),
    watchCompared({
      roots,
      hasModelsIn: (path) => [...soFar.entries.keys()].some((id) => id.startsWith(`${path.toString()}/`)),
      onDidChange: read,
    }),
  );
  const refresh = (): void => (isStale || !isSame(readFor, context()) ? read() : send());
  surface.setTitle(t('Compare: {0}', nameOfRoots(roots)));
  return {
    choice,
    refresh,
    receive: {
      resize: (message) => {
        ({ size } = message);
        refresh();
      },
      open: async ({ id }) => {
        if (!soFar.entries.has(id)) return;
        await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.parse(id), modelEditorType);
      },
      export: (message) => exportComparison(message, comparisonOf(soFar), shownFor ?? context()),
    },
    dispose: () => subscriptions.dispose(),
  };
}

interface Asked extends ComparisonContext {
  readonly estimators: Estimators;
}

function isSame(one: Asked | null, other: Asked): boolean {
  if (one?.targetFps !== other.targetFps || one.estimators !== other.estimators) return false;
  return queryKey(one.query) === queryKey(other.query);
}

function comparisonOf({ entries }: ComparedSoFar) {
  const all = [...entries.values()];
  return compareModels<ComparisonRow, UnreadRow>(
    all.flatMap((entry) => (entry.ok ? [entry.row] : [])),
    all.flatMap((entry) => (entry.ok ? [] : [entry.row])),
  );
}
