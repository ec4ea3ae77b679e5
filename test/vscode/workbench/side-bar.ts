import type { Workbench } from '../harness/workbench';

const english = ['Models', 'Devices', 'Landmarks', 'Face Anti-Spoofing'] as const;

/**
 * Opens Framecast's side bar with one of its views alone: rows of a tree are drawn only where there is room for them,
 * and a webview in the side bar would be taken for the page of a test.
 *
 * @param views what they are called where VS Code is in another language
 */
export async function showAlone<View extends string = (typeof english)[number]>(
  { page }: Workbench,
  view: View,
  views: readonly string[] = english,
): Promise<void> {
  const header = (name: string) => page.locator(`.pane-header[aria-label^="${name}"]`);
  // A click on the side bar that is open would close it.
  if (!(await header(view).isVisible())) {
    await page.locator('.activitybar .action-label[aria-label^="Framecast"]').click();
  }
  await header(view).waitFor();
  // Views take a moment to settle after their container opens, and a click before that may be lost.
  for (let settled = 0; settled < 2; await page.waitForTimeout(300)) {
    settled++;
    for (const name of views) {
      if ((await header(name).getAttribute('aria-expanded')) === String(name === view)) continue;
      // By its name: other places of a view's head have buttons on them.
      await header(name).locator('.title').click();
      settled = 0;
    }
  }
}
