import * as vscode from 'vscode';
import { createEstimators, type Estimators } from '../../core/estimate/estimators';
import { t } from '../../core/language';
import { bundledLandmarks } from '../../core/landmarks/campaigns';
import { collectLandmarks } from '../../core/landmarks/landmark-collection';
import { failure, type Result } from '../../core/result';
import type { LandmarkLibrary } from '../services/landmark-library';
import { onDidChangeBoards, takeOwnBoards } from '../services/own-boards';

/** The published landmarks alone: a browser has no place for the user's own that the command line would share. */
export function createBundledLibrary(): LandmarkLibrary {
  const changed = new vscode.EventEmitter<void>();
  takeOwnBoards();
  const collection = { ...collectLandmarks([]), landmarks: bundledLandmarks };
  let estimators: Estimators = createEstimators(bundledLandmarks);
  const boards = onDidChangeBoards(() => {
    takeOwnBoards();
    estimators = createEstimators(bundledLandmarks);
    changed.fire();
  });
  return {
    ...collection,
    ready: Promise.resolve(),
    get estimators() {
      return estimators;
    },
    ownFile: '',
    unreadable: [],
    onDidChange: changed.event,
    saveMeasured: () => refused(),
    accept: () => refused(),
    addNew: () => refused(),
    review: () => refused(),
    remove: () => refused(),
    dispose: () => vscode.Disposable.from(boards, changed).dispose(),
  };
}

function refused<T>(): Promise<Result<T>> {
  return Promise.resolve(
    failure(
      'invalid-request',
      t('Landmarks cannot be stored in a browser. Open the folder in VS Code on your computer.'),
    ),
  );
}
