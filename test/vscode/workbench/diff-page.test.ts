import { afterAll, beforeAll, describe, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { chooseInExplorer } from './board';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ theme: 'light', size: { width: 1300, height: 900 } });
});
afterAll(() => workbench.close());

describe('two models', () => {
  it('are compared part by part, by Select for Framecast Compare and Compare with Selected Model', async () => {
    await chooseInExplorer(workbench, ['resnet50.onnx'], 'Select for Framecast Compare');
    await chooseInExplorer(workbench, ['resnet18.onnx'], 'Compare with Selected Model');
    const page = workbench.webview();
    await page.getByRole('heading', { level: 1, name: 'resnet50.onnx → resnet18.onnx' }).waitFor();
    await page.getByText(/times as fast: 3\d\.\d FPS before, 8\d\.\d FPS after/).waitFor();
    await page.getByRole('row', { name: /^1×1 convolutions .* −/ }).waitFor();
    await workbench.screenshot('diff');
    await page.getByRole('button', { name: 'Swap' }).click();
    await page.getByRole('heading', { level: 1, name: 'resnet18.onnx → resnet50.onnx' }).waitFor();
  });
});
