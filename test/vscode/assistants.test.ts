import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { expectedThroughput } from './expected';

/** What a tool tells an assistant. */
async function told(name: string, input: object): Promise<string> {
  const options = { input, toolInvocationToken: undefined };
  const { content } = await vscode.lm.invokeTool(`framecast_${name}`, options);
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('\n');
}

describe('tools for assistants', () => {
  before(async () => {
    await vscode.extensions.getExtension('framecast.framecast')?.activate();
  });

  it('are all there, with schemas', () => {
    const names = ['predict', 'compare', 'boards', 'plan', 'pipeline', 'landmarks', 'benchmark'];
    const offered = vscode.lm.tools.filter(({ tags }) => tags.includes('framecast'));
    assert.deepEqual(offered.map(({ name }) => name).sort(), names.map((name) => `framecast_${name}`).sort());
    for (const { inputSchema } of offered) assert.ok(inputSchema);
  });

  it('answer for the models of the workspace with the figures of the pages', async () => {
    const answer = await told('predict', { models: ['resnet18.onnx', 'gone.onnx'], targetFps: 30 });
    const { fsPath } = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'resnet18.onnx');
    assert.ok(answer.includes(`resnet18.onnx: ${await expectedThroughput(fsPath)}`), answer);
    assert.match(answer, /gone\.onnx: cannot be read \(unreadable\)/);
    assert.match(
      await told('compare', { models: ['.'], device: 'orin nano', targetFps: 30 }),
      /models: \d+ meet 30 FPS/,
    );
    assert.match(
      await told('plan', { model: 'resnet18.onnx', targetFps: 60 }),
      /highest resolution that reaches 60 FPS/,
    );
    assert.match(await told('pipeline', { file: 'pipeline.yaml' }), /FPS \(.* to .*\), \d+ faces per frame/);
    assert.match(await told('landmarks', { device: 'jetson nano' }), /^\d+ landmarks\./);
  });

  it('say what is wrong with a question', async () => {
    await assert.rejects(
      told('predict', { models: ['resnet18.onnx'], device: 'toaster' }),
      /invalid-request: Device toaster/,
    );
    await assert.rejects(told('predict', { models: ['//host/share/a.onnx'] }), /Files on other machines/);
    await assert.rejects(told('boards', { model: 'resnet18.onnx', batch: 0 }), /invalid-request: boards: batch/);
  });
});
