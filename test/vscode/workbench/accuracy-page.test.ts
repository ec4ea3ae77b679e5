import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { violationsOf } from './accessible';
import { chooseFile } from './file-dialog';

/** What a user's board might have measured: the same networks in both precisions. */
const measured = [
  ['resnet18', 'ResNet', 11_689_512, 84.2, 47.9],
  ['resnet50', 'ResNet', 25_557_032, 31.1, 17.2],
  ['mobilenet_v2', 'MobileNetV2', 3_504_872, 80.3, 71.5],
  ['feathernet_a', 'FeatherNet', 352_000, 198.4, 213.5],
] as const;

/** Where the extension under test keeps landmarks: in the home folder that the harness gives it. */
const landmarks = (): string => join(inject('harness').scratch, 'home', 'landmarks.jsonl');

let workbench: Workbench;
beforeAll(async () => {
  rmSync(landmarks(), { force: true });
  workbench = await openWorkbench({
    theme: 'dark',
    settings: { 'files.simpleDialog.enable': true },
  });
  await workbench.runCommand('Framecast: Show Accuracy vs. FPS');
  await workbench.webview().locator('.chart-pair canvas').first().waitFor();
});
afterAll(async () => {
  await workbench.close();
  rmSync(landmarks(), { force: true });
});

/** Changes the width of the window until the page's is as asked for; returns by how much its content is wider. */
async function overflowAt(width: number): Promise<number> {
  const body = workbench.webview().locator('body');
  const current = (await body.boundingBox())?.width ?? 0;
  const windowWidth = workbench.page.viewportSize()?.width ?? 0;
  await workbench.resize(Math.round(windowWidth + width - current), 1000);
  await expect.poll(async () => Math.abs(((await body.boundingBox())?.width ?? 0) - width)).toBeLessThan(20);
  return await workbench
    .webview()
    .locator('html')
    .evaluate((html) => {
      const { scrollWidth, clientWidth } = html as unknown as { scrollWidth: number; clientWidth: number };
      return scrollWidth - clientWidth;
    });
}

const rows = async (): Promise<string[]> => {
  const texts = await workbench.webview().locator('table tbody tr').allInnerTexts();
  return texts.map((text) => text.replace(/\s+/g, ' ').trim());
};

describe('the page of accuracy', () => {
  it('has the standard backbones with measured and predicted throughput', async () => {
    const view = workbench.webview();
    await view.getByText('Show as a table').click();
    await expect
      .poll(rows)
      .toEqual(
        expect.arrayContaining([
          'ResNet-50 ResNet 80.86 32.0 measured, campaign paper 25.56 M',
          expect.stringMatching(/^ShuffleNetV2 x1\.0 ShuffleNetV2 69\.36 [\d.]+ predicted, Graph cost 2\.28 M$/),
        ]),
      );
    await view.getByRole('button', { name: 'First weights' }).click();
    await expect.poll(rows).toEqual(expect.arrayContaining([expect.stringMatching(/^ResNet-50 ResNet 76\.13 /)]));
    await view.getByRole('button', { name: 'Best weights' }).click();
    await view.getByText('ResNet-50 a balanced choice').waitFor();
    await view.getByText('Show as a table').click();
    await workbench.screenshot('accuracy-dark');
  });

  it('draws an own model as a line, and as a point once its accuracy is typed in', async () => {
    const view = workbench.webview();
    await view.getByRole('button', { name: 'Add Models…' }).click();
    await chooseFile(workbench, join(workbench.folder, 'mobilenet_v2_w0.5.onnx'));
    const accuracy = view.getByLabel('Top-1 accuracy of mobilenet_v2_w0.5.onnx in percent');
    await accuracy.waitFor();
    await view.getByText('your model, accuracy unknown').waitFor();
    await accuracy.fill('lots');
    await view.getByText('Enter a percentage from 1 to 100').waitFor();
    await accuracy.fill('64,9');
    await view.getByText('your model', { exact: true }).waitFor();
    const canvas = view.locator('.chart-pair canvas').first();
    await canvas.focus();
    await canvas.press('End');
    await expect.poll(() => view.locator('.chart-live').first().innerText()).toMatch(/of 26$/);
    await canvas.press('Escape');
    await workbench.screenshot('accuracy-own-dark');
  });

  it('keeps device, weights and own models over a reload of the window', async () => {
    await workbench.webview().getByLabel('Device').selectOption('Jetson AGX Xavier');
    await workbench.webview().getByText('Against FPS on Jetson AGX Xavier, TensorRT FP16').waitFor();
    await workbench.webview().getByRole('button', { name: 'First weights' }).click();
    await workbench.reload();
    await workbench.webview().getByText('Against FPS on Jetson AGX Xavier').waitFor({ timeout: 60_000 });
    const accuracy = workbench.webview().getByLabel('Top-1 accuracy of mobilenet_v2_w0.5.onnx in percent');
    expect(await accuracy.inputValue()).toBe('64,9');
    await workbench.webview().locator('[aria-pressed="true"]', { hasText: 'First weights' }).waitFor();
    await workbench.webview().getByRole('button', { name: 'Best weights' }).click();
    await workbench.webview().getByLabel('Device').selectOption('Jetson Nano');
  });

  it('keeps own models and their accuracies when its tab is closed', async () => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('Framecast: Show Accuracy vs. FPS');
    const accuracy = workbench.webview().getByLabel('Top-1 accuracy of mobilenet_v2_w0.5.onnx in percent');
    await accuracy.waitFor();
    expect(await accuracy.inputValue()).toBe('64,9');
  });

  it('says of an own model whether its throughput was predicted or measured', async () => {
    const own = workbench.webview().locator('.own-list li');
    expect(await own.innerText()).toMatch(/FPS predicted, /);
    const measuredHere = {
      schema: 1,
      model: 'mobilenet_v2_w0.5',
      family: 'MobileNetV2',
      parameters: 1_968_680,
      batch: 1,
      device: 'jetson-nano',
      runtime: 'tensorrt-fp16',
      resolution: 224,
      throughputFps: 139.5,
      campaign: 'desk',
      source: 'typed in for a test',
    };
    writeFileSync(landmarks(), `${JSON.stringify(measuredHere)}\n`);
    await expect.poll(() => own.innerText()).toMatch(/140 FPS measured, campaign desk/);
    rmSync(landmarks());
    await expect.poll(() => own.innerText()).toMatch(/FPS predicted, /);
  });

  it.each(['light', 'high-contrast', 'high-contrast-light', 'dark'] as const)(
    'has no serious fault of accessibility in the %s theme, narrow and wide',
    async (theme) => {
      await workbench.setTheme(theme);
      for (const width of [300, 1600]) {
        expect(await overflowAt(width)).toBeLessThanOrEqual(0);
        expect(await violationsOf(workbench)).toEqual([]);
        await workbench.page.mouse.move(2, 2);
        await workbench.screenshot(`accuracy-${theme}-${width}`);
      }
    },
  );
});

describe('the page of precision', () => {
  it('draws what was published in both precisions', async () => {
    await workbench.resize(1280, 900);
    await workbench.runCommand('Framecast: Compare Precisions');
    const view = workbench.webview();
    // The page before this one has two charts.
    await view.getByRole('heading', { level: 1, name: 'Precision' }).waitFor();
    await view.locator('canvas').waitFor();
    await view.getByText('ResNets gain most from FP16').waitFor();
    await view.getByRole('button', { name: 'INT8 and FP16' }).click();
    await view.getByText("Jetson Nano's GPU has no INT8").waitFor();
    expect(await view.locator('canvas').count()).toBe(0);
    await view.getByLabel('Device').selectOption('jetson-orin-nano');
    await view.getByLabel('Power mode').selectOption('15W');
    await view.locator('canvas').waitFor();
    await view.getByText('Show as a table').click();
    await expect
      .poll(rows)
      .toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^yolo11n YOLO Jetson Orin Nano.* MAXN_SUPER TensorRT ultra11 640×640 1 /),
          expect.stringMatching(/^ResNet-18 ResNet Jetson Orin Nano.* 15W TensorRT predicted 224×224 1 /),
        ]),
      );
    await view.getByText('Show as a table').click();
    await workbench.screenshot('precision-int8-orin-dark');
    await view.getByRole('button', { name: 'FP16 and FP32' }).click();
    await view.getByLabel('Device').selectOption('jetson-nano');
    await view.getByText('ResNets gain most from FP16').waitFor();
    await workbench.screenshot('precision-published-dark');
    expect(await violationsOf(workbench)).toEqual([]);
  });

  it('draws own landmarks as they come', async () => {
    const line = (runtime: string, throughputFps: number, model: (typeof measured)[number]) => ({
      schema: 1,
      model: model[0],
      family: model[1],
      parameters: model[2],
      device: 'jetson-nano',
      runtime,
      resolution: 224,
      batch: 1,
      throughputFps,
      campaign: 'desk',
      source: 'typed in for a test',
    });
    const lines = measured.flatMap((model) => [
      line('tensorrt-fp16', model[3], model),
      line('tensorrt-fp32', model[4], model),
    ]);
    lines.push(line('tensorrt-fp16', 12, ['lonely', 'VGG', 138_357_544, 0, 0] as never));
    writeFileSync(landmarks(), `${lines.map((each) => JSON.stringify(each)).join('\n')}\n`);
    const view = workbench.webview();
    await view.locator('canvas').waitFor({ timeout: 30_000 });
    await view.getByText('measure it with TensorRT FP32').waitFor();
    await view.getByText('Show as a table').click();
    await expect
      .poll(rows)
      .toEqual(
        expect.arrayContaining([
          'resnet50 ResNet Jetson Nano – TensorRT desk 224×224 1 31.1 17.2 1.81',
          'resnet18 ResNet Jetson Nano – TensorRT desk 224×224 1 84.2 47.9 1.76',
          'mobilenet_v2 MobileNetV2 Jetson Nano – TensorRT desk 224×224 1 80.3 71.5 1.12',
          'feathernet_a FeatherNet Jetson Nano – TensorRT desk 224×224 1 198 214 0.93',
        ]),
      );
    await view.getByText('Show as a table').click();
    const canvas = view.locator('canvas');
    await canvas.focus();
    await canvas.press('End');
    await expect.poll(() => view.locator('.chart-live').innerText()).toMatch(/times as fast in FP16.*\b(\d+) of \1$/);
    await canvas.press('Escape');
  });

  it.each(['light', 'high-contrast', 'high-contrast-light', 'dark'] as const)(
    'has no serious fault of accessibility in the %s theme, narrow and wide, and comes back after a reload',
    async (theme) => {
      await workbench.setTheme(theme);
      for (const width of [300, 1600]) {
        expect(await overflowAt(width)).toBeLessThanOrEqual(0);
        expect(await violationsOf(workbench)).toEqual([]);
        await workbench.page.mouse.move(2, 2);
        await workbench.screenshot(`precision-${theme}-${width}`);
      }
      if (theme !== 'dark') return;
      await workbench.reload();
      await workbench.webview().getByRole('heading', { level: 1, name: 'Precision' }).waitFor({ timeout: 60_000 });
      await workbench.webview().locator('canvas').waitFor();
    },
  );
});
