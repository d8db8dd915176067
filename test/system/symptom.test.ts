/**
 * If these fail, somebody with a symptom stays in the water, or is back in it within a day: after a restart, by a clock
 * that was set, at another station, or since nobody asked the screening again.
 */
import { describe, expect, test } from 'vitest';
import { A, B, HOUR, PeoplesHouse } from '../support/peoples-house.ts';

const DAY = 24 * HOUR;

/** In the warm water of the first cycle, and the symptom said from wherever. */
async function stricken(house: PeoplesHouse): Promise<void> {
  expect(await house.say('start')).toBeNull();
  house.until(() => house.state().exposed);
  house.run(70_000);
  expect(house.shut).toBe(false);
  expect(await house.ask({ command: 'report', symptom: 'dizzy' }, 'mqtt')).toBeNull();
}

test('a symptom closes the water at once, and everything shown says why', async () => {
  const house = new PeoplesHouse();
  await stricken(house);
  expect(house.state()).toMatchObject({ exposed: false, locked: { code: 'symptom' } });
  house.run(2_500);
  expect(house.shut).toBe(true);
  house.until(() => house.results.length === 1);
  expect(house.results).toMatchObject([
    { outcome: 'stopped', reason: 'symptom_reported', symptoms: ['dizzy'] },
  ]);
  expect(house.state().message).toMatch(/No water for 24 h after a symptom/);
  house.run(10_000);
  expect(await house.say('continue')).toBe('bad_state');
  house.run(6 * 60_000);
  expect(house.state()).toMatchObject({ state: 'idle', locked: { code: 'symptom' } });
  const until = Date.parse(house.state().locked?.until ?? '');
  expect(until - house.clock.wallMs()).toBeGreaterThan(DAY - 10 * 60_000);
  expect(await house.say('start')).toBe('locked');
  expect(await house.dry()).toBe('locked');
});

test('the lock ends after 24 h and not before, told without anybody asking; the ladder begins again', async () => {
  const house = new PeoplesHouse();
  // A complete session first, so that 20 s would be next.
  expect(await house.say('start')).toBeNull();
  house.until(() => house.results.length === 1);
  house.restart(25 * HOUR);
  await stricken(house);
  house.run(DAY - 60_000);
  expect(await house.say('start')).toBe('locked');
  const { length } = house.states;
  house.run(61_000);
  expect(house.states.slice(length)).toContainEqual(expect.objectContaining({ locked: null }));
  expect(await house.say('start')).toBeNull();
  expect(house.coldMs()).toBe(15_000);
});

test('restarts and a clock that is set, either way, shorten nothing (I15, I16)', async () => {
  const house = new PeoplesHouse();
  await stricken(house);
  house.run(HOUR);
  house.stepWall(3 * DAY);
  house.run(60_000);
  house.restart();
  expect(house.state().locked).toMatchObject({ code: 'symptom' });
  expect(await house.say('start')).toBe('locked');
  house.run(11 * HOUR);
  house.stepWall(-40 * DAY);
  house.run(60_000);
  house.restart();
  expect(await house.say('start')).toBe('locked');
  house.run(11.5 * HOUR);
  expect(await house.say('start')).toBe('locked');
  house.run(HOUR);
  expect(house.state().locked).toBeNull();
});

describe('at two stations', () => {
  test('reported at the one, it stops the other', async () => {
    const house = new PeoplesHouse({ two: true });
    expect(await house.say('start')).toBeNull();
    house.until(() => house.state().exposed);
    expect(await house.ask({ command: 'report', person: 'guest' }, 'http', B)).toBeNull();
    expect(house.state()).toMatchObject({ exposed: false, locked: { code: 'symptom' } });
    house.until(() => house.results.length === 1);
    expect(house.results).toMatchObject([{ station: A, reason: 'symptom_reported', symptoms: ['not said'] }]);
    expect(await house.say('start', B)).toBe('locked');
  });
});

test('with nobody in the water it locks all the same, and a second one is one', async () => {
  const house = new PeoplesHouse();
  expect(await house.say('report')).toBeNull();
  expect(await house.say('report')).toBeNull();
  expect(house.state()).toMatchObject({ state: 'idle', locked: { code: 'symptom' } });
  expect(house.journal.history.records({ types: ['symptom'], limit: 9 })).toHaveLength(1);
  expect(await house.say('start')).toBe('locked');
});

test('somebody nobody knows: the water closes, and that is said', async () => {
  const house = new PeoplesHouse();
  expect(await house.say('start')).toBeNull();
  house.until(() => house.state().exposed);
  expect(await house.ask({ command: 'report', person: 'who' })).toBe('unknown_person');
  expect(house.state()).toMatchObject({ exposed: false, locked: null });
  house.until(() => house.results.length === 1);
});

describe('people of the config', () => {
  const clear = { result: 'clear', profile: 'standard', acknowledge: false } as const;
  const start = (person: string) => ({ command: 'start', person }) as const;

  test('one is locked and the other is not; the screening is asked again', async () => {
    const house = new PeoplesHouse({ people: ['sam', 'kim'] });
    expect(await house.ask(start('sam'))).toBe('screening');
    for (const id of ['sam', 'kim']) house.controller.screened(id, clear);
    expect(await house.ask(start('sam'))).toBeNull();
    house.until(() => house.state().exposed);
    expect(await house.ask({ command: 'report' }, 'button')).toBeNull();
    house.until(() => house.results.length === 1);
    house.run(10 * 60_000);
    // The station is not locked for those who are well.
    expect(house.state().locked).toBeNull();
    expect(await house.ask(start('sam'))).toBe('locked');
    house.restart();
    expect(await house.ask(start('sam'))).toBe('locked');
    house.restart(DAY);
    expect(await house.ask(start('sam'))).toBe('screening');
    house.controller.screened('sam', clear);
    expect(await house.ask(start('sam'))).toBeNull();
  });

  test('nobody in the water and nobody named: whoever was in it last, else everybody', async () => {
    const house = new PeoplesHouse({ people: ['sam', 'kim'] });
    for (const id of ['sam', 'kim']) house.controller.screened(id, clear);
    expect(await house.say('report')).toBeNull();
    expect(house.state().locked).toMatchObject({ code: 'symptom' });
    expect([await house.ask(start('sam')), await house.ask(start('kim'))]).toEqual(['locked', 'locked']);
    house.restart(25 * HOUR);
    for (const id of ['sam', 'kim']) house.controller.screened(id, clear);
    expect(await house.ask(start('kim'))).toBeNull();
    house.until(() => house.state().exposed);
    await house.say('stop');
    house.run(600_000);
    expect(await house.say('report')).toBeNull();
    expect([await house.ask(start('sam')), await house.ask(start('kim'))]).toEqual([null, 'busy']);
  });

  test('a screening blocks, limits and grows old, also over a restart', async () => {
    const house = new PeoplesHouse({ people: ['sam'] });
    house.controller.screened('sam', { ...clear, result: 'blocked' });
    expect(await house.say('start')).toBe('screening');
    house.controller.screened('sam', { ...clear, profile: 'limited', acknowledge: true });
    expect(await house.say('start')).toBe('screening');
    house.controller.screened('sam', { ...clear, profile: 'limited' });
    house.restart();
    expect(await house.ask({ ...start('sam'), with: { cycles: 5, warm_water: '40 C' } })).toBeNull();
    expect(house.planned()).toMatchObject({ cycles: 3 });
    for (const { kind, targetC } of house.planned().steps)
      expect(kind === 'cold' || targetC <= 38).toBe(true);
    await house.say('stop');
    house.until(() => house.results.length === 1);
    house.restart(90 * DAY);
    expect(await house.say('start')).toBe('screening');
  });
});

describe('too much heat (T12)', () => {
  test('what the last 24 h had ends the session, locks, and survives a restart', async () => {
    const house = new PeoplesHouse();
    // The journal of another day, with more heat in it than this version lets anybody have.
    house.earlier({ dose: 0.584, hoursAgo: 21 });
    house.restart();
    expect(await house.say('start')).toBeNull();
    house.until(() => house.results.length === 1);
    expect(house.results).toMatchObject([{ outcome: 'aborted', reason: 'heat_dose' }]);
    expect(house.state()).toMatchObject({ locked: { code: 'heat_dose' }, fault: { detector: 'T12' } });
    house.run(10_000);
    expect(await house.say('clear')).toBeNull();
    expect(await house.say('start')).toBe('locked');
    house.restart();
    expect(await house.say('start')).toBe('locked');
    house.restart(DAY);
    expect(house.state().locked).toBeNull();
  });

  test('a session that would not fit is refused before anything opens', async () => {
    const house = new PeoplesHouse();
    house.earlier({ dose: 0.59, hoursAgo: 21 });
    house.restart();
    expect(await house.say('start')).toBe('heat_dose');
  });
});
