/**
 * If these fail, a person who pressed STOP is told that the water is closed while it runs, or is not told what to do
 * when the press reached nobody.
 */
import { expect, test } from 'vitest';
import { Stop } from '../../web/stop.js';
import type { StopWord } from '../../web/stop.js';
import type { Accepted, Answer, StateObject } from '../../web/types.d.ts';
import { IDLE } from './pretend-support.ts';
import { settle } from './support.ts';

const RUNNING: StateObject = {
  ...IDLE,
  state: 'running',
  phase: 'warm',
  valves: { hot: 'open', cold: 'closed' },
};
const CLOSING: StateObject = {
  ...IDLE,
  state: 'stopping',
  phase: 'stopping',
  valves: { hot: 'closing', cold: 'closed' },
};
const STOPPED: StateObject = { ...IDLE, state: 'stopped', phase: 'stopped' };
const taken = (state: StateObject): Answer<Accepted> => ({ ok: true, value: { state } });
const GONE: Answer<Accepted> = { ok: false, code: 'unreachable', message: 'nobody', again: true };
const LOGIN: Answer<Accepted> = {
  ok: false,
  code: 'login_needed',
  message: 'the password is needed',
  again: false,
};

/** Each try is answered by the next of `answers`, the last one over and over; waits are over when `wake` says so. */
function stopWith(...answers: Answer<Accepted>[]) {
  const said: (StopWord | null)[] = [];
  const waits: { ms: number; wake: () => void }[] = [];
  let sent = 0;
  let nowMs = 0;
  const stop = new Stop({
    send: () => {
      const answer = answers[Math.min(sent, answers.length - 1)] ?? GONE;
      sent += 1;
      return Promise.resolve(answer);
    },
    wait: (ms) => new Promise((wake) => waits.push({ ms, wake: wake })),
    say: (word) => said.push(word),
    nowMs: () => nowMs,
  });
  return {
    stop,
    sent: () => sent,
    pass: (ms: number): void => {
      nowMs += ms;
    },
    last: () => said.at(-1) ?? null,
    wake: async () => {
      await settle();
      for (const { wake } of waits.splice(0)) wake();
      await settle();
    },
  };
}

test('it says closed once every valve does, and not before', async () => {
  const at = stopWith(taken(CLOSING));
  void at.stop.press();
  expect(at.last()?.phase).toBe('sending');
  await settle();
  expect(at.last()?.phase).toBe('accepted');
  at.stop.observe(RUNNING);
  at.stop.observe(CLOSING);
  expect(at.last()?.phase).toBe('accepted');
  at.stop.observe(STOPPED);
  expect(at.last()).toEqual({ phase: 'closed', text: 'Stopped: every valve says closed.' });
});

test('the closing may be told before the stop is answered', async () => {
  const at = stopWith(taken(CLOSING));
  void at.stop.press();
  at.stop.observe(STOPPED);
  await settle();
  expect(at.last()?.phase).toBe('closed');
});

test('what was told before the press is no word of closing, and what comes late of before it takes none away', async () => {
  const at = stopWith(taken({ ...CLOSING, session: 's-1' }));
  at.stop.observe(IDLE);
  void at.stop.press();
  await settle();
  expect(at.last()?.phase).toBe('accepted');
  at.stop.observe({ ...STOPPED, session: 's-1' });
  at.stop.observe({ ...RUNNING, session: 's-1' });
  expect(at.last()?.phase).toBe('closed');
});

test('what was closed already is said at once', async () => {
  const at = stopWith(taken(IDLE));
  void at.stop.press();
  await settle();
  expect(at.last()?.phase).toBe('closed');
});

test('a valve that never says closed is not passed over, and counts when it does', async () => {
  const at = stopWith(taken(CLOSING));
  void at.stop.press();
  await at.wake();
  expect(at.last()?.phase).toBe('unconfirmed');
  expect(at.last()?.text).toContain('Press the button at the bath');
  at.stop.observe({ ...STOPPED, valves: { hot: 'failed', cold: 'closed' } });
  expect(at.last()?.phase).toBe('unconfirmed');
  at.stop.observe(STOPPED);
  expect(at.last()?.phase).toBe('closed');
});

test('it tries again until it gets through', async () => {
  const at = stopWith(GONE, GONE, taken(IDLE));
  void at.stop.press();
  await at.wake();
  await at.wake();
  expect(at.sent()).toBe(3);
  expect(at.last()?.phase).toBe('closed');
});

test('a press that reaches nobody says what to do by hand', async () => {
  const at = stopWith(GONE);
  void at.stop.press();
  for (let round = 0; round < 6; round += 1) await at.wake();
  expect(at.sent()).toBe(6);
  expect(at.last()?.phase).toBe('failed');
  expect(at.last()?.text).toMatch(/did not reach.*button at the bath.*pull the plug.*lease/);
});

test('a refusal is not asked again', async () => {
  const at = stopWith(LOGIN);
  void at.stop.press();
  await at.wake();
  expect(at.sent()).toBe(1);
  expect(at.last()?.text).toContain('the password is needed');
});

test('a second press begins anew, and the first one says no more', async () => {
  const at = stopWith(GONE, taken(IDLE));
  void at.stop.press();
  await settle();
  void at.stop.press();
  await settle();
  expect(at.last()?.phase).toBe('closed');
  await at.wake();
  expect(at.sent()).toBe(2);
  expect(at.last()?.phase).toBe('closed');
});

test('a new session takes the word of the last stop away', async () => {
  const at = stopWith(taken(IDLE));
  void at.stop.press();
  await settle();
  at.stop.observe({ ...RUNNING, state: 'starting', session: 's-2' });
  expect(at.last()).toBeNull();
});

test('a press that reached nobody is made good once the controller is back, within a minute', async () => {
  for (const { afterMs, tries } of [
    { afterMs: 20_000, tries: 7 },
    { afterMs: 61_000, tries: 6 },
  ]) {
    const at = stopWith(...Array.from({ length: 6 }, () => GONE), taken(STOPPED));
    void at.stop.press();
    for (let round = 0; round < 6; round += 1) await at.wake();
    expect(at.last()?.phase).toBe('failed');
    at.pass(afterMs);
    at.stop.observe(RUNNING);
    await settle();
    expect(at.sent()).toBe(tries);
    expect(at.last()?.phase).toBe(tries === 7 ? 'closed' : 'failed');
  }
});

test('a press that reached nobody is not left standing once everything is closed', async () => {
  const at = stopWith(GONE);
  void at.stop.press();
  for (let round = 0; round < 6; round += 1) await at.wake();
  at.stop.observe({ ...IDLE, valves: { hot: 'unknown', cold: 'closed' } });
  expect(at.last()?.phase).toBe('failed');
  at.stop.observe(IDLE);
  expect(at.last()?.text).toContain('did not arrive, but everything is closed now');
});
