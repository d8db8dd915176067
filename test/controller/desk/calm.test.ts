// If these fail, a do-not-disturb that flickers makes a lamp blink and beep every two minutes, and a press too many takes
// away what comes later that day.
import { describe, expect, test } from 'vitest';
import { DeskBench, HOURLY } from './bench.ts';

const MINUTE = 60_000;
const YAML = HOURLY.replace(
  'schedule:',
  '    busy: { driver: mqtt, state: desk/dnd, map: { "ON": busy, "OFF": free } }\nschedule:',
);
const at = (time: string): string => `2026-01-05T${time}+01:00`;
const beeps = (desk: DeskBench): number =>
  new Set(
    desk.sent
      .filter(({ topic, payload }) => topic === 'buzzer' && payload === 'on')
      .map((one) => one.at.slice(0, 16)),
  ).size;

test('what waits longer than its window is missed, however long it might wait', () => {
  const desk = new DeskBench({
    yaml: YAML.replace('days: mon-fri', 'days: mon-fri, expire: 12 h'),
    at: at('15:50:00'),
  });
  desk.to(at('16:45:00'));
  desk.hear('desk/dnd', 'ON');
  desk.to(at('17:00:00'));
  expect(desk.state.reminders).toMatchObject([{ state: 'due', expires_at: '2026-01-05T16:30:00.000Z' }]);
  desk.to(at('23:29:00'));
  desk.hear('desk/dnd', 'OFF');
  desk.to(at('23:45:00'));
  expect(desk.lights).toEqual([]);
  expect(desk.state.reminders).toMatchObject([{ state: 'waiting', last: { outcome: 'missed' } }]);
});

describe('what was put out', () => {
  test('comes again after five calm minutes, with the light alone if it has beeped', () => {
    const desk = new DeskBench({ yaml: YAML, at: at('09:30:00') });
    desk.to(at('10:31:30'));
    desk.hear('desk/dnd', 'ON');
    desk.run(MINUTE);
    desk.hear('desk/dnd', 'OFF');
    expect(desk.state).toMatchObject({ state: 'due', reminders: [{ waits_for: 'settling' }] });
    expect(desk.state.message).toBe('Calf raises is due and waits: it comes after a few calm minutes.');
    desk.run(4 * MINUTE);
    expect(desk.lights).toHaveLength(1);
    desk.run(3 * MINUTE);
    expect(desk.lights).toHaveLength(2);
    expect(beeps(desk)).toBe(1);
  });

  test('while it flickers does not come at all, and at most twice in all', () => {
    const desk = new DeskBench({ yaml: YAML, at: at('09:30:00') });
    desk.to(at('10:31:30'));
    for (let blink = 0; blink < 12; blink += 1) {
      desk.hear('desk/dnd', 'ON');
      desk.run(20_000);
      desk.hear('desk/dnd', 'OFF');
      desk.run(90_000);
    }
    expect(desk.lights).toHaveLength(1);
    const slow = new DeskBench({
      yaml: YAML.replace('days: mon-fri', 'days: mon-fri, expire: 2 h'),
      at: at('09:30:00'),
    });
    slow.to(at('10:31:30'));
    for (let blink = 0; blink < 8; blink += 1) {
      slow.hear('desk/dnd', 'ON');
      slow.run(20_000);
      slow.hear('desk/dnd', 'OFF');
      slow.run(6 * MINUTE);
    }
    // The hour that began with the third has not passed.
    expect(slow.lights).toHaveLength(3);
    expect(beeps(slow)).toBe(1);
    expect(slow.state.reminders).toMatchObject([{ state: 'waiting', last: { outcome: 'missed' } }]);
  });

  test('by the person with a word comes back with a word', () => {
    const desk = new DeskBench({ yaml: YAML, at: at('09:30:00') });
    desk.to(at('10:30:30'));
    desk.say({ command: 'quiet' });
    desk.run(MINUTE);
    desk.say({ command: 'quiet', off: true });
    expect(desk.state.state).toBe('cueing');
  });
});

describe('an answer', () => {
  const FIXED = HOURLY.replace(/ {2}- .*/u, '  - { reminder: calf-raises, at: ["10:00", "11:00", "12:00"] }');

  test.each(['ack', 'skip'] as const)(
    '%s, said three times ahead of its time, is one, and takes one time with it',
    (command) => {
      const desk = new DeskBench({ yaml: FIXED, at: at('09:30:00') });
      const answers = [1, 2, 3].map(() => desk.say({ command, reminder: 'calf-raises' }));
      expect(answers[0]).toBeNull();
      const was = command === 'ack' ? 'done' : 'skipped';
      const told = `calf-raises was ${was} at 09:30 already; it comes next at 11:00`;
      for (const answer of answers.slice(1))
        expect(answer).toMatchObject({ code: 'already_done', message: told });
      desk.to(at('11:01:00'));
      expect(desk.shown).toEqual(['2026-01-05T10:00:00']);
      // What is shown is answered, however soon after.
      expect(desk.say({ command, reminder: 'calf-raises' })).toBeNull();
    },
  );

  test('from an exercise led twice takes one time with it', () => {
    const desk = new DeskBench({ yaml: FIXED, at: at('09:30:00') });
    for (let led = 0; led < 2; led += 1) {
      desk.say({ command: 'start', protocol: 'calf-raises' });
      desk.run(40_000);
      desk.press();
    }
    expect(desk.state.next).toBe('Calf raises at 11:00');
  });
});
