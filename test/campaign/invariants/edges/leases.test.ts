/**
 * If these fail, an output that stays on past a trip, past its lease, or past a restart is not seen by any campaign.
 */
import { describe, expect, test } from 'vitest';
import {
  asked,
  booted,
  cleared,
  command,
  fault,
  judge,
  leased,
  moved,
  objects,
  permit,
  pressed,
  reading,
  scenarioWith,
  STREAM,
  tick,
  trip,
} from './bench.ts';
import type { Moment } from './bench.ts';

const HOT = { open: { hot: true } };

describe('I12: latched', () => {
  const latched = trip(1_000);
  const heats = { on: { heater: true } };

  test('every output is off within 0.5 s + travel, until it is cleared', () => {
    expect(objects('I12', [latched, tick(2_250, { ...HOT, ...heats })])).toBeNull();
    expect(objects('I12', [latched, tick(2_251, HOT)])).toEqual([
      2_251,
      'hot is open while a fault is latched',
    ]);
    expect(objects('I12', [latched, tick(2_251, heats)])).toEqual([
      2_251,
      'the heater is on while a fault is latched',
    ]);
    expect(
      objects('I12', [latched, tick(9_000, { open: { drain: true, hot: false }, on: { heater: false } })]),
    ).toBeNull();
    expect(objects('I12', [trip(1_000, 'scald', false), tick(9_000, HOT)])).toBeNull();
    expect(objects('I12', [latched, cleared(2_000), tick(9_000, HOT)])).toBeNull();
    expect(objects('I12', [latched, trip(3_000), tick(2_251, HOT)])).not.toBeNull();
    expect(
      judge('I12', [tick(500), latched, tick(1_250), tick(1_500), cleared(1_600), tick(1_750)]).judged,
    ).toBe(2);
  });

  test('it is cleared only once its water has been cool enough for 5 s', () => {
    const clears = (detector: string, valueC: number, atMs: number, facts = {}) =>
      objects('I12', [trip(1_000, 'x', true, detector), reading(atMs, valueC), cleared(20_000)], facts);
    const mixer = {
      station: { ...STREAM, plumbing: 'mixer', scaldGuard: { by: 'valve', maxC: 40 } },
    } as const;
    expect(clears('T1', 43, 19_000)).toBeNull();
    expect(clears('T1', 43.1, 15_001)).toEqual([
      20_000,
      'the fault was cleared, and thermometer read 43.1 C within 5 s',
    ]);
    expect(clears('T1', 43.1, 15_000)).toBeNull();
    expect([clears('T2', 41.6, 19_000)?.[0], clears('T2', 41.5, 19_000)]).toEqual([20_000, null]);
    expect([clears('T2', 39.6, 19_000, mixer)?.[0], clears('T2', 39.5, 19_000, mixer)]).toEqual([
      20_000,
      null,
    ]);
    expect([clears('proof', 41.1, 19_000, mixer)?.[0], clears('proof', 41, 19_000, mixer)]).toEqual([
      20_000,
      null,
    ]);
  });

  test('nothing is told to open, across a restart too', () => {
    expect(objects('I12', [latched, command(1_001, 'hot', 'open')])).toEqual([
      1_001,
      'hot was told to open while a fault was latched',
    ]);
    expect(objects('I12', [latched, command(1_001, 'hot', 'close')])).toBeNull();
    expect(objects('I12', [command(900, 'hot', 'open'), latched])).toBeNull();
    expect(objects('I12', [latched, booted(5_000), command(6_000, 'hot', 'open')])?.[0]).toBe(6_000);
    const before = { scenario: scenarioWith({ person: { ...scenarioWith({}).person, latched: true } }) };
    expect(objects('I12', [command(10, 'hot', 'open')], before)?.[0]).toBe(10);
    expect(objects('I12', [tick(250, HOT)], before)).toBeNull();
    expect(objects('I12', [tick(251, HOT)], before)?.[0]).toBe(251);
  });

  test('what a fault holds is not judged', () => {
    const stuck = (valve: string): Moment => fault(0, 'valve-stuck-open', { valve, device: valve });
    expect(objects('I12', [stuck('hot'), latched, tick(9_000, HOT)])).toBeNull();
    expect(objects('I12', [stuck('heater'), latched, tick(9_000, heats)])).toBeNull();
    expect(objects('I12', [stuck('cold'), latched, tick(9_000, { ...HOT, ...heats })])).not.toBeNull();
  });
});

describe('I13: leases', () => {
  test('an output is off by its lease, its travel, and the timer of its device', () => {
    const lease = leased(0, 'hot', 10_000);
    expect(objects('I13', [lease, tick(11_850, HOT)])).toBeNull();
    expect(objects('I13', [lease, tick(12_350, HOT)])).toEqual([
      12_350,
      'hot is on 0.5 s longer than its device accepted',
    ]);
    expect(objects('I13', [lease, tick(11_851, { on: { hot: true } })])).not.toBeNull();
    expect(objects('I13', [lease, leased(9_000, 'hot', 10_000), tick(20_850, HOT)])).toBeNull();
    expect(objects('I13', [lease, tick(60_000, { open: { cold: true } })])).toBeNull();
    expect(objects('I13', [lease, tick(12_250, HOT)], { travelMs: { hot: 900 } })).toBeNull();
    expect(judge('I13', [lease, lease]).judged).toBe(2);
  });

  test('one that opens without any lease is told within 2 s', () => {
    expect(objects('I13', [moved(0, 'hot', true), tick(2_000, HOT)])).toBeNull();
    expect(objects('I13', [moved(0, 'hot', true), tick(2_001, HOT)])?.[0]).toBe(2_001);
    expect(objects('I13', [moved(0, 'hot', false), tick(2_001, HOT)])).toBeNull();
    expect(objects('I13', [leased(0, 'hot', 10_000), moved(300, 'hot', true), tick(5_000, HOT)])).toBeNull();
    expect(objects('I13', [leased(0, 'hot', 1_000), moved(2_850, 'hot', true), tick(4_851, HOT)])?.[0]).toBe(
      4_851,
    );
  });

  test('one whose bridge lost its power before the countdown is told once that is back', () => {
    const cut = (agoMs: number) => [fault(10_000 - agoMs, 'valve-reboot'), moved(10_000, 'hot', true)];
    expect(objects('I13', [...cut(2_000), tick(23_000, HOT)])).toBeNull();
    expect(objects('I13', [...cut(2_000), tick(23_001, HOT)])?.[0]).toBe(23_001);
    expect(objects('I13', [...cut(2_001), tick(12_001, HOT)])?.[0]).toBe(12_001);
    expect(objects('I13', [fault(0, 'valve-nack'), moved(0, 'hot', true), tick(2_001, HOT)])?.[0]).toBe(
      2_001,
    );
  });
});

describe('I14: after a restart', () => {
  test('nothing opens, and nobody is let in, before somebody asks', () => {
    const opens = command(2_000, 'hot', 'open');
    const closes = command(1_500, 'hot', 'close');
    expect(objects('I14', [booted(1_000), closes, opens])).toEqual([
      2_000,
      'hot was told to open though nobody asked since the restart',
    ]);
    for (const word of ['start', 'continue'])
      expect(objects('I14', [booted(1_000), closes, asked(1_800, word), opens, permit(3_000)])).toBeNull();
    expect(objects('I14', [booted(1_000), closes, pressed(1_800), opens, permit(3_000)])).toBeNull();
    expect(objects('I14', [booted(1_000), closes, asked(1_800, 'begin'), opens])?.[0]).toBe(2_000);
    expect(objects('I14', [asked(500, 'start'), booted(1_000), closes, opens])?.[0]).toBe(2_000);
    expect(objects('I14', [booted(1_000), permit(2_000)])).toEqual([
      2_000,
      'contact is permitted though nobody has started anything since the restart',
    ]);
    expect(objects('I14', [booted(1_000), permit(2_000, false)])).toBeNull();
    expect(objects('I14', [permit(2_000)])?.[0]).toBe(2_000);
  });

  test('the first that each valve is told is to close', () => {
    const asks = [booted(1_000), asked(1_100, 'start')];
    expect(objects('I14', [...asks, command(1_200, 'hot', 'open')])).toEqual([
      1_200,
      'the first that hot was told after a start was open',
    ]);
    const closed = [...asks, command(1_200, 'hot', 'close'), command(1_300, 'hot', 'open')];
    expect(objects('I14', closed)).toBeNull();
    expect(judge('I14', closed).judged).toBe(1);
    expect(objects('I14', [...closed, command(1_400, 'cold', 'renew')])?.[0]).toBe(1_400);
    expect(
      objects('I14', [...closed, booted(1_500), asked(1_600, 'start'), command(1_700, 'hot', 'open')])?.[0],
    ).toBe(1_700);
  });
});
