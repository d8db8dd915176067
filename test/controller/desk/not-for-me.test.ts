// If these fail, somebody is told to do what they must not do, or what they said is not for them comes back by itself;
// or water is pushed at night.
import { describe, expect, test } from 'vitest';
import type { StoredRecord } from '../../../src/journal/index.ts';
import { DeskBench, HOURLY } from './bench.ts';

const MORNING = '2026-01-09T08:59:00+01:00';
const TURNS = HOURLY.replace('calf-raises,', '[calf-raises, ankle-pumps],');
const WHO = 'Leave it out with any of these: a blood clot in a leg';

const recordsOf = (desk: DeskBench): readonly StoredRecord[] =>
  desk.journal.history.records({ station: 'desk', limit: 10_000 });

describe('not for me', () => {
  test('what is shown goes out, is skipped, and does not come again', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.to('2026-01-09T10:00:10+01:00');
    expect(desk.state.state).toBe('cueing');
    expect(desk.say({ command: 'not_for_me' })).toBeNull();
    expect(desk.sent.filter(({ topic }) => topic === 'light').at(-1)?.payload).toBe('off');
    expect(desk.state).toMatchObject({
      not_for_me: ['calf-raises'],
      next: null,
      reminders: [{ state: 'idle', waits_for: 'not_for_me', due_at: null, last: { outcome: 'skipped' } }],
    });
    desk.to('2026-01-12T18:00:00+01:00');
    expect(desk.shown).toHaveLength(1);
    const [said] = desk.journal.history.records({ station: 'desk', types: ['not_for_me'], limit: 10 });
    expect(said?.body).toEqual({ protocols: ['calf-raises'], off: false, source: 'cli' });
  });

  test('it survives a restart, and comes again once it is taken back', () => {
    const first = new DeskBench({ at: MORNING });
    first.say({ command: 'not_for_me', protocol: 'calf-raises' });
    const desk = new DeskBench({ at: '2026-01-12T08:59:00+01:00', records: recordsOf(first) });
    expect(desk.state.reminders[0]?.waits_for).toBe('not_for_me');
    desk.to('2026-01-12T10:30:00+01:00');
    expect(desk.shown.filter((at) => at.startsWith('2026-01-12'))).toEqual([]);
    expect(desk.say({ command: 'not_for_me', protocol: 'calf-raises', off: true })).toBeNull();
    expect(desk.state).toMatchObject({ not_for_me: [], reminders: [{ state: 'waiting', waits_for: null }] });
    const again = new DeskBench({ at: '2026-01-13T08:59:00+01:00', records: recordsOf(desk) });
    expect(again.state.not_for_me).toEqual([]);
  });

  test('of a list the others go on', () => {
    const desk = new DeskBench({ at: MORNING, yaml: TURNS });
    desk.say({ command: 'not_for_me', protocol: 'calf-raises' });
    const shown: unknown[] = [];
    for (const time of ['10:05', '11:10', '12:15']) {
      desk.to(`2026-01-09T${time}:00+01:00`);
      shown.push(desk.state.reminders[0]?.protocol);
      desk.press();
    }
    expect(shown).toEqual(['ankle-pumps', 'ankle-pumps', 'ankle-pumps']);
    expect(desk.shown).toHaveLength(3);
  });

  test('an exercise is not led, and one that is led ends', () => {
    const desk = new DeskBench({ at: MORNING });
    expect(desk.say({ command: 'start', protocol: 'calf-raises' })).toBeNull();
    desk.say({ command: 'not_for_me', protocol: 'calf-raises' });
    expect(desk.state.session).toBeNull();
    expect(desk.say({ command: 'start', protocol: 'calf-raises' })).toMatchObject({
      code: 'bad_state',
      message:
        'somebody said that calf-raises is not for them; "ebb not-for-me calf-raises --off" takes it back',
    });
  });

  test('the config says it once and for all', () => {
    const yaml = HOURLY.replace('    light:', '    not_for_me: [calf-raises]\n    light:');
    const desk = new DeskBench({ at: MORNING, yaml });
    desk.to('2026-01-09T17:00:00+01:00');
    expect(desk.shown).toEqual([]);
    expect(desk.say({ command: 'not_for_me', protocol: 'calf-raises', off: true })?.message).toMatch(
      /^the config/,
    );
  });

  test('what is not there, and nothing, is refused', () => {
    const desk = new DeskBench({ at: MORNING });
    expect(desk.say({ command: 'not_for_me', protocol: 'calf-raisins' })?.code).toBe('unknown_protocol');
    expect(desk.say({ command: 'not_for_me' })?.code).toBe('bad_state');
    expect(desk.state.not_for_me).toEqual([]);
  });
});

describe('who leaves it out', () => {
  test('is told the first time it is shown, and not the second', () => {
    const desk = new DeskBench({ at: MORNING });
    desk.to('2026-01-09T10:00:10+01:00');
    expect(desk.state.message).toContain(WHO);
    desk.press();
    desk.to('2026-01-09T11:00:40+01:00');
    expect(desk.state.message).toMatch(/^Stand up/);
    expect(desk.state.message).not.toContain('Leave it out');
  });

  test('is told again after 90 days, also after a restart', () => {
    const first = new DeskBench({ at: MORNING });
    first.to('2026-01-09T10:00:10+01:00');
    first.press();
    const records = recordsOf(first);
    const message = (at: string): string | null => {
      const desk = new DeskBench({ at, records });
      desk.say({ command: 'start', protocol: 'calf-raises' });
      return desk.state.message;
    };
    expect(message('2026-04-08T08:00:00+02:00')).not.toContain('Leave it out');
    expect(message('2026-04-10T08:00:00+02:00')).toMatch(/^Get ready\..*Leave it out with any of these/);
  });
});

test('what is for the day does not come at night, though it was put off until then', () => {
  const yaml = HOURLY.replace(/- \{ reminder.*/, '- { reminder: water-glasses, at: 20:50, snooze: 30 min }');
  const desk = new DeskBench({ at: '2026-01-09T20:49:00+01:00', yaml });
  desk.to('2026-01-09T20:50:10+01:00');
  expect(desk.state.state).toBe('cueing');
  desk.press('double');
  desk.to('2026-01-09T21:21:00+01:00');
  expect(desk.state.reminders[0]).toMatchObject({ state: 'due', waits_for: 'hours' });
  desk.to('2026-01-10T08:00:00+01:00');
  expect(desk.shown).toHaveLength(1);
  expect(desk.state.reminders[0]?.last?.outcome).toBe('missed');
});
