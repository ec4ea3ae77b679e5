import axe from 'axe-core';
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
