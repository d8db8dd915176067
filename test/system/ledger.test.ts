/**
 * If these fail, a person gets more water than the limits allow: by continuing over a restart, by setting the clock of
 * the computer, or by taking a second station.
 */
import { expect, test } from 'vitest';
import { openSessions, readOpenSessions, sessionResults } from '../../src/journal/index.ts';
import { B, HOUR, PeoplesHouse } from '../support/peoples-house.ts';

test('a crash in a continued session: aborted, with the contact of both parts', async () => {
  const house = new PeoplesHouse();
  await house.bathe('start', 20_000);
  const first = house.results.at(-1)?.contact_s ?? 0;
  expect(first).toBeLessThan(60);
  expect(await house.say('continue')).toBeNull();
  house.until(() => house.state().exposed);
  house.run(55_000);
  house.restart();
  expect(house.results).toMatchObject([{ outcome: 'aborted', reason: 'controller_restarted' }]);
  expect(house.results[0]?.contact_s).toBeGreaterThan(first + 45);
  expect(openSessions(readOpenSessions(house.journal.history))).toEqual([]);
  expect(sessionResults(house.journal.history.records({ limit: 100_000 }))).toEqual(house.results);
  expect(house.ledger).toHaveLength(1);
  expect(await house.say('start')).toBe('too_soon');
});

test('a continued session counts once, with its total, before and after a restart', async () => {
  const house = new PeoplesHouse();
  await house.bathe('start', 40_000);
  expect(await house.say('continue')).toBeNull();
  house.until(() => house.state().exposed);
  house.run(40_000);
  await house.say('stop');
  house.until(() => house.state().state === 'stopped');
  const total = (house.results.at(-1)?.contact_s ?? 0) * 1_000;
  expect(total).toBeGreaterThan(70_000);
  expect(house.ledger).toEqual([total]);
  house.run(400_000);
  expect(await house.say('start')).toBe('too_soon');
  house.restart();
  expect(house.ledger).toEqual([total]);
  expect(await house.say('start')).toBe('too_soon');
});

test('two continued sessions are two in a week, not four', async () => {
  const house = new PeoplesHouse();
  for (let day = 0; day < 2; day += 1) {
    await house.bathe('start', 65_000);
    await house.bathe('continue', 20_000);
    house.run(25 * HOUR);
  }
  expect(await house.say('start')).toBeNull();
});

test('a clock that is set forward lets nobody in earlier', async () => {
  const house = new PeoplesHouse();
  await house.bathe('start', 150_000);
  house.run(400_000);
  expect(await house.say('start')).toBe('too_soon');
  house.stepWall(25 * HOUR);
  house.run(3_000);
  expect(await house.say('start')).toBe('too_soon');
});

test('a person in the water at one station starts at no other one', async () => {
  const house = new PeoplesHouse({ two: true });
  expect(await house.say('start')).toBeNull();
  house.until(() => house.state().exposed);
  expect(await house.say('start', B)).toBe('busy');
});

test('a person goes on with a session only where they may have water', async () => {
  const house = new PeoplesHouse({ two: true });
  await house.bathe('start', 20_000);
  expect(await house.say('start', B)).toBeNull();
  house.until(() => house.state(B).exposed);
  expect(await house.say('continue')).toBe('busy');
  house.run(90_000);
  await house.say('stop', B);
  house.until(() => house.state(B).state === 'stopped');
  expect(await house.say('continue')).toBe('too_soon');
});

test('a dry run counts for nobody, and nobody has to wait for one', async () => {
  const house = new PeoplesHouse();
  expect(await house.dry()).toBeNull();
  house.until(() => house.results.length === 1);
  expect(house.results).toMatchObject([{ outcome: 'complete', dry: true, simulated: false, person: null }]);
  expect(house.ledger).toEqual([]);
  house.restart();
  expect(house.ledger).toEqual([]);
  await house.bathe('start', 70_000);
  expect(house.ledger).toHaveLength(1);
  // The ladder begins where it does for everybody.
  const [start] = house.journal.history.records({ types: ['start'], limit: 10 }).slice(-1);
  expect(JSON.stringify(start?.body)).toContain('"kind":"cold","cycle":1,"durationMs":15000');
  expect(await house.say('start')).toBe('too_soon');
  expect(await house.dry()).toBeNull();
  house.until(() => house.results.length === 2);
  expect(house.results.at(-1)).toMatchObject({ outcome: 'complete', contact_s: 0 });
  expect(house.ledger).toHaveLength(1);
});

test('a crash in a dry run: aborted, and still of nobody', async () => {
  const house = new PeoplesHouse();
  expect(await house.dry()).toBeNull();
  house.until(() => house.state().phase === 'cold');
  house.restart();
  expect(house.results).toMatchObject([
    { outcome: 'aborted', reason: 'controller_restarted', dry: true, person: null, contact_s: 0 },
  ]);
  expect(house.ledger).toEqual([]);
  expect(await house.say('start')).toBeNull();
});
