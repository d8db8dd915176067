import { HomeAssistant } from '../../../firmware-sim/gadgets/homeassistant.ts';
import type { VirtualClock } from '../../clock/virtual.ts';
import type { ControllerOptions } from '../../controller/index.ts';
import { MemoryJournal } from '../../journal/index.ts';
import type { Bus } from '../../model/bus.ts';
import { silentLog } from '../../model/log.ts';
import { presenceTopic } from '../../model/presence.ts';
import { SECOND_MS } from '../../model/units.ts';
import { Random } from '../../random/random.ts';
import { HomeAssistantBus } from '../../transports/homeassistant/bus.ts';
import { MemorySockets } from '../../transports/memory-sockets.ts';
import { MemoryBroker } from '../../transports/memory.ts';
import { HostClock } from '../injectors/host-clock.ts';
import { Process } from '../injectors/process.ts';
import { SIM_HELPER, SIM_HOUSE, SIM_TOPICS } from './devices.ts';
import { SeenLight } from './light.ts';

export type ControllerParts = Pick<
  ControllerOptions,
  'clock' | 'bus' | 'journal' | 'history' | 'newId' | 'boot'
>;

/** What a person does at a desk, and the ways in which that is heard: its broker, its Home Assistant, its controller. */
export class DeskHouse {
  readonly journal: MemoryJournal;
  readonly light = new SeenLight();
  /** When the light could be reached again after it could not, wall time. */
  readonly reached: number[] = [];
  readonly #clock: VirtualClock;
  readonly #seed: number;
  readonly #broker: MemoryBroker;
  readonly #sockets: MemorySockets;
  readonly #room: Bus;
  readonly #make: (parts: ControllerParts) => unknown;
  /** null: there is none. */
  readonly assistant: HomeAssistant | null;
  #process: Process | null = null;
  #ebb: Bus | null = null;
  #boots = 0;
  #here = false;
  #busy = false;
  #isCut = false;
  #isBrokerDown = false;

  constructor(
    clock: VirtualClock,
    seed: number,
    hasAssistant: boolean,
    make: (parts: ControllerParts) => unknown,
  ) {
    this.#clock = clock;
    this.#seed = seed;
    this.#make = make;
    this.#broker = new MemoryBroker({ clock, random: new Random(seed, 'bus') });
    this.#sockets = new MemorySockets(clock);
    this.journal = new MemoryJournal({ clock, random: new Random(seed, 'journal') });
    this.assistant = hasAssistant
      ? new HomeAssistant({
          ...{ clock, seed, ...SIM_HOUSE.at },
          listen: (url, accept) => this.#sockets.listen(url, accept),
          entities: [SIM_HOUSE.presence, SIM_HOUSE.busy].map((id) => ({ id, state: 'off', attributes: {} })),
        })
      : null;
    this.#room = this.#broker.connect({ clientId: 'room' });
    this.#room.subscribe([SIM_TOPICS.light]);
    this.#room.onMessage(({ payload }) => {
      this.light.said(payload === 'on', clock.nowMs(), clock.wallMs());
    });
    // As devices do that find their broker again.
    this.#room.onLink((up) => {
      if (up) this.#sayAll();
    });
    this.boot();
  }

  /** Nothing that the controller says reaches the light. */
  get isDark(): boolean {
    return this.#process === null || this.#isCut || this.#isBrokerDown;
  }

  // --- people --------------------------------------------------------------------------------------------------------

  press(payload: string): void {
    this.#room.publish({ topic: SIM_TOPICS.button, payload, qos: 0 });
  }

  presence(here: boolean): void {
    this.#here = here;
    this.#say(SIM_TOPICS.presence, here ? 'here' : 'gone');
    this.assistant?.change(SIM_HOUSE.presence, here ? 'on' : 'off');
  }

  busy(on: boolean): void {
    this.#busy = on;
    this.flicker(on);
  }

  /** What the device says, whatever the person wants. */
  flicker(on: boolean): void {
    this.#say(SIM_TOPICS.busy, on ? 'ON' : 'OFF');
    this.assistant?.change(SIM_HOUSE.busy, on ? 'on' : 'off');
  }

  /** What was done while it could not hear: its own devices say so once it has found them again. */
  tellAssistant(): void {
    this.assistant?.change(SIM_HOUSE.presence, this.#here ? 'on' : 'off');
    this.assistant?.change(SIM_HOUSE.busy, this.#busy ? 'on' : 'off');
  }

  get isBusy(): boolean {
    return this.#busy;
  }

  /** `ebb presence` on their computer says how it is. */
  helper(): void {
    const payload = JSON.stringify({ present: this.#here, why: this.#here ? 'active' : 'locked' });
    this.#room.publish({ topic: presenceTopic(SIM_HELPER), payload, qos: 0 });
  }

  #say(topic: string, payload: string): void {
    this.#room.publish({ topic, payload, qos: 0, retain: true });
  }

  #sayAll(): void {
    this.#say(SIM_TOPICS.presence, this.#here ? 'here' : 'gone');
    this.#say(SIM_TOPICS.busy, this.#busy ? 'ON' : 'OFF');
  }

  // --- what goes wrong -----------------------------------------------------------------------------------------------

  cut(): void {
    this.#isCut = true;
    this.#broker.drop('ebb');
  }

  mend(): void {
    this.#isCut = false;
    this.#broker.restore('ebb');
    this.reached.push(this.#clock.wallMs());
  }

  stopBroker(): void {
    this.#isBrokerDown = true;
    this.#broker.stop();
  }

  startBroker(): void {
    this.#isBrokerDown = false;
    this.#broker.start(SECOND_MS);
    this.reached.push(this.#clock.wallMs());
  }

  /** kill -9. */
  kill(): void {
    this.#process?.kill();
    this.#process = null;
    this.#broker.drop('ebb');
    void this.#ebb?.close();
  }

  /** A controller begins, on the journal of those before it. */
  boot(): void {
    this.#boots += 1;
    const boots = this.#boots;
    const process = new Process(new HostClock(this.#clock), () => undefined);
    const { journal } = this;
    const random = new Random(this.#seed, `house-${boots}`);
    const wire = new HomeAssistantBus(
      this.#broker.connect({ clientId: 'ebb' }),
      this.assistant === null ? [] : [SIM_HOUSE.at],
      { open: this.#sockets.open, clock: process.clock, random, log: silentLog },
    );
    this.#ebb = wire;
    this.#process = process;
    this.#make({
      ...{ clock: process.clock, journal, history: journal.history },
      ...{ boot: `sim-${this.#seed}-${boots}`, newId: () => `s-${this.#seed}` },
      bus: process.bus(wire),
    });
    if (boots > 1) this.reached.push(this.#clock.wallMs());
  }
}
