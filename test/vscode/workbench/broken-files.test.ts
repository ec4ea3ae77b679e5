import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badgeOf } from './badge';
import { positionOfText } from '../harness/editor-text';
import { openWorkbench, type Workbench } from '../harness/workbench';
import { root } from '../../../scripts/setup/paths.mjs';

/** Name of a broken file, the code that its page shows, and words of its sentence. */
const broken = [
  { name: 'truncated', code: 'truncated', words: /ends at byte/ },
  { name: 'empty', code: 'empty', words: /empty/ },
  { name: 'random', code: null, words: /./ },
  { name: 'pointer', code: 'not-onnx', words: /Git LFS/ },
  { name: 'page', code: 'not-onnx', words: /HTML/ },
] as const;

let workbench: Workbench;
const folder = mkdtempSync(join(tmpdir(), 'framecast-broken-'));
beforeAll(async () => {
  // There before the window is: what is written while its Explorer begins to watch may never show.
  cpSync(join(root, 'samples'), folder, { recursive: true });
  const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
  const whole = readFileSync(join(folder, 'resnet18.onnx'));
  put('truncated.onnx', whole.subarray(0, whole.length / 2));
  put('empty.onnx', '');
  put(
    'random.onnx',
    Uint8Array.from({ length: 4096 }, (_, index) => (index * 2654435761) >>> 24),
  );
  put(
    'pointer.onnx',
    `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d7a214614ab'.repeat(6).slice(0, 64)}\nsize 46838023\n`,
  );
  put('page.onnx', '<!DOCTYPE html><html><body>Sign in</body></html>');
  put(
    'notes.py',
    [...broken.map(({ name }) => `load("${name}.onnx")`), 'load("resnet18.onnx")', 'load("none.onnx")'].join('\n'),
  );
  workbench = await openWorkbench({ theme: 'light', folder });
});
afterAll(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('files that are no readable model', () => {
  it.each(broken)('shows what is wrong with the $name file', async ({ name, code, words }) => {
    await workbench.openFile(`${name}.onnx`);
    const message = workbench.webview().locator('main.message');
    await message.getByRole('heading', { level: 1 }).waitFor();
    expect(await message.locator('.sentence').innerText()).toMatch(words);
    const shownCode = await message.locator('code').innerText();
    if (code !== null) expect(shownCode).toBe(code);
    expect(shownCode).not.toBe('internal');
    await workbench.screenshot(`broken-${name}`);
  });

  it.each(broken)('says so on hover over the path of the $name file', async ({ name, words }) => {
    if (!(await workbench.page.locator('.tab.active', { hasText: 'notes.py' }).count()))
      await workbench.openFile('notes.py');
    const card = await workbench.hover(`${name}.onnx`);
    await expect.poll(() => card.innerText()).toMatch(words);
    expect(await card.innerText()).toContain('cannot read this model');
  });

  it('says nothing about a file that is not there', async () => {
    const { page } = workbench;
    const { x, y } = await positionOfText(page, 'none.onnx');
    await page.mouse.move(x, y, { steps: 5 });
    await page.waitForTimeout(2500);
    expect(
      await page
        .locator('.monaco-editor .monaco-hover')
        .filter({ visible: true, hasText: /none|Framecast|FPS/ })
        .count(),
    ).toBe(0);
  });

  it('goes on with the files that are whole', async () => {
    const card = await workbench.hover('resnet18.onnx');
    await expect.poll(() => card.innerText()).toContain('FPS on Jetson Nano');
    await workbench.openFile('resnet18.onnx');
    await workbench.webview().locator('.model-chips').getByText('ResNet-18').waitFor();
  });

  it('marks them in the Explorer with the same sentence', async () => {
    const row = await workbench.explorerRow('empty.onnx');
    await expect.poll(() => badgeOf(row)).toBe('!');
    expect(await workbench.explorerTooltip('empty.onnx')).toContain('The file is empty');
  });
});
