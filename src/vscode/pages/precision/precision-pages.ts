import * as vscode from 'vscode';
import { t } from '../../../core/language';
import { modesOf } from '../../../core/landmarks/devices';
import { defaultResolution } from '../../../core/landmarks/landmark';
import { isBundledCampaign } from '../../../core/landmarks/landmark-set';
import { backbones } from '../../../core/present/accuracy';
import { precisionAdvice } from '../../../core/present/precision-advice';
import {
  comparedRuntimes,
  missingPrecision,
  precisionPair,
  precisionView,
  type PrecisionComparison,
  type PrecisionPair,
} from '../../../core/present/precision-chart';
import { precisionPageMessages, precisionPageState, type PrecisionPage } from '../../../protocol/precision-page';
import { parseState, type Choice } from '../../../protocol/page';
import { profileOfBackbone } from '../../services/backbone-profiles';
import type { LandmarkLibrary } from '../../services/landmark-library';
import { readSettings } from '../../services/settings';
import { createYielder } from '../../services/yield-to-event-loop';
import { createPageChoice } from '../page-choice';
import { registerTabs, type PageLogic, type Surface } from '../page-host';

/** Registers the page of the paper's Figure 5, for any board, with the command that opens it. */
export function registerPrecisionPages(extensionUri: vscode.Uri, library: LandmarkLibrary): vscode.Disposable {
  const tabs = registerTabs(extensionUri, {
    bundle: 'precision',
    viewType: 'framecast.precisionPage',
    title: t('Precision'),
    messages: precisionPageMessages,
    state: precisionPageState,
    follows: library,
    start,
  });

  function start(surface: Surface<PrecisionPage>, state: PrecisionPage['state']) {
    const choice = createPageChoice(state.choice, readSettings);
    let { comparison } = state;

    function refresh(): void {
      surface.latest(async (signal, post) => {
        const { shown } = choice;
        const view = precisionView(library.landmarks, isBundledCampaign, shown.choice.device, comparison);
        post({
          type: 'precision',
          ...shown,
          ...view,
          comparison,
          predicted: await predictedPairs(shown.choice, comparison, view.pairs, signal),
          advice: comparison === 'fp16-fp32' ? precisionAdvice(null) : [],
        });
      });
    }

    const receive: PageLogic<PrecisionPage>['receive'] = {
      compare: (message) => {
        ({ comparison } = message);
        refresh();
      },
      benchmark: async () => await vscode.commands.executeCommand('framecast.benchmark'),
    };
    return { choice, refresh, receive };
  }

  /** The standard backbones with TensorRT, those left out that were measured in both precisions. */
  async function predictedPairs(
    { device, powerMode }: Choice,
    comparison: PrecisionComparison,
    measured: readonly PrecisionPair[],
    signal: AbortSignal,
  ): Promise<readonly PrecisionPair[]> {
    if (missingPrecision(device, comparison) !== null) return [];
    const yieldToEventLoop = createYielder(signal);
    const { engine, low, high } = comparedRuntimes(comparison);
    const size = { resolution: defaultResolution, batch: 1 };
    const pairs: PrecisionPair[] = [];
    for (const backbone of backbones) {
      await yieldToEventLoop();
      const { label, family, parameters } = backbone;
      const isMeasured = measured.some((pair) => pair.family === family && pair.parameters === parameters);
      const profile = isMeasured ? null : profileOfBackbone(backbone);
      if (profile === null) continue;
      const fpsOf = async (runtime: typeof low) => {
        const query = { device, powerMode, runtime, ...size };
        await library.estimators.prepare(query, yieldToEventLoop, profile);
        return library.estimators.predict(profile, query).estimate?.throughputFps;
      };
      const [lowFps, highFps] = [await fpsOf(low), await fpsOf(high)];
      if (lowFps === undefined || highFps === undefined) continue;
      const mode = powerMode ?? modesOf(device)[0]?.name ?? null;
      const of = { model: label, family, parameters, engine, device, ...size, powerMode: mode, campaign: null };
      pairs.push(precisionPair(of, { lowFps, highFps }));
    }
    return pairs.sort((one, other) => other.ratio - one.ratio);
  }

  return vscode.Disposable.from(
    tabs,
    vscode.commands.registerCommand('framecast.showPrecision', () =>
      tabs.show(parseState(precisionPageState, undefined)),
    ),
  );
}
