import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedThroughput } from '../expected';
import { openWorkbench, type Workbench } from '../harness/workbench';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ theme: 'dark', settings: { 'framecast.targetFps': 60 } });
  mkdirSync(join(workbench.folder, 'engine'));
  writeFileSync(join(workbench.folder, 'engine', 'main.cpp'), 'auto net = parse(R"(../resnet50.onnx)");\n');
  writeFileSync(join(workbench.folder, 'engine', 'config.json'), '{ "model": "mobilenet_v2.onnx" }\n');
  writeFileSync(join(workbench.folder, 'engine', 'notes.md'), 'See [the small one](../resnet18.onnx).\n');
  const joined = 'net = load(root / "faces" / "iresnet50.onnx")\n';
  writeFileSync(join(workbench.folder, 'engine', 'joined.py'), joined);
  writeFileSync(join(workbench.folder, 'engine', 'ci.yaml'), 'model: ${workspaceFolder}/resnet152.onnx\n');
});
afterAll(() => workbench.close());

describe('hovers over the path of a model', () => {
  it('shows the prediction in Python, and opens the model from there', async () => {
    await workbench.openFile('deploy.py');
    const card = await workbench.hover('resnet18.onnx');
    await expect
      .poll(() => card.innerText())
      .toContain(await expectedThroughput(join(workbench.folder, 'resnet18.onnx')));
    const text = await card.innerText();
    expect(text).toContain('Jetson Nano, TensorRT FP16');
    expect(text).toContain('ResNet-18');
    expect(text).toContain('11.69 M parameters');
    expect(text).toContain('Meets 60 FPS');
    expect(text).toMatch(/\d+% interval/);
    await workbench.screenshot('hover');
    // Below it VS Code says how to follow the link.
    const own = card.locator('.hover-row').filter({ hasText: '11.69 M parameters' });
    expect((await own.innerText()).trim().split('\n')).toHaveLength(3);
    expect(text).toMatch(/Open · Compare · Benchmark/);
    await card.getByText('Open', { exact: true }).click();
    await workbench.webview().locator('.model-chips').getByText('ResNet-18').waitFor();
  });

  it.each([
    ['engine/main.cpp', 'resnet50.onnx'],
    ['engine/config.json', 'mobilenet_v2.onnx'],
    ['engine/notes.md', 'resnet18.onnx'],
    ['engine/ci.yaml', 'resnet152.onnx'],
    ['engine/joined.py', 'faces/iresnet50.onnx'],
  ])('finds the file that %s means', async (file, path) => {
    await workbench.openFile(file);
    const card = await workbench.hover(path.slice(path.lastIndexOf('/') + 1));
    await expect.poll(() => card.innerText()).toContain(await expectedThroughput(join(workbench.folder, path)));
  });

  it('links the path to the model, and shows the throughput behind it where the setting asks for that', async () => {
    workbench.changeSettings({ 'framecast.inlayHints': true, 'framecast.targetFps': 60 });
    await workbench.openFile('engine/joined.py');
    const figure = await expectedThroughput(join(workbench.folder, 'faces/iresnet50.onnx'));
    const line = workbench.page.locator('.view-line').filter({ hasText: 'iresnet50.onnx' });
    await expect.poll(async () => (await line.innerText()).replaceAll('\u00a0', ' ')).toContain(figure);
    await expect.poll(() => line.locator('.detected-link').count()).toBeGreaterThan(0);
    const path = line.locator('.detected-link').first();
    await path.click({ modifiers: ['ControlOrMeta'], force: true });
    await workbench.page.locator('.tab.active').filter({ hasText: 'iresnet50.onnx' }).waitFor();
  });
});
