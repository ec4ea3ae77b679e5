import { chromium } from 'playwright-core';

/**
 * Flags for a browser that talks to loopback only: no sandbox (it refuses to start as root, and in most containers),
 * and nothing that asks the network for updates.
 */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-dev-shm-usage',
];

/**
 * Starts a headless browser for tests and screenshots.
 *
 * @param {import('../setup/chromium.mjs').Browser} browser
 * @returns {Promise<import('playwright-core').Browser>}
 */
export function launchBrowser(browser) {
  /** @type {Record<string, string>} */
  const env = {};
  for (const [name, value] of Object.entries({ ...process.env, ...browser.env }))
    if (value !== undefined) env[name] = value;
  return chromium.launch({ executablePath: browser.executable, args: flags, env, headless: true });
}
