import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { violationsOf } from './accessible';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ language: 'de' });
});
afterAll(() => workbench.close());

describe('VS Code in German', () => {
  it('has the page of a model in German, with numbers as German writes them', async () => {
    await workbench.openFile('resnet18.onnx');
    const page = workbench.webview();
    await page.getByText('Details und Verfahren').waitFor();
    await workbench.screenshot('model-page-german');
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    const text = await page.locator('body').innerText();
    expect(text).toMatch(/\d,\d/);
    expect(text).not.toMatch(/What to change|Where the time goes|Details and method/);
    expect(await violationsOf(workbench)).toEqual([]);
  });

  it('has commands in German', async () => {
    await workbench.page.keyboard.press('F1');
    await workbench.page.keyboard.type('Modelle vergleichen');
    await workbench.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: 'Modelle vergleichen…' })
      .first()
      .waitFor();
    await workbench.page.keyboard.press('Escape');
  });
});
