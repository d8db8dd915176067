// If these fail, people at a desk are not reminded when they asked to be, or are reminded in a meeting, in the bath,
// right after coming back, twice, or of everything at once that they missed.
import { describe, expect, test } from 'vitest';
import { DeskBench, HOURLY } from './bench.ts';

const MORNING = '2026-01-05T08:59:00+01:00';

describe('an hour of sitting', () => {
  test('ends with a light, a minute later with a beep, and one press', () => {
    const desk = new DeskBench({ at: MORNING });
    expect(desk.state).toMatchObject({ state: 'waiting', next: 'Calf raises at 10:00', phase: 'idle' });
    desk.to('2026-01-05T10:00:30+01:00');
    expect(desk.state).toMatchObject({ state: 'cueing', phase: 'active', protocol: 'calf-raises' });
    expect(desk.state.message).toContain('rise on your toes and lower slowly: 10 times.');
    expect(desk.sent).not.toContainEqual(expect.objectContaining({ topic: 'buzzer', payload: 'on' }));
    desk.run(60_000);
    expect(desk.sent.filter(({ topic, payload }) => topic === 'buzzer' && payload === 'on')).toHaveLength(2);
    desk.press();
    expect(desk.sent.at(-1)).toMatchObject({ payload: 'off' });
    expect(desk.sent.findLast(({ topic }) => topic === 'light')).toMatchObject({ payload: 'off' });
    expect(desk.state).toMatchObject({ state: 'waiting', next: 'Calf raises at 11:01' });
    expect(desk.events.map((one) => one.slice(9))).toEqual([
      'calf-raises due',
      'calf-raises shown',
      'calf-raises shown',
      'calf-raises done',
    ]);
  });

  test('nobody answers: it is missed after half an hour, and after three there is quiet until tomorrow', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.to('2026-01-05T10:29:00+01:00');
    expect(desk.state.state).toBe('cueing');
    desk.to('2026-01-05T23:00:00+01:00');
    expect(desk.shown).toEqual(['2026-01-05T09:00:00', '2026-01-05T10:30:00', '2026-01-05T12:00:00']);
    desk.to('2026-01-06T10:01:00+01:00');
    expect(desk.shown.at(-1)).toBe('2026-01-06T09:00:00');
  });

  test('there is none at night, none at the weekend', () => {
    const desk = new DeskBench({ at: '2026-01-09T17:00:00+01:00' });
    desk.to('2026-01-12T09:59:00+01:00');
    expect(desk.shown).toEqual([]);
    desk.to('2026-01-12T10:00:01+01:00');
    expect(desk.shown).toEqual(['2026-01-12T09:00:00']);
  });
});

describe('put off', () => {
  test('twice for ten minutes, and the third time it is a skip', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.to('2026-01-05T10:00:30+01:00');
    desk.press('double');
    expect(desk.state).toMatchObject({ state: 'snoozed', reminders: [{ snoozes_left: 1 }] });
    desk.run(9 * 60_000);
    expect(desk.state.state).toBe('snoozed');
    desk.run(61_000);
    expect(desk.state.state).toBe('cueing');
    expect(desk.say({ command: 'snooze' })).toBeNull();
    desk.run(10 * 60_000);
    expect(desk.state.state).toBe('cueing');
    expect(desk.say({ command: 'snooze' })).toBeNull();
    expect(desk.state).toMatchObject({ state: 'waiting', reminders: [{ last: { outcome: 'skipped' } }] });
  });

  test('a long press skips, and with nothing due a press is told why it does nothing', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.press();
    const refused = desk.told.find((news) => news.type === 'event' && news.event === 'refused');
    expect(refused).toMatchObject({ detail: { command: 'ack', code: 'bad_state' } });
    desk.to('2026-01-05T10:00:30+01:00');
    desk.press('hold');
    expect(desk.state).toMatchObject({ state: 'waiting', reminders: [{ last: { outcome: 'skipped' } }] });
  });
});

describe('not now', () => {
  test('quiet for an hour: it waits, expires, and does not come twice afterwards', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.to('2026-01-05T09:30:00+01:00');
    expect(desk.say({ command: 'quiet', for: '90 min' })).toBeNull();
    expect(desk.state.quiet_until).toBe('2026-01-05T10:00:00.000Z');
    desk.to('2026-01-05T10:10:00+01:00');
    expect(desk.state).toMatchObject({ state: 'due', reminders: [{ waits_for: 'quiet' }] });
    expect(desk.sent).not.toContainEqual(expect.objectContaining({ payload: 'on' }));
    desk.to('2026-01-05T11:25:00+01:00');
    expect(desk.shown).toEqual([]);
    desk.to('2026-01-05T11:31:00+01:00');
    expect(desk.shown).toEqual(['2026-01-05T10:30:00']);
  });

  test('quiet until a time; off ends it and what was due is shown', () => {
    const desk = new DeskBench({ at: MORNING });
    expect(desk.say({ command: 'quiet', until: '14:00' })).toBeNull();
    expect(desk.state.quiet_until).toBe('2026-01-05T13:00:00.000Z');
    desk.to('2026-01-05T10:05:00+01:00');
    expect(desk.say({ command: 'quiet', off: true })).toBeNull();
    expect(desk.state.state).toBe('cueing');
    for (const wrong of [
      { for: '2 d' },
      { for: 'soon' },
      { until: '25:00' },
      { for: '1 h', off: true as const },
    ])
      expect(desk.say({ command: 'quiet', ...wrong })).toMatchObject({ code: 'bad_command' });
  });

  test('quiet hours put a cue out that is shown', () => {
    const yaml = HOURLY.replace('    kind: desk\n', '    kind: desk\n    quiet_hours: 10:10-12:00\n');
    const desk = new DeskBench({ yaml, at: MORNING });
    desk.to('2026-01-05T10:05:00+01:00');
    expect(desk.state.state).toBe('cueing');
    desk.to('2026-01-05T10:11:00+01:00');
    expect(desk.state).toMatchObject({ state: 'due', reminders: [{ waits_for: 'quiet_hours' }] });
    expect(desk.sent.findLast(({ topic }) => topic === 'light')).toMatchObject({ payload: 'off' });
  });
});

describe('presence', () => {
  test('away when it is due for five minutes counts as done, and its source is kept', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.person('here');
    desk.to('2026-01-05T09:58:00+01:00');
    desk.person('gone');
    desk.to('2026-01-05T10:02:00+01:00');
    expect(desk.state).toMatchObject({ state: 'due', reminders: [{ waits_for: 'away' }] });
    desk.to('2026-01-05T10:04:00+01:00');
    expect(desk.state).toMatchObject({ state: 'waiting', reminders: [{ last: { outcome: 'done' } }] });
    const last = desk.journal.history.records({ types: ['reminder'], limit: 1 })[0];
    expect(last?.body).toMatchObject({ event: 'done', source: 'presence' });
    expect(desk.shown).toEqual([]);
  });

  test('back after five minutes: the hour begins anew; back after one: nothing for five minutes', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.to('2026-01-05T09:30:00+01:00');
    desk.person('gone');
    desk.run(10 * 60_000);
    desk.person('here');
    expect(desk.state.next).toBe('Calf raises at 10:40');
    desk.to('2026-01-05T10:39:00+01:00');
    desk.person('gone');
    desk.run(90_000);
    desk.person('here');
    expect(desk.state).toMatchObject({ state: 'due', reminders: [{ waits_for: 'just_back' }] });
    desk.run(5 * 60_000);
    expect(desk.state.state).toBe('cueing');
  });

  test('left alone for the holidays with a sensor: at most one on return, and none before five minutes', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.person('here');
    desk.to('2026-01-05T12:30:00+01:00');
    desk.person('gone');
    const before = desk.shown.length;
    desk.to('2026-01-19T09:15:00+01:00');
    desk.person('here');
    desk.to('2026-01-19T10:14:00+01:00');
    expect(desk.shown.length).toBe(before);
    desk.to('2026-01-19T10:16:00+01:00');
    expect(desk.shown.length).toBe(before + 1);
  });
});

describe('several reminders', () => {
  const yaml = HOURLY.replace(
    /schedule:[^]*/,
    `schedule:
  - { reminder: stand-walk, every: 30 min, between: 09:00-17:30 }
  - { reminder: [calf-raises, ankle-pumps, heel-toe-lifts], every: 60 min, between: 09:00-17:30 }
`,
  );

  test('each half hour one cue; on the hour both in one, one press for both, the exercises in turn', () => {
    const desk = new DeskBench({ yaml, at: MORNING });
    for (let minutes = 0; minutes < 180; minutes += 1) {
      desk.run(60_000);
      if (desk.state.state === 'cueing') desk.press();
    }
    const cues = new Map<string, string[]>();
    for (const line of desk.events.filter((one) => one.endsWith('done'))) {
      const [time = '', what = ''] = line.split(' ');
      cues.set(time.slice(0, 5), [...(cues.get(time.slice(0, 5)) ?? []), what]);
    }
    expect([...cues.values()]).toEqual([
      ['stand-walk'],
      ['stand-walk', 'calf-raises'],
      ['stand-walk'],
      ['stand-walk', 'calf-raises'],
      ['stand-walk'],
    ]);
    const protocols = desk.journal.history
      .records({ types: ['reminder'], limit: 1_000 })
      .filter(({ body }) => body['event'] === 'done' && body['reminder'] === 'calf-raises')
      .map(({ body }) => body['protocol']);
    expect(protocols).toEqual(['calf-raises', 'ankle-pumps']);
  });

  test('one that is due while another is shown waits, and never begins within half an hour of it', () => {
    const fixed = `${HOURLY}  - { reminder: ankle-pumps, at: "10:10" }\n`;
    const desk = new DeskBench({ yaml: fixed, at: MORNING });
    desk.to('2026-01-05T10:11:00+01:00');
    expect(desk.state.reminders).toMatchObject([{ state: 'cueing' }, { state: 'due', waits_for: 'another' }]);
    desk.press();
    expect(desk.state.state).toBe('due');
    desk.to('2026-01-05T10:29:00+01:00');
    expect(desk.state.state).toBe('due');
    desk.to('2026-01-05T10:30:01+01:00');
    expect(desk.state.reminders).toMatchObject([{ state: 'waiting' }, { state: 'cueing' }]);
  });
});

describe('time', () => {
  const FIXED = HOURLY.replace(
    /schedule:[^]*/,
    'schedule:\n  - { reminder: calf-raises, at: [10:00, "15:00"] }\n',
  );

  test.each([1, 10, 30, 50])('the computer slept %d min over a fixed time: it is shown once', (minutes) => {
    const desk = new DeskBench({ yaml: FIXED, at: '2026-01-05T09:59:50+01:00' });
    desk.suspend(minutes * 60_000);
    desk.run(6 * 60_000);
    expect(desk.shown).toHaveLength(1);
    desk.press();
    desk.run(3_600_000);
    expect(desk.shown).toHaveLength(1);
  });

  test('the computer slept for three days: what is over is over, told as missed, and nothing comes in a burst', () => {
    const desk = new DeskBench({ yaml: FIXED, at: '2026-01-05T09:30:00+01:00' });
    desk.suspend(3 * 86_400_000);
    desk.run(10 * 60_000);
    expect(desk.shown).toEqual([]);
    expect(desk.events.map((one) => one.slice(9))).toEqual(['calf-raises missed']);
    desk.to('2026-01-08T10:00:10+01:00');
    expect(desk.shown).toHaveLength(1);
  });

  test('a cue that was shown when the computer fell asleep does not burn on for days', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.to('2026-01-05T10:00:30+01:00');
    desk.suspend(2 * 86_400_000);
    expect(desk.state).toMatchObject({ state: 'waiting', reminders: [{ last: { outcome: 'missed' } }] });
    expect(desk.sent.findLast(({ topic }) => topic === 'light')).toMatchObject({ payload: 'off' });
  });

  test('a clock that is set back does not bring a fixed time again; one set back by years is believed', () => {
    const desk = new DeskBench({ yaml: FIXED, at: '2026-01-05T09:59:50+01:00' });
    desk.run(60_000);
    desk.press();
    desk.clock.stepWall(-30 * 60_000);
    desk.run(3_600_000);
    expect(desk.shown).toHaveLength(1);
    desk.clock.stepWall(-3 * 365 * 86_400_000);
    desk.run(86_400_000);
    expect(desk.shown).toHaveLength(3);
  });

  test('a restart keeps the hour, the turn and the quiet, and puts out a light that was left on', () => {
    const first = new DeskBench({ at: MORNING });
    first.to('2026-01-05T10:00:30+01:00');
    first.press();
    const records = first.journal.history.records({ limit: 1_000 });
    const second = new DeskBench({ at: '2026-01-05T10:20:00+01:00', records });
    expect(second.state.next).toBe('Calf raises at 11:00');
    second.to('2026-01-05T11:01:30+01:00');
    expect(second.state.state).toBe('cueing');
    second.say({ command: 'quiet', for: '3 h' });
    second.say({ command: 'quiet', off: true });
    second.run(5_000);
    const third = new DeskBench({
      at: '2026-01-05T11:03:00+01:00',
      records: second.journal.history.records({ limit: 1_000 }),
    });
    expect(third.state.quiet_until).toBeNull();
    expect(third.sent).toContainEqual(expect.objectContaining({ topic: 'light', payload: 'off' }));
  });
});

describe('an exercise', () => {
  test('is led beat by beat, is counted with the press, and is the reminder of it done', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.to('2026-01-05T09:20:00+01:00');
    expect(desk.say({ command: 'start', protocol: 'calf-raises' })).toBeNull();
    expect(desk.state).toMatchObject({ state: 'cueing', phase: 'active', protocol: 'calf-raises' });
    expect(desk.say({ command: 'start', protocol: 'ankle-pumps' })).toMatchObject({ code: 'busy' });
    desk.run(30_000);
    expect(desk.state.message).toContain('done? Press');
    desk.press();
    expect(desk.state).toMatchObject({ state: 'waiting', reminders: [{ last: { outcome: 'done' } }] });
    // The hour begins anew.
    expect(desk.state.next).toBe('Calf raises at 10:20');
    const [last] = desk.journal.history.records({ types: ['guide'], limit: 1 });
    expect(last?.body).toMatchObject({
      event: 'ended',
      result: { outcome: 'complete', reason: 'completed', source: 'button', repetitions: 10 },
    });
  });

  test('puts out a reminder that is shown, which comes back where it was stopped', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.to('2026-01-05T10:00:30+01:00');
    desk.say({ command: 'start', protocol: 'ankle-pumps' });
    expect(desk.state.reminders).toMatchObject([{ state: 'due', waits_for: 'another' }]);
    desk.say({ command: 'stop' });
    expect(desk.state.reminders).toMatchObject([{ state: 'cueing' }]);
    const ended = desk.told.find((news) => news.type === 'guide');
    expect(ended).toMatchObject({ result: { outcome: 'stopped', reason: 'stopped_by_person' } });
  });

  test('that nobody says is done does not count', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.say({ command: 'start', protocol: 'calf-raises' });
    desk.run(10 * 60_000);
    expect(desk.told.find((news) => news.type === 'guide')).toMatchObject({
      result: { reason: 'no_answer' },
    });
    expect(desk.state.reminders).toMatchObject([{ state: 'waiting', last: null }]);
  });

  test.each([
    [{ protocol: 'warm-soak' }, 'unknown_protocol'],
    [{ protocol: 'calf-raises', dry: true as const }, 'bad_command'],
    [{ protocol: 'calf-raises', person: 'sam' }, 'bad_command'],
  ])('a start with %j is refused', (more, code) => {
    const desk = new DeskBench({ at: MORNING });
    expect(desk.say({ command: 'start', ...more })).toMatchObject({ code });
    expect(desk.state.session).toBeNull();
  });
});
