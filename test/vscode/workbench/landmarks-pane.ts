import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, inject } from 'vitest';
import type { Workbench } from '../harness/workbench';
import { showAlone } from './side-bar';

/** Where the extension under test keeps landmarks: in the home folder that the harness gives it. */
export const ownLandmarks = (): string => join(inject('harness').scratch, 'home', 'landmarks.jsonl');

export const forgetLandmarks = (): void => rmSync(ownLandmarks(), { force: true });

/** The Landmarks view of a window that is high enough for its rows, which are drawn only where they are seen. */
export interface LandmarksPane {
  /** Opens the side bar of Framecast with the view alone. */
  open(): Promise<void>;
  row(text: string | RegExp): Locator;
  expand(label: string): Promise<void>;
  /** Chooses an entry of a row's context menu. */
  choose(target: string | RegExp, entry: string): Promise<void>;
}

export function landmarksPane(workbench: Workbench): LandmarksPane {
  const { page } = workbench;
  const header = page.locator('.pane-header[aria-label^="Landmarks"]');
  const pane = page.locator('.pane').filter({ has: header });
  const row = (text: string | RegExp): Locator => pane.locator('.monaco-list-row').filter({ hasText: text }).first();
  return {
    row,
    open: async () => {
      await showAlone(workbench, 'Landmarks');
      await row('Jetson Nano').waitFor();
    },
    expand: async (label) => {
      await row(label).waitFor();
      await expect
        .poll(async () => {
          const isExpanded = (await row(label).getAttribute('aria-expanded')) === 'true';
          if (!isExpanded) await row(label).click();
          return isExpanded;
        })
        .toBe(true);
    },
    choose: async (target, entry) => {
      await row(target).click({ button: 'right' });
      const item = page.locator('.context-view .action-item').filter({ visible: true, hasText: entry }).first();
      await item.waitFor();
      // A menu takes no notice of a click that comes as soon as it is there.
      await page.waitForTimeout(400);
      await item.click();
    },
  };
}
