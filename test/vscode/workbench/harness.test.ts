import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWorkbench, type Workbench } from '../harness/workbench';

describe('the workbench under test', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await openWorkbench({ theme: 'light' });
  });
  afterAll(() => workbench.close());

  it('opens the folder, and follows changes on disk', async () => {
    await workbench.openFile('README.md');
    await expect.poll(() => workbench.statusBar()).toContain('Markdown');
    // VS Code begins to watch the folder when it has time.
    const follows = (): Promise<boolean> => {
      writeFileSync(join(workbench.folder, 'README.md'), 'A line that was not there before');
      return workbench.page.getByText('A line that was not there before').isVisible();
    };
    await expect.poll(follows, { interval: 500, timeout: 20_000 }).toBe(true);
  });

  it('finds files that the Explorer has to scroll to', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `note-${index}.txt`);
    for (const name of names) writeFileSync(join(workbench.folder, name), `This is ${name}`);
    await workbench.openFile('note-99.txt');
    await workbench.page.getByText('This is note-99.txt').waitFor();
    await workbench.openFile('README.md');
  });

  it('changes its colour theme', async () => {
    const workbenchElement = workbench.page.locator('.monaco-workbench');
    for (const theme of ['dark', 'high-contrast', 'high-contrast-light', 'light'] as const) {
      await workbench.setTheme(theme);
      expect(await workbenchElement.getAttribute('class')).toMatch(
        theme === 'high-contrast' ? /\bhc-black\b/ : /theme/,
      );
    }
  });

  it('shows the tooltip of a file in the Explorer', async () => {
    expect(await workbench.explorerTooltip('README.md')).toContain('README.md');
  });
});
