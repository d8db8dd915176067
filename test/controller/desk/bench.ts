import { HomeAssistant } from '../../../firmware-sim/gadgets/homeassistant.ts';
import type { Entity } from '../../../firmware-sim/gadgets/homeassistant/services.ts';
import { VirtualClock } from '../../../src/clock/virtual.ts';
import { loadConfig } from '../../../src/config/index.ts';
import type { Controller, News } from '../../../src/controller/index.ts';
import type { HistoryReader, StoredRecord } from '../../../src/journal/index.ts';
import { MemoryJournal } from '../../../src/journal/index.ts';
import { controllerOf } from '../../../src/main.ts';
import type { AnyCommand, CommandError } from '../../../src/model/command.ts';
import type { DeskState } from '../../../src/model/desk.ts';
import { silentLog } from '../../../src/model/log.ts';
import { loadLibrary } from '../../../src/protocols/index.ts';
import { Random } from '../../../src/random/random.ts';
import { HomeAssistantBus, addressesOf } from '../../../src/transports/homeassistant/bus.ts';
import { MemorySockets } from '../../../src/transports/memory-sockets.ts';
import { MemoryBroker } from '../../../src/transports/memory.ts';
import { Folder } from '../../config/support.ts';

const { protocols } = loadLibrary([]);

export const HOURLY = `
timezone: Europe/Berlin
simulated: true
stations:
  desk:
    kind: desk
    light: { driver: mqtt, set: desk/light/set, payload: { on: "on", off: "off" } }
    buzzer: { driver: mqtt, set: desk/buzzer/set, payload: { on: "on", off: "off" } }
    button: { driver: mqtt, state: desk/button, map: { press: press, double: double, hold: hold } }
    presence: { driver: mqtt, state: desk/presence, map: { here: present, gone: absent } }
schedule:
  - { reminder: calf-raises, every: 60 min, between: 09:00-17:30, days: mon-fri }
`;

export interface BenchOptions {
  readonly yaml?: string;
  /** Wall time at the start, ISO with a zone. */
  readonly at: string;
  readonly records?: readonly StoredRecord[];
  /** What the Home Assistant at `HOUSE` has. */
  readonly entities?: readonly Entity[];
}

/** Where the Home Assistant of a bench is, as a device names it. */
export const HOUSE = 'driver: homeassistant, url: "http://ha.local:8123", token: "abc"';

/** A controller with a desk, its devices played by hand at the broker, and a clock that goes where it is told. */
export class DeskBench {
  readonly clock: VirtualClock;
  readonly controller: Controller;
  readonly journal: MemoryJournal;
  /** Everything that was sent to the light and the buzzer, with its wall time. */
  readonly sent: { readonly at: string; readonly topic: string; readonly payload: string }[] = [];
  readonly told: News[] = [];
  readonly #broker: MemoryBroker;
  /** Nobody listens to it unless the config names it. */
  readonly house: HomeAssistant;
  readonly #room: ReturnType<MemoryBroker['connect']>;

  constructor({ yaml = HOURLY, at, records = [], entities = [] }: BenchOptions) {
    const folder = new Folder();
    const loaded = loadConfig(folder.write('ebb.yaml', yaml), { env: {} });
    folder.dispose();
    const { config, problems } = loaded;
    if (config === null) throw new Error(problems.map(({ message }) => message).join('\n'));
    this.clock = new VirtualClock();
    this.clock.stepWall(Date.parse(at) - this.clock.wallMs());
    const broker = new MemoryBroker({ clock: this.clock, random: new Random(1, 'bus') });
    this.#broker = broker;
    const sockets = new MemorySockets(this.clock);
    this.house = new HomeAssistant({
      ...{ clock: this.clock, seed: 1, url: 'http://ha.local:8123', token: 'abc', entities },
      listen: (url, accept) => sockets.listen(url, accept),
    });
    this.journal = new MemoryJournal({ clock: this.clock, random: new Random(1, 'journal'), records });
    this.#room = broker.connect({ clientId: 'room' });
    this.#room.subscribe(['desk/light/set', 'desk/buzzer/set']);
    this.#room.onMessage(({ topic, payload }) => {
      this.sent.push({ at: this.now, topic: topic.split('/')[1] ?? '', payload });
    });
    const history: HistoryReader = this.journal.history;
    this.controller = controllerOf({ config, protocols, log: silentLog }, config.stations, {
      clock: this.clock,
      bus: new HomeAssistantBus(
        broker.connect({ clientId: 'ebb' }),
        addressesOf(config.desks.flatMap(({ devices }) => devices)),
        { open: sockets.open, clock: this.clock, random: new Random(1, 'house'), log: silentLog },
      ),
      journal: this.journal,
      history,
      desks: config.desks,
      simulated: true,
      newId: () => 's-1',
      boot: 'test',
    });
    this.controller.listen('desk', (news) => {
      this.told.push(news);
    });
    this.run(1_000);
  }

  /** Another one at the broker. */
  connect(clientId: string): ReturnType<MemoryBroker['connect']> {
    return this.#broker.connect({ clientId });
  }

  /** Wall time, UTC. */
  get now(): string {
    return new Date(this.clock.wallMs()).toISOString().slice(0, 19);
  }

  get state(): DeskState {
    const state = this.controller.desks.state('desk');
    if (state === null) throw new Error('there is no desk');
    return state;
  }

  /** The machines' own names, without a state object made for it. */
  get names(): readonly string[] {
    return this.controller.desks.desk('desk')?.reminders.map(({ snapshot }) => snapshot.name) ?? [];
  }

  run(ms: number): void {
    this.clock.runUntil(this.clock.nowMs() + ms);
  }

  /** Runs to a wall time, ISO with a zone. */
  to(at: string): void {
    this.run(Date.parse(at) - this.clock.wallMs());
  }

  /** When the light came on, as somebody beside it sees it: one that blinks came on once. Wall time. */
  get lights(): readonly string[] {
    const onsets: string[] = [];
    let [on, offMs] = [false, -Infinity];
    for (const { at, topic, payload } of this.sent) {
      if (topic !== 'light') continue;
      const atMs = Date.parse(`${at}Z`);
      if (payload === 'on' && !on && atMs - offMs > 5_000) onsets.push(at);
      if (payload === 'off' && on) offMs = atMs;
      on = payload === 'on';
    }
    return onsets;
  }

  /** The broker dies, and is back after so long. */
  outage(ms: number): void {
    this.#broker.stop();
    this.run(ms);
    this.#broker.start(1_000);
    this.run(2_000);
  }

  /** The computer sleeps: the wall clock goes on, the monotonic one does not. */
  suspend(ms: number): void {
    this.clock.stepWall(ms);
    this.run(60_000);
  }

  press(payload = 'press'): void {
    this.#room.publish({ topic: 'desk/button', payload, qos: 0 });
    this.run(1_000);
  }

  person(payload: 'here' | 'gone'): void {
    this.#room.publish({ topic: 'desk/presence', payload, qos: 0 });
    this.run(1_000);
  }

  /** Some device of the room speaks. */
  hear(topic: string, payload: string, retain = false): void {
    this.#room.publish({ topic, payload, qos: 0, retain });
    this.run(1_000);
  }

  /** The controller is cut off from the broker for so long. */
  cut(ms: number): void {
    this.#broker.drop('ebb');
    this.run(ms);
    this.#broker.restore('ebb');
    this.run(1_000);
  }

  /** `ebb presence` on somebody's computer: a word each 30 s, for so long. */
  helper(present: boolean, ms: number): void {
    const payload = JSON.stringify({ present, why: present ? 'active' : 'locked' });
    for (let saidMs = 0; saidMs < ms; saidMs += 30_000) {
      this.#room.publish({ topic: 'ebb-presence/laptop', payload, qos: 0 });
      this.run(30_000);
    }
  }

  /** While the controller is cut off, something is said that lies at the broker from then on. */
  leaveBehind(topic: string, payload: string, ms: number): void {
    this.#broker.drop('ebb');
    this.run(ms);
    this.hear(topic, payload, true);
    this.#broker.restore('ebb');
    this.run(3_000);
  }

  say(command: AnyCommand): CommandError | null {
    const answers: (CommandError | null)[] = [];
    this.controller.ask('desk', command, 'cli', (error) => {
      answers.push(error);
    });
    this.run(100);
    return answers[0] ?? null;
  }

  /** `HH:MM:SS event` of what was told, in UTC. */
  get events(): readonly string[] {
    return this.journal.history
      .records({ station: 'desk', types: ['reminder'], limit: 10_000 })
      .map(({ at, body }) => `${at.slice(11, 19)} ${text(body['reminder'])} ${text(body['event'])}`);
  }

  /** When the light came on for a new reminder, wall time. */
  get shown(): readonly string[] {
    return this.journal.history
      .records({ station: 'desk', types: ['reminder'], limit: 10_000 })
      .filter(({ body }) => body['event'] === 'shown' && body['level'] === 'light')
      .map(({ at }) => at.slice(0, 19));
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
