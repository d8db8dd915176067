import { FAULTS } from '../../firmware-sim/faults/index.ts';
import type { FaultWorld } from '../../firmware-sim/faults/index.ts';
import { createRig } from '../../firmware-sim/rig.ts';
import type { Rig } from '../../firmware-sim/rig.ts';
import { VirtualClock } from '../clock/virtual.ts';
import type { Controller, News } from '../controller/index.ts';
import { MemoryJournal } from '../journal/index.ts';
import type { AppendOptions, Journal, JournalRecord } from '../journal/index.ts';
import type { SetCommand, Source } from '../model/command.ts';
import type { SessionResult, StateObject } from '../model/state.ts';
import { Random } from '../random/random.ts';
import { MemoryBroker } from '../transports/memory.ts';
import type { House } from './house.ts';
import { Landmarks } from './landmarks.ts';
import { Measures } from './measures.ts';
import { factsOf, starterOf } from './draw.ts';
import type { Scenario } from './scenario.ts';
import { INVARIANTS } from './invariants/index.ts';
import type { Invariant } from './invariants/index.ts';
import { pastRecords } from './past.ts';
import { Recorder } from './recorder.ts';
import type { Listener } from './recorder.ts';
import type { SessionFacts, Tick, TraceEvent } from './trace.ts';

/** How often the truth is looked at. */
export const TICK_MS = 250;
/** Until the devices have met the controller. */
const SETTLE_MS = 2_000;
/** A start that is refused since something is not there yet is asked for again, so often. */
const RETRY_MS = 2_000;
const RETRIES = 30;
/** How long the world is watched once the session is over. */
const REST_MS = 20_000;
/** Longer than any session with all its pauses. */
const LIMIT_MS = 75 * 60_000;

/**
 * One house in virtual time, one session in it, everything that the scenario breaks, and a recorder that sees the truth.
 * Nothing is opened outside this process, and the same scenario does the same to the last byte.
 */
export class World {
  readonly clock = new VirtualClock();
  readonly broker: MemoryBroker;
  readonly rig: Rig;
  readonly recorder: Recorder;
  readonly measures = new Measures();
  readonly facts: SessionFacts;
  controller: Controller;
  result: SessionResult | null = null;
  messages = 0;
  readonly #scenario: Scenario;
  readonly #house: House;
  readonly #landmarks: Landmarks;
  readonly #tick: Tick;
  #overSinceMs: number | null = null;
  #refused = 0;
  #started = false;

  constructor(
    scenario: Scenario,
    house: House,
    listener: Listener | null = null,
    invariants: readonly Invariant[] = INVARIANTS,
  ) {
    this.#scenario = scenario;
    this.#house = house;
    const { seed } = scenario;
    const { clock } = this;
    this.broker = new MemoryBroker({ clock, random: new Random(seed, 'bus') });
    this.broker.tap(({ topic, payload }) => {
      this.messages += 1;
      this.recorder.hash.text(topic);
      this.recorder.hash.text(payload);
    });
    this.rig = this.#createRig();
    this.facts = this.#factsOf();
    this.recorder = new Recorder(this.facts, invariants, listener);
    this.#landmarks = new Landmarks(clock);
    this.rig.plant.onMoved((output, open, atMs) => {
      this.#event({ type: 'moved', output, open, atMs });
    });
    this.rig.plant.onLeased((output, forMs, atMs) => {
      this.#event({ type: 'leased', output, forMs, atMs });
    });
    this.controller = this.#boot(1);
    this.#tick = this.#newTick();
    this.#schedule();
    this.#act();
  }

  /** Runs it to its end, and a little beyond. */
  run(): void {
    const { clock } = this;
    clock.at(SETTLE_MS, 'start', () => {
      this.#start();
    });
    this.#beat();
    clock.runWhile(() => !this.#isOver(), LIMIT_MS);
    this.recorder.end(clock.nowMs());
  }

  /** A word on a channel, as a person or a program says it. */
  say(command: SetCommand, source: Source): void {
    const atMs = this.clock.nowMs();
    // First that it was asked, then what comes of it.
    const { command: word } = command;
    this.#event({ type: 'asked', word, source, atMs });
    this.controller.ask(this.#house.station.id, command, source, (error) => {
      if (error !== null) this.#event({ type: 'refused', word, source, code: error.code, atMs });
    });
  }

  #isOver(): boolean {
    return this.#overSinceMs !== null && this.clock.nowMs() >= this.#overSinceMs + REST_MS;
  }

  #start(): void {
    if (this.#started) return;
    const { protocol, choices } = this.#scenario;
    const { station } = this.#house;
    const ready = this.controller.station(station.id)?.core.ready === true;
    if (!ready && this.#refused < RETRIES) {
      this.#refused += 1;
      this.clock.at(this.clock.nowMs() + RETRY_MS, 'start again', () => {
        this.#start();
      });
      return;
    }
    this.#started = true;
    this.#landmarks.reached('at');
    this.say({ command: 'start', protocol, with: choices }, 'cli');
  }

  // --- parts -------------------------------------------------------------------------------------------------------

  #createRig(): Rig {
    const { station } = this.#house;
    const { seed, person, plant } = this.#scenario;
    return createRig({
      clock: this.clock,
      seed,
      connect: (options) => this.broker.connect(options),
      station,
      plant,
      person: { presses: person.presses, answers: person.answers, begins: person.begins },
      say: (word) => {
        this.say({ command: word }, 'page');
      },
      pressed: (role) => {
        this.#event({ type: 'pressed', role, atMs: this.clock.nowMs() });
      },
    });
  }

  #boot(boot: number): Controller {
    const { seed, person } = this.#scenario;
    const { clock } = this;
    const ids = new Random(seed, `ids ${boot}`);
    const memory = new MemoryJournal({ clock, random: new Random(seed, `journal ${boot}`) });
    const coldCapMs = person.past === undefined ? null : this.#house.coldCapMs(person.past);
    const starter = starterOf(person, coldCapMs);
    // Once: what a restart finds is what this journal has kept.
    if (boot === 1) memory.append(pastRecords(person.past ?? [], this.#house.station.id, clock.wallMs()));
    const controller = this.#house.controller({
      clock,
      bus: this.broker.connect({
        clientId: this.#house.clientId,
        will: { topic: 'ebb/status', payload: 'offline', retain: true },
      }),
      journal: this.#heard(memory),
      history: memory.history,
      newId: () => `s-${ids.word(10)}`,
      boot: `boot-${boot}`,
      starter: () => starter,
    });
    controller.listen(this.#house.station.id, (news, atMs) => {
      this.#news(news, atMs);
    });
    this.#event({ type: 'booted', boot, atMs: clock.nowMs() });
    return controller;
  }

  /** The journal, with an ear on what is written. */
  #heard(journal: MemoryJournal): Journal {
    return {
      append: (records: readonly JournalRecord[], options?: AppendOptions) => {
        for (const { type, body } of records)
          if (type !== 'reading')
            this.#event({ type: 'journal', record: type, body, atMs: this.clock.nowMs() });
        journal.append(records, options);
      },
      onFailure: (listener) => {
        journal.onFailure(listener);
      },
      close: () => journal.close(),
    };
  }

  #factsOf(): SessionFacts {
    const { station } = this.#house;
    const { person } = this.#scenario;
    const { profile, past = [] } = person;
    return {
      scenario: this.#scenario,
      station,
      person: { profile, screening: person.screening ?? 'clear', climbs: past.length > 0, past },
      volumeL: null,
      idleMs: person.idleMs ?? null,
      plan: null,
      travelMs: Object.fromEntries(['hot', 'cold', 'mixer'].map((name) => [name, 500])),
      leases: {},
    };
  }

  /** What the person does of their own accord. */
  #act(): void {
    for (const { at, word, source } of this.#scenario.person.acts) {
      this.#landmarks.when(at, () => {
        this.say({ command: word }, source);
      });
    }
  }

  // --- the faults --------------------------------------------------------------------------------------------------

  #schedule(): void {
    const world = this.#faultWorld();
    for (const { at, id, args, forMs } of this.#scenario.faults) {
      const fault = FAULTS.find((one) => one.id === id);
      if (fault === undefined) continue;
      this.#landmarks.when(at, () => {
        const mend = fault.begin(world, args);
        this.#event({ type: 'fault', id, args, on: true, atMs: this.clock.nowMs() });
        if (mend === null || forMs === null) return;
        this.clock.at(this.clock.nowMs() + forMs, `mend ${id}`, () => {
          mend();
          this.#event({ type: 'fault', id, args, on: false, atMs: this.clock.nowMs() });
        });
      });
    }
  }

  #faultWorld(): FaultWorld {
    const { clock, rig } = this;
    return {
      nowMs: () => clock.nowMs(),
      at: (atMs, callback) => {
        clock.at(atMs, 'fault', callback);
      },
      random: new Random(this.#scenario.seed, 'fault details'),
      facts: factsOf(this.#house),
      hardware: {
        jam: (valve, open) => {
          rig.faults.jam(valve, open);
        },
        probe: (device, fault) => {
          rig.faults.probe(device, fault);
        },
        supply: (supplies) => {
          rig.plant.set(supplies);
        },
        network: (device, up) => {
          if (up) rig.faults.reconnect(device);
          else rig.faults.disconnect(device);
        },
        reboot: (device) => {
          rig.faults.reboot(device);
        },
      },
    };
  }

  // --- what is seen ------------------------------------------------------------------------------------------------

  #news(news: News, atMs: number): void {
    switch (news.type) {
      case 'state':
        this.#state(news.state, atMs);
        return;
      case 'command': {
        const { device, action, leaseMs, targetC } = news;
        if (action === 'open' || action === 'renew' || action === 'close')
          this.#event({ type: 'command', device, action, leaseMs, targetC, atMs });
        return;
      }
      case 'reading':
        this.#event({ type: 'reading', device: news.device, kind: news.kind, value: news.value, atMs });
        return;
      case 'result':
        this.result = news.result;
        this.#event({ type: 'result', result: news.result, atMs });
        return;
      case 'event': {
        const { code, detector, latched } = news.detail;
        if (news.event === 'trip')
          this.#event({
            type: 'trip',
            detector: String(detector),
            code: String(code),
            latched: latched === true,
            atMs,
          });
        else if (news.event === 'cleared') this.#event({ type: 'cleared', code: String(code), atMs });
      }
    }
  }

  #state({ state, phase, exposed, step, locked }: StateObject, atMs: number): void {
    this.#tick.locked = locked !== null;
    if (this.#tick.permitted !== exposed) {
      this.#tick.permitted = exposed;
      this.#event({ type: 'permitted', on: exposed, atMs });
    }
    this.facts.plan = this.controller.station(this.#house.station.id)?.core.session.context.run?.plan ?? null;
    this.#event({ type: 'state', state, phase, atMs });
    this.#landmarks.state(state, phase, step?.cycle ?? 1);
  }

  #event(event: TraceEvent): void {
    this.measures.event(event);
    this.recorder.event(event);
  }

  // --- the truth, four times a second ------------------------------------------------------------------------------

  #newTick(): Tick {
    return {
      atMs: 0,
      wallMs: 0,
      boot: 1,
      alive: true,
      permitted: false,
      state: '',
      latched: false,
      locked: false,
      open: {},
      on: {},
      vessels: [{ name: 'stream', waterC: 0, litres: null, sinceMs: null }],
      feet: null,
    };
  }

  #beat(): void {
    this.#look();
    this.clock.at(this.clock.nowMs() + TICK_MS, 'tick', () => {
      this.#beat();
    });
  }

  #look(): void {
    const tick = this.#tick;
    const { plant, person } = this.rig;
    const core = this.controller.station(this.#house.station.id)?.core;
    tick.atMs = this.clock.nowMs();
    tick.wallMs = this.clock.wallMs();
    const [stream] = tick.vessels;
    if (stream !== undefined) stream.waterC = plant.waterC();
    for (const name of plant.valveNames) tick.open[name] = plant.isOpen(name);
    const feet = person?.feetIn === true ? 'stream' : null;
    if (feet !== tick.feet) {
      tick.feet = feet;
      this.#event({ type: 'feet', vessel: feet, atMs: tick.atMs });
    }
    tick.state = core?.sessionState ?? '';
    tick.latched = core?.fault.matches('latched') === true;
    this.recorder.tick(tick);
    const rests = this.controller.station(this.#house.station.id)?.resting === true;
    if (this.#started && rests) this.#overSinceMs ??= tick.atMs;
    else this.#overSinceMs = null;
  }
}
