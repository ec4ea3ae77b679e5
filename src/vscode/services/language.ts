import * as vscode from 'vscode';
import { setLanguage } from '../../core/language';

/** Says everything in VS Code's display language if the extension has a bundle for it (`dist/l10n/`), else in English. */
export function useDisplayLanguage(): void {
  const { bundle } = vscode.l10n;
  setLanguage(bundle === undefined ? null : { locale: vscode.env.language, messages: bundle });
}
