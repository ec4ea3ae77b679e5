import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkbench, type Workbench } from '../harness/workbench';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await openWorkbench();
});
afterAll(() => workbench.close());

describe('New Reference Model', () => {
  it('asks for family, options and size, writes the model and opens it', async () => {
    const { page } = workbench;
    const input = page.locator('.quick-input-widget input[type=text]');
    const answer = async (question: string, text?: string) => {
      await page.locator('.quick-input-widget', { hasText: question }).waitFor();
      if (text !== undefined) await input.fill(text);
      await page.keyboard.press('Enter');
    };
    await workbench.runCommand('Framecast: New Reference Model…');
    await page.locator('.quick-input-widget input[placeholder="Which architecture family?"]').waitFor();
    await input.fill('MobileNetV2');
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget input[placeholder="Which MobileNetV2?"]').waitFor();
    await input.fill('Another');
    await page.keyboard.press('Enter');
    await answer('width multiplier', '0.4');
    // Back asks again what was answered, and keeps the answer.
    await page.locator('.quick-input-widget', { hasText: 'Side of the square input' }).waitFor();
    await page.locator('.quick-input-widget', { hasText: '(4/5)' }).waitFor();
    await page.locator('.quick-input-widget [aria-label^="Back"]').click();
    await page.locator('.quick-input-widget', { hasText: 'width multiplier' }).waitFor();
    expect(await input.inputValue()).toBe('0.4');
    await answer('width multiplier', '0.3');
    await answer('Side of the square input', '112');
    await answer('Inputs per inference', '1');
    const file = join(workbench.folder, 'mobilenetv2_width0.3_112.onnx');
    await page.locator('.quick-input-widget', { hasText: 'New Reference Model' }).waitFor();
    await expect.poll(() => input.inputValue()).toContain('mobilenetv2_width0.3_112.onnx');
    await page.keyboard.press('Enter');
    await workbench.webview().getByRole('heading', { name: 'MobileNetV2' }).first().waitFor();
    expect(existsSync(file) && statSync(file).size).toBeGreaterThan(4 * 1_000_000);
  });

  it('says what an option must be before it takes it', async () => {
    const { page } = workbench;
    const input = page.locator('.quick-input-widget input[type=text]');
    await workbench.runCommand('Framecast: New Reference Model…');
    await page.locator('.quick-input-widget input[placeholder="Which architecture family?"]').waitFor();
    await input.fill('ResNet');
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget input[placeholder="Which ResNet?"]').waitFor();
    await input.fill('Another');
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget', { hasText: 'blocks in each' }).waitFor();
    await input.fill('2,2,0,2');
    await page.locator('.quick-input-widget', { hasText: '4 whole numbers from 1 to 100' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('says which resolution a family cannot read while it can still be changed', async () => {
    const { page } = workbench;
    const input = page.locator('.quick-input-widget input[type=text]');
    await workbench.runCommand('Framecast: New Reference Model…');
    await page.locator('.quick-input-widget input[placeholder="Which architecture family?"]').waitFor();
    await input.fill('AlexNet');
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget', { hasText: 'Side of the square input' }).waitFor();
    await input.fill('63');
    await page
      .locator('.quick-input-widget', { hasText: 'AlexNet at 63×63: its classifier reads a 6×6 map' })
      .waitFor();
    await page.keyboard.press('Escape');
  });
});
