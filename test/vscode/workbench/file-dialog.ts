import type { Workbench } from '../harness/workbench';

/**
 * Types a path into VS Code's own file dialog, which is about to open, and waits until it has taken it. The dialog looks
 * into a folder first, and puts its path in the place of what was typed until then; then it looks the path up, and takes
 * no notice of Enter before it has.
 */
export async function chooseFile({ page }: Workbench, path: string): Promise<void> {
  const widget = page.locator('.quick-input-widget').filter({ visible: true });
  const box = widget.locator('input[type=text]').filter({ visible: true });
  // Lists and input boxes, one of which may follow, have no such button.
  const accept = widget.locator('.quick-input-action .monaco-button').filter({ visible: true });
  await accept.first().waitFor();
  for (let attempt = 0; attempt < 20 && (await accept.count()) > 0; attempt++) {
    if ((await box.inputValue()) !== path) await box.fill(path);
    await page.waitForTimeout(400);
    if ((await accept.count()) === 0 || (await box.inputValue()) !== path) continue;
    await box.press('Enter');
    await accept
      .first()
      .waitFor({ state: 'hidden', timeout: 1500 })
      .catch(() => undefined);
  }
}
