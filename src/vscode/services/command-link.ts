import type * as vscode from 'vscode';

/** A link's target with the file as its only argument, encoded so that no name can end the link. */
export function commandLink(command: string, uri: vscode.Uri): string {
  const encoded = encodeURIComponent(JSON.stringify([uri.toString()])).replace(/[()']/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return `command:framecast.${command}?${encoded}`;
}
