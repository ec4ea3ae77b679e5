import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where the bundles of webview-ui/ are built to: the only folder that a page can load from. */
export function webviewRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

/**
 * The document that loads one bundle. It holds no data: a page says `ready` and is then sent what to show. Only the
 * bundle's own script and style may run, and nothing can be fetched from anywhere else.
 *
 * @param name of the bundle, a folder of webview-ui/
 */
export function webviewHtml(webview: vscode.Webview, extensionUri: vscode.Uri, name: string): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (fileName: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(webviewRoot(extensionUri), fileName)).toString();
  const policy = [`default-src 'none'`, `style-src ${webview.cspSource}`, `script-src 'nonce-${nonce}'`].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${file(`${name}.css`)}" />
    <title>Framecast</title>
  </head>
  <body>
    <div id="page"></div>
    <script nonce="${nonce}" src="${file(`${name}.js`)}"></script>
  </body>
</html>`;
}
