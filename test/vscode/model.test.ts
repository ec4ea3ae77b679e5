import * as assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { expectedThroughput } from './expected';

const workspace = (): string => {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  return folder.uri.fsPath;
};

/** What hovering over `text` in a document with that one line shows, as Markdown. */
async function hoverOver(file: string, line: string, text: string): Promise<vscode.MarkdownString | undefined> {
  await writeFile(file, line);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const position = new vscode.Position(0, line.indexOf(text) + 1);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  const contents = hovers.flatMap((hover) => hover.contents as vscode.MarkdownString[]);
  return contents.find(({ value }) => /FPS|Framecast/.test(value));
}

describe('a model', () => {
  let scratch: string;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'framecast-model-'));
    await vscode.extensions.getExtension('framecast.framecast')?.activate();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(scratch, { recursive: true, force: true });
  });

  it('opens in its own editor, also by the command', async () => {
    const uri = vscode.Uri.file(join(workspace(), 'resnet18.onnx'));
    await vscode.commands.executeCommand('framecast.openModel', uri);
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputCustom);
    assert.equal(input.viewType, 'framecast.model');
    assert.equal(input.uri.fsPath, uri.fsPath);
  });

  it('is predicted on hover, beside the document that mentions it', async () => {
    await copyFile(join(workspace(), 'resnet18.onnx'), join(scratch, 'own.onnx'));
    const card = await hoverOver(join(scratch, 'use.txt'), 'runs own.onnx on the board', 'own.onnx');
    const expected = await expectedThroughput(join(scratch, 'own.onnx'));
    assert.ok(card?.value.startsWith(`**${expected} on Jetson Nano`), card?.value);
  });

  it('is predicted for the device and runtime of the settings', async () => {
    const settings = vscode.workspace.getConfiguration('framecast');
    await settings.update('runtime', 'pytorch-fp16', vscode.ConfigurationTarget.Workspace);
    try {
      const card = await hoverOver(join(scratch, 'other.txt'), '"own.onnx"', 'own.onnx');
      const query = { device: 'jetson-nano', runtime: 'pytorch-fp16' } as const;
      const expected = await expectedThroughput(join(scratch, 'own.onnx'), query);
      assert.ok(card?.value.startsWith(`**${expected} on Jetson Nano, PyTorch FP16**`), card?.value);
    } finally {
      await settings.update('runtime', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('cannot format or link anything by its name, nor run another command', async () => {
    const name = 'x](command:workbench.action.quit) __b__ <i>`c`.onnx';
    await copyFile(join(workspace(), 'resnet18.onnx'), join(scratch, name));
    const card = await hoverOver(join(scratch, 'evil.py'), `load("${name}")`, name);
    assert.ok(card);
    assert.doesNotMatch(card.value, /\]\(command:workbench/);
    assert.deepEqual(
      [...card.value.matchAll(/(?<!\\)\]\(([a-z]+:[\w.]+)/g)].map((match) => match[1]),
      ['command:framecast.openModel', 'command:framecast.compareModels', 'command:framecast.benchmark'],
    );
    const shown = card.value.replace(/\]\(command:framecast\S+\)/g, '');
    assert.doesNotMatch(shown, /(?<!\\)(?:_|<|`)/);
  });

  it('says nothing for a path without a file, a folder, or a broken link', async () => {
    await symlink(join(scratch, 'nowhere.onnx'), join(scratch, 'dangling.onnx'));
    for (const path of ['missing.onnx', 'dangling.onnx', '//host.invalid/share/own.onnx']) {
      assert.equal(await hoverOver(join(scratch, 'none.py'), `load("${path}")`, path.slice(-8)), undefined, path);
    }
  });
});
