import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectedEstimate, expectedThroughput } from '../expected';
import { badgeOf } from './badge';
import { openWorkbench, type Workbench } from '../harness/workbench';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ theme: 'dark' });
});
afterAll(() => workbench.close());

const expected = (name: string): Promise<string> => expectedThroughput(join(workbench.folder, name));
/** The expected throughput in whole frames per second. */
const whole = async (name: string): Promise<string> =>
  String(Math.round((await expectedEstimate(join(workbench.folder, name))).throughputFps));
/** What stands at the right end of a row; VS Code puts it there by style, so it is no text of the row. */
const badge = async (path: string): Promise<string> => badgeOf(await workbench.explorerRow(path));

describe('models in the Explorer', () => {
  it('carry their throughput in the tooltip, and as a badge where that is asked for', async () => {
    expect(await badge('resnet18.onnx')).toBe('');
    workbench.changeSettings({ 'framecast.explorerBadges': true });
    await expect.poll(() => badge('resnet18.onnx'), { timeout: 20_000 }).toBe(await whole('resnet18.onnx'));
    const tooltip = await workbench.explorerTooltip('resnet18.onnx');
    expect(tooltip).toContain(`${await expected('resnet18.onnx')} on Jetson Nano, TensorRT FP16`);
    expect(tooltip).toMatch(/Measured: 86\.1 FPS \(paper\).* · ResNet-18/);
    expect(tooltip).toContain('11.69 M parameters');
  });

  it('follow a file that is replaced, and the target', async () => {
    copyFileSync(join(workbench.folder, 'resnet50.onnx'), join(workbench.folder, 'resnet18.onnx'));
    await expect.poll(() => badge('resnet18.onnx'), { timeout: 20_000 }).toBe(await whole('resnet50.onnx'));
    workbench.changeSettings({ 'framecast.targetFps': 5000 });
    await expect
      .poll(() => workbench.explorerTooltip('resnet18.onnx'), { timeout: 20_000 })
      .toContain('Misses 5000 FPS');
  });

  it('leave the window responsive in a folder of a thousand', async () => {
    // A model with a problem has no badge, which would join its count.
    await expect.poll(() => badge('resnet18.onnx'), { timeout: 20_000 }).toBe('1');
    workbench.changeSettings({ 'framecast.targetFps': null });
    const many = join(workbench.folder, 'many');
    mkdirSync(many);
    for (let index = 0; index < 1000; index++) {
      copyFileSync(
        join(workbench.folder, 'mobilenet_v2.onnx'),
        join(many, `model-${String(index).padStart(4, '0')}.onnx`),
      );
    }
    await expect.poll(() => badge('many/model-0003.onnx'), { timeout: 30_000 }).toBe(await whole('mobilenet_v2.onnx'));
    await workbench.runCommand('Collapse Folders in Explorer');
    const start = performance.now();
    await workbench.openFile('resnet152.onnx');
    await workbench.webview().locator('.fps').waitFor();
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('the status bar', () => {
  const shown = async (): Promise<string> => (await workbench.statusBar()).join('\n');

  it('shows the open model and nothing for a text', async () => {
    await workbench.openFile('resnet152.onnx');
    await expect.poll(shown).toContain(await expected('resnet152.onnx'));
    await workbench.openFile('deploy.py');
    await expect.poll(shown).not.toContain('FPS');
    await workbench.openFile('resnet152.onnx');
    await expect.poll(shown).toContain(await expected('resnet152.onnx'));
  });

  it('offers other devices and runtimes with what the model does there', async () => {
    await workbench.page.locator('.statusbar-item').filter({ hasText: 'FPS' }).click();
    const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
    await rows
      .filter({ hasText: 'Jetson Nano, TensorRT FP16' })
      .filter({ hasText: await expected('resnet152.onnx') })
      .waitFor();
    await rows.filter({ hasText: 'Jetson AGX Xavier, TensorRT FP16' }).click();
    const view = workbench.webview();
    await expect.poll(() => view.getByLabel('Device').inputValue()).toBe('jetson-agx-xavier');
    await expect.poll(() => shown()).not.toContain(await expected('resnet152.onnx'));
  });
});
