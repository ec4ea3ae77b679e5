import type * as vscode from 'vscode';
import { t } from '../../../core/language';
import { deviceName } from '../../../core/landmarks/devices';
import { runtimeName } from '../../../core/landmarks/landmark';
import { withPauses, type Pause } from '../../../core/pieces';
import { fittingAllFamilies } from '../../../core/estimate/family-fit/all-families-fit';
import { fitChart, groupingSentence } from '../../../core/present/fit-chart';
import { fitReportSentences } from '../../../core/present/fit-sentences';
import { fitReportInPieces } from '../../../core/estimate/fit-report';
import {
  fitPageMessages,
  fitPageState,
  type FitMessage,
  type FitPage,
  type FitDeployment,
} from '../../../protocol/fit-page';
import type { LandmarkLibrary } from '../../services/landmark-library';
import { readSettings } from '../../services/settings';
import { createYielder } from '../../services/yield-to-event-loop';
import { registerTabs, type PageLogic, type Surface } from '../page-host';

/** The page with the fits of a device and runtime, the paper's Figure 3. */
export interface FitPanels extends vscode.Disposable {
  /** Opens the page, or changes what the open one shows; null for what the settings say. */
  show(deployment: FitDeployment | null): void;
}

/** Registers the page, which comes back after a reload of the window. */
export function registerFitPanels(extensionUri: vscode.Uri, library: LandmarkLibrary): FitPanels {
  function start(surface: Surface<FitPage>, state: FitPage['state']): PageLogic<FitPage> {
    let deployment = state.deployment ?? settingsDeployment();

    function show(wanted: FitDeployment): void {
      deployment = wanted;
      surface.setTitle(t('Fits: {0}, {1}', deviceName(deployment.device), runtimeName(deployment.runtime)));
      surface.latest(async (signal, post) => post(await fitMessage(library, wanted, createYielder(signal))));
    }

    return {
      refresh: () => show(deployment),
      receive: { choose: (message) => show(message.deployment) },
      reopen: (wanted) => show(wanted.deployment ?? settingsDeployment()),
    };
  }

  const tabs = registerTabs(extensionUri, {
    bundle: 'fit',
    viewType: 'framecast.fit',
    title: t('Fits'),
    messages: fitPageMessages,
    state: fitPageState,
    follows: library,
    start,
  });
  return {
    show: (deployment) => tabs.show({ deployment, shown: 'grouped' }),
    dispose: () => tabs.dispose(),
  };
}

function settingsDeployment(): FitDeployment {
  const { device, runtime } = readSettings();
  return { device, runtime, family: null };
}

async function fitMessage(
  { estimators }: LandmarkLibrary,
  deployment: FitDeployment,
  pause: Pause,
): Promise<FitMessage> {
  // Families left out, too, which the report needs.
  await estimators.prepare(deployment, pause, { family: null });
  const fits = await withPauses(fittingAllFamilies(estimators, deployment), pause);
  const chart = fits && fitChart(fits, deployment);
  const report = chart === null ? null : await withPauses(fitReportInPieces(estimators, deployment), pause);
  await pause();
  const deployments = new Map(
    estimators.landmarks.map(({ device, runtime }) => [
      `${device} ${runtime}`,
      { device, deviceName: deviceName(device), runtime, runtimeName: runtimeName(runtime) },
    ]),
  );
  return {
    type: 'fit',
    deployment,
    deployments: [...deployments.values()],
    chart,
    grouping: chart === null ? null : groupingSentence(chart),
    report: report === null ? [] : fitReportSentences(report),
  };
}
