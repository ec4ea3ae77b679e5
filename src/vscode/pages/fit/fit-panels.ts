import type * as vscode from 'vscode';
import { t } from '../../../core/language';
import { deviceName } from '../../../core/landmarks/devices';
import { runtimeName } from '../../../core/landmarks/landmark';
import { fitAllFamilies } from '../../../core/estimate/family-fit/all-families-fit';
import { fitChart, groupingSentence } from '../../../core/present/fit-chart';
import { fitReportSentences } from '../../../core/present/fit-sentences';
import { fitReport } from '../../../core/estimate/fit-report';
import {
  fitPageMessages,
  fitPageState,
  type FitMessage,
  type FitPage,
  type FitPlaceChoice,
} from '../../../protocol/fit-page';
import type { LandmarkLibrary } from '../../services/landmark-library';
import { readSettings } from '../../services/settings';
import { registerTabs, type PageLogic, type Surface } from '../page-host';

/** The page with the fits of a device and runtime, the paper's Figure 3. */
export interface FitPanels extends vscode.Disposable {
  /** Opens the page, or changes what the open one shows; null for what the settings say. */
  show(place: FitPlaceChoice | null): void;
}

/** Registers the page, which comes back after a reload of the window. */
export function registerFitPanels(extensionUri: vscode.Uri, library: LandmarkLibrary): FitPanels {
  function start(surface: Surface<FitPage>, state: FitPage['state']): PageLogic<FitPage> {
    let place = state.place ?? settingsPlace();

    function show(wanted: FitPlaceChoice): void {
      place = wanted;
      surface.setTitle(t('Fits: {0}, {1}', deviceName(place.device), runtimeName(place.runtime)));
      surface.post(fitMessage(library, place));
    }

    return {
      refresh: () => show(place),
      receive: { choose: (message) => show(message.place) },
      reopen: (wanted) => show(wanted.place ?? settingsPlace()),
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
    show: (place) => tabs.show({ place, shown: 'grouped' }),
    dispose: () => tabs.dispose(),
  };
}

function settingsPlace(): FitPlaceChoice {
  const { device, runtime } = readSettings();
  return { device, runtime, family: null };
}

function fitMessage({ estimators }: LandmarkLibrary, place: FitPlaceChoice): FitMessage {
  const fits = fitAllFamilies(estimators, place);
  const chart = fits && fitChart(fits, place);
  const places = new Map(
    estimators.landmarks.map(({ device, runtime }) => [
      `${device} ${runtime}`,
      { device, deviceName: deviceName(device), runtime, runtimeName: runtimeName(runtime) },
    ]),
  );
  return {
    type: 'fit',
    place,
    places: [...places.values()],
    chart,
    grouping: chart === null ? null : groupingSentence(chart),
    report: chart === null ? [] : fitReportSentences(fitReport(estimators, place)),
  };
}
