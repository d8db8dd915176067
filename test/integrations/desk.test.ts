// If this fails, Home Assistant does not know the desk, shows something else than is due there, or its buttons do
// nothing; or what was answered in one place goes on blinking in another.
import { afterEach, describe, expect, it } from 'vitest';
import { HomeAssistant } from '../../src/integrations/homeassistant/index.ts';
import { DEFAULT_PROTOCOLS } from '../../src/main.ts';
import type { BusMessage } from '../../src/model/bus.ts';
import { deskStateSchema } from '../../src/model/desk.ts';
import { silentLog } from '../../src/model/log.ts';
import { Random } from '../../src/random/random.ts';
import { jsonCommand, listen, openSite } from '../api/support.ts';
import { DeskBench } from '../controller/desk/bench.ts';
import {} from '../support/external.ts';
import { until } from '../support/until.ts';
import { violations } from './ha-checker.ts';
import { available, entity, misread, pressed, readDevice, rendered } from './home-assistant.ts';

const CONFIG = 'homeassistant/device/ebb_home_desk/config';
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A desk on a Monday, a minute before its hours, of which Home Assistant is told. */
function home() {
  const bench = new DeskBench({ at: '2026-03-02T08:59:00+01:00' });
  bench.person('here');
  const ha = bench.connect('ha');
  const seen: BusMessage[] = [];
  ha.onMessage((message) => seen.push(message));
  ha.subscribe(['homeassistant/#', 'ebb/#']);
  const { settings } = bench.controller.desks.desk('desk') ?? {};
  if (settings === undefined) throw new Error('there is no desk');
  new HomeAssistant({
    ...{ bus: bench.connect('view'), controller: bench.controller, stations: [], desks: [settings] },
    ...{ site: 'home', version: '1.2.3', simulated: true, defaultProtocols: DEFAULT_PROTOCOLS },
    ...{ clock: bench.clock, random: new Random(1, 'jitter'), log: silentLog },
  });
  bench.run(5_000);
  const of = (topic: string): BusMessage[] => seen.filter((one) => one.topic === topic);
  const device = readDevice(of(CONFIG).at(-1)?.payload ?? '');
  /** What an entity shows now. */
  const shows = (key: string): string =>
    rendered(entity(device, key), of('ebb/desk/state').at(-1)?.payload ?? '');
  const say = (topic: string, payload: string): void => {
    ha.publish({ topic, payload, qos: 1 });
    bench.run(200);
  };
  const press = (key: string): void => {
    const { topic, payload, retain } = pressed(entity(device, key));
    expect(retain).toBe(false);
    say(topic, payload);
  };
  const turn = (on: boolean): void => {
    const { command_topic: topic = '', payload_on: yes, payload_off: no } = entity(device, 'quiet');
    say(topic, (on ? yes : no) ?? '');
  };
  return { bench, device, seen, of, shows, press, turn, say };
}

describe('a desk in Home Assistant', () => {
  it('is described by the rules, with the entities that a desk has and none of a bath', () => {
    const { of, device } = home();
    const told = of(CONFIG).map(({ topic, payload }) => ({ topic, payload, retain: true }));
    expect(told.length).toBeGreaterThan(0);
    expect(violations(told)).toEqual([]);
    expect(Object.keys(device.components).toSorted()).toEqual(
      ['state', 'next_due', 'next', 'message', 'quiet_until', 'due', 'event']
        .concat(['done', 'snooze', 'skip', 'quiet'])
        .toSorted(),
    );
    for (const [key, { unique_id: id, qos }] of Object.entries(device.components))
      expect({ id, qos }).toEqual({ id: `ebb_home_desk_${key}`, qos: 1 });
    expect(device.device.name).toBe('desk (SIMULATED)');
    expect(['online', 'stopping', 'offline'].map((word) => available(device, word))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('shows what comes, what is due and what is quiet, in words that it can read', () => {
    const { bench, device, seen, shows, turn } = home();
    const all = () =>
      Object.fromEntries(
        ['state', 'due', 'next_due', 'next', 'quiet', 'quiet_until'].map((key) => [key, shows(key)]),
      );
    expect(all()).toEqual({
      ...{ state: 'waiting', due: 'OFF', next_due: '2026-03-02T09:00:00.000Z' },
      ...{ next: 'Calf raises at 10:00', quiet: 'OFF', quiet_until: 'None' },
    });
    bench.to('2026-03-02T10:00:05+01:00');
    expect(all()).toMatchObject({ state: 'cueing', due: 'ON', next_due: 'None', next: 'None' });
    expect(shows('message')).toContain('toes');
    turn(true);
    expect(all()).toMatchObject({
      state: 'due',
      due: 'OFF',
      quiet: 'ON',
      quiet_until: expect.stringMatching(/^2026-03-02T10:00/) as string,
    });
    turn(false);
    expect(shows('quiet')).toBe('OFF');
    bench.say({ command: 'start', protocol: 'calf-raises' });
    expect(all()).toMatchObject({ state: 'cueing', due: 'OFF' });
    for (const { topic, payload } of seen) {
      for (const component of Object.values(device.components)) {
        if (component.state_topic !== topic) continue;
        const text = component.platform === 'event' ? payload : rendered(component, payload);
        expect(misread(component, text)).toBeNull();
      }
    }
  });

  it('its buttons answer', () => {
    const { bench, shows, press } = home();
    bench.to('2026-03-02T10:00:05+01:00');
    press('snooze');
    expect(shows('state')).toBe('snoozed');
    bench.run(10 * 60_000);
    press('done');
    expect(bench.events.at(-1)).toMatch(/calf-raises done$/);
    bench.run(61 * 60_000);
    press('skip');
    expect(bench.events.at(-1)).toMatch(/calf-raises skipped$/);
  });

  it('is told again when Home Assistant is born, with its state behind it', () => {
    const { bench, of, say } = home();
    const before = { config: of(CONFIG).length, state: of('ebb/desk/state').length };
    say('homeassistant/status', 'online');
    bench.run(6_000);
    expect(of(CONFIG).length).toBe(before.config + 1);
    expect(of('ebb/desk/state').length).toBe(before.state + 1);
  });
});

describe('one answer', () => {
  const ANSWERS = {
    'a press of the button': ({ bench }: ReturnType<typeof home>) => {
      bench.press();
    },
    'Home Assistant': ({ press }: ReturnType<typeof home>) => {
      press('done');
    },
    'another program over MQTT': ({ say }: ReturnType<typeof home>) => {
      say('ebb/desk/set', '{"command":"ack"}');
    },
    'the page': async ({ bench }: ReturnType<typeof home>, post: () => Promise<number>) => {
      expect(await post()).toBe(202);
      bench.run(200);
    },
  };
  const SOURCES = ['button', 'mqtt', 'mqtt', 'page'];

  it.each(Object.entries(ANSWERS))(
    '%s: the light, the page and Home Assistant all go out, and it counts once',
    async (name, answer) => {
      const house = home();
      const { bench, shows, of } = house;
      const site = await openSite({
        ...{
          controller: bench.controller,
          clock: bench.clock,
          simulated: true,
          history: bench.journal.history,
        },
        ...{ rig: null, mqttUrl: null, close: () => Promise.resolve() },
      });
      const live = await listen(`http://127.0.0.1:${site.port}/`);
      closing.push(
        () => live.close(),
        () => site.close(),
      );
      bench.to('2026-03-02T10:01:30+01:00');
      const onPage = (): string | undefined => {
        const states = live.events.filter(({ name }) => name === 'state');
        const last = states.at(-1);
        return last === undefined ? undefined : deskStateSchema.parse(last.data['state']).state;
      };
      await until('the page shows it', () => onPage() === 'cueing');
      expect(shows('due')).toBe('ON');
      const lit = bench.sent.length;
      await answer(house, async () => {
        const ask = jsonCommand({ command: 'ack' });
        return (await site.ask('/api/v1/stations/desk/commands', ask)).status;
      });
      await until('the page shows that it is over', () => onPage() === 'waiting');
      expect(shows('due')).toBe('OFF');
      const after = bench.sent.slice(lit);
      // The light and the buzzer are told to be off, and neither comes on again.
      expect(new Set(after.map(({ topic }) => topic))).toEqual(new Set(['light', 'buzzer']));
      for (const topic of ['light', 'buzzer'])
        expect(after.filter((one) => one.topic === topic).at(-1)?.payload).toBe('off');
      bench.run(20 * 60_000);
      expect(bench.sent.slice(lit).filter(({ payload }) => payload === 'on')).toEqual([]);
      const events = of('ebb/desk/event').map(
        ({ payload }) => JSON.parse(payload) as { event_type: string; source?: string },
      );
      const source = SOURCES[Object.keys(ANSWERS).indexOf(name)];
      expect(events.filter(({ event_type: type }) => type === 'reminder_done')).toMatchObject([{ source }]);
    },
  );
});
