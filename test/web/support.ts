import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import chromiumFromNpm from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** Quiet, and nothing that reaches beyond this computer. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * A Chromium of its own, with a profile of its own: `CHROME_PATH`, else the one installed, else the one from npm.
 * @throws Error naming what is missing
 */
export async function openBrowser(): Promise<Browser> {
  const named = process.env['CHROME_PATH'] ?? '';
  if (named !== '' && !existsSync(named)) throw new Error(`CHROME_PATH names ${named}, which is not there`);
  const executablePath = named !== '' ? named : (INSTALLED.find(existsSync) ?? (await fromNpm()));
  return chromium.launch({ executablePath, args: ARGS });
}

async function fromNpm(): Promise<string> {
  try {
    return await chromiumFromNpm.executablePath();
  } catch (cause) {
    const message = 'the tests of the page need a Chromium: install one, or name one with CHROME_PATH';
    throw new Error(message, { cause });
  }
}

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

/** Lets what has been resolved run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What axe-core finds wrong with what is shown, each with the elements it concerns; `rules`: with these alone. */
export async function violations(page: Page, rules: string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations: found } = await (rules.length === 0 ? axe : axe.withRules(rules)).analyze();
  return found.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Everything that a page complains of: errors of its own, and what the browser forbade it. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('pageerror', (error) => heard.push(String(error)));
  page.on('console', (message) => {
    // A request that fails is told by the browser; what the page makes of it is what counts.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      heard.push(message.text());
  });
  return heard;
}

/** Opens the page of a controller, once it shows something live. */
export async function openLive(browser: Browser, url: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: PHONE, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const heard = complaints(page);
  await page.goto(url);
  await page.waitForSelector('body[data-link=live] #facts:not([hidden])');
  return { page, heard };
}
