import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('activation', () => {
  it('activates without an error', async () => {
    const extension = vscode.extensions.getExtension('framecast.framecast');
    assert.ok(extension, 'the extension is loaded');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });
});
