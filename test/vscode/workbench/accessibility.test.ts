import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { overflowAt, violationsOf } from './accessible';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench({ theme: 'dark', settings: { 'framecast.targetFps': 60 } });
  writeFileSync(join(workbench.folder, 'empty.onnx'), '');
});
afterAll(() => workbench.close());

const violations = (): Promise<string[]> => violationsOf(workbench);

describe('accessibility of the page', () => {
  it.each(['dark', 'light', 'high-contrast', 'high-contrast-light'] as const)(
    'holds in the %s theme',
    async (theme) => {
      await workbench.setTheme(theme);
      await workbench.openFile('resnet18.onnx');
      await workbench.webview().locator('.fps').waitFor();
      await workbench.webview().locator('section.resolutions .plans').waitFor();
      expect(await violations()).toEqual([]);
      await workbench.openFile('empty.onnx');
      await workbench.webview().locator('main.message h1').waitFor();
      expect(await violations()).toEqual([]);
    },
  );

  it('sees a fault that is put there', async () => {
    await workbench
      .webview()
      .locator('body')
      .evaluate((body) => {
        const { ownerDocument } = body as unknown as {
          ownerDocument: { querySelector(what: string): { innerHTML: string } };
        };
        ownerDocument.querySelector('main').innerHTML = '<img src="x.png"><button></button>';
      });
    expect((await violations()).join()).toMatch(/image-alt|button-name/);
  });

  it.each([300, 480, 800, 1600])('has no horizontal overflow in a window whose page is %i px wide', async (width) => {
    await workbench.openFile('resnet18.onnx');
    await workbench.webview().locator('section.resolutions .plans').waitFor();
    expect(await overflowAt(workbench, width)).toBeLessThanOrEqual(0);
  });

  it('has none for a long file name either, nor in a reduced motion with text twice as large', async () => {
    const name = 'a model whose name says all about its training, version 12.3 of the second of October.onnx';
    copyFileSync(join(workbench.folder, 'resnet18.onnx'), join(workbench.folder, name));
    await workbench.resize(1280, 900);
    await workbench.openFile(name);
    await workbench.webview().locator('section.resolutions .plans').waitFor();
    expect(await overflowAt(workbench, 300)).toBeLessThanOrEqual(0);
    await workbench.page.emulateMedia({ reducedMotion: 'reduce' });
    await workbench
      .webview()
      .locator('html')
      .evaluate((html) => {
        const { style } = html as unknown as { style: { setProperty(name: string, value: string): void } };
        style.setProperty('--vscode-font-size', '26px');
      });
    expect(await overflowAt(workbench, 640)).toBeLessThanOrEqual(0);
    expect(await violations()).toEqual([]);
    await workbench.screenshot('model-large-text');
  });
});
