import type { Channel } from '../../firmware-sim/faults/index.ts';
import { createRig } from '../../firmware-sim/rig.ts';
import type { Rig } from '../../firmware-sim/rig.ts';
import { VirtualClock } from '../clock/virtual.ts';
import type { Controller, News } from '../controller/index.ts';
import type { AppendOptions, Journal, JournalRecord } from '../journal/index.ts';
import type { CommandWord, SetCommand, Source } from '../model/command.ts';
import type { SessionResult, StateObject } from '../model/state.ts';
import { Random } from '../random/random.ts';
import { MemoryBroker } from '../transports/memory.ts';
import { MemoryPorts } from '../transports/memory-ports.ts';
import type { House } from './house.ts';
import { beginFaults } from './injectors/begin.ts';
import { Injectors } from './injectors/index.ts';
import type { Run } from './injectors/index.ts';
import { Landmarks } from './landmarks.ts';
import { Measures } from './measures.ts';
import { factsOf } from './draw-faults.ts';
import type { Scenario } from './scenario.ts';
import { INVARIANTS } from './invariants/index.ts';
import type { Invariant } from './invariants/index.ts';
import { pastRecords } from './past.ts';
import { Recorder } from './recorder.ts';
import type { Listener } from './recorder.ts';
import type { Happening, SessionFacts, Tick } from './trace.ts';
import { Truth, plantIsShut } from './truth.ts';

/** How often the truth is looked at. */
export const TICK_MS = 250;
/** Until the devices have met the controller. */
const SETTLE_MS = 2_000;
/** A start that is refused since something is not there yet is asked for again, so often. */
const RETRY_MS = 2_000;
const RETRIES = 30;
/** How long the world is watched once the session is over, unless somebody stays longer. */
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
  readonly ports = new MemoryPorts(this.clock);
  readonly rig: Rig;
  readonly recorder: Recorder;
  readonly measures: Measures;
  readonly facts: SessionFacts;
  controller: Controller;
  result: SessionResult | null = null;
  messages = 0;
  /** A start was taken: a session there was, whether it came to an end or not. */
  accepted = false;
  readonly #scenario: Scenario;
  readonly #house: House;
  readonly landmarks: Landmarks;
  readonly #injectors: Injectors;
  readonly #truth: Truth;
  readonly #tick: Tick;
  /** Until when it is watched, once the session is over; Infinity: it is not. */
  #overAtMs = Infinity;
  /** The controller is dead, and nobody starts it again. */
  #gone = false;
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
      this.recorder.hash.name(topic);
      this.recorder.hash.text(payload);
    });
    this.#injectors = this.#createInjectors();
    this.rig = this.#createRig();
    this.facts = this.#factsOf();
    this.recorder = new Recorder(this.facts, invariants, listener);
    this.measures = new Measures(this.facts, this.recorder.troubles);
    this.landmarks = new Landmarks(clock);
    this.rig.plant.onMoved((output, open, atMs) => {
      this.#event({ type: 'moved', output, open, atMs });
    });
    this.rig.plant.onLeased((output, forMs, atMs) => {
      this.#event({ type: 'leased', output, forMs, atMs });
    });
    this.#truth = new Truth(this.rig.plant, this.rig.person);
    this.#tick = this.#truth.tick;
    this.controller = this.#boot();
    this.#schedule();
    this.#act();
  }

  /** Runs it to its end, and a little beyond; or until somebody has seen enough. */
  run(enough: (() => boolean) | null = null): void {
    const { clock } = this;
    clock.at(SETTLE_MS, 'start', () => {
      this.#start();
    });
    this.#beat();
    clock.runWhile(() => clock.nowMs() < this.#overAtMs && enough?.() !== true, LIMIT_MS);
    this.recorder.end(clock.nowMs());
  }

  /** A word on a channel, as a person or a program says it. */
  say(command: SetCommand, source: Source): void {
    const { command: word } = command;
    this.#injectors.process.hear(() => {
      // First that it was asked, then what comes of it.
      const atMs = this.clock.nowMs();
      this.#event({ type: 'asked', word, source, atMs });
      this.controller.ask(this.#house.station.id, command, source, (error) => {
        if (error !== null) this.#event({ type: 'refused', word, source, code: error.code, atMs });
      });
    });
  }

  /** What a person or a program says unasked, whatever the station shows. At a button every word is a press. */
  blurt(word: CommandWord, channel: Channel): void {
    const { rig } = this;
    const command = this.#commandOf(word);
    if (channel === 'mqtt') {
      this.#event({ type: 'asked', word, source: channel, atMs: this.clock.nowMs() });
      this.#injectors.wires.publish(`ebb/${this.#house.station.id}/set`, JSON.stringify(command), false);
    } else if (channel !== 'button') this.say(command, channel);
    else if (word === 'stop') rig.pressStop();
    else rig.press();
  }

  #commandOf(word: CommandWord, dry = false): SetCommand {
    return word === 'start' ? this.#startCommand(dry) : { command: word };
  }

  #startCommand(dry: boolean): SetCommand {
    const { protocol, choices } = this.#scenario;
    return { command: 'start', protocol, with: choices, ...(dry ? { dry } : {}) };
  }

  #start(): void {
    if (this.#started) return;
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
    this.landmarks.reached('at');
    this.say(this.#startCommand(this.#scenario.person.dry === true), 'cli');
  }

  // --- parts -------------------------------------------------------------------------------------------------------

  #createRig(): Rig {
    const { station } = this.#house;
    const { seed, person, plant } = this.#scenario;
    return createRig({
      clock: this.clock,
      seed,
      connect: this.#injectors.wires.connect,
      plug: (path) => this.ports.plug(path),
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

  #createInjectors(): Injectors {
    const { clock, broker, ports } = this;
    const { clientId } = this.#house;
    return new Injectors({
      clock,
      broker,
      ports,
      clientId,
      seed: this.#scenario.seed,
      past: pastRecords(this.#scenario.person, this.#house.station.id, clock.wallMs()),
      died: (comesBack) => {
        this.#died(comesBack);
      },
      reboot: () => {
        this.controller = this.#boot();
      },
      second: (run) => {
        this.#controllerOf(run, 'second');
      },
    });
  }

  #boot(): Controller {
    const run = this.#injectors.boot();
    const { boot, process } = run;
    this.#tick.boot = boot;
    this.#tick.alive = true;
    const controller = this.#controllerOf({ ...run, journal: this.#heard(run.journal) }, `${boot}`);
    controller.listen(this.#house.station.id, (news) => {
      if (process.alive) this.#news(news, this.clock.nowMs());
    });
    this.#event({ type: 'booted', boot, atMs: this.clock.nowMs() });
    return controller;
  }

  #controllerOf({ process, bus, journal, history }: Run, name: string): Controller {
    const { seed, person } = this.#scenario;
    const ids = new Random(seed, `ids ${name}`);
    return this.#house.controller({
      clock: process.clock,
      bus,
      journal,
      history,
      newId: () => `s-${ids.word(10)}`,
      boot: `boot-${name}`,
      seasoned: person.past === undefined,
    });
  }

  /** Nobody permits anything any more, and the devices are on their own. */
  #died(comesBack: boolean): void {
    const atMs = this.clock.nowMs();
    this.#tick.alive = false;
    this.#gone = !comesBack;
    this.#permitted(false, atMs);
    this.#event({ type: 'died', boot: this.#tick.boot, atMs });
  }

  /** The journal, with an ear on what is written. */
  #heard(journal: Journal): Journal {
    return {
      append: (records: readonly JournalRecord[], options?: AppendOptions) => {
        journal.append(records, options);
        // What a process says in the turn that it died in, it never wrote.
        if (!this.#tick.alive) return;
        for (const { type, body } of records) {
          if (type === 'start') this.accepted = true;
          if (type !== 'reading')
            this.#event({ type: 'journal', record: type, body, atMs: this.clock.nowMs() });
        }
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
      volumeL: station.volumeL ?? null,
      idleMs: person.idleMs ?? null,
      plan: null,
      travelMs: Object.fromEntries(['hot', 'cold', 'mixer'].map((name) => [name, 500])),
    };
  }

  /** What the person does of their own accord. */
  #act(): void {
    for (const { at, word, source, dry } of this.#scenario.person.acts) {
      this.landmarks.when(at, () => {
        this.say(this.#commandOf(word, dry), source);
      });
    }
  }

  // --- the faults --------------------------------------------------------------------------------------------------

  #schedule(): void {
    const world = this.#injectors.world(this.rig, factsOf(this.#house), (word, channel) => {
      this.blurt(word, channel);
    });
    beginFaults(this.#scenario.faults, world, this.landmarks, (event) => {
      this.#event(event);
    });
  }

  // --- what is seen ------------------------------------------------------------------------------------------------

  #news(news: News, atMs: number): void {
    switch (news.type) {
      case 'desk':
      case 'guide':
        return;
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
        this.recorder.event({
          type: 'reading',
          device: news.device,
          kind: news.kind,
          value: news.value,
          atMs,
        });
        return;
      case 'result':
        this.result = news.result;
        this.#event({ type: 'result', result: news.result, atMs });
        this.landmarks.reached('end');
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

  #state({ state, phase, exposed, step, locked, prompt }: StateObject, atMs: number): void {
    this.#tick.locked = locked !== null;
    this.#permitted(exposed, atMs);
    const core = this.controller.station(this.#house.station.id)?.core;
    this.facts.plan = core?.session.context.run?.plan ?? null;
    this.#event(
      prompt === null
        ? { type: 'state', state, phase, atMs }
        : { type: 'state', state, phase, question: prompt.id, atMs },
    );
    this.landmarks.state(core?.sessionState ?? state, phase, step?.cycle ?? 1);
  }

  #permitted(on: boolean, atMs: number): void {
    if (this.#tick.permitted === on) return;
    this.#tick.permitted = on;
    this.#event({ type: 'permitted', on, atMs });
  }

  #event(event: Happening): void {
    this.recorder.event(event);
    this.measures.event(event);
  }

  // --- the truth, four times a second ------------------------------------------------------------------------------

  readonly #beat = (): void => {
    this.#look();
    this.clock.at(this.clock.nowMs() + TICK_MS, 'tick', this.#beat);
  };

  #look(): void {
    const tick = this.#tick;
    const station = this.controller.station(this.#house.station.id);
    this.#truth.look(this.clock.nowMs(), this.#injectors.host.wallMs());
    const { feet } = this.#truth;
    if (feet !== tick.feet) {
      tick.feet = feet;
      this.#event({ type: 'feet', vessel: feet, atMs: tick.atMs });
    }
    tick.state = tick.alive ? (station?.core.sessionState ?? '') : '';
    tick.latched = station?.core.fault.matches('latched') === true;
    this.recorder.tick(tick);
    const rests = tick.alive
      ? // A session that a restart has yet to end is not over.
        station?.resting === true && !station.recovering
      : this.#gone && plantIsShut(tick);
    if (!this.#started || !rests) this.#overAtMs = Infinity;
    else if (this.#overAtMs === Infinity)
      this.#overAtMs = tick.atMs + (this.#scenario.person.staysMs ?? REST_MS);
  }
}
