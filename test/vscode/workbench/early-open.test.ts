import { expect, it } from 'vitest';
import { openWorkbench } from '../harness/workbench';

it('shows a model that was opened before the extension was known', async () => {
  const workbench = await openWorkbench({ early: true });
  try {
    await workbench.openFile('resnet18.onnx');
    await workbench.webview().locator('.fps').waitFor({ timeout: 60_000 });
    await expect.poll(() => workbench.page.locator('.tab').count()).toBe(1);
    expect(await workbench.webview().locator('.fps').isVisible()).toBe(true);
  } finally {
    await workbench.close();
  }
});
