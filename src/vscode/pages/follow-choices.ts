import * as vscode from 'vscode';
import type { LandmarkLibrary } from '../services/landmark-library';
import { onDidChangeSettings } from '../services/settings';
import type { PageChoice } from './page-choice';

/** A page that predicts for a device and runtime that can be chosen on it. */
interface ChoosingPage {
  readonly choice: PageChoice;
  refresh(): void;
}

/** Keeps the choices of pages in step with the settings and the known devices, and refreshes the pages. */
export function followChoices(
  tabs: { forEach(action: (page: ChoosingPage) => void): void },
  library: Pick<LandmarkLibrary, 'onDidChange'>,
): vscode.Disposable {
  const refreshAfter = (change: (choice: PageChoice) => void): void =>
    tabs.forEach((page) => {
      change(page.choice);
      page.refresh();
    });
  return vscode.Disposable.from(
    library.onDidChange(() => refreshAfter((choice) => choice.devicesChanged())),
    onDidChangeSettings(() => refreshAfter((choice) => choice.settingsChanged())),
  );
}
