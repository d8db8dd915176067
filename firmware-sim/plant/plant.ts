import type { Clock } from '../../src/clock/clock.ts';
import { InvariantError } from '../../src/model/errors.ts';
import type { Plumbing } from '../../src/model/plan.ts';
import type { PlantSettings } from '../../src/model/station.ts';
import { Random } from '../../src/random/random.ts';
import type { MixerPort, ProbePort, RelayPort } from '../gadgets/ports.ts';
import { drawPlant, type DrawnPlant } from './draw.ts';
import { Coils } from './coils.ts';
import { Cascade } from './lag.ts';
import { Pipe } from './pipe.ts';
import { inflowOf, ALL_FLOWS, type Supplies, type SupplyTemperatures } from './supply.ts';
import { Valve, type Opening, type SupplyName, type ValveName } from './valve.ts';
import type { Works } from './works.ts';

/** The bathroom, degrees Celsius: standing water ends there. */
const AMBIENT_C = 22;
/** How fast a full bucket does. */
const BUCKET_TAU_MS = 60 * 60_000;
/** How fast standing water takes the temperature of the room, to 63 %. */
const STANDING_TAU_MS = 5 * 60_000;
/** Noise of the probe and its wires, standard deviation in kelvin. */
const NOISE_K = 0.05;

/** Cue mode never opens what is there, and must still be able to prove it. */
const VALVES: Readonly<Record<Plumbing, readonly SupplyName[]>> = {
  'two-valves': ['hot', 'cold'],
  mixer: ['mixer'],
  cues: ['hot', 'cold', 'mixer'],
};

export interface PlantOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly plumbing: Plumbing;
  readonly settings: PlantSettings;
}

/**
 * A stream over the feet: supplies, scald guard, valves (or one thermostatic mixer), one pipe, the water at the feet
 * and the thermometer in it. It has no tick: each question moves it to now, exactly, from event to event.
 */
export class Plant implements Works {
  readonly drawn: DrawnPlant;
  readonly #clock: Clock;
  readonly #seed: number;
  readonly #valves: readonly Valve<SupplyName>[];
  /** They and the master, and their names: asked for at every look at the truth. */
  #all: readonly Valve[];
  #names: readonly ValveName[];
  /** A valve ahead of them all; null where none is wired. */
  #master: Valve | null = null;
  readonly #pipe: Pipe;
  readonly #water: Cascade;
  readonly #standingTauMs: number;
  readonly #streamTauMs: number;
  readonly #probeTauMs: number;
  readonly #openings: Opening[] = [];
  /** What a valve lets through though it is shut, as a share of its flow. */
  readonly #leaks = new Map<ValveName, number>();
  readonly #coils = new Coils();
  /** The share of the nominal flow that runs now. */
  #share = 0;
  #moved: (valve: ValveName, open: boolean, atMs: number) => void = () => undefined;
  #leased: (valve: ValveName, forMs: number, atMs: number) => void = () => undefined;
  #supplies: SupplyTemperatures;
  #targetC: number;
  #atMs: number;

  constructor({ clock, seed, plumbing, settings }: PlantOptions) {
    this.drawn = drawPlant(seed, settings);
    this.#clock = clock;
    this.#seed = seed;
    this.#atMs = clock.nowMs();
    const random = new Random(seed, 'valves');
    const lagMs = this.drawn.lag_s * 1_000;
    const streamShare = random.between(0.3, 0.6);
    this.#streamTauMs = lagMs * streamShare;
    this.#probeTauMs = lagMs * (1 - streamShare);
    const names = VALVES[plumbing];
    this.#valves = names.map(
      (name) => new Valve<SupplyName>(name, random.between(150, 450), random.between(150, 450)),
    );
    this.#all = this.#valves;
    this.#names = names;
    // Where Ebb opens nothing, what the thermometer stands in was filled by a person, as warm as the guard lets it be.
    const filled = plumbing === 'cues';
    this.#water = new Cascade(filled ? this.drawn.guard_c : AMBIENT_C);
    this.#standingTauMs = filled ? BUCKET_TAU_MS : STANDING_TAU_MS;
    this.#pipe = new Pipe(this.drawn.dead_time_s * 1_000, AMBIENT_C);
    const { hot_c: hotC, cold_c: coldC, guard_c: guardC } = this.drawn;
    this.#supplies = { hotC, coldC, guardC, ...ALL_FLOWS };
    this.#targetC = this.drawn.cold_c;
  }

  /** The coil of a valve, for whatever drives it. */
  valve(name: ValveName): RelayPort {
    this.#valve(name);
    return {
      set: (on) => {
        this.#advance();
        this.#valve(this.#coils.set(name, on)).drive(on, this.#atMs);
      },
      leased: (forMs) => {
        this.#leased(name, forMs, this.#clock.nowMs());
      },
    };
  }

  /** A master valve ahead of all others: from now on nothing runs unless it is open too. */
  master(): RelayPort {
    const random = new Random(this.#seed, 'master');
    const master = this.#master ?? new Valve('master', random.between(150, 450), random.between(150, 450));
    if (this.#master === null) {
      this.#all = [...this.#all, master];
      this.#names = [...this.#names, 'master'];
    }
    this.#master = master;
    return {
      set: (on) => {
        this.#advance();
        master.drive(on, this.#atMs);
      },
      leased: (forMs) => {
        this.#leased('master', forMs, this.#clock.nowMs());
      },
    };
  }

  /** What a perfect flow meter would measure, l/min. */
  flow(): ProbePort {
    return { read: () => (this.flows() ? this.drawn.flow_lpm * this.#share : 0) };
  }

  /** The thermostatic mixer: its valve and its setpoint. */
  mixer(): MixerPort {
    const valve = this.valve('mixer');
    return {
      ...valve,
      setTarget: (targetC) => {
        this.#change(() => (this.#targetC = targetC));
      },
    };
  }

  /** A thermometer in the stream, with noise of its own. */
  probe(name: string): ProbePort {
    const random = new Random(this.#seed, `probe ${name}`);
    return {
      read: () => {
        this.#advance();
        return this.#water.secondC + NOISE_K * random.normal();
      },
    };
  }

  /** Water that runs away stands in nothing. */
  readonly vessels = [];

  drain(): RelayPort {
    return this.#missing('drain');
  }

  heater(): RelayPort {
    return this.#missing('heater');
  }

  level(): ProbePort {
    return this.#missing('level');
  }

  jamDrain(): void {
    this.#missing('drain');
  }

  jamHeater(): void {
    this.#missing('heater');
  }

  isHeating(): boolean {
    return false;
  }

  isDrainOpen(): boolean {
    return true;
  }

  feet(): void {
    // A stream is as warm as it comes, whoever stands in it.
  }

  spilled(): number {
    return 0;
  }

  /** A fault: a supply or the guard changes under way. */
  set(supplies: Supplies): void {
    this.#change(() => (this.#supplies = { ...this.#supplies, ...supplies }));
  }

  /** A fault: the valve stays in, or goes to, this position whatever it is told; null frees it. */
  jam(name: ValveName, open: boolean | null): void {
    this.#advance();
    this.#valve(name).jam(open, this.#atMs);
  }

  /** A fault: the valve moves that many times as slowly; 1: as it should. */
  slow(name: ValveName, times: number): void {
    this.#valve(name).slow(times);
  }

  /** A fault: that share of its flow comes through the shut valve; 0: none. */
  leak(name: ValveName, share: number): void {
    this.#valve(name);
    this.#change(() => this.#leaks.set(name, share));
  }

  /** A fault: each relay drives the coil of the other valve. */
  cross(crossed: boolean): void {
    this.#advance();
    for (const [name, on] of this.#coils.cross(crossed)) this.#valve(name).drive(on, this.#atMs);
  }

  /** The truth: the water at the feet now, degrees Celsius. */
  waterC(): number {
    this.#advance();
    return this.#water.firstC;
  }

  /** The truth: what a perfect reading of the thermometer would be now, degrees Celsius. */
  probeC(): number {
    this.#advance();
    return this.#water.secondC;
  }

  /** The truth: where the valve is now. A valve that this plumbing does not have is closed. */
  isOpen(name: ValveName): boolean {
    this.#advance();
    for (const valve of this.#all) if (valve.name === name && valve.open) return true;
    return false;
  }

  /** The valves of this plumbing, and the master where one is wired. */
  get valveNames(): readonly ValveName[] {
    return this.#names;
  }

  /** Tells each true move of a valve, once the plant is looked at after it. */
  onMoved(listener: (valve: ValveName, open: boolean, atMs: number) => void): void {
    this.#moved = listener;
  }

  /** Tells each lease that a device has accepted for the valve it drives. */
  onLeased(listener: (valve: ValveName, forMs: number, atMs: number) => void): void {
    this.#leased = listener;
  }

  /** The truth: water runs over the feet. */
  flows(): boolean {
    this.#advance();
    return this.#share > 0;
  }

  /** The truth: every time a valve was open, in order. */
  openings(): readonly Opening[] {
    this.#advance();
    return this.#openings.map((opening) => ({ ...opening }));
  }

  /** The truth: what has run away, litres. */
  litres(): number {
    this.#advance();
    return (this.drawn.flow_lpm * this.#pipe.flowedMs) / 60_000;
  }

  #missing(what: string): never {
    throw new InvariantError('invariant', `a stream has no ${what}`);
  }

  #valve(name: ValveName): Valve {
    const valve = this.#all.find((candidate) => candidate.name === name);
    if (valve === undefined) throw new InvariantError('invariant', `this plant has no ${name} valve`);
    return valve;
  }

  #change(act: () => void): void {
    this.#advance();
    act();
    this.#feed();
  }

  #advance(): void {
    const nowMs = this.#clock.nowMs();
    while (this.#atMs < nowMs) {
      let nextMs = nowMs;
      for (const { movesAtMs } of this.#valves) if (movesAtMs < nextMs) nextMs = movesAtMs;
      if (this.#master !== null) nextMs = Math.min(nextMs, this.#master.movesAtMs);
      if (this.#share > 0) nextMs = Math.min(nextMs, this.#atMs + this.#pipe.nextChangeMs / this.#share);
      this.#run(nextMs - this.#atMs);
      this.#atMs = nextMs;
      this.#settle();
    }
  }

  #run(dtMs: number): void {
    if (this.#share > 0) {
      this.#water.advance(dtMs, this.#pipe.outletC, this.#streamTauMs, this.#probeTauMs);
      this.#pipe.flow(dtMs * this.#share);
    } else {
      this.#water.advance(dtMs, AMBIENT_C, this.#standingTauMs, this.#probeTauMs);
      this.#pipe.stand(dtMs, AMBIENT_C, STANDING_TAU_MS);
    }
  }

  #settle(): void {
    if (this.#master?.settle(this.#atMs) === true) {
      this.#moved('master', this.#master.open, this.#atMs);
      this.#feed();
    }
    for (const valve of this.#valves) {
      if (!valve.settle(this.#atMs)) continue;
      this.#moved(valve.name, valve.open, this.#atMs);
      if (valve.open) this.#openings.push({ valve: valve.name, openedAtMs: this.#atMs, closedAtMs: null });
      else {
        const opening = this.#openings.findLast(
          (each) => each.valve === valve.name && each.closedAtMs === null,
        );
        if (opening !== undefined) opening.closedAtMs = this.#atMs;
      }
      this.#feed();
    }
  }

  /** What enters the pipe now, and how fast; both sides mix by what each of them gives. */
  #feed(): void {
    const { share, inC } = inflowOf(this.#valves, this.#leaks, this.#supplies, this.#targetC);
    // Behind a master that is shut runs what leaks through it.
    this.#share = this.#master?.open === false ? share * (this.#leaks.get('master') ?? 0) : share;
    if (this.#share > 0) this.#pipe.feed(inC);
  }
}
