import path from 'node:path';
import * as vscode from 'vscode';
import { modelNameOf } from '../../../core/model-file-name';
import type { Query } from '../../../core/estimate/estimate';
import { operatingPoint } from '../../../core/estimate/operating-point';
import type { Estimators } from '../../../core/estimate/estimators';
import { isBundledCampaign } from '../../../core/landmarks/landmark-set';
import {
  accuracySentences,
  accuracySource,
  backbones,
  measuredOwnThroughput,
  measuredThroughput,
  type Backbone,
  type KnownThroughput,
  type PlacedBackbone,
} from '../../../core/present/accuracy';
import { methodName } from '../../../core/present/sentences';
import { profileModel } from '../../../core/profile/profile-model';
import type { ModelProfile } from '../../../core/profile/profile';
import { referenceModel } from '../../../core/zoo/reference-model';
import {
  maxOwnModels,
  parseAccuracyPageMessage,
  parseKeptModels,
  type AccuracyHostMessage,
  type AccuracyMessage,
  type AccuracyPageMessage,
} from '../../../protocol/accuracy-page';
import { createYielder } from '../../services/yield-to-event-loop';
import { isKnownDevice, deviceOptions } from '../../services/known-devices';
import type { LandmarkLibrary } from '../../services/landmark-library';
import type { ModelService } from '../../services/model-service';
import { onDidChangeSettings, readSettings } from '../../services/settings';
import { registerPages, type Surface } from '../page-host';

export const accuracyPanelType = 'framecast.accuracyPage';

const keptUnder = 'framecast.accuracyModels';

type Choice = AccuracyMessage['choice'];

/** What a page wants to see, and what ends finding it out. */
interface Asked {
  readonly choice: Choice | null;
  readonly files: readonly string[];
  readonly current: AbortController;
}

/** Registers the page of the paper's Figure 6, with the command that opens it. */
export function registerAccuracyPages(
  { extensionUri, workspaceState }: Pick<vscode.ExtensionContext, 'extensionUri' | 'workspaceState'>,
  service: ModelService,
  library: LandmarkLibrary,
): vscode.Disposable {
  const profiles = new Map<string, ModelProfile | null>();
  const askedBy = new WeakMap<Surface, Asked>();
  const pages = registerPages<AccuracyPageMessage>(extensionUri, {
    bundle: 'accuracy',
    panelType: accuracyPanelType,
    title: 'Accuracy and Throughput',
    parse: parseAccuracyPageMessage,
    receive: (surface, message) => {
      if (message.type === 'pick') void pick(surface);
      if (message.type === 'keep') void workspaceState.update(keptUnder, message.models);
      if (message.type === 'ready' && message.isNew) takeUp(surface);
      if (message.type === 'ready' || message.type === 'show') void show(surface, message);
    },
  });

  const post = (surface: Surface, message: AccuracyHostMessage): void => surface.post(message);

  /** What VS Code keeps of a page is gone once its tab is closed; what users have typed in should not be. */
  function takeUp(surface: Surface): void {
    const models = parseKeptModels(workspaceState.get(keptUnder));
    if (models.length > 0) post(surface, { type: 'kept', models });
  }

  async function show(surface: Surface, { choice, files }: Pick<Asked, 'choice' | 'files'>): Promise<void> {
    askedBy.get(surface)?.current.abort();
    const asked: Asked = { choice, files, current: new AbortController() };
    askedBy.set(surface, asked);
    const { device, runtime, targetFps } = readSettings();
    const place = choice !== null && isKnownDevice(choice.device) ? choice : { device, runtime };
    try {
      post(surface, {
        ...{ type: 'accuracy', choice: place, devices: deviceOptions(place).map(copyOfDevice), targetFps },
        backbones: await placedBackbones(place, asked.current.signal),
        own: await Promise.all(files.map((file) => ownModel(file, place))),
        ...{ source: accuracySource, sentences: accuracySentences(place.device) },
      });
    } catch (error) {
      if (!asked.current.signal.aborted) throw error;
    }
  }

  async function placedBackbones(place: Choice, signal: AbortSignal): Promise<PlacedBackbone[]> {
    const yieldToEventLoop = createYielder(signal);
    const placed: PlacedBackbone[] = [];
    for (const { settings, ...backbone } of backbones) {
      await yieldToEventLoop();
      const measured = measuredThroughput(backbone, place, library.estimators.landmarks, isBundledCampaign);
      placed.push({ ...backbone, throughput: measured ?? predictedBackbone({ settings, ...backbone }, place) });
    }
    return placed;
  }

  function predictedBackbone(backbone: Backbone, place: Choice): KnownThroughput | null {
    const { model, family, settings } = backbone;
    if (!profiles.has(model)) {
      const built = referenceModel({ family, settings });
      const profile = built.ok ? profileModel(built.value.model) : built;
      profiles.set(model, profile.ok ? profile.value : null);
    }
    const profile = profiles.get(model) ?? null;
    return profile && predicted(library.estimators, profile, place);
  }

  async function ownModel(file: string, place: Choice): Promise<AccuracyMessage['own'][number]> {
    const name = path.basename(file);
    const analysis = await service.analyse(vscode.Uri.file(file));
    if (!analysis.ok) {
      return { file, name, family: null, parameters: null, throughput: null, reason: analysis.error.message };
    }
    const { profile } = analysis.value;
    const prediction = service.predict(analysis.value, place);
    const { estimate } = prediction;
    const parameters = profile.parameters > 0 ? profile.parameters : null;
    const measured = measuredOwn(name, profile, place);
    return {
      ...{ file, name, family: profile.family, parameters },
      throughput:
        measured ??
        (estimate && {
          throughputFps: estimate.throughputFps,
          basis: 'predicted',
          source: methodName(estimate.method),
        }),
      reason:
        measured === null && estimate === null
          ? (prediction.reason ?? 'No throughput is predicted for it here.')
          : null,
    };
  }

  function measuredOwn(fileName: string, profile: ModelProfile, place: Choice): KnownThroughput | null {
    const point = operatingPoint(profile, place);
    if (!point.ok) return null;
    const { family, parameters } = profile;
    const network = { name: modelNameOf(fileName), family, parameters };
    return measuredOwnThroughput(
      network,
      { ...place, ...point.value },
      library.estimators.landmarks,
      isBundledCampaign,
    );
  }

  async function pick(surface: Surface): Promise<void> {
    const uris = await vscode.window.showOpenDialog({
      ...{ title: 'Add Models', canSelectMany: true },
      filters: { 'ONNX models': ['onnx'] },
    });
    const files = (uris ?? []).filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
    if (files.length > 0) post(surface, { type: 'picked', files: files.slice(0, maxOwnModels) });
  }

  function refresh(): void {
    for (const surface of pages.listening) {
      const asked = askedBy.get(surface);
      if (asked) void show(surface, asked);
    }
  }

  return vscode.Disposable.from(
    pages,
    library.onDidChange(refresh),
    onDidChangeSettings(refresh),
    vscode.commands.registerCommand('framecast.showAccuracy', () => pages.show()),
  );
}

function predicted(estimators: Estimators, profile: ModelProfile, query: Query): KnownThroughput | null {
  const { estimate } = estimators.predict(profile, query);
  return estimate && { throughputFps: estimate.throughputFps, basis: 'predicted', source: methodName(estimate.method) };
}

function copyOfDevice({ runtimes, ...device }: ReturnType<typeof deviceOptions>[number]) {
  return { ...device, runtimes: runtimes.map((runtime) => ({ ...runtime })) };
}
