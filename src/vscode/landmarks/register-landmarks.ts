import * as vscode from 'vscode';
import type { LandmarkLibrary } from '../services/landmark-library';
import type { ModelService } from '../services/model-service';
import { registerFitPanels } from '../pages/fit/fit-panels';
import { registerLandmarkCommands } from './landmark-commands';
import { registerLandmarksView } from './landmarks-view';

/** Registers the Landmarks view, what can be done with landmarks, and the page of their fits. */
export function registerLandmarks(
  extensionUri: vscode.Uri,
  library: LandmarkLibrary,
  service: ModelService,
): vscode.Disposable {
  const panels = registerFitPanels(extensionUri, library);
  return vscode.Disposable.from(
    panels,
    registerLandmarksView(library),
    registerLandmarkCommands(library, service, panels),
  );
}
