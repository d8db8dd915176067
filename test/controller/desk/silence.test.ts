// If these fail, a lid that was shut, a broker or a Home Assistant that went away for a moment makes Ebb believe that
// somebody sits there, or minds nothing: a light in an empty room, in a meeting, or in the face of whoever comes in.
import { describe, expect, test } from 'vitest';
import { DeskBench, HOUSE } from './bench.ts';

const MINUTE = 60_000;
const HOURLY = '{ reminder: calf-raises, every: 60 min, between: 09:00-17:30 }';
const FIXED = '{ reminder: calf-raises, at: 10:00 }';
const SENSOR = 'presence: { driver: mqtt, state: desk/presence, map: { here: present, gone: absent } }';
const HELPER = 'presence: { driver: presence, name: laptop }';
const BUTTON = 'button: { driver: mqtt, state: desk/button, map: { press: press } }';

const home = (reminder: string, ...devices: readonly string[]): string => `
timezone: UTC
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: mqtt, set: desk/light/set, payload: { on: "on", off: "off" } }
${devices.map((device) => `    ${device}\n`).join('')}
schedule:
  - ${reminder}
`;
const at = (time: string): string => `2026-03-02T${time}Z`;
const outcomes = (desk: DeskBench): readonly unknown[] =>
  desk.journal.history
    .records({ types: ['reminder'], limit: 100 })
    .filter(({ body }) => body['event'] === 'done')
    .map(({ body }) => body['source']);

describe('a lid that is shut', () => {
  test('over lunch: an empty room stays dark, what was due counts as done, and the return begins an hour', () => {
    const desk = new DeskBench({ yaml: home(HOURLY, HELPER), at: at('11:25:00') });
    desk.helper(true, 35 * MINUTE);
    desk.helper(false, MINUTE);
    desk.to(at('12:40:00'));
    expect(desk.state).toMatchObject({ state: 'due', reminders: [{ waits_for: 'away' }] });
    desk.helper(true, 59 * MINUTE);
    expect(desk.lights).toEqual([]);
    expect(desk.state.reminders).toMatchObject([{ last: { outcome: 'done' } }]);
    expect(outcomes(desk)).toEqual(['presence']);
    desk.helper(true, 2 * MINUTE);
    expect(desk.lights).toEqual(['2026-03-02T13:40:00']);
  });

  test('back at the moment it is due: not within five minutes', () => {
    const desk = new DeskBench({ yaml: home(FIXED, HELPER), at: at('09:50:00') });
    desk.helper(true, 4 * MINUTE);
    desk.helper(false, MINUTE);
    desk.to(at('09:59:30'));
    desk.helper(true, 4 * MINUTE);
    expect(desk.state).toMatchObject({ state: 'due', reminders: [{ waits_for: 'just_back' }] });
    desk.helper(true, 2 * MINUTE);
    expect(desk.lights).toEqual(['2026-03-02T10:04:30']);
  });

  test('seven minutes locked, then silent: the return is one', () => {
    const desk = new DeskBench({ yaml: home(HOURLY, HELPER), at: at('11:25:00') });
    desk.helper(true, 35 * MINUTE);
    desk.helper(false, 7 * MINUTE);
    desk.to(at('13:06:30'));
    desk.helper(true, 59 * MINUTE);
    expect(desk.lights).toEqual([]);
  });

  test('without a word of it: after minutes of silence whoever is back has come back', () => {
    const desk = new DeskBench({ yaml: home(FIXED, HELPER), at: at('09:50:00') });
    desk.helper(true, 3 * MINUTE);
    desk.to(at('09:59:30'));
    desk.helper(true, 4 * MINUTE);
    expect(desk.lights).toEqual([]);
    desk.helper(true, 2 * MINUTE);
    expect(desk.lights).toEqual(['2026-03-02T10:04:30']);
  });

  test('a helper that died with somebody there silences nothing', () => {
    const desk = new DeskBench({ yaml: home(FIXED, HELPER), at: at('09:50:00') });
    desk.helper(true, MINUTE);
    desk.to(at('10:00:01'));
    expect(desk.lights).toEqual(['2026-03-02T10:00:00']);
  });

  test('a press at a desk whose sensor fell silent is somebody there', () => {
    const desk = new DeskBench({ yaml: home(HOURLY, HELPER, BUTTON), at: at('09:00:00') });
    desk.helper(false, 7 * MINUTE);
    desk.to(at('12:00:00'));
    expect(desk.state.reminders).toMatchObject([{ state: 'waiting' }]);
    desk.press();
    desk.to(at('13:01:00'));
    expect(desk.lights).toEqual(['2026-03-02T13:00:00']);
  });
});

describe('a broker that goes away', () => {
  test('absent before, back after it: not within five minutes', () => {
    const desk = new DeskBench({ yaml: home(FIXED, SENSOR), at: at('09:00:00') });
    desk.person('here');
    desk.run(MINUTE);
    desk.person('gone');
    desk.to(at('09:57:00'));
    desk.cut(MINUTE);
    desk.person('here');
    desk.to(at('10:02:00'));
    expect(desk.lights).toEqual([]);
    desk.to(at('10:04:00'));
    expect(desk.lights).toHaveLength(1);
  });

  test('a moment, with somebody there: nothing comes of it', () => {
    const desk = new DeskBench({ yaml: home(FIXED, SENSOR), at: at('09:00:00') });
    desk.person('here');
    desk.to(at('09:58:00'));
    desk.outage(5_000);
    desk.person('here');
    desk.to(at('10:00:01'));
    expect(desk.lights).toEqual(['2026-03-02T10:00:00']);
  });

  test('what lies at the broker counts: gone meanwhile, back meanwhile, and no blink at the link', () => {
    const desk = new DeskBench({ yaml: home(FIXED, SENSOR), at: at('09:00:00') });
    desk.hear('desk/presence', 'here', true);
    desk.to(at('10:00:30'));
    expect(desk.lights).toHaveLength(1);
    const whileCut = desk.sent.length;
    desk.leaveBehind('desk/presence', 'gone', 30_000);
    expect(desk.state.reminders).toMatchObject([{ state: 'due', waits_for: 'away' }]);
    expect(desk.sent.slice(whileCut).filter(({ payload }) => payload === 'on')).toEqual([]);
    desk.leaveBehind('desk/presence', 'here', MINUTE);
    expect(desk.state.reminders).toMatchObject([{ state: 'due', waits_for: 'just_back' }]);
  });

  test('a light that was lit as it went, and is over, goes out once it is back', () => {
    const desk = new DeskBench({ yaml: home(FIXED, SENSOR), at: at('09:59:00') });
    desk.to(at('10:02:00'));
    desk.outage(70 * MINUTE);
    expect(desk.sent.at(-1)).toMatchObject({ payload: 'off' });
    expect(desk.sent.at(-1)?.at.slice(11)).toMatch(/^11:12/);
  });

  test('what falls due in the moment in which a link is back waits for its sensors', () => {
    const desk = new DeskBench({ yaml: home(FIXED, HELPER), at: at('09:50:00') });
    desk.helper(true, 5 * MINUTE);
    desk.to(at('09:58:00'));
    desk.cut(110_000);
    desk.to(at('10:00:05'));
    expect(desk.lights).toEqual([]);
    desk.helper(false, MINUTE);
    expect(desk.lights).toEqual([]);
  });

  test('somebody who went while nobody could see it, and comes in as the link is back, has come back', () => {
    const desk = new DeskBench({ yaml: home(FIXED, SENSOR), at: at('09:40:00') });
    desk.person('here');
    desk.to(at('09:56:00'));
    desk.leaveBehind('desk/presence', 'gone', 3 * MINUTE);
    desk.run(10_000);
    desk.person('here');
    desk.to(at('10:03:00'));
    expect(desk.lights).toEqual([]);
  });

  test('what a device said of being busy stands for an hour after, and no longer', () => {
    const busy = 'busy: { driver: mqtt, state: desk/dnd, map: { "ON": busy, "OFF": free } }';
    const desk = new DeskBench({ yaml: home(HOURLY, busy), at: at('09:00:00') });
    desk.hear('desk/dnd', 'ON');
    desk.outage(5_000);
    desk.to(at('09:59:00'));
    expect(desk.state.busy).toBe(true);
    desk.to(at('10:02:00'));
    expect(desk.state.busy).toBe(false);
  });
});

const lamp = { id: 'light.desk', state: 'off', attributes: {} };
const house = (reminder: string, ...parts: readonly string[]): string =>
  home(reminder, ...parts.map((part) => part.replace('{ ', `{ ${HOUSE}, `)));

describe('a Home Assistant', () => {
  const dnd = { id: 'input_boolean.dnd', state: 'on', attributes: {} };
  const chair = { id: 'binary_sensor.chair', state: 'off', attributes: {} };
  const both = [lamp, dnd, chair];

  test.each([
    [
      'the broker restarts',
      (desk: DeskBench) => {
        desk.outage(5_000);
      },
    ],
    [
      'it restarts itself',
      (desk: DeskBench) => {
        desk.house.reboot();
        desk.run(30_000);
      },
    ],
    [
      'the broker is away for twenty minutes',
      (desk: DeskBench) => {
        desk.outage(20 * MINUTE);
      },
    ],
  ])('somebody is busy there, and %s', (_, happens) => {
    const desk = new DeskBench({
      yaml: house(FIXED, 'busy: { entity: input_boolean.dnd }'),
      at: at('09:38:00'),
      entities: both.map((one) => ({ ...one })),
    });
    happens(desk);
    desk.to(at('10:05:00'));
    expect(desk.state).toMatchObject({ busy: true, reminders: [{ waits_for: 'busy' }] });
    desk.house.change('input_boolean.dnd', 'off');
    desk.run(MINUTE);
    expect(desk.lights).toHaveLength(1);
  });

  test('nobody is there as it tells, and it restarts, and the broker does', () => {
    const desk = new DeskBench({
      yaml: house(FIXED, 'presence: { entity: binary_sensor.chair }'),
      at: at('09:40:00'),
      entities: both.map((one) => ({ ...one })),
    });
    desk.outage(5_000);
    desk.house.reboot();
    desk.run(30_000);
    desk.to(at('10:04:00'));
    expect(desk.lights).toEqual([]);
    expect(desk.state.reminders).toMatchObject([{ waits_for: 'away' }]);
  });

  test('the broker is no way of its devices: nobody is told that they are lost', () => {
    const desk = new DeskBench({
      yaml: house(FIXED, 'busy: { entity: input_boolean.dnd }'),
      at: at('09:00:00'),
      entities: both.map((one) => ({ ...one })),
    });
    desk.outage(MINUTE);
    const lost = desk.told.filter((news) => news.type === 'event' && news.event === 'device_lost');
    expect(lost.map((news) => 'detail' in news && news.detail)).not.toContainEqual({ device: 'desk-busy' });
  });
});

describe('a message of Home Assistant', () => {
  const phone = { id: 'notify.phone', state: 'unknown', attributes: {} };
  const messaged = (entity: string): DeskBench => {
    const desk = new DeskBench({
      yaml: home(FIXED, BUTTON).replace(/light: .*/u, `light: { ${HOUSE}, entity: ${entity} }`),
      at: at('09:59:00'),
      entities: [{ ...phone }],
    });
    desk.to(at('10:00:30'));
    return desk;
  };

  test('is sent once, whatever goes away and comes back while it is shown', () => {
    const desk = messaged('notify.phone');
    const [sent, ...more] = desk.house.called;
    expect(sent).toContain('notify.send_message');
    expect(more).toEqual([]);
    desk.outage(3_000);
    desk.house.disconnect();
    desk.run(MINUTE);
    desk.house.reconnect();
    desk.run(2 * MINUTE);
    desk.house.reboot();
    desk.run(3 * MINUTE);
    expect(desk.house.called).toEqual([sent]);
  });

  test('of the older kind is taken back though it was over while Home Assistant was away', () => {
    const desk = messaged('notify.mobile_app_pixel');
    expect(desk.house.called).toHaveLength(1);
    desk.house.reboot();
    desk.run(1_000);
    desk.press();
    desk.run(MINUTE);
    expect(desk.house.called).toEqual([
      expect.stringContaining('Calf raises'),
      expect.stringContaining('clear_notification'),
    ]);
  });

  test('on its own pages is there again after it restarted', () => {
    const desk = messaged('persistent_notification.desk');
    expect([...desk.house.notices.keys()]).toEqual(['desk']);
    desk.house.reboot();
    desk.run(MINUTE);
    expect([...desk.house.notices.keys()]).toEqual(['desk']);
    desk.press();
    expect([...desk.house.notices.keys()]).toEqual([]);
  });
});

describe('a home of a desk alone', () => {
  const noted = (desk: DeskBench): readonly unknown[] =>
    desk.journal.history
      .records({ types: ['presence'], limit: 10 })
      .map(({ at: when, body }) => [when.slice(11, 19), body['present']]);

  test('what a device says wakes it at the right moment, and not with the next look of a minute', () => {
    const desk = new DeskBench({ yaml: home(HOURLY, SENSOR), at: at('09:00:00') });
    desk.person('here');
    desk.run(20_000);
    desk.person('gone');
    desk.run(32_000);
    expect(noted(desk).at(-1)).toEqual(['09:00:52', false]);
  });

  test('what lay at the broker is no word of the sensor: however soon they come after it, they come back', () => {
    const desk = new DeskBench({ yaml: home(FIXED, SENSOR), at: at('09:50:00') });
    desk.hear('desk/presence', 'here', true);
    desk.to(at('09:51:00'));
    desk.cut(5 * MINUTE);
    desk.hear('desk/presence', 'gone', true);
    desk.run(20_000);
    desk.hear('desk/presence', 'here', true);
    desk.to(at('10:20:00'));
    expect(desk.lights.map((when) => when.slice(11))).toEqual(['10:01:22']);
  });
});
