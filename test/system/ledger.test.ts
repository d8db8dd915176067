/**
 * If these fail, a person gets more water than the limits allow: by continuing over a restart, by setting the clock of
 * the computer, or by taking a second station.
 */
import { expect, test } from 'vitest';
import type { Controller } from '../../src/controller/index.ts';
import { ledgerOf } from '../../src/controller/index.ts';
import { MemoryJournal, openSessions, readOpenSessions, sessionResults } from '../../src/journal/index.ts';
import { controllerOf, controllerOnBus, simulatedHardware } from '../../src/main.ts';
import type { SetCommand } from '../../src/model/command.ts';
import { silentLog } from '../../src/model/log.ts';
import type { StationSettings } from '../../src/model/station.ts';
import type { SessionResult, StateObject } from '../../src/model/state.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { Random } from '../../src/random/random.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';

const { protocols } = loadLibrary([]);
const A = 'foot-bath';
const B = 'bath-b';
const HOUR = 3_600_000;

/** A controller that takes its people for real ones, on the simulated hardware of one or two stations. */
class House {
  readonly #config = exampleConfig(A, { deadTimeMs: 1_000, lagMs: 1_500 });
  readonly #sim = new Simulation(this.#config, 3);
  readonly #stations: StationSettings[] = [...this.#config.stations];
  readonly results: SessionResult[] = [];
  journal: MemoryJournal;
  #controller: Controller;
  #deaf: (() => void)[] = [];
  #boots = 0;
  #sessions = 0;

  constructor({ two = false }: { two?: boolean } = {}) {
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
      }),
    );
    this.run(8_000);
    return controller;
  }

  /** The process is gone, and a new one finds what it had recorded. */
  restart(): void {
    const { clock, broker } = this.#sim.world;
    const records = this.journal.history.records({ limit: 100_000 });
    broker.drop(controllerOnBus({ config: this.#config }).clientId);
    this.run(60_000);
    this.journal = new MemoryJournal({ clock, random: new Random(2, 'journal'), records });
    this.results.length = 0;
    this.#controller = this.#boot();
    this.run(30_000);
  }

  /** The code it was refused with, or null. */
  async say(command: SetCommand['command'], station = A): Promise<string | null> {
    return (await this.#controller.command(station, { command }, 'cli'))?.code ?? null;
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
    return ledgerOf(this.journal.history, 'guest').map(({ contactMs }) => contactMs);
  }
}

function atB<Device extends StationSettings['devices'][number]>(device: Device): Device {
  return JSON.parse(JSON.stringify(device).replaceAll('bath-', 'b-').replaceAll(A, B)) as Device;
}

test('a crash in a continued session: aborted, with the contact of both parts', async () => {
  const house = new House();
  await house.bathe('start', 20_000);
  const first = house.results.at(-1)?.contact_s ?? 0;
  expect(first).toBeLessThan(60);
  expect(await house.say('continue')).toBeNull();
  house.until(() => house.state().exposed);
  house.run(55_000);
  house.restart();
  expect(house.results).toMatchObject([{ outcome: 'aborted', reason: 'controller_restarted' }]);
  expect(house.results[0]?.contact_s).toBeGreaterThan(first + 45);
  expect(openSessions(readOpenSessions(house.journal.history))).toEqual([]);
  expect(sessionResults(house.journal.history.records({ limit: 100_000 }))).toEqual(house.results);
  expect(house.ledger).toHaveLength(1);
  expect(await house.say('start')).toBe('too_soon');
});

test('a continued session counts once, with its total, before and after a restart', async () => {
  const house = new House();
  await house.bathe('start', 40_000);
  expect(await house.say('continue')).toBeNull();
  house.until(() => house.state().exposed);
  house.run(40_000);
  await house.say('stop');
  house.until(() => house.state().state === 'stopped');
  const total = (house.results.at(-1)?.contact_s ?? 0) * 1_000;
  expect(total).toBeGreaterThan(70_000);
  expect(house.ledger).toEqual([total]);
  house.run(400_000);
  expect(await house.say('start')).toBe('too_soon');
  house.restart();
  expect(house.ledger).toEqual([total]);
  expect(await house.say('start')).toBe('too_soon');
});

test('two continued sessions are two in a week, not four', async () => {
  const house = new House();
  for (let day = 0; day < 2; day += 1) {
    await house.bathe('start', 65_000);
    await house.bathe('continue', 20_000);
    house.run(25 * HOUR);
  }
  expect(await house.say('start')).toBeNull();
});

test('a clock that is set forward lets nobody in earlier', async () => {
  const house = new House();
  await house.bathe('start', 150_000);
  house.run(400_000);
  expect(await house.say('start')).toBe('too_soon');
  house.stepWall(25 * HOUR);
  house.run(3_000);
  expect(await house.say('start')).toBe('too_soon');
});

test('a person in the water at one station starts at no other one', async () => {
  const house = new House({ two: true });
  expect(await house.say('start')).toBeNull();
  house.until(() => house.state().exposed);
  expect(await house.say('start', B)).toBe('busy');
});

test('a person goes on with a session only where they may have water', async () => {
  const house = new House({ two: true });
  await house.bathe('start', 20_000);
  expect(await house.say('start', B)).toBeNull();
  house.until(() => house.state(B).exposed);
  expect(await house.say('continue')).toBe('busy');
  house.run(90_000);
  await house.say('stop', B);
  house.until(() => house.state(B).state === 'stopped');
  expect(await house.say('continue')).toBe('too_soon');
});

test('a dry run counts for nobody, and nobody has to wait for one', async () => {
  const house = new House();
  expect(await house.dry()).toBeNull();
  house.until(() => house.results.length === 1);
  expect(house.results).toMatchObject([{ outcome: 'complete', dry: true, simulated: false, person: null }]);
  expect(house.ledger).toEqual([]);
  house.restart();
  expect(house.ledger).toEqual([]);
  await house.bathe('start', 70_000);
  expect(house.ledger).toHaveLength(1);
  // The ladder begins where it does for everybody.
  const [start] = house.journal.history.records({ types: ['start'], limit: 10 }).slice(-1);
  expect(JSON.stringify(start?.body)).toContain('"kind":"cold","cycle":1,"durationMs":15000');
  expect(await house.say('start')).toBe('too_soon');
  expect(await house.dry()).toBeNull();
  house.until(() => house.results.length === 2);
  expect(house.results.at(-1)).toMatchObject({ outcome: 'complete', contact_s: 0 });
  expect(house.ledger).toHaveLength(1);
});

test('a crash in a dry run: aborted, and still of nobody', async () => {
  const house = new House();
  expect(await house.dry()).toBeNull();
  house.until(() => house.state().phase === 'cold');
  house.restart();
  expect(house.results).toMatchObject([
    { outcome: 'aborted', reason: 'controller_restarted', dry: true, person: null, contact_s: 0 },
  ]);
  expect(house.ledger).toEqual([]);
  expect(await house.say('start')).toBeNull();
});
