/**
 * If these fail, the page does not do what it is there for: start, begin, pause and stop real sessions of a controller
 * in another process, and say so when that controller is gone. A real Chromium, a real `ebb serve`, a real kill -9.
 */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { isOff } from '../support/house.ts';
import { cleanUp } from '../support/process.ts';
import { openServed } from './house-support.ts';
import { openBrowser, openLive, violations } from './support.ts';

/** Two processes share one simulated time: fast enough, and slow enough not to take a busy host for a dead sensor. */
const SPEED = 4;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);
afterEach(cleanUp);
afterAll(() => browser.close());

const phase = (page: Page, ...words: string[]) =>
  expect
    .poll(() => page.textContent('#phase'), { timeout: 40_000, interval: 20 })
    .toMatch(new RegExp(`^(${words.join('|')})$`));
const press = (page: Page, name: string) =>
  page.getByRole('button', { name, exact: true }).click({ timeout: 5_000 });
const seconds = async (page: Page): Promise<number> => {
  const [, min, s] = /^(\d+):(\d\d)$/.exec((await page.textContent('#countdown')) ?? '') ?? [];
  return Number(min) * 60 + Number(s);
};

it('start, begin, pause, resume, STOP, killed, back again', { timeout: 120_000 }, async () => {
  const house = await openServed(SPEED);
  const first = await house.serve();
  const { page, heard } = await openLive(browser, house.url);
  await phase(page, 'idle');
  expect(await page.textContent('#simulated')).toContain('SIMULATED');
  expect(await violations(page)).toEqual([]);

  // The hardware may still be saying hello.
  await expect
    .poll(
      async () => {
        if (await page.isVisible('[data-command=start][aria-disabled=false]')) await press(page, 'Start');
        return page.textContent('#phase');
      },
      { timeout: 15_000, interval: 300 },
    )
    .toBe('preparing');
  await expect.poll(() => page.textContent('#valves')).toContain('Hot open');
  await phase(page, 'ready');
  expect(await page.textContent('#band-words')).toBe('in band');
  expect(await seconds(page)).toBeLessThanOrEqual(60);
  expect(house.rig.plant.openings().length).toBeGreaterThan(0);

  await press(page, 'Begin');
  await phase(page, 'warm');
  expect(await page.textContent('#cycle')).toBe('cycle 1 of 3');
  const before = await seconds(page);
  expect(before).toBeGreaterThan(100);
  // By the controller's clock: faster than the browser's.
  await expect.poll(() => seconds(page), { timeout: 3_000 }).toBeLessThan(before - 5);
  expect(await page.textContent('#next')).toMatch(/^cold for /);

  await press(page, 'Pause');
  await phase(page, 'paused');
  await expect.poll(() => page.textContent('#valves')).toBe('Hot closedCold closed');
  await press(page, 'Resume');
  await phase(page, 'warm');

  const from = house.seen.length;
  await page.keyboard.press('Escape');
  await house.sees(isOff, from, 2_000);
  await expect
    .poll(() => page.textContent('#stop-text'), { timeout: 5_000 })
    .toBe('Stopped: every valve says closed.');
  await phase(page, 'stopped');

  first.kill('SIGKILL');
  await page.waitForSelector('body[data-link=stale]', { timeout: 3_500 });
  expect(await page.textContent('#stale')).toMatch(
    /^\s*No connection since \d\d:\d\d:\d\d: values are old\.\s*$/,
  );
  expect(await violations(page)).toEqual([]);
  await page.click('#stop');
  await expect
    .poll(() => page.textContent('#stop-text'), { timeout: 10_000 })
    .toMatch(/did not reach the controller.*button at the bath/);
  await first.exit;

  await house.serve();
  await page.waitForSelector('body[data-link=live]', { timeout: 15_000 });
  expect(await page.isVisible('#stale')).toBe(false);
  await phase(page, 'idle', 'stopped');
  await expect
    .poll(() => page.textContent('#stop-text'), { timeout: 8_000 })
    .toContain('everything is closed now');
  await page.click('#stop');
  await expect
    .poll(() => page.textContent('#stop-text'), { timeout: 8_000 })
    .toBe('Stopped: every valve says closed.');
  expect(heard).toEqual([]);
  await page.context().close();
  await house.close();
});
