import * as vscode from 'vscode';

const scheme = 'framecast-text';

/** Texts that are shown and not edited, so that closing them asks nothing. */
export interface ReadOnlyTexts extends vscode.Disposable {
  /** Shows a text under a name whose ending says what language it is in. */
  show(name: string, text: string): Promise<void>;
}

export function registerReadOnlyTexts(): ReadOnlyTexts {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const registrations = vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: ({ path }) => texts.get(path) ?? '',
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === scheme) texts.delete(uri.path);
    }),
  );
  return {
    show: async (name, text) => {
      const uri = vscode.Uri.from({ scheme, path: `/${name.replace(/[/\\]/g, ' ')}` });
      texts.set(uri.path, text);
      changed.fire(uri);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
    },
    dispose: () => registrations.dispose(),
  };
}
