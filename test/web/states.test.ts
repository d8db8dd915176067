/**
 * If these fail, somebody cannot use the page: it cannot be read by eye or by ear in some state, not be worked by
 * keyboard, does not fit the screen, or hides STOP. A real Chromium; the controller is pretended at its port, since a
 * real one shows most of these states seldom.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { StationView } from '../../src/api/schemas.ts';
import type { StateObject } from '../../src/model/state.ts';
import { BLOCK_LIST } from '../../src/people.ts';
import { IDLE, STATION, later, pretend } from './pretend-support.ts';
import { DESKTOP, PHONE, complaints, openBrowser, openLive, violations } from './support.ts';

let browser: Browser;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  browser = await openBrowser();
}, 60_000);
afterEach(async () => {
  await Promise.all([
    ...browser.contexts().map((context) => context.close()),
    ...open.splice(0).map((one) => one.close()),
  ]);
});
afterAll(() => browser.close());

const with_ = (state: Partial<StateObject>, more: Partial<StationView> = {}): StationView => {
  return { ...STATION, ...more, state: { ...IDLE, ...state } };
};
const step = (more: Partial<NonNullable<StateObject['step']>> = {}): StateObject['step'] => {
  const times = { started_at: later(-60), ends_at: later(120) };
  return { index: 2, count: 6, kind: 'warm', cycle: 2, cycles: 3, target_c: 38, ...times, ...more };
};
const block_list = [...BLOCK_LIST];
const band = { min_c: 35.7, max_c: 40.5 };
const RUNNING: Partial<StateObject> = {
  state: 'running',
  phase: 'warm',
  operation: 'contact',
  exposed: true,
  water_c: 37.9,
  valves: { hot: 'open', cold: 'closed' },
  step: step(),
  next: 'cold for 30 s',
};
const READY: Partial<StateObject> = {
  ...RUNNING,
  state: 'starting',
  phase: 'ready',
  operation: null,
  exposed: false,
  ready_until: later(47),
  step: step({ started_at: null, ends_at: null }),
  message: 'The water is ready: put your feet in and press begin.',
};
const FAULT: Partial<StateObject> = {
  state: 'aborted',
  phase: 'fault',
  water_c: 44.1,
  valves: { hot: 'failed', cold: 'closed' },
  fault: { code: 'over_temperature', detector: 'T1', latched: true },
  message: 'The water was 43.6 C: everything is closed.',
};
const QUESTION = { prompt: { id: 'p', text: 'Still OK?', answer_by: later(24) } };

const STATES: Readonly<Record<string, StationView>> = {
  idle: with_({}, { block_list }),
  preparing: with_(
    { ...READY, phase: 'preparing', operation: 'purge', ready_until: null },
    { block_list, band },
  ),
  ready: with_(READY, { block_list, band }),
  warm: with_({ ...RUNNING, simulated: true }, { band }),
  cold: with_(
    { ...RUNNING, phase: 'cold', water_c: 14.2, message: 'tap water is 19 C today' },
    { band: { min_c: 8.5, max_c: 17.1 } },
  ),
  question: with_({ ...RUNNING, ...QUESTION }, { band }),
  changing: with_({ ...RUNNING, phase: 'changing', valves: { hot: 'closing', cold: 'opening' } }, { band }),
  paused: with_({
    ...READY,
    state: 'held',
    phase: 'paused',
    ready_until: null,
    message: 'Paused: everything is closed.',
  }),
  stopped: with_({ state: 'stopped', phase: 'stopped', message: 'Ended early: stopped by a person.' }),
  fault: with_(FAULT),
  'no reading': with_({ water_c: null, valves: { hot: 'unknown', cold: 'unknown' } }),
  'cues only': with_({ ...RUNNING, valves: {}, water_c: null }, { plumbing: 'cues' }),
  done: with_({ state: 'complete', phase: 'done', message: 'Done. Sit, dry your feet, rise slowly.' }),
  'another screen': with_(READY, { band, may: ['pause', 'stop'] }),
};

async function show(
  station: StationView,
  options: BrowserContextOptions = {},
  more: readonly StationView[] = [],
) {
  const controller = await pretend([station, ...more], { speed: station.state.simulated ? 20 : 1 });
  open.push(controller);
  return { controller, ...(await openLive(browser, controller.url, options)) };
}

/** By axe-core: every part of the page is in one of these. */
const LOOKED_AT = new Set(['idle', 'ready', 'warm', 'question', 'fault', 'another screen']);

interface Layout {
  readonly stop: { readonly bottom: number; readonly height: number };
  readonly wide: number;
  readonly cut: readonly string[];
}
/** Where STOP lies, by how much the page is too wide, and which words leave their panel. */
const LAYOUT = `(() => {
  const box = (id) => document.getElementById(id).getBoundingClientRect();
  const face = box('now');
  const leaves = ({ left, right, top, bottom }) =>
    left < face.left || right > face.right || top < face.top || bottom > face.bottom;
  const { bottom, height } = box('stop');
  return {
    stop: { bottom, height },
    wide: document.documentElement.scrollWidth - innerWidth,
    cut: ['word', 'countdown', 'cycle'].filter((id) => box(id).height > 0 && leaves(box(id))),
  };
})()`;

describe('each state', () => {
  it.each(Object.keys(STATES))(
    '%s: it can be read, STOP is on the screen, nothing is cut off',
    async (name) => {
      const { page, heard } = await show(STATES[name] ?? STATION, { colorScheme: 'light' });
      if (LOOKED_AT.has(name)) expect(await violations(page)).toEqual([]);
      for (const size of [PHONE, DESKTOP, { width: 844, height: 390 }, { width: 320, height: 640 }]) {
        await page.setViewportSize(size);
        const found = await page.evaluate<Layout>(LAYOUT);
        const where = `${name} at ${size.width}`;
        expect(found.stop.bottom, where).toBeLessThanOrEqual(size.height + 1);
        expect(found.stop.height, where).toBeGreaterThanOrEqual(72);
        expect(found.wide, where).toBeLessThanOrEqual(0);
        expect(found.cut, where).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      if (LOOKED_AT.has(name)) expect(await violations(page, ['color-contrast'])).toEqual([]);
      expect(heard).toEqual([]);
    },
  );

  it('stale: greyed out within 3 s, says since when, axe finds nothing', async () => {
    const { page, controller } = await show(with_(RUNNING, { band }));
    controller.freeze();
    await page.waitForSelector('body[data-link=stale]', { timeout: 3_500 });
    expect(await page.textContent('#stale')).toMatch(/No connection since \d\d:\d\d:\d\d: values are old/);
    expect(await page.textContent('#assertive')).toContain('No connection since');
    expect(await page.getAttribute('[data-command=pause]', 'aria-disabled')).toBe('true');
    expect(await page.isEnabled('#stop')).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.click('#stop');
    await expect.poll(() => controller.commands).toEqual(['{"command":"stop"}']);
  });

  it('login: asked for, axe finds nothing, and then the page is there', async () => {
    const controller = await pretend([with_({})], { loggedIn: false });
    open.push(controller);
    const page = await (await browser.newContext({ viewport: PHONE })).newPage();
    const heard = complaints(page);
    await page.goto(controller.url);
    await page.waitForSelector('#login:not([hidden])');
    expect(await violations(page)).toEqual([]);
    await page.getByLabel('Password').fill('secret');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.waitForSelector('body[data-link=live] #facts:not([hidden])');
    expect(await page.isVisible('#login')).toBe(false);
    expect(heard).toEqual([]);
  });
});

it('asks again which stations there are until it is told', async () => {
  const controller = await pretend([with_({})]);
  open.push(controller);
  controller.failStations(2);
  const { page } = await openLive(browser, controller.url);
  expect(await page.textContent('#phase')).toBe('idle');
});

describe('by keyboard and by ear', () => {
  it('STOP is reached by Tab, is pressed by Enter, and by Escape from anywhere', async () => {
    const { page, controller } = await show(with_(RUNNING));
    for (let presses = 0; presses < 8; presses += 1) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate('document.activeElement.id')) === 'stop') break;
    }
    expect(await page.evaluate('document.activeElement.id')).toBe('stop');
    await page.keyboard.press('Enter');
    await expect.poll(() => controller.commands).toHaveLength(1);
    await page.focus('[data-command=pause]');
    await page.keyboard.press('Escape');
    await expect.poll(() => controller.commands).toHaveLength(2);
    expect(new Set(controller.commands)).toEqual(new Set(['{"command":"stop"}']));
  });

  it('a phase is said once, not every second; a fault at once', async () => {
    const { page, controller } = await show(with_({ ...RUNNING, simulated: true }, { band }));
    await page.evaluate(`
      window.said = [];
      for (const id of ['polite', 'assertive'])
        new MutationObserver(() => said.push(id + ': ' + document.getElementById(id).textContent))
          .observe(document.getElementById(id), { childList: true, characterData: true, subtree: true });
    `);
    const before = await page.textContent('#countdown');
    await expect.poll(() => page.textContent('#countdown')).not.toBe(before);
    expect(await page.evaluate('said')).toEqual([]);
    controller.show(with_({ ...FAULT, simulated: true }));
    await expect
      .poll(() => page.evaluate('said'))
      .toEqual([
        'polite: Simulated. Fault.',
        expect.stringMatching(/^assertive: Fault: over temperature \(T1\)\. The water was 43\.6 C/),
      ]);
  });

  it('a focus whose button goes stays on the page', async () => {
    const { page, controller } = await show(with_(READY));
    await page.focus('[data-command=begin]');
    controller.show(with_(RUNNING));
    await page.waitForSelector('[data-command=begin]', { state: 'hidden' });
    expect(await page.evaluate('document.activeElement.id')).toBe('now');
  });

  it('has a language, one main, one h1, and a name for STOP that begins with STOP', async () => {
    const { page } = await show(with_(RUNNING));
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    expect(await page.locator('main').count()).toBe(1);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.getByRole('button', { name: /^STOP/ }).count()).toBe(1);
  });
});

describe('what is shown', () => {
  it('text of the controller is text, whatever it holds', async () => {
    const message = '<img src=x onerror="document.title=1"><b>bold</b>';
    const { page, heard } = await show(with_({ message }, { name: '<i>bath</i>' }));
    expect(await page.textContent('#notice-text')).toBe(message);
    expect(await page.textContent('#station-name')).toBe('<i>bath</i>');
    expect(await page.locator('#notice img, h1 i').count()).toBe(0);
    expect(heard).toEqual([]);
  });

  it('readable at 2 m on a phone: the countdown 12 mm high, the phase and the temperature 5 mm', async () => {
    const { page } = await show(with_(RUNNING, { band }));
    // 390 CSS pixels are about 65 mm on such a phone; a digit is about 0.73 of its font size.
    const digitMm = async (id: string): Promise<number> => {
      const size = await page.evaluate(
        `parseFloat(getComputedStyle(document.getElementById('${id}')).fontSize)`,
      );
      return (Number(size) * 0.73 * 65) / 390;
    };
    expect(await digitMm('countdown')).toBeGreaterThanOrEqual(12);
    expect(await digitMm('phase')).toBeGreaterThanOrEqual(5);
    expect(await digitMm('water')).toBeGreaterThanOrEqual(5);
  });

  it('SIMULATED, with its speed', async () => {
    const { page } = await show(with_({ ...RUNNING, simulated: true }));
    await expect.poll(() => page.textContent('#simulated')).toContain('SIMULATED 20x');
    expect(await page.isVisible('#simulated')).toBe(true);
  });

  it('another station is chosen by its name, and kept in the address', async () => {
    const other = { ...with_(RUNNING), id: 'shower', name: 'Shower' };
    const { page, controller } = await show(with_({}), {}, [other]);
    expect(await page.textContent('#phase')).toBe('idle');
    await page.getByLabel('Station').selectOption('Shower');
    await expect.poll(() => page.textContent('#phase')).toBe('warm');
    expect(page.url()).toBe(`${controller.url}#shower`);
    await page.reload();
    await page.waitForSelector('body[data-link=live] #facts:not([hidden])');
    expect(await page.textContent('#station-name')).toBe('Shower');
  });

  it('start sends the protocol chosen, and a refusal is shown', async () => {
    const { page, controller } = await show(with_({}));
    await page.getByLabel('Protocol').selectOption('Warm soak');
    controller.answerCommands(409);
    await page.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => page.textContent('#answer')).toBe('Start: a session is running already');
    expect(controller.commands).toEqual(['{"command":"start","protocol":"warm-soak"}']);
  });
});

describe('STOP', () => {
  it('does not wait behind a command that nobody answers', async () => {
    const { page, controller } = await show(with_({}));
    controller.answerCommands(null);
    await page.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => controller.commands).toHaveLength(1);
    controller.answerCommands(202);
    await page.click('#stop');
    await expect.poll(() => page.textContent('#stop-text')).toBe('Stopped: every valve says closed.');
  });

  it('says what to do by hand where the controller takes nothing', async () => {
    const { page, controller } = await show(with_(RUNNING));
    await controller.close();
    await page.click('#stop');
    await expect.poll(() => page.textContent('#stop-text')).toContain('trying again');
    await expect
      .poll(() => page.textContent('#stop-text'), { timeout: 10_000 })
      .toMatch(/did not reach the controller.*button at the bath.*pull the plug/);
    expect(await page.textContent('#assertive')).toContain('did not reach');
    open.length = 0;
  });

  it('one touch is one stop', async () => {
    const { page, controller } = await show(with_(RUNNING), { hasTouch: true, isMobile: true });
    await page.tap('#stop');
    await expect.poll(() => page.textContent('#stop-text')).toContain('STOP was taken');
    expect(controller.commands).toEqual(['{"command":"stop"}']);
  });
});
