import axe from 'axe-core';
import { expect } from 'vitest';
import type { Workbench } from '../harness/workbench';

/** What axe-core finds on the visible page, in words; only what it calls serious or critical. */
export async function violationsOf(workbench: Workbench): Promise<string[]> {
  const body = await workbench.webview().locator('body').elementHandle();
  const frame = await body?.ownerFrame();
  if (!frame) throw new Error('The page has no frame.');
  // Evaluated from outside, so that the page's own policy stays as strict as it is.
  await frame.evaluate(axe.source);
  const found = await frame.evaluate<axe.AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

/** Changes the width of the window until the page's is as asked for; returns by how much its content is wider. */
export async function overflowAt(workbench: Workbench, width: number, height = 900): Promise<number> {
  const body = workbench.webview().locator('body');
  const current = (await body.boundingBox())?.width ?? 0;
  const windowWidth = workbench.page.viewportSize()?.width ?? 0;
  await workbench.resize(Math.round(windowWidth + width - current), height);
  await expect.poll(async () => Math.abs(((await body.boundingBox())?.width ?? 0) - width)).toBeLessThan(20);
  return await workbench
    .webview()
    .locator('html')
    .evaluate((html) => {
      const { scrollWidth, clientWidth } = html as unknown as { scrollWidth: number; clientWidth: number };
      return scrollWidth - clientWidth;
    });
}
