import * as vscode from 'vscode';
import { deviceName } from '../../../core/landmarks/devices';
import { runtimeName } from '../../../core/landmarks/landmark';
import { fitChart, groupingSentence } from '../../../core/present/fit-chart';
import { fitReport, fitReportSentences } from '../../../core/present/fit-report';
import { type FitMessage, type FitPlaceChoice, parseFitPageMessage, parseFitPlace } from '../../../protocol/fit-page';
import { exportChart } from '../chart-export';
import type { LandmarkLibrary } from '../../services/landmark-library';
import { readSettings } from '../../services/settings';
import { webviewHtml, webviewRoot } from '../webview-html';

const fitPanelType = 'framecast.fit';

/** The pages with the fits of a place, the paper's Figure 3. */
export interface FitPanels extends vscode.Disposable {
  /** Opens the page, or shows the open one this place; null is the place that the settings predict for. */
  show(place: FitPlaceChoice | null): void;
}

interface Page {
  readonly panel: vscode.WebviewPanel;
  place: FitPlaceChoice;
  ready: boolean;
}

/** Registers the page, which comes back after a reload of the window. */
export function registerFitPanels(extensionUri: vscode.Uri, library: LandmarkLibrary): FitPanels {
  const pages = new Set<Page>();
  const options = { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };

  function show(place: FitPlaceChoice | null): void {
    const wanted = place ?? settingsPlace();
    const [open] = pages;
    if (open) {
      open.place = wanted;
      open.panel.reveal();
      return send(open);
    }
    attach(vscode.window.createWebviewPanel(fitPanelType, 'Fits', vscode.ViewColumn.Active, options), wanted);
  }

  function attach(panel: vscode.WebviewPanel, place: FitPlaceChoice): void {
    const page: Page = { panel, place, ready: false };
    pages.add(page);
    const subscription = panel.webview.onDidReceiveMessage(async (data: unknown) => {
      const message = parseFitPageMessage(data);
      if (message === null) return;
      if (message.type === 'savePng' || message.type === 'copyCsv') return await exportChart(message);
      if (message.type === 'choose') page.place = message.place;
      else page.ready = true;
      send(page);
    });
    panel.onDidDispose(() => {
      pages.delete(page);
      subscription.dispose();
    });
    panel.webview.options = options;
    panel.webview.html = webviewHtml(panel.webview, extensionUri, 'fit');
  }

  function send(page: Page): void {
    page.panel.title = `Fits: ${deviceName(page.place.device)}, ${runtimeName(page.place.runtime)}`;
    if (page.ready) void page.panel.webview.postMessage(fitMessage(library, page.place));
  }

  const registrations = vscode.Disposable.from(
    library.onDidChange(() => pages.forEach(send)),
    vscode.window.registerWebviewPanelSerializer(fitPanelType, {
      deserializeWebviewPanel: (panel, state: unknown) => {
        attach(panel, parseFitPlace(state) ?? settingsPlace());
        return Promise.resolve();
      },
    }),
  );
  return { show, dispose: () => registrations.dispose() };
}

function settingsPlace(): FitPlaceChoice {
  const { device, runtime } = readSettings();
  return { device, runtime, family: null };
}

function fitMessage({ estimators }: LandmarkLibrary, place: FitPlaceChoice): FitMessage {
  const chart = fitChart(estimators, place);
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
