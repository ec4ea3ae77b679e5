import { posix } from 'node:path';
import * as vscode from 'vscode';
import { exportAdvice, namedConcerns } from '../../../core/present/export-advice';
import { predictionView } from '../../../core/present/prediction-view';
import { nearbySizes, operatingPoint, ownImageSize } from '../../../core/estimate/operating-point';
import { defaultResolution } from '../../../core/landmarks/landmark';
import type { Query } from '../../../core/estimate/estimate';
import { modelPageMessages, modelPageState, type ModelPage } from '../../../protocol/model-page';
import { refusal } from '../../../core/result';
import { ownSize, type Choice, type Size } from '../../../protocol/page';
import { orSentence, type KernelTimes, type ModelAnalysis, type ModelService } from '../../services/model-service';
import { readSettings, writeSettings } from '../../services/settings';
import { takenIn } from '../../services/taken-in';
import { createPageChoice, sizedQuery } from '../page-choice';
import { servePage, type PageKind, type PageLogic, type Surface } from '../page-host';
import { openModelDocument, type ModelDocument } from './model-document';
import type { ModelInsights } from './model-insights';
import { t } from '../../../core/language';

export const modelEditorType = 'framecast.model';

/** The model that the user is looking at, and where the page predicts it to run. */
export interface ShownModel {
  readonly uri: vscode.Uri;
  readonly choice: Choice;
  /** The size that the page asks for. */
  readonly size: Size;
  /** The choice at that size. */
  readonly query: Query;
  /** null while it is read, and when it cannot be. */
  readonly analysis: ModelAnalysis | null;
}

/** The custom editors of all windows' models. */
export interface ModelEditors extends vscode.Disposable {
  /** The model of the active editor; null when that shows something else. */
  readonly shown: ShownModel | null;
  readonly onDidChangeShown: vscode.Event<void>;
}

/** What answers one editor tab. */
interface OpenPage extends PageLogic<ModelPage> {
  /** Works out, and remembers, what the page will show first. */
  workAhead(): Promise<void>;
  readonly panel: vscode.WebviewPanel;
  readonly shown: ShownModel;
}

/** Registers the read-only editor for models. */
export function registerModelEditors(
  extensionUri: vscode.Uri,
  service: ModelService,
  insights: ModelInsights,
): ModelEditors {
  const shownChanged = new vscode.EventEmitter<void>();
  const pages = new Set<OpenPage>();

  function startPage(surface: Surface<ModelPage>, panel: vscode.WebviewPanel, document: ModelDocument): OpenPage {
    const { uri } = document;
    const fileName = posix.basename(uri.path);
    let choice = createPageChoice(null, () => readSettings(uri));
    let size = ownSize;
    let revision = 0;
    /** The times that the page shows, and what ends working them out when it shows something else. */
    let time: { readonly value: Promise<KernelTimes> | KernelTimes; readonly end: AbortController } | null = null;
    const query = (): Query => sizedQuery(choice.current, size);

    function show(): void {
      surface.stop();
      time?.end.abort();
      time = null;
      const shown = ++revision;
      surface.run(async () => {
        const { content } = document;
        if (content.kind !== 'model') return post();
        const { analysis } = content;
        await service.prepare(analysis, [query()]);
        await insights.prepare(analysis.profile, query());
        if (shown !== revision) return;
        const end = new AbortController();
        const value = service.time(analysis, query(), end.signal);
        time = { value, end };
        if (value instanceof Promise) {
          post(refusal(t('The times of the kernels are being worked out.')));
          const known = await value;
          if (shown !== revision) return;
          surface.post(hostMessage(known));
        } else post(value);
      });
    }

    function post(kernels?: KernelTimes): void {
      surface.post(hostMessage(kernels));
      if (surface.isVisible) surface.latest(findOut);
      if (panel.active) shownChanged.fire();
    }

    /** Sends what takes longer than the prediction, as long as the page still shows the same. */
    async function findOut(signal: AbortSignal, post: (message: Message) => void): Promise<void> {
      if (document.content.kind !== 'model') return;
      const { analysis } = document.content;
      const { profile } = analysis;
      const [asked, at] = [query(), revision];
      await service.prepare(analysis, insights.sizes(profile, asked), signal);
      post({ type: 'resolutions', revision: at, view: await insights.resolutions(profile, asked, signal) });
      const { targetFps } = readSettings(uri);
      if (targetFps === null) return;
      await service.prepare(analysis, insights.plannedSizes(profile, asked), signal);
      post({ type: 'plans', revision: at, ...(await insights.plans(profile, asked, targetFps, signal)) });
    }

    async function sendNetwork(): Promise<void> {
      if (time === null) return;
      const [asked, at, { value, end }] = [query(), revision, time];
      const network = await service.network(uri, asked, await value, end.signal);
      if (at === revision) surface.post({ type: 'network', revision, network: orSentence(network) });
    }

    function hostMessage(kernels: KernelTimes = refusal('')): Message {
      const { content } = document;
      if (content.kind === 'reading') return { type: 'reading', fileName, progress: content.progress };
      if (content.kind === 'failed') return { type: 'failed', fileName, failure: content.failure };
      const { analysis, gone } = content;
      const { profile } = analysis;
      const asked = query();
      const { targetFps } = readSettings(uri);
      const prediction = service.predict(analysis, asked);
      const view = predictionView(profile, asked, prediction, targetFps ?? undefined);
      return {
        type: 'model',
        fileName,
        gone,
        revision,
        ...choice.shown,
        size,
        ownSize: { image: ownImageSize(profile), batch: ownBatch(profile, choice.current) },
        nearbySizes: nearbySizes(profile, asked),
        fileBytes: analysis.fileBytes,
        isWithoutWeights: analysis.isWithoutWeights,
        profile,
        producer: analysis.producer,
        warnings: analysis.warnings,
        targetFps,
        view: { ...view, concerns: namedConcerns(view.concerns, fileName) },
        advice: exportAdvice(profile, view.concerns, fileName),
        prediction,
        chart: service.chart(analysis, asked),
        time: kernels,
        precisions: insights.precisions(profile, asked),
      };
    }

    const subscriptions = vscode.Disposable.from(
      document.onDidChange(() => surface.run(show)),
      panel.onDidChangeViewState(() => {
        // A page that comes back says that it is ready, and is then sent everything again.
        if (!panel.visible) surface.stop();
        shownChanged.fire();
      }),
    );
    const page: OpenPage = {
      panel,
      get choice() {
        return choice;
      },
      get shown() {
        const analysis = document.content.kind === 'model' ? document.content.analysis : null;
        return { uri, choice: choice.current, size, query: query(), analysis };
      },
      restore: (kept) => {
        choice = createPageChoice(kept.choice, () => readSettings(uri));
        size = kept.size;
      },
      workAhead: async () => {
        const { content } = document;
        if (surface.isLoaded || content.kind !== 'model') return;
        await insights.prepare(content.analysis.profile, query());
        if (!surface.isLoaded) hostMessage();
      },
      refresh: show,
      receive: {
        resize: (message) => {
          ({ size } = message);
          show();
        },
        useAsDefault: () => writeSettings({ powerMode: undefined, ...choice.current }, uri),
        copy: () => run('copyAsMarkdown'),
        create: (message) => run('newReferenceModel', message),
        network: sendNetwork,
        reexport: () => run('writeExportScript', uri),
        compareBoards: () => run('compareBoards', uri),
        measure: ({ runtime }) => run('benchmark', { uri, runtime }),
      },
      dispose: () => {
        time?.end.abort();
        pages.delete(page);
        subscriptions.dispose();
        shownChanged.fire();
      },
    };
    pages.add(page);
    return page;
  }

  const kind: PageKind<ModelPage> = {
    bundle: 'model',
    messages: modelPageMessages,
    state: modelPageState,
    follows: { onDidChange: service.onDidChangePredictions },
  };
  const provider: vscode.CustomReadonlyEditorProvider<ModelDocument> = {
    openCustomDocument: (uri) => openModelDocument(uri, service),
    resolveCustomEditor: (document, panel) => {
      const { surface, logic } = servePage(extensionUri, panel, kind, (each: Surface<ModelPage>) =>
        startPage(each, panel, document),
      );
      shownChanged.fire();
      // The page takes longer to load than to be worked out, once VS Code has what to load.
      surface.run(async () => {
        await takenIn();
        await logic.workAhead();
      });
    },
  };

  const registrations = vscode.Disposable.from(
    shownChanged,
    vscode.window.registerCustomEditorProvider(modelEditorType, provider, {
      supportsMultipleEditorsPerDocument: true,
      webviewOptions: { enableFindWidget: true },
    }),
  );
  return {
    get shown() {
      return [...pages].find(({ panel }) => panel.active)?.shown ?? null;
    },
    onDidChangeShown: shownChanged.event,
    dispose: () => registrations.dispose(),
  };
}

type Message = ModelPage['host'];

async function run(command: string, ...parameters: unknown[]): Promise<void> {
  await vscode.commands.executeCommand(`framecast.${command}`, ...parameters);
}

/** The batch that a model states, else 1, whether or not it states the size of its image. */
function ownBatch(profile: ModelAnalysis['profile'], choice: Choice): number {
  const point = operatingPoint(profile, { ...choice, resolution: defaultResolution });
  return point.ok ? point.value.batch : 1;
}
