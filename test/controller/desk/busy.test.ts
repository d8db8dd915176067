// If these fail, a light blinks in front of somebody in a meeting, or a switch that was forgotten silences a desk for ever.
import { describe, expect, test } from 'vitest';
import type { Span } from '../../../src/model/calendar.ts';
import { DeskBench, HOURLY } from './bench.ts';

const MORNING = '2026-01-05T08:59:00+01:00';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YAML = HOURLY.replace(
  'schedule:',
  '    busy: { driver: mqtt, state: desk/dnd, map: { "ON": busy, "OFF": free } }\nschedule:',
);
const span = (from: string, to: string): Span => ({
  fromMs: Date.parse(`2026-01-05T${from}:00+01:00`),
  toMs: Date.parse(`2026-01-05T${to}:00+01:00`),
});
const at = (time: string): string => `2026-01-05T${time}:00+01:00`;
const busyEvents = (desk: DeskBench): unknown[] =>
  desk.told.flatMap((news) => (news.type === 'event' && news.event === 'busy' ? [news.detail] : []));

describe('busy', () => {
  test('what is due waits, is shown as soon as it is over, and once', () => {
    const desk = new DeskBench({ yaml: YAML, at: MORNING });
    desk.to(at('09:50'));
    desk.hear('desk/dnd', 'ON');
    expect(desk.state.busy).toBe(true);
    desk.to(at('10:20'));
    expect(desk.state).toMatchObject({ state: 'due', reminders: [{ waits_for: 'busy' }] });
    expect(desk.state.message).toBe('Calf raises is due and waits: you do not want to be disturbed.');
    expect(desk.shown).toEqual([]);
    desk.hear('desk/dnd', 'OFF');
    expect(desk.state).toMatchObject({ state: 'cueing', busy: false });
    expect(desk.shown).toHaveLength(1);
  });

  test('a light that is shown goes out when somebody becomes busy', () => {
    const desk = new DeskBench({ yaml: YAML, at: MORNING });
    desk.to(at('10:00'));
    desk.run(10_000);
    desk.hear('desk/dnd', 'ON');
    expect(desk.state.state).toBe('due');
    expect(desk.sent.findLast(({ topic }) => topic === 'light')).toMatchObject({ payload: 'off' });
  });

  test('a switch that was forgotten counts for twelve hours, and whoever listens is told', () => {
    const desk = new DeskBench({ yaml: YAML, at: at('00:00') });
    desk.hear('desk/dnd', 'ON');
    desk.to(at('11:58'));
    expect(desk.shown).toEqual([]);
    desk.run(5 * MINUTE);
    expect(desk.state.busy).toBe(false);
    expect(busyEvents(desk)).toEqual([
      { device: 'desk-busy', busy: true, why: null },
      { device: 'desk-busy', busy: null, why: 'forgotten' },
    ]);
    desk.to(at('14:00'));
    expect(desk.shown).not.toEqual([]);
  });

  test('a broker that is away for a moment ends no meeting; one that stays away silences nobody', () => {
    const desk = new DeskBench({ yaml: YAML, at: MORNING });
    desk.to(at('09:58'));
    desk.hear('desk/dnd', 'ON', true);
    desk.cut(MINUTE);
    desk.to(at('10:04'));
    // It lies at the broker: nobody had to say it again.
    expect(desk.state).toMatchObject({ busy: true, state: 'due' });
    desk.cut(6 * MINUTE);
    expect(busyEvents(desk)).toContainEqual({ device: 'desk-busy', busy: null, why: 'silent' });
  });

  test('asleep over it, the computer does not take it for fresh', () => {
    const desk = new DeskBench({ yaml: YAML, at: MORNING });
    desk.hear('desk/dnd', 'ON');
    desk.suspend(13 * HOUR);
    expect(desk.state.busy).toBe(false);
  });
});

describe('in a meeting', () => {
  test('what is due comes after it, and nothing between two that leave less than five minutes', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.controller.calendar('desk', {
      spans: [span('10:14', '10:28'), span('09:55', '10:10'), span('09:00', '09:05')],
      trouble: null,
    });
    desk.to(at('10:12'));
    expect(desk.state).toMatchObject({
      state: 'due',
      meeting_until: '2026-01-05T09:28:00.000Z',
      reminders: [{ waits_for: 'meeting' }],
    });
    desk.to('2026-01-05T10:28:01+01:00');
    expect(desk.state).toMatchObject({ state: 'cueing', meeting_until: null });
    expect(desk.shown).toEqual(['2026-01-05T09:28:00']);
  });

  test('five minutes between two are enough', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.controller.calendar('desk', {
      spans: [span('09:55', '10:10'), span('10:15', '10:28')],
      trouble: null,
    });
    desk.to('2026-01-05T10:10:01+01:00');
    expect(desk.state.state).toBe('cueing');
    desk.to('2026-01-05T10:15:01+01:00');
    expect(desk.state).toMatchObject({ state: 'due', reminders: [{ waits_for: 'meeting' }] });
  });

  test('one that is longer than the reminder waits: it is missed, with the meeting as the reason, and not made up for', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.controller.calendar('desk', { spans: [span('09:30', '11:50')], trouble: null });
    desk.to('2026-01-05T11:49:00+01:00');
    expect(desk.shown).toEqual([]);
    const missed = desk.journal.history
      .records({ types: ['reminder'], limit: 100 })
      .filter(({ body }) => body['event'] === 'missed');
    expect(missed.map(({ body }) => body['waits_for'])).toEqual(['meeting']);
    desk.to(at('11:51'));
    expect(desk.shown).toHaveLength(1);
  });

  test('a calendar that cannot be read is told once and keeps what it said', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.controller.calendar('desk', { spans: [span('09:50', '10:20')], trouble: null });
    for (let again = 0; again < 3; again += 1)
      desk.controller.calendar('desk', { spans: null, trouble: 'the server does not answer' });
    desk.to(at('10:05'));
    expect(desk.state.state).toBe('due');
    const events = desk.told.filter((news) => news.type === 'event' && news.event === 'calendar');
    expect(events).toEqual([
      { type: 'event', event: 'calendar', detail: { trouble: 'the server does not answer' } },
    ]);
  });
});
