// If these fail, a mistake of ours at a desk stops the water control of the house, or a light calls somebody who has only
// just stepped out of the water.
import { expect, test } from 'vitest';
import { createRig } from '../../../firmware-sim/rig.ts';
import { VirtualClock } from '../../../src/clock/virtual.ts';
import { loadConfig } from '../../../src/config/index.ts';
import type { Controller, News } from '../../../src/controller/index.ts';
import { MemoryJournal } from '../../../src/journal/index.ts';
import type { HistoryReader } from '../../../src/journal/index.ts';
import { controllerOf, controllerOnBus } from '../../../src/main.ts';
import type { CommandError } from '../../../src/model/command.ts';
import type { DeskSettings } from '../../../src/model/desk.ts';
import { silentLog } from '../../../src/model/log.ts';
import type { SessionResult } from '../../../src/model/state.ts';
import { loadLibrary } from '../../../src/protocols/index.ts';
import { Random } from '../../../src/random/random.ts';
import { MemoryBroker } from '../../../src/transports/memory.ts';
import { Folder } from '../../config/support.ts';

const HOME = `
timezone: UTC
simulated: true
stations:
  foot-bath:
    kind: bath
    vessel: stream
    hot: { driver: tasmota, topic: bath-valves, relay: 1 }
    cold: { driver: tasmota, topic: bath-valves, relay: 2 }
    thermometer: { driver: esphome, node: bath-probe, sensor: water }
    button: { driver: esphome, node: bath-probe, binary_sensor: button }
    scald_guard: { by: valve, max: 41 C }
  desk:
    kind: desk
    light: { driver: mqtt, set: desk/light/set, payload: { on: "on", off: "off" } }
    quiet_hours: 18:00-08:00
  sofa:
    kind: spot
    light: { driver: mqtt, set: sofa/light/set, payload: { on: "on", off: "off" } }
schedule:
  - { reminder: calf-raises, at: [09:00, 10:00], station: desk }
  - { reminder: brisk-walk, at: 10:30, station: sofa }
`;
const MINUTE = 60_000;
const { protocols } = loadLibrary([]);

/** A bath with somebody at it, a desk that can be broken, and a sofa. */
class Home {
  readonly clock = new VirtualClock();
  readonly controller: Controller;
  readonly lights: string[] = [];
  readonly errors: string[] = [];
  readonly told: News[] = [];
  result: SessionResult | null = null;

  constructor(
    at: string,
    desk: (settings: DeskSettings) => DeskSettings = (settings) => settings,
    readThrough: (history: HistoryReader) => HistoryReader = (history) => history,
  ) {
    const folder = new Folder();
    const { config, problems } = loadConfig(folder.write('ebb.yaml', HOME), { env: {} });
    folder.dispose();
    const [station] = config?.stations ?? [];
    if (config === null || station === undefined) throw new Error(JSON.stringify(problems));
    const { clock } = this;
    clock.stepWall(Date.parse(at) - clock.wallMs());
    const broker = new MemoryBroker({ clock, random: new Random(1, 'bus') });
    const room = broker.connect({ clientId: 'room' });
    room.subscribe(['desk/light/set', 'sofa/light/set']);
    room.onMessage(({ topic, payload }) => {
      this.lights.push(
        `${new Date(clock.wallMs()).toISOString().slice(11, 16)} ${topic.split('/')[0] ?? ''} ${payload}`,
      );
    });
    createRig({
      ...{ clock, seed: 1, station, person: { presses: true, answers: true } },
      plant: { ...config.plant, hotC: 39, coldC: 15 },
      connect: (options) => broker.connect(options),
    });
    const journal = new MemoryJournal({ clock, random: new Random(1, 'journal') });
    const log = {
      ...silentLog,
      error: (_: object, message: string) => {
        this.errors.push(message);
      },
    };
    const home = { config, protocols, log };
    this.controller = controllerOf(home, config.stations, {
      ...{
        clock,
        journal,
        history: readThrough(journal.history),
        boot: 'test',
        simulated: true,
        newId: () => 's-1',
      },
      desks: config.desks.map((one) => (one.id === 'desk' ? desk(one) : one)),
      bus: broker.connect(controllerOnBus(home, 'test')),
    });
    this.controller.listen('foot-bath', (news) => {
      if (news.type === 'result') this.result = news.result;
    });
    this.controller.listen('desk', (news) => {
      this.told.push(news);
    });
    this.run(2_000);
  }

  run(ms: number): void {
    this.clock.runUntil(this.clock.nowMs() + ms);
  }

  to(time: string): void {
    this.run(Date.parse(`2026-03-02T${time}Z`) - this.clock.wallMs());
  }

  bathe(): void {
    void this.controller.command('foot-bath', { command: 'start', protocol: 'contrast-foot-bath' }, 'cli');
  }

  say(command: Parameters<Controller['ask']>[1]): CommandError | null {
    let answer: CommandError | null = null;
    this.controller.ask('desk', command, 'cli', (error) => {
      answer = error;
    });
    return answer;
  }
}

/** A schedule that goes wrong when it is told to. */
function brittle(): { readonly desk: (settings: DeskSettings) => DeskSettings; broken: boolean } {
  const plant = {
    broken: false,
    desk: (settings: DeskSettings): DeskSettings => ({
      ...settings,
      get zone(): string {
        if (plant.broken) throw new RangeError('no such time zone');
        return 'UTC';
      },
    }),
  };
  return plant;
}

function expectTheBathGoesOn(home: Home): void {
  home.run(30 * MINUTE);
  expect(home.result).toMatchObject({ outcome: 'complete' });
  expect(home.controller.desks.state('desk')).toMatchObject({
    ...{ state: 'idle', fault: { code: 'invariant' }, reminders: [] },
    message: expect.stringContaining('made a mistake at this desk') as string,
  });
  expect(home.controller.desks.over).toEqual(['desk']);
  expect(home.say({ command: 'ack' })).toMatchObject({ code: 'invariant' });
  expect(home.say({ command: 'start', protocol: 'calf-raises' })).toMatchObject({ code: 'invariant' });
  home.to('10:36:00');
  expect(home.lights).toContain('10:30 sofa on');
}

test.each<[string, (home: Home, plant: { broken: boolean }) => void]>([
  [
    'its schedule, at the clock',
    (home, plant) => {
      plant.broken = true;
      home.run(2 * MINUTE);
    },
  ],
  [
    'its schedule, at a command',
    (home, plant) => {
      plant.broken = true;
      expect(home.say({ command: 'quiet', until: '14:00' })).toMatchObject({ code: 'invariant' });
    },
  ],
  [
    'its state, with a meeting to beyond the end of time',
    (home) => {
      home.controller.calendar('desk', {
        spans: [{ fromMs: home.clock.wallMs(), toMs: 1e17 }],
        trouble: null,
      });
    },
  ],
  [
    'when it wants to be woken',
    (home) => {
      const desk = home.controller.desks.desk('desk');
      Object.defineProperty(desk, 'deadlineMs', {
        value: () => {
          throw new Error('no deadline');
        },
      });
    },
  ],
])('a desk whose light is on goes wrong beside a bath: %s', (_, breaks) => {
  const plant = brittle();
  const home = new Home('2026-03-02T08:59:00Z', plant.desk);
  home.to('09:01:30');
  expect(home.lights.at(-1)).toBe('09:01 desk on');
  home.bathe();
  home.run(MINUTE);
  expect(home.controller.station('foot-bath')?.resting).toBe(false);
  breaks(home, plant);
  home.run(1_000);
  // Its light is out: the bath put it out, or the mistake did.
  expect(home.lights.filter((one) => one.includes('desk')).at(-1)).toMatch(/off$/);
  expectTheBathGoesOn(home);
  expect(home.errors).toEqual([
    expect.stringContaining('internal error at a desk, which ends its reminders'),
  ]);
  expect(home.told.filter(({ type }) => type === 'desk').at(-1)).toMatchObject({
    state: { fault: { code: 'invariant' } },
  });
});

test('a light that is shown as its desk goes wrong goes out', () => {
  const plant = brittle();
  const home = new Home('2026-03-02T08:59:00Z', plant.desk);
  home.to('09:00:30');
  plant.broken = true;
  home.to('09:02:00');
  expect(home.lights.at(-1)).toBe('09:01 desk off');
  home.to('10:05:00');
  expect(home.lights.at(-1)).toBe('09:01 desk off');
});

test('a desk that cannot even begin keeps no bath from running', () => {
  const home = new Home('2026-03-02T08:59:00Z', (settings) => ({ ...settings, zone: 'Not/AZone' }));
  home.bathe();
  expectTheBathGoesOn(home);
});

test('a past that cannot be read as something is ticked off stops nothing', () => {
  const disk = { broken: false };
  const home = new Home('2026-03-02T08:59:00Z', undefined, (history) => ({
    ...history,
    records: (query) => {
      if (disk.broken) throw new Error('the disk is gone');
      return history.records(query);
    },
  }));
  home.bathe();
  home.run(MINUTE);
  disk.broken = true;
  expect(home.say({ command: 'done', item: 'brisk-walk' })).toMatchObject({ code: 'invariant' });
  disk.broken = false;
  home.run(30 * MINUTE);
  expect(home.result).toMatchObject({ outcome: 'complete' });
});

test('a bath silences the desk, and nothing is shown within five minutes after it', () => {
  const home = new Home('2026-03-02T08:50:00Z');
  home.to('08:58:00');
  home.bathe();
  home.to('09:01:00');
  expect(home.controller.desks.state('desk')).toMatchObject({ reminders: [{ waits_for: 'bath' }] });
  while (home.controller.station('foot-bath')?.resting !== true) home.run(1_000);
  const overMs = home.clock.nowMs();
  expect(home.controller.desks.state('desk')).toMatchObject({ reminders: [{ waits_for: 'just_back' }] });
  while (!home.lights.some((one) => one.endsWith('desk on'))) home.run(1_000);
  expect(home.clock.nowMs() - overMs).toBeGreaterThanOrEqual(5 * MINUTE - 2_000);
  expect(home.clock.nowMs() - overMs).toBeLessThan(6 * MINUTE);
});
