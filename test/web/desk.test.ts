/**
 * If these fail, somebody at a desk cannot see what is due or why it waits, cannot answer it from the page, or is shown a
 * bath where there is none.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import type { StationView } from '../../src/api/schemas.ts';
import { HINDRANCES } from '../../src/model/desk.ts';
import type { DeskState, ReminderState } from '../../src/model/desk.ts';
import { WAITS } from '../../web/desk.js';
import { IDLE, STATION, later, pretend } from './pretend-support.ts';
import { DESKTOP, PHONE, openBrowser, openLive, violations } from './support.ts';

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

const RAISES: ReminderState = {
  ...{ id: 'calf-raises', protocol: 'calf-raises', title: 'Calf raises', state: 'waiting' },
  ...{ due_at: later(1_800), snoozed_until: null, expires_at: null, snoozes_left: 2, waits_for: null },
  last: { outcome: 'done', at: later(-1_800) },
};
const WALK: ReminderState = {
  ...RAISES,
  ...{ id: 'stand-walk', protocol: 'stand-walk', title: 'Stand and walk', due_at: later(7_200), last: null },
};
const desk = (state: Partial<DeskState>, raises: Partial<ReminderState> = {}): StationView => ({
  ...STATION,
  ...{ id: 'desk', name: 'Desk', kind: 'desk', vessel: null, plumbing: 'cues' },
  may: ['start', 'stop', 'ack', 'snooze', 'skip', 'quiet'],
  protocols: [
    { id: 'ankle-pumps', title: 'Ankle pumps' },
    { id: 'calf-raises', title: 'Calf raises' },
  ],
  reminders: [
    { id: 'calf-raises', protocols: ['calf-raises'], snooze_s: 600, snoozes: 2 },
    { id: 'stand-walk', protocols: ['stand-walk'], snooze_s: 600, snoozes: 2 },
  ],
  state: {
    ...{ ...IDLE, water_c: null, valves: {}, state: 'waiting', next: 'Calf raises at 20:00' },
    ...{
      quiet_until: null,
      busy: false,
      next_at: later(1_800),
      not_for_me: [],
      meeting_until: null,
      calendar_trouble: null,
    },
    reminders: [{ ...RAISES, ...raises }, WALK],
    ...state,
  },
});
const SHOWN = desk(
  { state: 'cueing', phase: 'active', message: 'Rise on your toes: 10 times. Press when you are done.' },
  { state: 'cueing', due_at: later(-20), expires_at: later(1_800), snoozes_left: 1 },
);
const LED = desk({
  ...{ state: 'cueing', phase: 'active', session: 's-1', protocol: 'calf-raises' },
  message: 'Rise on your toes, lower slowly.',
  step: {
    ...{ index: 0, count: 1, kind: 'move', cycle: 4, cycles: 10, target_c: null },
    ...{ started_at: later(-8), ends_at: later(12) },
  },
});
const STATES: Readonly<Record<string, StationView>> = {
  'nothing due': desk({}),
  shown: SHOWN,
  waits: desk(
    { state: 'due', message: 'Calf raises is due and waits: you are in a meeting.' },
    { state: 'due', due_at: later(-300), waits_for: 'meeting' },
  ),
  'put off': desk({ state: 'snoozed' }, { state: 'snoozed', snoozed_until: later(400), snoozes_left: 0 }),
  quiet: desk({ quiet_until: later(3_000), simulated: true }),
  led: LED,
};

async function show(station: StationView, options: BrowserContextOptions = {}, more: StationView[] = []) {
  const controller = await pretend([station, ...more]);
  open.push(controller);
  return { controller, ...(await openLive(browser, controller.url, options)) };
}
const click = 'button:visible';

describe('each state of a desk', () => {
  it.each(Object.keys(STATES))(
    '%s: it can be read, there is no bath in it, axe finds nothing',
    async (name) => {
      const { page, heard } = await show(STATES[name] ?? SHOWN, { colorScheme: 'light' });
      expect(await violations(page)).toEqual([]);
      for (const id of ['#stop', '#water-card', '#valves-card', '#block'])
        expect(await page.isVisible(id), id).toBe(false);
      for (const size of [PHONE, DESKTOP, { width: 844, height: 390 }, { width: 320, height: 640 }]) {
        await page.setViewportSize(size);
        const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(wide, `${name} at ${size.width}`).toBeLessThanOrEqual(0);
        const low = await page.evaluate<number>(
          `Math.max(...[...document.querySelectorAll('.actions button:not([hidden])')].map((one) => one.getBoundingClientRect().bottom))`,
        );
        expect(low, `${name} at ${size.width}`).toBeLessThanOrEqual(size.height + 1);
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violations(page, ['color-contrast'])).toEqual([]);
      expect(heard).toEqual([]);
    },
  );

  it('has words for everything that may speak against a reminder', () => {
    expect(Object.keys(WAITS).toSorted()).toEqual([...HINDRANCES].toSorted());
  });
});

describe('at the desk', () => {
  it('what is due says why it waits, and what is planned when it comes', async () => {
    const { page } = await show(STATES['waits'] ?? SHOWN);
    expect(await page.textContent('#phase')).toBe('waiting');
    const items = await page.locator('#reminders li').allTextContents();
    expect(items[0]).toMatch(/^Calf raisesdue since \d\d:\d\d: you are in a meetinglast done at \d\d:\d\d$/);
    expect(items[1]).toMatch(/^Stand and walkat \d\d:\d\d$/);
  });

  it('is answered: done, later with what is left of the budget, skip, quiet, an exercise', async () => {
    const { page, controller } = await show(SHOWN);
    expect(await page.locator(click).allTextContents()).toEqual([
      'Done',
      'In 10 min (1 of 2 left)',
      'Skip',
      'Not for me',
      'Start exercise',
      'Quiet for an hour',
    ]);
    const wanted = [
      ['Done', { command: 'ack' }],
      ['In 10 min', { command: 'snooze' }],
      ['Skip', { command: 'skip' }],
      ['Not for me', { command: 'not_for_me' }],
      ['Quiet for an hour', { command: 'quiet' }],
      // What is due is offered first.
      ['Start exercise', { command: 'start', protocol: 'calf-raises' }],
    ] as const;
    for (const [index, [name, command]] of wanted.entries()) {
      await page.getByRole('button', { name }).click();
      await expect.poll(() => controller.commands.length).toBe(index + 1);
      expect(JSON.parse(controller.commands[index] ?? '')).toEqual(command);
      await page.waitForSelector('[data-command=ack][aria-disabled=false]');
    }
    controller.show(STATES['quiet'] ?? SHOWN);
    await page.getByRole('button', { name: 'End the quiet' }).click();
    await expect.poll(() => controller.commands.at(-1)).toBe(JSON.stringify({ command: 'quiet', off: true }));
    expect(await page.textContent('#quiet')).toMatch(/^Quiet until \d\d:\d\d$/);
  });

  it('what was left out by a slip is taken back', async () => {
    const { page, controller } = await show(
      desk({ not_for_me: ['calf-raises'] }, { state: 'idle', waits_for: 'not_for_me' }),
    );
    expect(await page.textContent('#reminders')).toContain('never: you said that it is not for you');
    await page.getByRole('button', { name: 'Calf raises: for me after all' }).click();
    await expect
      .poll(() => controller.commands)
      .toEqual([JSON.stringify({ command: 'not_for_me', off: true, protocol: 'calf-raises' })]);
  });

  it('a budget that is used up offers no snooze', async () => {
    const none = { ...RAISES, state: 'cueing' as const, snoozes_left: 0 };
    const { page } = await show(desk({ state: 'cueing', phase: 'active', reminders: [none] }));
    expect(await page.isVisible('[data-command=snooze]')).toBe(false);
    expect(await page.textContent('#reminders')).toContain('may be put off no more');
  });

  it('an exercise goes on beat by beat, is said once, and Escape ends it', async () => {
    const { page, controller } = await show(LED);
    expect(await page.textContent('#phase')).toBe('exercise');
    expect(await page.textContent('#cycle')).toBe('4 of 10');
    await page.evaluate(`
      window.said = [];
      for (const id of ['polite', 'assertive'])
        new MutationObserver(() => said.push(document.getElementById(id).textContent))
          .observe(document.getElementById(id), { childList: true, characterData: true, subtree: true });
    `);
    const { step } = LED.state;
    if (step !== null) controller.show({ ...LED, state: { ...LED.state, step: { ...step, cycle: 5 } } });
    await expect.poll(() => page.textContent('#cycle')).toBe('5 of 10');
    expect(await page.locator('#pips .past').count()).toBe(4);
    expect(await page.evaluate('said')).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => controller.commands).toEqual(['{"command":"stop"}']);
  });

  it('Escape skips nothing that is only due', async () => {
    const { page, controller } = await show(SHOWN);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Done' }).click();
    await expect.poll(() => controller.commands).toEqual(['{"command":"ack"}']);
  });

  it('text of the controller is text, whatever it holds', async () => {
    const title = '<img src=x onerror="document.title=1"><b>bold</b>';
    const { page, heard } = await show(
      desk({
        message: title,
        next: title,
        reminders: [{ ...RAISES, title, state: 'cueing' }],
        state: 'cueing',
      }),
    );
    expect(await page.textContent('#reminders strong')).toBe(title);
    expect(await page.textContent('#next')).toBe(title);
    expect(await page.locator('#reminders img, #notice img, #detail img').count()).toBe(0);
    expect(heard).toEqual([]);
  });

  it('beside a bath each has its own: from the desk to the bath and back', async () => {
    const { page } = await show(SHOWN, {}, [{ ...STATION, id: 'foot-bath' }]);
    expect(await page.isVisible('#stop')).toBe(false);
    await page.getByLabel('Station').selectOption('Foot bath');
    await page.waitForSelector('#stop:visible');
    expect(await page.isVisible('#water-card')).toBe(true);
    expect(await page.isVisible('#reminders-card')).toBe(false);
    expect(await page.isVisible('[data-command=ack]')).toBe(false);
    await page.getByLabel('Station').selectOption('Desk');
    await page.waitForSelector('#stop', { state: 'hidden' });
    expect(await page.isVisible('[data-command=ack]')).toBe(true);
  });
});
