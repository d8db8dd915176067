import { createRig } from '../../firmware-sim/rig.ts';
import type { Rig } from '../../firmware-sim/rig.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { loadConfig } from '../../src/config/index.ts';
import type { Controller } from '../../src/controller/index.ts';
import { MemoryJournal } from '../../src/journal/index.ts';
import type { StoredRecord } from '../../src/journal/index.ts';
import { controllerOf, controllerOnBus } from '../../src/main.ts';
import type { AnyCommand, Source } from '../../src/model/command.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';
import { Folder } from '../config/support.ts';

export const HOME = `
timezone: Europe/Berlin
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
    button: { driver: mqtt, state: desk/button, map: { press: press, double: double, hold: hold } }
    presence: { driver: mqtt, state: desk/presence, map: { here: present, gone: absent } }
    busy: { driver: mqtt, state: desk/call, map: { "ON": busy, "OFF": free } }
    quiet_hours: 18:00-08:00
schedule:
  - { reminder: calf-raises, every: 60 min, between: 09:00-17:30, days: mon-fri }
`;

const MONDAY = '2026-03-02';
const { protocols } = loadLibrary([]);

/** A day at home: one controller over a simulated foot bath and a desk played by hand, ended in between. */
class Home {
  readonly clock = new VirtualClock();
  journal: MemoryJournal;
  readonly #broker: MemoryBroker;
  readonly #room: ReturnType<MemoryBroker['connect']>;
  readonly #config;
  readonly rig: Rig;
  controller: Controller;

  constructor() {
    const folder = new Folder();
    const { config, problems } = loadConfig(folder.write('ebb.yaml', HOME), { env: {} });
    folder.dispose();
    const [station] = config?.stations ?? [];
    if (config === null || station === undefined) throw new Error(JSON.stringify(problems));
    this.#config = config;
    this.clock.stepWall(Date.parse(`${MONDAY}T08:50:00+01:00`) - this.clock.wallMs());
    this.#broker = new MemoryBroker({ clock: this.clock, random: new Random(1, 'bus') });
    this.journal = new MemoryJournal({ clock: this.clock, random: new Random(1, 'journal') });
    this.#room = this.#broker.connect({ clientId: 'room' });
    this.rig = createRig({
      ...{ clock: this.clock, seed: 1, station, person: null },
      plant: { ...config.plant, hotC: 39, coldC: 15 },
      connect: (options) => this.#broker.connect(options),
    });
    this.controller = this.#begin('monday-1');
    this.#play('desk/presence', 'here');
  }

  #begin(boot: string): Controller {
    const home = { config: this.#config, protocols, log: silentLog };
    const ids = new Random(1, boot);
    const controller = controllerOf(home, this.#config.stations, {
      ...{ clock: this.clock, journal: this.journal, history: this.journal.history, boot },
      ...{ desks: this.#config.desks, simulated: true, newId: () => `s-${ids.word(6)}` },
      bus: this.#broker.connect(controllerOnBus(home, boot)),
    });
    // The person in the water says that all is well whenever they are asked.
    controller.listen('foot-bath', (news) => {
      if (news.type === 'state' && news.state.prompt !== null)
        controller.ask('foot-bath', { command: 'answer' }, 'page', () => undefined);
    });
    this.clock.runUntil(this.clock.nowMs() + 2_000);
    return controller;
  }

  /** To a time of the day. */
  to(time: string): void {
    const forMs = Date.parse(`${MONDAY}T${time}+01:00`) - this.clock.wallMs();
    if (forMs < 0) throw new Error(`${time} is over`);
    this.clock.runUntil(this.clock.nowMs() + forMs);
  }

  say(station: string, command: AnyCommand, source: Source = 'page'): void {
    this.controller.ask(station, command, source, () => undefined);
  }

  press(payload: string): void {
    this.#play('desk/button', payload);
  }

  presence(payload: 'here' | 'gone'): void {
    this.#play('desk/presence', payload);
  }

  /** As any program at the broker would. */
  publish(topic: string, payload: string): void {
    this.#play(topic, payload);
  }

  #play(topic: string, payload: string): void {
    this.#room.publish({ topic, payload, qos: 0 });
    this.clock.runUntil(this.clock.nowMs() + 500);
  }

  async end(): Promise<void> {
    const { clock } = this;
    const closing = this.controller.close();
    // What it waits for takes virtual time, which only runs when it is told to.
    for (let tries = 0; tries < 100; tries += 1) {
      await Promise.resolve();
      clock.runUntil(clock.nowMs() + 20);
    }
    await closing;
  }

  begin(): void {
    const records = this.journal.history.records({ limit: 100_000 });
    this.journal = new MemoryJournal({ clock: this.clock, random: new Random(2, 'journal'), records });
    this.controller = this.#begin('monday-2');
  }
}

/** The records of that day: what happened in it stands in `why.test.ts`, question by question. */
export async function recordedDay(): Promise<readonly StoredRecord[]> {
  const home = new Home();
  home.to('10:02:00');
  home.press('press');
  home.to('10:50:00');
  home.say('desk', { command: 'quiet', for: '30 min' }, 'cli');
  home.to('11:21:00');
  home.press('double');
  home.to('11:32:00');
  home.press('press');
  home.to('12:20:00');
  home.publish('desk/call', 'ON');
  home.to('12:32:30');
  home.publish('desk/call', 'OFF');
  home.to('12:33:00');
  home.presence('gone');
  home.to('13:00:00');
  home.presence('here');
  home.to('13:10:00');
  home.say('desk', { command: 'snooze' }, 'cli');
  home.to('13:58:00');
  home.presence('gone');
  home.to('14:02:00');
  home.presence('here');
  home.to('15:20:00');
  home.publish('ebb/foot-bath/set', JSON.stringify({ command: 'start', protocol: 'contrast-foot-bath' }));
  home.publish('ebb/foot-bath/set', '{"command":"open the hot tap"}');
  home.say('foot-bath', { command: 'start', protocol: 'contrast-foot-bath' });
  home.to('15:21:20');
  home.say('foot-bath', { command: 'begin' });
  home.to('15:24:00');
  home.rig.press();
  home.to('15:26:00');
  home.say('foot-bath', { command: 'start', protocol: 'contrast-foot-bath' });
  home.to('15:27:20');
  home.say('foot-bath', { command: 'begin' });
  home.to('15:31:00');
  home.rig.faults.probe('foot-bath-thermometer', () => 45);
  home.to('15:32:00');
  home.say('foot-bath', { command: 'start', protocol: 'contrast-foot-bath' });
  home.rig.faults.probe('foot-bath-thermometer', null);
  home.to('16:00:00');
  await home.end();
  home.to('16:30:00');
  home.begin();
  home.to('16:45:00');
  home.say('desk', { command: 'not_for_me', protocol: 'calf-raises' }, 'cli');
  home.to('17:15:00');
  home.say('desk', { command: 'not_for_me', protocol: 'calf-raises', off: true });
  home.to('19:00:00');
  return home.journal.history.records({ limit: 100_000 });
}
