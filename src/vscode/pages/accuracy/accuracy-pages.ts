import path from 'node:path';
import * as vscode from 'vscode';
import { modelNameOf } from '../../../core/model-file-name';
import type { Query } from '../../../core/estimate/estimate';
import { operatingPoint } from '../../../core/estimate/operating-point';
import type { Estimators } from '../../../core/estimate/estimators';
import { t } from '../../../core/language';
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
import type { Pause } from '../../../core/pieces';
import type { ModelProfile } from '../../../core/profile/profile';
import {
  accuracyPageMessages,
  accuracyPageState,
  maxOwnModels,
  type AccuracyPage,
  type KeptModels,
  type OwnModel,
} from '../../../protocol/accuracy-page';
import { parseState, type Choice } from '../../../protocol/page';
import { askForModels } from '../../models/chosen-models';
import { profileOfBackbone } from '../../services/backbone-profiles';
import type { LandmarkLibrary } from '../../services/landmark-library';
import type { ModelService } from '../../services/model-service';
import { readSettings } from '../../services/settings';
import { createYielder } from '../../services/yield-to-event-loop';
import { createPageChoice } from '../page-choice';
import { registerTabs, type PageLogic, type Surface } from '../page-host';
import { isOnDisk } from '../../services/on-disk';

const keptUnder = 'framecast.accuracyModels';

/** Registers the page of the paper's Figure 6, with the command that opens it. */
export function registerAccuracyPages(
  { extensionUri, workspaceState }: Pick<vscode.ExtensionContext, 'extensionUri' | 'workspaceState'>,
  service: ModelService,
  library: LandmarkLibrary,
): vscode.Disposable {
  function start(surface: Surface<AccuracyPage>, state: AccuracyPage['state']) {
    const choice = createPageChoice(state.choice, readSettings);
    let { models } = state;

    function refresh(): void {
      surface.latest(async (signal, post) => {
        const { shown } = choice;
        const placed = await placedBackbones(shown.choice, signal);
        const own = await Promise.all(models.map(({ file }) => ownModel(file, shown.choice)));
        post({
          type: 'accuracy',
          ...shown,
          targetFps: readSettings().targetFps,
          backbones: placed,
          own,
          kept: models,
          source: accuracySource(),
          sentences: accuracySentences(shown.choice.device),
        });
      });
    }

    const filesOf = (kept: KeptModels): string => JSON.stringify(kept.map(({ file }) => file));
    const receive: PageLogic<AccuracyPage>['receive'] = {
      keep: async (message) => {
        const isSame = filesOf(models) === filesOf(message.models);
        models = message.models;
        if (!isSame) refresh();
        await workspaceState.update(keptUnder, models);
      },
      pick: async () => {
        const files = await pickModels();
        if (files.length > 0) surface.post({ type: 'picked', files });
      },
    };
    return { choice, refresh, receive };
  }

  async function placedBackbones(choice: Choice, signal: AbortSignal): Promise<PlacedBackbone[]> {
    const yieldToEventLoop = createYielder(signal);
    const placed: PlacedBackbone[] = [];
    for (const { settings, ...backbone } of backbones) {
      await yieldToEventLoop();
      const measured = measuredThroughput(backbone, choice, library.estimators.landmarks, isBundledCampaign);
      const throughput = measured ?? (await predictedBackbone({ settings, ...backbone }, choice, yieldToEventLoop));
      placed.push({ ...backbone, throughput });
    }
    return placed;
  }

  async function predictedBackbone(backbone: Backbone, choice: Choice, pause: Pause): Promise<KnownThroughput | null> {
    const profile = profileOfBackbone(backbone);
    if (profile === null) return null;
    await library.estimators.prepare(choice, pause, profile);
    return predicted(library.estimators, profile, choice);
  }

  async function ownModel(file: string, choice: Choice): Promise<OwnModel> {
    const name = path.basename(file);
    const analysis = await service.analyse(vscode.Uri.file(file));
    if (!analysis.ok) {
      return { file, name, family: null, parameters: null, throughput: null, reason: analysis.error.message };
    }
    const { profile } = analysis.value;
    const prediction = service.predict(analysis.value, choice);
    const { estimate } = prediction;
    const parameters = profile.parameters > 0 ? profile.parameters : null;
    const measured = measuredOwn(name, profile, choice);
    return {
      file,
      name,
      family: profile.family,
      parameters,
      throughput:
        measured ??
        (estimate && {
          throughputFps: estimate.throughputFps,
          basis: 'predicted',
          source: methodName(estimate.method),
        }),
      reason: measured === null && estimate === null ? (prediction.reason ?? t('No prediction available.')) : null,
    };
  }

  function measuredOwn(fileName: string, profile: ModelProfile, choice: Choice): KnownThroughput | null {
    const point = operatingPoint(profile, choice);
    if (!point.ok) return null;
    const { family, parameters } = profile;
    const network = { name: modelNameOf(fileName), family, parameters };
    return measuredOwnThroughput(
      network,
      { ...choice, ...point.value },
      library.estimators.landmarks,
      isBundledCampaign,
    );
  }

  const tabs = registerTabs(extensionUri, {
    bundle: 'accuracy',
    viewType: 'framecast.accuracyPage',
    title: t('Accuracy and FPS'),
    messages: accuracyPageMessages,
    state: accuracyPageState,
    follows: library,
    start,
  });
  // VS Code drops what a page keeps when its tab is closed; what users have typed in should stay.
  const newState = (): AccuracyPage['state'] =>
    parseState(accuracyPageState, { models: workspaceState.get(keptUnder) });
  return vscode.Disposable.from(
    tabs,
    vscode.commands.registerCommand('framecast.showAccuracy', () => tabs.show(newState())),
  );
}

/** Paths of the model files that the user picks. */
async function pickModels(): Promise<readonly string[]> {
  const uris = (await askForModels(t('Add Models'))) ?? [];
  return uris
    .filter(isOnDisk)
    .slice(0, maxOwnModels)
    .map(({ fsPath }) => fsPath);
}

function predicted(estimators: Estimators, profile: ModelProfile, query: Query): KnownThroughput | null {
  const { estimate } = estimators.predict(profile, query);
  return estimate && { throughputFps: estimate.throughputFps, basis: 'predicted', source: methodName(estimate.method) };
}
