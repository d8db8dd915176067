import { expect } from 'vitest';
import { z } from 'zod';
import type { Controller } from '../../src/controller/index.ts';
import { pastOf } from '../../src/controller/index.ts';
import type { Config } from '../../src/config/index.ts';
import { MemoryJournal } from '../../src/journal/index.ts';
import { controllerOf, controllerOnBus, simulatedHardware } from '../../src/main.ts';
import type { SetCommand, Source } from '../../src/model/command.ts';
import type { SessionPlan } from '../../src/model/plan.ts';
import { silentLog } from '../../src/model/log.ts';
import type { StationSettings } from '../../src/model/station.ts';
import type { SessionResult, StateObject } from '../../src/model/state.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { Random } from '../../src/random/random.ts';
import { Simulation, exampleConfig } from './simulate.ts';

const { protocols } = loadLibrary([]);
export const A = 'foot-bath';
export const B = 'bath-b';
export const HOUR = 3_600_000;

/** A controller that takes its people for real ones, on the simulated hardware of one or two stations. */
export class PeoplesHouse {
  readonly #config: Config;
  readonly #sim: Simulation;
  readonly #stations: StationSettings[];
  readonly results: SessionResult[] = [];
  readonly states: StateObject[] = [];
  journal: MemoryJournal;
  #controller: Controller;
  #deaf: (() => void)[] = [];
  #boots = 0;
  #sessions = 0;

  constructor({ two = false, people = [] }: { two?: boolean; people?: readonly string[] } = {}) {
    this.#config = {
      ...exampleConfig(A, { deadTimeMs: 1_000, lagMs: 1_500 }),
      people: people.map((id) => ({ id, name: id, defaults: {} })),
    };
    this.#sim = new Simulation(this.#config, 3);
    this.#stations = [...this.#config.stations];
    const { broker, clock } = this.#sim.world;
    broker.drop(controllerOnBus({ config: this.#config }).clientId);
    const [station] = this.#stations;
    if (two && station !== undefined) {
      const second = { ...station, id: B, devices: station.devices.map(atB) };
      this.#stations.push(second);
      simulatedHardware({ config: this.#config }, second, 4, clock, (options) => broker.connect(options));
    }
    this.run(30_000);
    this.journal = new MemoryJournal({ clock, random: new Random(1, 'journal') });
    this.#controller = this.#boot();
  }

  #boot(): Controller {
    const { clock, broker } = this.#sim.world;
    const config = this.#config;
    this.#boots += 1;
    const controller = controllerOf({ config, protocols, log: silentLog }, this.#stations, {
      clock,
      bus: broker.connect(controllerOnBus({ config })),
      journal: this.journal,
      history: this.journal.history,
      simulated: false,
      newId: () => `s${(this.#sessions += 1)}`,
      boot: `boot-${this.#boots}`,
    });
    // What the one before still says, cut off as it is, nobody hears.
    for (const deaf of this.#deaf) deaf();
    this.#deaf = controller.stations.map((id) =>
      controller.listen(id, (news) => {
        if (news.type === 'result') this.results.push(news.result);
        if (news.type === 'state') this.states.push(news.state);
      }),
    );
    this.run(8_000);
    return controller;
  }

  /** The process is gone, and a new one finds what it had recorded, so much later: no need to live through it. */
  restart(offMs = 0): void {
    const { clock, broker } = this.#sim.world;
    const records = this.journal.history.records({ limit: 100_000 });
    broker.drop(controllerOnBus({ config: this.#config }).clientId);
    this.run(60_000);
    this.stepWall(offMs);
    this.journal = new MemoryJournal({ clock, random: new Random(2, 'journal'), records });
    this.results.length = 0;
    this.#controller = this.#boot();
    this.run(30_000);
  }

  /** The code it was refused with, or null. */
  async say(command: SetCommand['command'], station = A): Promise<string | null> {
    return (await this.#controller.command(station, { command }, 'cli'))?.code ?? null;
  }

  /** The same for a whole object, from anywhere. */
  async ask(command: SetCommand, source: Source = 'cli', station = A): Promise<string | null> {
    return (await this.#controller.command(station, command, source))?.code ?? null;
  }

  get controller(): Controller {
    return this.#controller;
  }

  /** Every water valve of the plant is shut. */
  get shut(): boolean {
    return this.#sim.dry;
  }

  get clock(): Simulation['world']['clock'] {
    return this.#sim.world.clock;
  }

  /** What the last start planned. */
  planned(): SessionPlan {
    const [start] = this.journal.history.records({ types: ['start'], limit: 1 });
    return z.object({ plan: z.custom<SessionPlan>() }).parse(start?.body).plan;
  }

  coldMs(): number | undefined {
    return this.planned().steps.find(({ kind }) => kind === 'cold')?.durationMs;
  }

  /** A session of the guest from before (short enough for L9 and L10 to leave it out, if nothing else is said), as another run recorded it; found at the next restart. */
  earlier({ dose, hoursAgo, contactS = 59 }: { dose: number; hoursAgo: number; contactS?: number }): void {
    const at = new Date(this.clock.wallMs() - hoursAgo * HOUR).toISOString();
    const about = { station: A, protocol: 'contrast-foot-bath', person: 'guest', simulated: false };
    const times = { started_at: at, ended_at: at, contact_s: contactS };
    const over = { outcome: 'complete', reason: 'completed', steps: [], symptoms: [] };
    const result = { id: 'earlier', ...about, ...times, ...over, dose };
    const record = { at, atMs: 0, boot: 'before', station: A, session: 'earlier' };
    this.journal.append([{ ...record, type: 'end', body: { result } }]);
  }

  /** The same for a dry run. */
  async dry(): Promise<string | null> {
    return (await this.#controller.command(A, { command: 'start', dry: true }, 'cli'))?.code ?? null;
  }

  state(station = A): StateObject {
    const state = this.#controller.state(station);
    if (state === null) throw new Error(`there is no station ${station}`);
    return state;
  }

  run(ms: number): void {
    const { clock } = this.#sim.world;
    clock.runUntil(clock.nowMs() + ms);
  }

  stepWall(ms: number): void {
    this.#sim.world.clock.stepWall(ms);
  }

  until(done: () => boolean): void {
    if (!this.#sim.world.clock.runWhile(() => !done(), HOUR))
      throw new Error(`it did not come to that; the station is ${JSON.stringify(this.state())}`);
  }

  /** Contact for so long, then a stop. */
  async bathe(command: 'start' | 'continue', ms: number, station = A): Promise<void> {
    expect(await this.say(command, station)).toBeNull();
    this.until(() => this.state(station).exposed);
    this.run(ms);
    const { length } = this.results;
    await this.say('stop', station);
    this.until(() => this.results.length > length);
    this.run(5_000);
  }

  get ledger(): readonly number[] {
    return pastOf(this.journal.history, 'guest', { atMs: 0, wallMs: 0 }).ledger.map(
      ({ contactMs }) => contactMs,
    );
  }
}

function atB<Device extends StationSettings['devices'][number]>(device: Device): Device {
  return JSON.parse(JSON.stringify(device).replaceAll('bath-', 'b-').replaceAll(A, B)) as Device;
}
