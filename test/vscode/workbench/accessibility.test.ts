import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { violationsOf } from './accessible';

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
    const body = workbench.webview().locator('body');
    const current = (await body.boundingBox())?.width ?? 0;
    const windowWidth = workbench.page.viewportSize()?.width ?? 0;
    await workbench.resize(Math.round(windowWidth + width - current), 900);
    await expect.poll(async () => Math.abs(((await body.boundingBox())?.width ?? 0) - width)).toBeLessThan(20);
    const overflow = await workbench
      .webview()
      .locator('html')
      .evaluate((html) => {
        const { scrollWidth, clientWidth } = html as unknown as { scrollWidth: number; clientWidth: number };
        return scrollWidth - clientWidth;
      });
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
