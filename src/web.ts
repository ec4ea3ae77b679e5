import type * as vscode from 'vscode';
import { useDisplayLanguage } from './vscode/services/language';
import { startInBrowser } from './vscode/web/start-in-browser';

/** The extension in a browser (vscode.dev, github.dev), where it is one file in a web worker. */
export function activate(context: vscode.ExtensionContext): void {
  useDisplayLanguage();
  startInBrowser(context);
}
