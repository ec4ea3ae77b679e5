import * as vscode from 'vscode';
import { t } from '../../core/language';
import { formatThroughput } from '../../core/figures';
import { verdictOf } from '../../core/estimate/verdict';
import { concernsOf } from '../../core/estimate/concerns';
import { escapeMarkdown } from '../../core/present/card';
import { hoverLines } from '../../core/present/hover-lines';
import { predictionView } from '../../core/present/prediction-view';
import { toAbortSignal } from '../services/cancellation';
import { commandLink } from '../services/command-link';
import type { ModelService } from '../services/model-service';
import { onDidChangeSettings, readSettings } from '../services/settings';
import { surroundingsOf } from './mentioned-file';
import { mentionedModel, mentionedModels, type MentionedModel } from './mentioned-models';
import { findModelPaths } from './model-paths';
import { reexportActions } from './reexport-action';

/** Any language, wherever VS Code can look for the file that a text mentions. */
const selector: vscode.DocumentSelector = ['file', 'untitled', 'vscode-notebook-cell', 'vscode-vfs'].map((scheme) => ({
  scheme,
}));

/** Models whose throughput is written behind their paths at a time: each is read once. */
const maxHints = 20;

/**
 * Where a text names a model by its path: the prediction on hover, a link to the model, and the throughput behind the
 * path if the setting asks for it.
 */
export function registerHover(service: ModelService): vscode.Disposable {
  const hintsChanged = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    hintsChanged,
    onDidChangeSettings(() => hintsChanged.fire()),
    vscode.languages.registerHoverProvider(selector, {
      provideHover: async (document, position, token) => {
        const isWanted = vscode.workspace.getConfiguration('framecast', document).get<unknown>('hovers') !== false;
        if (!isWanted) return undefined;
        const readings = findModelPaths(document.lineAt(position).text, position.character);
        if (readings.length === 0) return undefined;
        const model = await mentionedModel(readings, position.line, surroundingsOf(document), token);
        const card = model && (await modelCard(model.uri, service, toAbortSignal(token)));
        return card ? new vscode.Hover(card, model.range) : undefined;
      },
    }),
    vscode.languages.registerDocumentLinkProvider(selector, {
      provideDocumentLinks: async (document, token) => {
        const models = await mentionedModels(document, null, token);
        if (models.length > 0) service.preload(readSettings(document.uri));
        return models.map(({ range, uri }) => {
          const link = new vscode.DocumentLink(range, uri);
          link.tooltip = t('Open Model');
          return link;
        });
      },
    }),
    vscode.languages.registerCodeActionsProvider(selector, reexportActions(service), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    vscode.languages.registerInlayHintsProvider(selector, {
      onDidChangeInlayHints: hintsChanged.event,
      provideInlayHints: async (document, range, token) => {
        const isWanted = vscode.workspace.getConfiguration('framecast', document).get<unknown>('inlayHints') === true;
        if (!isWanted) return [];
        const models = await mentionedModels(document, range, token);
        const hints = models.slice(0, maxHints).map((model) => throughputHint(model, service, toAbortSignal(token)));
        return (await Promise.all(hints)).flatMap((hint) => hint ?? []);
      },
    }),
  );
}

async function throughputHint(
  { range, uri }: MentionedModel,
  service: ModelService,
  signal: AbortSignal,
): Promise<vscode.InlayHint | null> {
  const analysis = await service.analyse(uri, signal);
  if (!analysis.ok) return null;
  const settings = readSettings(uri);
  const prediction = service.predict(analysis.value, settings);
  const verdict = verdictOf(prediction, concernsOf(analysis.value.profile, settings), settings.targetFps);
  const { estimate } = prediction;
  if (estimate === null) return null;
  const figure = formatThroughput(verdict?.throughputFps ?? estimate.throughputFps, estimate.batch);
  // Behind the quote that ends the path.
  const hint = new vscode.InlayHint(
    range.end.translate(0, 1),
    verdict === null ? figure : `${figure} ${marks[verdict.kind]}`,
  );
  hint.paddingLeft = true;
  return hint;
}

const marks = { meets: '✓', misses: '✗', 'does-not-run': '⊘', 'runs-wrongly': '⊘' } as const;

async function modelCard(
  uri: vscode.Uri,
  service: ModelService,
  signal: AbortSignal,
): Promise<vscode.MarkdownString | undefined> {
  const result = await service.analyse(uri, signal);
  if (!result.ok && result.error.code === 'cancelled') return undefined;
  const open = `[${t('Open')}](${commandLink('openModel', uri)})`;
  const links = [
    open,
    `[${t('Compare')}](command:framecast.compareModels)`,
    `[${t('Benchmark')}](${commandLink('benchmark', uri)})`,
  ];
  const lines = result.ok
    ? predictedLines()
    : [`**${t('Framecast cannot read this model.')}** ${escapeMarkdown(result.error.message)}`, open];

  function predictedLines(): readonly string[] {
    if (!result.ok) return [];
    const settings = readSettings(uri);
    const prediction = service.predict(result.value, settings);
    const view = predictionView(result.value.profile, settings, prediction, settings.targetFps ?? undefined);
    const [figure, judgement, network] = hoverLines(view);
    return [figure, judgement, `${network} — ${links.join(' · ')}`];
  }

  const card = new vscode.MarkdownString(lines.join('  \n'));
  card.isTrusted = { enabledCommands: ['framecast.openModel', 'framecast.compareModels', 'framecast.benchmark'] };
  return card;
}
