/**
 * Drives the real VS Code workbench in a headless browser, as a user would.
 *
 *     import { afterAll, beforeAll, describe, expect, it } from 'vitest';
 *     import { openWorkbench, type Workbench } from '../harness/workbench';
 *
 *     let workbench: Workbench;
 *     beforeAll(async () => { workbench = await openWorkbench({ theme: 'dark' }); });
 *     afterAll(() => workbench.close());
 *
 *     it('shows the page', async () => {
 *       await workbench.openFile('resnet18.onnx');           // double click in the Explorer
 *       const view = workbench.webview();                     // the visible webview's document
 *       await view.getByRole('heading', { name: 'ResNet-18' }).waitFor();
 *       expect(await workbench.statusBar()).toContain('86.4 FPS');
 *       await workbench.screenshot('model-dark');             // only when FRAMECAST_SCREENSHOTS names a folder
 *     });
 *
 * `workbench.folder` is a copy of samples/ (or of `folder`), so a test may change, add and delete files in it.
 * `workbench.page` is playwright's page for whatever is not covered here; its locators wait by themselves, and
 * `expect.poll(() => workbench.statusBar()).toContain(...)` waits for a text. All tests share one server and run one
 * after another; each `openWorkbench` is a fresh browser with default settings plus the ones given.
 *
 * Run: npm run test:workbench [-- test/vscode/workbench/one.test.ts]. It builds first: the extension under test is a
 * copy of what gets packaged.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { inject } from 'vitest';
import { root } from '../../../scripts/setup/paths.mjs';
import { launchBrowser } from '../../../scripts/vscode-server/browser.mjs';
import type { Address } from '../../../scripts/vscode-server/serve.mjs';
import { workbenchUrl, writeUserSettings } from '../../../scripts/vscode-server/serve.mjs';
import { positionOfText, type Position } from './editor-text';

const themes = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;

/** The class that the workbench element has under each theme; the last part is the theme's id. */
const themeClass: Record<Theme, string> = {
  light: 'light_modern',
  dark: 'dark_modern',
  'high-contrast': 'hc_black',
  'high-contrast-light': 'hc_light',
};

export type Theme = keyof typeof themes;

export interface WorkbenchOptions {
  /** Absolute path of the folder to copy and open; default: the repository's samples/. */
  readonly folder?: string;
  readonly theme?: Theme;
  /** User settings by their full names. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Window size in CSS pixels; default 1280 × 800. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Return as soon as the Explorer shows files, when extensions have not started yet; default false. */
  readonly early?: boolean;
  /** A server of the test's own instead of the one that all share, with its data folder. */
  readonly server?: { readonly address: Address; readonly dataFolder: string };
  /** Device pixels per CSS pixel, for sharp pictures; default 1. */
  readonly scale?: number;
  /** VS Code's display language, such as `de`. Its own texts stay English, as its language packs are not at hand. */
  readonly language?: string;
}

export interface Workbench {
  readonly page: Page;
  /** Absolute path of the open folder, a copy that belongs to this workbench. */
  readonly folder: string;
  /** Opens a file by clicking through the Explorer; `path` is relative to the folder, with `/`. */
  openFile(path: string): Promise<void>;
  /** The Explorer's row of a file or folder; expands the folders above it. */
  explorerRow(path: string): Promise<Locator>;
  /** Rests the mouse on a file in the Explorer; returns the tooltip's text. */
  explorerTooltip(path: string): Promise<string>;
  /** The document inside the visible webview (custom editor or panel). */
  webview(): FrameLocator;
  /** Rests the mouse on the first place where the open text editor shows `text`; returns the hover, once shown. */
  hover(text: string): Promise<Locator>;
  /** Texts of the status bar's items, left to right. */
  statusBar(): Promise<string[]>;
  /** Runs a command by its title, through the Command Palette. */
  runCommand(title: string): Promise<void>;
  /** Texts of the notifications that are on screen. */
  notifications(): Promise<string[]>;
  /** Changes the colour theme and waits until the workbench shows it. */
  setTheme(theme: Theme): Promise<void>;
  /** Changes settings of the open folder, by their full names; the window follows by itself a moment later. */
  changeSettings(changes: Readonly<Record<string, unknown>>): void;
  resize(width: number, height: number): Promise<void>;
  /** Reloads the window once it has stored what it would keep; what appears again is for the test to wait for. */
  reload(): Promise<void>;
  /** Writes NAME.png into the folder that FRAMECAST_SCREENSHOTS names; does nothing without it. */
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a VS Code window on a copy of a folder and waits until the extensions have started. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const harness = { ...inject('harness'), ...options.server };
  const folder = join(mkdtempSync(join(harness.scratch, 'workspace-')), 'models');
  cpSync(options.folder ?? join(root, 'samples'), folder, { recursive: true });

  const theme = options.theme ?? 'dark';
  writeUserSettings(harness.dataFolder, {
    'workbench.colorTheme': themes[theme],
    'files.exclude': { '**/.vscode': true },
    ...options.settings,
  });
  // The window reads the user settings once; later changes go into the folder's settings, which it watches, beside what
  // the extension has written there.
  const changeSettings = (changes: Readonly<Record<string, unknown>>) => {
    const file = join(folder, '.vscode', 'settings.json');
    mkdirSync(join(folder, '.vscode'), { recursive: true });
    const present = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
    writeFileSync(file, JSON.stringify({ ...present, ...changes }));
  };

  const browser = await launchBrowser(harness.browser);
  const page = await browser.newPage({
    viewport: options.size ?? { width: 1280, height: 800 },
    deviceScaleFactor: options.scale ?? 1,
  });
  if (options.language !== undefined) await setLanguage(page, options.language);
  await page.goto(workbenchUrl(harness.address, folder));
  const explorer = page.locator('.explorer-folders-view');
  await explorer.locator('.monaco-list-row').first().waitFor({ timeout: 60_000 });
  // Themes come from extensions, so these are known by then.
  if (!options.early) await themeShown(page, theme);

  const workbench: Workbench = {
    page,
    folder,
    openFile: async (path) => {
      await (await workbench.explorerRow(path)).dblclick();
      const name = path.split('/').at(-1) ?? path;
      await page.locator('.tab.active').filter({ hasText: name }).waitFor();
    },
    explorerRow: async (path) => {
      const names = path.split('/');
      for (const [index, name] of names.entries()) {
        const exact = new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
        const row = explorer
          .locator(`.monaco-list-row[aria-level="${index + 1}"]`)
          .filter({ has: page.locator('.label-name', { hasText: exact }) })
          .first();
        await scrollTo(page, explorer, row);
        if (index === names.length - 1) return row;
        if ((await row.getAttribute('aria-expanded')) === 'false') await row.click();
      }
      throw new Error('An empty path names no file.');
    },
    explorerTooltip: async (path) => {
      const row = await workbench.explorerRow(path);
      const tooltip = page.locator('.workbench-hover').filter({ visible: true }).last();
      await restMouse(page, () => middleOf(row), tooltip);
      return await tooltip.innerText();
    },
    webview: () =>
      page
        .locator('iframe.webview.ready')
        .filter({ visible: true })
        .last()
        .contentFrame()
        .frameLocator('#active-frame'),
    hover: async (text) => {
      const hover = page.locator('.monaco-editor .monaco-hover').filter({ visible: true }).last();
      await restMouse(page, () => positionOfText(page, text), hover);
      return hover;
    },
    statusBar: async () => {
      const items = await page.locator('.statusbar-item').filter({ visible: true }).allInnerTexts();
      return items.map((item) => item.replaceAll('\u00a0', ' ').trim()).filter((item) => item !== '');
    },
    runCommand: async (title) => {
      const box = page.locator('.quick-input-widget input').filter({ visible: true });
      const found = page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: title });
      // A webview that is being loaded takes the focus, which closes the box, and keys that it does not pass on yet.
      for (let attempt = 0; ; attempt++) {
        await page.keyboard.press('F1');
        try {
          await box.fill(`>${title}`, { timeout: 5000 });
          await found.waitFor({ timeout: 10_000 });
          break;
        } catch (error) {
          if (attempt === 4) throw error;
        }
      }
      await page.keyboard.press('Enter');
    },
    notifications: async () => await page.locator('.notification-list-item-message').allInnerTexts(),
    setTheme: async (next) => {
      changeSettings({ 'workbench.colorTheme': themes[next] });
      await themeShown(page, next);
    },
    changeSettings,
    resize: async (width, height) => await page.setViewportSize({ width, height }),
    reload: async () => {
      await page.waitForTimeout(storedWithinMs);
      await page.reload();
    },
    screenshot: async (name) => {
      const target = process.env['FRAMECAST_SCREENSHOTS'];
      if (!target) return;
      mkdirSync(target, { recursive: true });
      await page.screenshot({ path: join(target, `${name}.png`) });
    },
    close: async () => await browser.close(),
  };
  return workbench;
}

/** VS Code in a browser stores the state of its windows every five seconds, when idle. */
const storedWithinMs = 8000;

/** What VS Code finds there when a language pack has been loaded; for windows that are opened or reloaded from now on. */
export async function setLanguage(page: Page, language: string): Promise<void> {
  await page.addInitScript((name) => Object.assign(globalThis, { _VSCODE_NLS_LANGUAGE: name }), language);
}

async function themeShown(page: Page, theme: Theme): Promise<void> {
  await page.locator(`.monaco-workbench[class*="${themeClass[theme]}"]`).waitFor({ timeout: 60_000 });
}

/** Brings a row into view: a list draws only the rows that fit, so one further down does not exist until then. */
async function scrollTo(page: Page, list: Locator, row: Locator): Promise<void> {
  const deadline = Date.now() + 30_000;
  const shown = async (timeout: number) =>
    await row.waitFor({ timeout }).then(
      () => true,
      () => false,
    );
  if (await shown(2_000)) return;
  await list.locator('.monaco-list').focus();
  while (Date.now() < deadline) {
    await page.keyboard.press('Home');
    for (let last = ''; ;) {
      if (await shown(150)) return;
      const focused = (await list.locator('.monaco-list-row.focused').getAttribute('data-index')) ?? '';
      if (focused === last) break;
      last = focused;
      await page.keyboard.press('PageDown');
    }
  }
  throw new Error('The list has no such row.');
}

async function middleOf(locator: Locator): Promise<Position> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('The element is not on screen.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Moves the mouse to a place and waits for what it brings up; a window that was busy misses the first movement. */
async function restMouse(page: Page, find: () => Promise<Position>, appears: Locator): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await page.mouse.move(0, 0);
    await appears.waitFor({ state: 'hidden' }); // an older one is not the answer
    const place = await find(); // anew, as a window that has just opened a file still moves its lines
    await page.mouse.move(place.x - 30, place.y, { steps: 2 });
    await page.mouse.move(place.x, place.y, { steps: 6 });
    try {
      await appears.waitFor({ timeout: 8_000 });
      return;
    } catch (error) {
      if (attempt === 4) throw error;
    }
  }
}
