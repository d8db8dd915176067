// If these fail, a controller that restarts forgets what somebody asked of it: what was put off is back at once, nobody's
// pause is kept, an empty room is lit, and one that restarts again and again blinks each time.
import { describe, expect, test } from 'vitest';
import type { StoredRecord } from '../../../src/journal/index.ts';
import { DeskBench } from './bench.ts';

const MINUTE = 60_000;
const home = (...reminders: readonly string[]): string => `
timezone: UTC
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: mqtt, set: desk/light/set, payload: { on: "on", off: "off" } }
    buzzer: { driver: mqtt, set: desk/buzzer/set, payload: { on: "on", off: "off" } }
schedule:
${reminders.map((one) => `  - ${one}\n`).join('')}`;
const seen = (yaml: string): string =>
  yaml.replace('schedule:', '    presence: { driver: presence, name: laptop }\nschedule:');
const FIXED = '{ reminder: calf-raises, at: 10:00 }';
const HOURLY = '{ reminder: calf-raises, every: 60 min, between: 09:00-17:30 }';
const at = (time: string): string => `2026-03-02T${time}Z`;
const past = (desk: DeskBench): readonly StoredRecord[] => desk.journal.history.records({ limit: 10_000 });
const after = (desk: DeskBench, yaml: string, time: string): DeskBench =>
  new DeskBench({ yaml, at: at(time), records: past(desk) });

describe('a restart keeps', () => {
  test.each([FIXED, HOURLY])('what was put off, until when, and how often: %s', (reminder) => {
    const yaml = home(reminder);
    const desk = new DeskBench({ yaml, at: at('09:00:00') });
    desk.to(at('10:01:00'));
    expect(desk.say({ command: 'snooze' })).toBeNull();
    const second = after(desk, yaml, '10:02:00');
    second.to(at('10:10:50'));
    expect(second.lights).toEqual([]);
    expect(second.state.reminders).toMatchObject([{ state: 'snoozed', snoozes_left: 1 }]);
    second.to(at('10:12:30'));
    expect(second.lights).toEqual(['2026-03-02T10:11:00']);
    expect(second.say({ command: 'snooze' })).toBeNull();
    // Its time is as long as it would have been: half an hour, and ten minutes for each time it was put off.
    const third = after(second, yaml, '10:23:00');
    third.run(2 * MINUTE);
    expect(third.state.reminders).toMatchObject([{ state: 'cueing', snoozes_left: 0 }]);
    expect(third.say({ command: 'snooze' })).toBeNull();
    expect(third.state.reminders).toMatchObject([{ state: 'waiting', last: { outcome: 'skipped' } }]);
  });

  test('the half hour between two', () => {
    const yaml = home(FIXED, '{ reminder: ankle-pumps, at: "10:10" }');
    const desk = new DeskBench({ yaml, at: at('09:59:00') });
    desk.to(at('10:01:00'));
    desk.say({ command: 'ack' });
    const second = after(desk, yaml, '10:05:00');
    second.to(at('10:29:00'));
    expect(second.lights).toEqual([]);
    second.to(at('10:31:00'));
    expect(second.lights).toEqual(['2026-03-02T10:30:00']);
  });

  test('that nobody answered three: no more that day, until somebody does anything', () => {
    const yaml = home(HOURLY);
    const desk = new DeskBench({ yaml, at: at('08:59:00') });
    desk.to(at('13:40:00'));
    expect(desk.shown).toHaveLength(3);
    const second = after(desk, yaml, '13:41:00');
    second.to(at('17:00:00'));
    expect(second.lights).toEqual([]);
    second.say({ command: 'ack' });
    expect(after(second, yaml, '17:01:00').state.state).toBe('waiting');
    const third = after(second, yaml, '17:01:00');
    third.to(at('17:40:00'));
    expect(third.lights).toEqual(['2026-03-02T17:30:00']);
  });

  test('what was shown: it is there again, and its end is recorded', () => {
    const yaml = home(FIXED);
    const desk = new DeskBench({ yaml, at: at('09:59:00') });
    desk.to(at('10:01:30'));
    const second = after(desk, yaml, '10:02:00');
    expect(second.state.reminders).toMatchObject([{ state: 'cueing', due_at: '2026-03-02T10:00:00.000Z' }]);
    second.run(5 * MINUTE);
    // It has beeped.
    expect(second.sent).not.toContainEqual(expect.objectContaining({ topic: 'buzzer', payload: 'on' }));
    second.to(at('11:00:01'));
    expect(second.events.at(-1)).toBe('11:00:00 calf-raises missed');
    const late = after(desk, yaml, '12:00:00');
    expect(late.events.at(-1)).toBe('12:00:00 calf-raises missed');
    expect(late.lights).toEqual([]);
  });

  test('a fixed time that passed as it was down, before anything ever came of it', () => {
    const yaml = home(FIXED);
    const desk = new DeskBench({ yaml, at: at('09:50:00') });
    const second = after(desk, yaml, '10:05:00');
    second.run(MINUTE);
    expect(second.lights).toHaveLength(1);
    expect(after(desk, yaml, '11:05:00').state.next).toBe('Calf raises at 10:00 on 2026-03-03');
  });

  test('an hour that began with coming back', () => {
    const yaml = seen(home(HOURLY));
    const desk = new DeskBench({ yaml, at: at('08:55:00') });
    desk.helper(true, 10 * MINUTE);
    desk.helper(false, 10 * MINUTE);
    desk.helper(true, 5 * MINUTE);
    expect(desk.state.next).toBe('Calf raises at 10:15');
    expect(after(desk, yaml, '09:21:00').state.next).toBe('Calf raises at 10:15');
  });

  test('that nobody is there, and that somebody has only just come back', () => {
    const yaml = seen(home(FIXED));
    const desk = new DeskBench({ yaml, at: at('09:30:00') });
    desk.helper(true, 10 * MINUTE);
    desk.helper(false, 2 * MINUTE);
    const away = after(desk, yaml, '09:58:00');
    away.to(at('10:04:00'));
    expect(away.lights).toEqual([]);
    expect(away.state.reminders).toMatchObject([{ waits_for: 'away' }]);
    const back = new DeskBench({ yaml, at: at('09:50:00') });
    back.helper(false, 8 * MINUTE);
    back.helper(true, MINUTE);
    const soon = after(back, yaml, '09:59:30');
    soon.helper(true, 3 * MINUTE);
    expect(soon.lights).toEqual([]);
    soon.helper(true, 2 * MINUTE);
    expect(soon.lights).toEqual(['2026-03-02T10:03:01']);
  });
});

test('one that restarts again and again shows one reminder three times at most', () => {
  const yaml = home(FIXED);
  let desk = new DeskBench({ yaml, at: at('09:59:00') });
  let lights = 0;
  for (let minute = 1; minute < 15; minute += 1) {
    desk.run(45_000);
    lights += desk.lights.length;
    desk = after(desk, yaml, `10:${String(minute).padStart(2, '0')}:00`);
  }
  expect(lights).toBe(3);
  expect(desk.state.reminders).toMatchObject([{ state: 'waiting', last: { outcome: 'missed' } }]);
});

test('its sensors are given a moment to say how things are', () => {
  const yaml = seen(home(FIXED));
  const desk = new DeskBench({ yaml, at: at('09:50:00') });
  desk.helper(true, 5 * MINUTE);
  const silent = after(desk, yaml, '10:02:00');
  expect(silent.state.reminders).toMatchObject([{ state: 'due', waits_for: 'settling' }]);
  silent.run(40_000);
  expect(silent.lights).toHaveLength(1);
  const heard = after(desk, yaml, '10:02:00');
  heard.run(5_000);
  heard.helper(false, MINUTE);
  expect(heard.lights).toEqual([]);
});

test('a journal of an older version is read as far as it goes', () => {
  const yaml = home(FIXED);
  const desk = new DeskBench({ yaml, at: at('09:59:00') });
  desk.to(at('10:01:00'));
  desk.say({ command: 'snooze' });
  const records = past(desk).flatMap((record) => {
    if (['planned', 'presence'].includes(record.type)) return [];
    const { until: _until, left: _left, ...body } = record.body;
    return [{ ...record, body }];
  });
  const second = new DeskBench({ yaml, at: at('10:02:00'), records });
  second.run(MINUTE);
  expect(second.state.reminders).toMatchObject([
    { state: 'snoozed', snoozes_left: 1, snoozed_until: '2026-03-02T10:11:00.000Z' },
  ]);
  const odd = records.map((record) => ({ ...record, body: { ...record.body, due_at: 'soon', event: 7 } }));
  expect(new DeskBench({ yaml, at: at('10:02:00'), records: odd }).state.state).toBe('waiting');
});
