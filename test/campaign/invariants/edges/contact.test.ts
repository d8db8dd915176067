/**
 * If these fail, somebody is let into water too early, too often, or by a word from afar, and no campaign says so; or a
 * session is accused of what it may do.
 */
import { describe, expect, test } from 'vitest';
import type { PastSession } from '../../../../src/campaign/past.ts';
import type { SessionFacts } from '../../../../src/campaign/trace.ts';
import {
  asked,
  BASIN,
  booted,
  COLD,
  died,
  fault,
  GUEST,
  journal,
  judge,
  objects,
  permit,
  pressed,
  result,
  scenarioWith,
  SOAK,
  state,
  tick,
  ticks,
  WARM,
  water,
} from './bench.ts';
import type { Moment } from './bench.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HOT = { open: { hot: true } };

describe('I10: screening', () => {
  test('nobody is let in without', () => {
    const person = (screening: SessionFacts['person']['screening']): Partial<SessionFacts> => ({
      person: { ...GUEST, screening },
    });
    expect(judge('I10', [tick(0, WARM)])).toEqual({ at: null, judged: 0 });
    expect(judge('I10', [tick(0), tick(250)], person('blocked')).judged).toBe(2);
    expect(objects('I10', [tick(0), tick(250, COLD)], person('missing'))).toEqual([
      250,
      'contact is permitted, and the screening is missing',
    ]);
  });
});

describe('I15: how often', () => {
  const past = (...ago: readonly number[]): Partial<SessionFacts> => ({
    person: { ...GUEST, past: ago.map((endedAgoMs) => session(endedAgoMs)) },
  });
  const session = (endedAgoMs: number, contactMs = 600_000): PastSession => ({
    ...{ endedAgoMs, contactMs, coldMs: 30_000, completed: true, symptom: false },
  });
  const comes = [journal(0, 'start'), permit(0)];

  test('6 h after the last one', () => {
    expect(objects('I15', comes, past(6 * HOUR))).toBeNull();
    expect(objects('I15', comes, past(6 * HOUR - 1))).toEqual([
      0,
      'contact is permitted less than 6 h after the last session',
    ]);
    expect(objects('I15', [journal(0, 'start'), permit(0, false)], past(1))).toBeNull();
    expect(objects('I15', [journal(0, 'continue'), permit(0)], past(1))).toBeNull();
    expect(objects('I15', [...comes, permit(10)], past(6 * HOUR))).toBeNull();
    expect(judge('I15', [...comes, asked(10, 'start')], past(6 * HOUR)).judged).toBe(2);
    expect(judge('I15', [...comes, asked(10, 'stop')], past()).judged).toBe(0);
  });

  test('twice in 24 h, seven times in 7 days', () => {
    expect(objects('I15', comes, past(DAY, 7 * HOUR))).toBeNull();
    expect(objects('I15', comes, past(DAY - 1, 7 * HOUR))).toEqual([
      0,
      'contact is permitted a third time in 24 h',
    ]);
    const six = [6, 5, 4, 3, 2, 1].map((days) => days * DAY);
    expect(objects('I15', comes, past(7 * DAY, ...six))).toBeNull();
    expect(objects('I15', comes, past(7 * DAY - 1, ...six))).toEqual([
      0,
      'contact is permitted an eighth time in 7 days',
    ]);
  });

  test('one with less than a minute of contact does not count', () => {
    const person = { ...GUEST, past: [session(1, 59_999)] };
    expect(objects('I15', comes, { person })).toBeNull();
    expect(objects('I15', comes, { person: { ...GUEST, past: [session(1, 60_000)] } })).not.toBeNull();
  });

  test('one of this world counts as well, from its last contact on', () => {
    const first = (contactMs: number): readonly Moment[] => [
      ...comes,
      ...ticks(0, contactMs, WARM),
      ...ticks(contactMs + 250, contactMs + 60_000),
    ];
    const second = (atMs: number): readonly Moment[] => [journal(atMs, 'start'), permit(atMs)];
    expect(objects('I15', [...first(59_750), ...second(HOUR)])).toBeNull();
    expect(objects('I15', [...first(60_000), ...second(HOUR)])?.[0]).toBe(HOUR);
    expect(objects('I15', [...first(60_000), ...second(60_000 + 6 * HOUR)])).toBeNull();
    expect(objects('I15', [...first(60_000), ...second(60_000 + 6 * HOUR - 1)])).not.toBeNull();
  });
});

describe('I21: the end', () => {
  const ends = (outcome: 'complete' | 'stopped', dry?: true): Moment => result(100_000, outcome, dry);
  test('of a contrast is cold', () => {
    expect(objects('I21', [...ticks(0, 5_000, COLD), ends('complete')])).toBeNull();
    expect(objects('I21', [...ticks(0, 5_000, WARM), ends('complete')])).toEqual([
      100_000,
      'it is complete, and the last water was warm',
    ]);
    expect(objects('I21', [ends('complete')])?.[1]).toMatch(/was none$/);
    expect(objects('I21', [...ticks(0, 5_000, WARM), ends('stopped')])).toBeNull();
    expect(objects('I21', [...ticks(0, 5_000, WARM), ends('complete', true)])).toBeNull();
    expect(objects('I21', [...ticks(0, 5_000, WARM), ends('complete')], { plan: SOAK })).toBeNull();
    expect(judge('I21', [...ticks(0, 5_000, COLD), ends('complete')]).judged).toBe(1);
    const stuck = (offMs: number): readonly Moment[] => [
      fault(0, 'valve-stuck-closed', { valve: 'cold', device: 'cold' }),
      fault(offMs, 'valve-stuck-closed', { valve: 'cold', device: 'cold' }, false),
    ];
    expect(objects('I21', [...stuck(25_000), ends('complete')])).toBeNull();
    expect(objects('I21', [...stuck(24_999), ends('complete')])).not.toBeNull();
  });

  test('is always possible: a second after a stop the session is ending', () => {
    for (const source of ['page', 'cli']) {
      const stop = asked(1_000, 'stop', source);
      expect(objects('I21', [stop, tick(2_000)])).toBeNull();
      expect(objects('I21', [stop, tick(2_001)])).toEqual([
        2_001,
        'a stop was asked for, and the session is running.warm',
      ]);
      expect(judge('I21', [stop]).judged).toBe(1);
      for (const name of ['stopping', 'stopped', 'aborting', 'completing', 'idle'])
        expect(objects('I21', [stop, tick(2_001, { state: name }), tick(9_000)])).toBeNull();
      expect(objects('I21', [stop, tick(2_001, { alive: false }), tick(2_250)])?.[0]).toBe(2_250);
      for (const word of ['start', 'continue'])
        expect(objects('I21', [stop, asked(1_500, word), tick(2_001)])).toBeNull();
      expect(objects('I21', [stop, pressed(1_500), tick(2_001)])).toBeNull();
      expect(objects('I21', [stop, asked(1_500, 'begin'), tick(2_001)])).not.toBeNull();
    }
    expect(objects('I21', [asked(1_000, 'stop', 'mqtt'), tick(9_000)])).toBeNull();
    expect(objects('I21', [asked(1_000, 'pause'), tick(9_000)])).toBeNull();
  });
});

describe('I24: old water', () => {
  test('of an outlet that was idle for more than 7 days, until it is flushed', () => {
    const idle = (idleMs: number | null): Partial<SessionFacts> => ({ idleMs });
    expect(objects('I24', [tick(0, WARM)], idle(7 * DAY))).toBeNull();
    expect(objects('I24', [tick(0, WARM)], idle(null))).toBeNull();
    expect(objects('I24', [tick(0, WARM)], idle(7 * DAY + 1))).toEqual([
      0,
      'contact is permitted at an outlet that was idle for more than 7 days',
    ]);
    expect(objects('I24', [journal(0, 'flushed'), tick(0, WARM)], idle(7 * DAY + 1))).toBeNull();
    expect(objects('I24', [journal(0, 'start'), tick(0, WARM)], idle(7 * DAY + 1))).not.toBeNull();
    expect(judge('I24', [tick(0), tick(250)], idle(7 * DAY + 1)).judged).toBe(2);
  });

  test('that has stood for more than half an hour', () => {
    const stands = (sinceMs: number | null, permitted = true): Moment =>
      tick(2 * HOUR, { permitted, vessels: [{ name: 'basin', waterC: 38, litres: 8, sinceMs }] });
    expect(judge('I24', [stands(1.5 * HOUR)])).toEqual({ at: null, judged: 1 });
    expect(objects('I24', [stands(1.5 * HOUR - 1)])).toEqual([
      2 * HOUR,
      'contact is permitted, and water in the basin is 30 min old',
    ]);
    expect(judge('I24', [stands(0, false), stands(null)])).toEqual({ at: null, judged: 0 });
    expect(objects('I24', [tick(0, { permitted: true, vessels: water(38) })])).toBeNull();
  });
});

describe('I25: locked, and words from afar', () => {
  const locked = { locked: true };
  test('every output is off within 0.5 s + travel', () => {
    expect(
      objects('I25', [tick(0, locked), tick(1_250, { ...locked, ...HOT, on: { heater: true } })]),
    ).toBeNull();
    expect(objects('I25', [tick(0, locked), tick(1_251, { ...locked, ...HOT })])).toEqual([
      1_251,
      'hot is open while water is locked',
    ]);
    expect(objects('I25', [tick(0, locked), tick(1_251, { ...locked, on: { heater: true } })])).toEqual([
      1_251,
      'the heater is on while water is locked',
    ]);
    expect(
      objects('I25', [
        tick(0, locked),
        tick(9_000, { ...locked, open: { drain: true }, on: { heater: false } }),
      ]),
    ).toBeNull();
    expect(objects('I25', [tick(0, locked), tick(1_000), tick(9_000, { ...locked, ...HOT })])).toBeNull();
    expect(objects('I25', [tick(9_000, HOT)])).toBeNull();
    expect(judge('I25', [tick(0, locked), tick(250), tick(500, locked)]).judged).toBe(2);
    const stuck = (valve: string): Moment => fault(0, 'valve-stuck-open', { valve, device: valve });
    expect(
      objects('I25', [
        stuck('hot'),
        stuck('heater'),
        tick(0, locked),
        tick(9_000, { ...locked, ...HOT, on: { heater: true } }),
      ]),
    ).toBeNull();
  });

  test('nobody is let in', () => {
    expect(objects('I25', [tick(0, { locked: true, permitted: true })])).toEqual([
      0,
      'contact is permitted while water is locked',
    ]);
    expect(objects('I25', [tick(0, { permitted: true })])).toBeNull();
  });

  test.each(['mqtt', 'http', 'schedule'])('from %s', (source) => {
    for (const word of ['begin', 'resume', 'continue']) {
      expect(objects('I25', [asked(10, word, source), permit(10)])).toEqual([
        10,
        'contact is permitted by a word from afar',
      ]);
      expect(judge('I25', [asked(10, word, source), permit(11)])).toEqual({ at: null, judged: 1 });
      expect(objects('I25', [asked(10, word, source), permit(10, false)])).toBeNull();
      expect(objects('I25', [asked(10, word, source), asked(10, 'begin'), permit(10)])).toBeNull();
      expect(objects('I25', [asked(10, word, source), pressed(10), permit(10)])).toBeNull();
    }
    expect(judge('I25', [asked(10, 'start', source), permit(10)])).toEqual({ at: null, judged: 0 });
    expect(objects('I25', [asked(10, 'begin', 'page'), permit(10)])).toBeNull();
  });
});

describe('I28: every session ends', () => {
  const start = journal(1_000, 'start');
  // 630 s of contact, 90 s to purge, six changes of 8 s, a minute.
  const mostMs = 630_000 + 90_000 + 6 * 8_000 + 60_000;
  const ended = (tookMs: number): Moment => result(1_000 + tookMs, 'complete');
  const over = (
    tookMs: number,
    facts: Partial<SessionFacts> = {},
    between: readonly Moment[] = [],
  ): ReturnType<typeof objects> => objects('I28', [start, ...between, ended(tookMs)], facts);

  test('within its plan and what it is allowed beside', () => {
    expect(over(mostMs)).toBeNull();
    expect(over(mostMs + 1)).toEqual([
      1_001 + mostMs,
      `it took ${String((mostMs + 1) / 1_000)} s, and 828 s is the most`,
    ]);
    expect(judge('I28', [start, ended(5)]).judged).toBe(1);
    expect(judge('I28', [ended(5)])).toEqual({ at: null, judged: 0 });
  });

  test('a pause allows for itself, and for the band once more', () => {
    const paused = [state(2_000, '', 'held')];
    expect(over(mostMs + 210_000, {}, paused)).toBeNull();
    expect(over(mostMs + 210_001, {}, paused)).not.toBeNull();
    expect(over(mostMs + 1, {}, [state(2_000, 'warm')])).not.toBeNull();
    // Of the session before.
    expect(
      objects('I28', [start, ...paused, journal(3_000, 'start'), result(3_001 + mostMs, 'complete')]),
    ).not.toBeNull();
  });

  test('so does a line that has to be flushed, and a basin that is filled and drained', () => {
    const idle = { idleMs: 7 * DAY + 1 };
    expect(over(mostMs + 140_000, idle)).toBeNull();
    expect(over(mostMs + 140_001, idle)).not.toBeNull();
    expect(over(mostMs + 1, { idleMs: 7 * DAY })).not.toBeNull();
    expect(over(mostMs + 140_000 + 350_000, idle, [state(2_000, '', 'held')])).toBeNull();
    expect(over(mostMs + 140_000 + 350_001, idle, [state(2_000, '', 'held')])).not.toBeNull();
    const basin = { volumeL: 10, station: BASIN };
    // 230 s to run empty, 330 s to fill, 230 s to run empty.
    expect(over(mostMs + 790_000, basin)).toBeNull();
    expect(over(mostMs + 790_001, basin)).not.toBeNull();
    expect(over(mostMs + 790_000 + 210_000 + 560_000, basin, [state(2_000, '', 'held')])).toBeNull();
    expect(over(mostMs + 790_000 + 210_000 + 560_001, basin, [state(2_000, '', 'held')])).not.toBeNull();
  });

  test('how long it may take is said only of a whole house and somebody who answers', () => {
    const person = scenarioWith({}).person;
    const long = mostMs + 1e6;
    expect(over(long, { scenario: scenarioWith({ faults: [{}] as never }) })).toBeNull();
    expect(over(long, { scenario: scenarioWith({ person: { ...person, presses: false } }) })).toBeNull();
    expect(over(long, { scenario: scenarioWith({ person: { ...person, answers: false } }) })).toBeNull();
    expect(over(long, { plan: null })).toBeNull();
    expect(over(long, {}, [journal(2_000, 'continue')])).toBeNull();
    expect(
      objects('I28', [
        journal(1_000, 'continue'),
        result(1e7, 'complete'),
        journal(2e7, 'start'),
        result(3e7, 'complete'),
      ])?.[0],
    ).toBe(3e7);
  });

  test('and it does end', () => {
    expect(objects('I28', [start, tick(50_000)])).toEqual([50_000, 'the session never ended']);
    expect(objects('I28', [journal(1_000, 'continue'), tick(50_000)])).toEqual([
      50_000,
      'the session never ended',
    ]);
    expect(objects('I28', [start, ended(5), tick(50_000)])).toBeNull();
    expect(objects('I28', [start, died(2_000), tick(50_000)])).toBeNull();
    // 21 s after a restart, and after a computer that slept.
    expect(objects('I28', [start, died(2_000), booted(29_001), tick(50_000)])).toBeNull();
    expect(objects('I28', [start, died(2_000), booted(29_000), tick(50_000)])).not.toBeNull();
    const slept = (forMs: number): ReturnType<typeof objects> =>
      objects('I28', [start, fault(2_000, 'time-suspend', { forMs }), tick(50_000)]);
    expect(slept(27_001)).toBeNull();
    expect(slept(27_000)).not.toBeNull();
    expect(
      objects('I28', [start, fault(2_000, 'time-stall', { forMs: 40_000 }), tick(50_000)]),
    ).not.toBeNull();
    expect(objects('I28', [start, fault(2_000, 'time-suspend'), tick(50_000)])).not.toBeNull();
    expect(
      objects('I28', [start, fault(2_000, 'time-suspend', { forMs: 40_000 }), booted(3_000), tick(50_000)]),
    ).toBeNull();
  });
});
