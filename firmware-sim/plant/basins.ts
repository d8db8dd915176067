import type { Clock } from '../../src/clock/clock.ts';
import type { BasinName } from '../../src/model/basin.ts';
import { InvariantError } from '../../src/model/errors.ts';
import type { Plumbing } from '../../src/model/plan.ts';
import type { PlantSettings } from '../../src/model/station.ts';
import { Random } from '../../src/random/random.ts';
import type { MixerPort, ProbePort, RelayPort } from '../gadgets/ports.ts';
import { flowsOf, STILL, type Body } from './body.ts';
import { Coils } from './coils.ts';
import { drawPlant, type DrawnPlant } from './draw.ts';
import { Pipe } from './pipe.ts';
import { ALL_FLOWS, inflowOf, type Supplies, type SupplyTemperatures } from './supply.ts';
import { Tub } from './tub.ts';
import {
  Valve,
  type DrainName,
  type HeaterName,
  type Opening,
  type SupplyName,
  type ValveName,
} from './valve.ts';
import type { Works } from './works.ts';

export interface BasinsOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly plumbing: Plumbing;
  readonly settings: PlantSettings;
  /** `basin`: both supplies fill one. `two-basins`: the hot valve fills the warm one, the cold valve the cold one. */
  readonly vessel: 'basin' | 'two-basins';
  /** What a basin holds when it is as full as it should be, litres. */
  readonly volumeL: number;
}

const NOISE_K = 0.05;
const NOISE_L = 0.02;
/** A drain under the least and the greatest head that people build, litres a minute. */
const DRAIN_LPM = [6, 12] as const;
/** What the heater of a foot bath gives, watts. */
const HEATER_W = [400, 800] as const;
const ROOM_C = 22;
const STANDING_TAU_MS = 5 * 60_000;

/**
 * Basins that are filled, held and drained: supplies, scald guard, a pipe to each, drains that stand open unless they
 * are held shut, and a thermometer and a level in each. It has no tick: each question moves it to now.
 */
export class Basins implements Works {
  readonly drawn: DrawnPlant;
  readonly #clock: Clock;
  readonly #seed: number;
  readonly #bodies: readonly Body[];
  /** The supplies and the master, their names, and the basins': asked for at every look at the truth. */
  #all: readonly Valve[];
  #names: readonly ValveName[];
  readonly #vessels: readonly BasinName[];
  readonly #openings: Opening[] = [];
  /** What a supply lets through though it is shut, as a share of its flow. */
  readonly #leaks = new Map<ValveName, number>();
  readonly #coils = new Coils();
  #moved: (valve: ValveName, open: boolean, atMs: number) => void = () => undefined;
  #leased: (output: ValveName | HeaterName, forMs: number, atMs: number) => void = () => undefined;
  #master: Valve<'master'> | null = null;
  #supplies: SupplyTemperatures;
  #targetC: number;
  #runL = 0;
  #atMs: number;

  constructor({ clock, seed, plumbing, settings, vessel, volumeL }: BasinsOptions) {
    this.drawn = drawPlant(seed, settings);
    this.#clock = clock;
    this.#seed = seed;
    this.#atMs = clock.nowMs();
    const { hot_c: hotC, cold_c: coldC, guard_c: guardC } = this.drawn;
    this.#supplies = { hotC, coldC, guardC, ...ALL_FLOWS };
    this.#targetC = this.drawn.cold_c;
    const random = new Random(seed, 'valves');
    const heating = new Random(seed, 'heater');
    const valve = <Name extends ValveName | DrainName>(name: Name): Valve<Name> =>
      new Valve(name, random.between(150, 450), random.between(150, 450));
    const body = (name: BasinName, fills: readonly SupplyName[]): Body => ({
      name,
      tub: new Tub(volumeL, (this.drawn.lag_s * 1_000) / 2),
      pipe: new Pipe(this.drawn.dead_time_s * 1_000, ROOM_C),
      fills: fills.map((each) => valve(each)),
      drain: valve('drain'),
      drainLpm: random.between(...DRAIN_LPM),
      // A relay clicks within some hundredths of a second.
      heater: new Valve('heater', heating.between(10, 30), heating.between(10, 30)),
      heaterW: heating.between(...HEATER_W),
      share: 0,
      flows: STILL,
    });
    this.#bodies =
      vessel === 'two-basins'
        ? [body('warm', ['hot']), body('cold', ['cold'])]
        : [body('basin', plumbing === 'mixer' ? ['mixer'] : ['hot', 'cold'])];
    this.#vessels = this.#bodies.map(({ name }) => name);
    this.#all = this.#bodies.flatMap(({ fills }) => fills);
    this.#names = this.#all.map(({ name }) => name);
  }

  get valveNames(): readonly ValveName[] {
    return this.#names;
  }

  /** Tells each true move of a supply, once the plant is looked at after it. */
  onMoved(listener: (valve: ValveName, open: boolean, atMs: number) => void): void {
    this.#moved = listener;
  }

  /** Tells each lease that a supply or a heater was given, at the moment it was. */
  onLeased(listener: (output: ValveName | HeaterName, forMs: number, atMs: number) => void): void {
    this.#leased = listener;
  }

  get vessels(): readonly BasinName[] {
    return this.#vessels;
  }

  /** The coil of a supply. */
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

  /** A master valve ahead of all others: from now on nothing runs in unless it is open too. */
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

  /** What a perfect flow meter ahead of everything would measure, l/min. */
  flow(): ProbePort {
    return {
      read: () => {
        this.#advance();
        return this.#bodies.reduce((sum, { share }) => sum + share, 0) * this.drawn.flow_lpm;
      },
    };
  }

  mixer(): MixerPort {
    const valve = this.valve('mixer');
    return {
      ...valve,
      setTarget: (targetC) => {
        this.#change(() => (this.#targetC = targetC));
      },
    };
  }

  /** The coil of a drain: on holds it shut. */
  drain(vessel?: BasinName): RelayPort {
    const { drain } = this.#body(vessel);
    return {
      set: (on) => {
        this.#advance();
        drain.drive(on, this.#atMs);
      },
    };
  }

  /** The relay of the heater in a basin. */
  heater(vessel?: BasinName): RelayPort {
    const { heater } = this.#body(vessel);
    return {
      set: (on) => {
        this.#advance();
        heater.drive(on, this.#atMs);
      },
      leased: (forMs) => {
        this.#leased('heater', forMs, this.#clock.nowMs());
      },
    };
  }

  /** A thermometer in the basin, with noise of its own. */
  probe(name: string, vessel?: BasinName): ProbePort {
    const random = new Random(this.#seed, `probe ${name}`);
    const { tub } = this.#body(vessel);
    return {
      read: () => {
        this.#advance();
        return tub.probeC + NOISE_K * random.normal();
      },
    };
  }

  /** What a level sensor in the basin measures, litres. */
  level(name: string, vessel?: BasinName): ProbePort {
    const random = new Random(this.#seed, `level ${name}`);
    const { tub } = this.#body(vessel);
    return {
      read: () => {
        this.#advance();
        return Math.max(0, tub.litres + NOISE_L * random.normal());
      },
    };
  }

  /** The feet are in, or are not: they take heat from warm water and give it to cold water. */
  feet(vessel: BasinName | null): void {
    this.#advance();
    for (const { name, tub } of this.#bodies) tub.feetIn = name === vessel;
  }

  /** A fault: a supply or the guard changes under way. */
  set(supplies: Supplies): void {
    this.#change(() => (this.#supplies = { ...this.#supplies, ...supplies }));
  }

  /** A fault: a supply valve stays in, or goes to, this position whatever it is told; null frees it. */
  jam(name: ValveName, open: boolean | null): void {
    this.#advance();
    this.#valve(name).jam(open, this.#atMs);
  }

  /** A fault: a supply valve moves that many times as slowly; 1: as it should. */
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

  /** A fault: the drain stays open, or shut; null frees it. */
  jamDrain(vessel: BasinName, open: boolean | null): void {
    this.#advance();
    this.#body(vessel).drain.jam(open === null ? null : !open, this.#atMs);
  }

  /** A fault: the heater stays on, or off, whatever its relay is told; null frees it. */
  jamHeater(vessel: BasinName, on: boolean | null): void {
    this.#advance();
    this.#body(vessel).heater.jam(on, this.#atMs);
  }

  /** The truth: the water in a basin now, degrees Celsius. */
  waterC(vessel?: BasinName): number {
    this.#advance();
    return this.#body(vessel).tub.waterC;
  }

  /** The truth: what a perfect thermometer would read, degrees Celsius. */
  probeC(vessel?: BasinName): number {
    this.#advance();
    return this.#body(vessel).tub.probeC;
  }

  /** The truth: where the supply is now. */
  isOpen(name: ValveName): boolean {
    this.#advance();
    for (const valve of this.#all) if (valve.name === name && valve.open) return true;
    return false;
  }

  isDrainOpen(vessel: BasinName): boolean {
    this.#advance();
    return !this.#body(vessel).drain.open;
  }

  isHeating(vessel: BasinName): boolean {
    this.#advance();
    return this.#body(vessel).heater.open;
  }

  /** The truth: water runs in. */
  flows(): boolean {
    this.#advance();
    return this.#bodies.some(({ share }) => share > 0);
  }

  /** The truth: every time a supply was open, in order. */
  openings(): readonly Opening[] {
    this.#advance();
    return this.#openings.map((opening) => ({ ...opening }));
  }

  /** The truth: what has run in since the beginning; of one basin: what is in it. Litres. */
  litres(vessel?: BasinName): number {
    this.#advance();
    return vessel === undefined ? this.#runL : this.#body(vessel).tub.litres;
  }

  /** The truth: what has run over a rim, litres. */
  spilled(): number {
    this.#advance();
    return this.#bodies.reduce((sum, { tub }) => sum + tub.spilledL, 0);
  }

  #body(vessel: BasinName | undefined): Body {
    for (const body of this.#bodies) if (vessel === undefined || body.name === vessel) return body;
    throw new InvariantError('invariant', `this plant has no ${vessel ?? 'basin'} of that name`);
  }

  #valve(name: ValveName): Valve {
    const valve = this.#all.find((each) => each.name === name);
    if (valve === undefined) throw new InvariantError('invariant', `this plant has no ${name} valve`);
    return valve;
  }

  #change(act: () => void): void {
    this.#advance();
    act();
    for (const body of this.#bodies) this.#feed(body);
  }

  #advance(): void {
    const nowMs = this.#clock.nowMs();
    while (this.#atMs < nowMs) {
      let nextMs = nowMs;
      for (const body of this.#bodies) {
        body.flows = flowsOf(body, this.drawn.flow_lpm);
        nextMs = Math.min(nextMs, this.#nextOf(body));
      }
      for (const body of this.#bodies) this.#run(body, nextMs - this.#atMs);
      this.#atMs = nextMs;
      if (this.#master?.settle(nextMs) === true) {
        this.#moved('master', this.#master.open, nextMs);
        for (const body of this.#bodies) this.#feed(body);
      }
      for (const body of this.#bodies) this.#settle(body);
    }
  }

  /** When something of this body changes by itself: a valve has moved, other water arrives, the last has run out. */
  #nextOf(body: Body): number {
    let movesMs = Math.min(body.drain.movesAtMs, body.heater.movesAtMs);
    for (const valve of body.fills) movesMs = Math.min(movesMs, valve.movesAtMs);
    if (this.#master !== null) movesMs = Math.min(movesMs, this.#master.movesAtMs);
    const arrivesMs = body.share > 0 ? body.pipe.nextChangeMs / body.share : Infinity;
    const afterMs = Math.min(arrivesMs, body.tub.emptyAfterMs(body.flows));
    return Math.min(movesMs, this.#atMs + Math.max(afterMs, 1));
  }

  #run(body: Body, dtMs: number): void {
    const { flows } = body;
    body.tub.advance(dtMs, flows);
    if (flows.inLpm > 0) body.pipe.flow(dtMs * body.share);
    else body.pipe.stand(dtMs, ROOM_C, STANDING_TAU_MS);
    this.#runL += (flows.inLpm * dtMs) / 60_000;
  }

  #settle(body: Body): void {
    body.drain.settle(this.#atMs);
    body.heater.settle(this.#atMs);
    for (const valve of body.fills) {
      if (!valve.settle(this.#atMs)) continue;
      this.#moved(valve.name, valve.open, this.#atMs);
      if (valve.open) this.#openings.push({ valve: valve.name, openedAtMs: this.#atMs, closedAtMs: null });
      else {
        const opening = this.#openings.findLast(
          (each) => each.valve === valve.name && each.closedAtMs === null,
        );
        if (opening !== undefined) opening.closedAtMs = this.#atMs;
      }
      this.#feed(body);
    }
  }

  #feed(body: Body): void {
    const { share, inC } = inflowOf(body.fills, this.#leaks, this.#supplies, this.#targetC);
    // Behind a master that is shut runs what leaks through it.
    body.share = this.#master?.open === false ? share * (this.#leaks.get('master') ?? 0) : share;
    if (body.share > 0) body.pipe.feed(inC);
  }
}
