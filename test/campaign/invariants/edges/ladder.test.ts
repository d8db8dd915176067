/**
 * If these fail, a person is given more cold than they have grown into, or water on the day of a symptom, and no campaign
 * says so.
 */
import { describe, expect, test } from 'vitest';
import { ladderOf } from '../../../../src/campaign/invariants/i20.ts';
import type { PastSession } from '../../../../src/campaign/past.ts';
import {
  asked,
  booted,
  CONTRAST,
  fault,
  GUEST,
  journal,
  objects,
  judge,
  permit,
  tick,
  ticks,
  WARM,
  COLD,
} from './bench.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('I20: the ladder', () => {
  const session = (daysAgo: number, coldS: number | null, what: Partial<PastSession> = {}): PastSession => ({
    ...{ endedAgoMs: daysAgo * DAY, contactMs: 600_000, completed: true, symptom: false },
    coldMs: coldS === null ? null : coldS * 1_000,
    ...what,
  });

  test.each<readonly [string, readonly PastSession[], number]>([
    ['nobody was here', [], 15],
    ['5 s more than last time', [session(8, 20), session(2, 20)], 25],
    ['at most a minute', [session(8, 60), session(2, 60)], 60],
    ['at most 15 s more than a week ago', [session(8, 20), session(5, 45), session(2, 45)], 35],
    ['exactly a week ago counts', [session(7, 30), session(2, 50)], 45],
    ['less than a week ago does not', [session(6.9, 30), session(2, 50)], 30],
    ['never less than the beginning', [session(8, 5)], 20],
    ['one that was ended early does not climb', [session(8, 30), session(2, 45, { completed: false })], 35],
    ['one that was too short does not count', [session(8, 30), session(2, 45, { contactMs: 59_999 })], 35],
    ['one of a minute does', [session(8, 30), session(2, 35, { contactMs: 60_000 })], 40],
    ['one without cold water does not', [session(8, 30), session(2, null)], 35],
    ['a symptom sets it back', [session(8, 45), session(2, 45, { symptom: true })], 15],
    [
      'so does one of a session that does not count',
      [session(8, 45), session(2, 45, { symptom: true, contactMs: 0 })],
      15,
    ],
    ['two weeks off are none', [session(30, 45), session(14, 45)], 50],
    ['more than two weeks off', [session(30, 45), session(14.1, 45)], 30],
    ['whoever had less keeps it', [session(14.1, 15)], 20],
    ['four weeks off', [session(40, 45), session(28, 45)], 30],
    ['more than four weeks off', [session(40, 45), session(28.1, 45)], 15],
    ['a gap between two', [session(40, 45), session(10, 15)], 20],
  ])('%s', (_what, past, seconds) => {
    expect(ladderOf(past) / 1_000).toBe(seconds);
  });

  const climbs = { person: { ...GUEST, climbs: true, past: [] } };
  const short = {
    ...climbs,
    plan: { ...CONTRAST, steps: CONTRAST.steps.map((one) => ({ ...one, durationMs: 15_000 })) },
  };

  test('a cold step that is run: the ladder, 4 s until the valve is known to be open, and one look', () => {
    expect(objects('I20', ticks(0, 19_250, COLD), short)).toBeNull();
    expect(objects('I20', ticks(0, 20_000, COLD), short)).toEqual([
      19_500,
      'the cold step has run 19.5 s, and the ladder allows 15 s',
    ]);
    expect(objects('I20', ticks(0, 20_000, WARM), short)).toBeNull();
    expect(objects('I20', ticks(0, 20_000, COLD))).toBeNull();
    expect(judge('I20', ticks(0, 1_000, COLD), short).judged).toBe(5);
    expect(judge('I20', ticks(0, 1_000, WARM), short).judged).toBe(0);
  });

  test('a cold step that is planned', () => {
    expect(objects('I20', [tick(0, WARM)], climbs)).toEqual([
      0,
      'a cold step of 30 s is planned, and the ladder allows 15 s',
    ]);
    expect(objects('I20', [tick(0)], climbs)).toBeNull();
    expect(objects('I20', [tick(0, WARM)], short)).toBeNull();
    expect(objects('I20', [tick(0, WARM)], { ...climbs, plan: null })).toBeNull();
    expect(objects('I20', [tick(0, WARM)])).toBeNull();
  });

  test('24 h without water after a symptom', () => {
    const before = (agoMs: number): typeof climbs =>
      ({
        person: {
          ...GUEST,
          climbs: false,
          past: [session(10, 30), { ...session(0, 30), endedAgoMs: agoMs, symptom: true }, session(0, 30)],
        },
      }) as never;
    expect(objects('I20', [permit(0)], before(DAY))).toBeNull();
    expect(objects('I20', [permit(0)], before(DAY - 1))).toEqual([
      0,
      'contact is permitted 86399.999 s after a symptom',
    ]);
    expect(objects('I20', [permit(0, false)], before(1_000))).toBeNull();
    expect(objects('I20', [permit(0)], { person: { ...GUEST, past: [session(0.5, 30)] } })).toBeNull();
  });

  test('said at the station it counts at once, and whoever is in is out of the water within 250 ms', () => {
    for (const source of ['page', 'cli']) {
      const all = [asked(1_000, 'report', source), ...ticks(1_000, 1_240, { permitted: true })];
      expect(objects('I20', all)).toBeNull();
      // Judged where it ends somebody's contact, and where they ask for water after it.
      expect(judge('I20', all).judged).toBe(0);
      expect(judge('I20', [tick(750, { permitted: true }), ...all]).judged).toBe(1);
      expect(judge('I20', [...all, asked(60_000, 'start'), asked(1_000 + DAY, 'start')]).judged).toBe(1);
      expect(objects('I20', [...all, tick(1_250, { permitted: true })])).toEqual([
        1_250,
        'contact goes on 0 s after a symptom',
      ]);
      expect(objects('I20', [asked(1_000, 'report', source), permit(1_000)])?.[0]).toBe(1_000);
    }
    expect(objects('I20', [asked(1_000, 'begin'), permit(1_000)])).toBeNull();
    expect(judge('I20', [asked(1_000, 'begin')]).judged).toBe(0);
  });

  test('said on the bus it is on its way for 250 ms, and where the way is broken until it is on record', () => {
    const bus = asked(1_000, 'report', 'mqtt');
    expect(objects('I20', [bus, permit(1_249)])).toBeNull();
    expect(objects('I20', [bus, permit(1_250)])?.[0]).toBe(1_250);
    const cut = fault(900, 'bus-cut', { backMs: 10_000 });
    expect(objects('I20', [cut, bus, permit(1_250)])).toBeNull();
    expect(objects('I20', [cut, bus, journal(9_000, 'symptom'), permit(9_000)])?.[0]).toBe(9_000);
    expect(objects('I20', [cut, bus, journal(9_000, 'stop'), permit(9_000)])).toBeNull();
    expect(objects('I20', [bus, journal(1_050, 'symptom'), permit(1_040)])).toBeNull();
  });

  test('a restart changes nothing', () => {
    expect(objects('I20', [asked(1_000, 'report'), booted(5_000), permit(9_000)])?.[0]).toBe(9_000);
  });
});
