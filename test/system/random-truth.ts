import { expect } from 'vitest';
import type { Opening } from '../../firmware-sim/plant/valve.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';

export const STREAM_VALVES = ['hot', 'cold'] as const;
/** Where a run begins: the states behind a whole proof test would hardly ever be come to by chance. */
export const PLACES = ['idle', 'preparing', 'ready', 'warm', 'cold'] as const;
type StreamValve = (typeof STREAM_VALVES)[number];

/** From an act to its message at the device, and from the coil to the water. */
const TRAVEL_MS = 450;
const STOP_MS = 250;
const HOPS_MS = 60;
/** The valves of the example keep leases of at most this long (safety: L21). */
const LEASE_MS = 30_000;
const BEGIN_MS = 60_000;
/** Between the two sides (safety: break before make). */
const BREAK_MS = 500;
/** After a link is mended, until everything is subscribed and said again. */
const SETTLED_MS = 15_000;

/**
 * A whole station in virtual time with nobody of its own in it, and what must always be true of it. Judged from the
 * plant's true valves and from what is told to people, never from what the controller believes.
 */
export class Truth {
  readonly sim: Simulation;
  /** The last word or press by which somebody may be let in. */
  #invitedAtMs = -Infinity;
  /** The last STOP; null once somebody has asked for water again. */
  #stoppedAtMs: number | null = null;
  /** Links that are cut, since when any of them is, and when the last one was mended. */
  readonly #cuts = new Set<string>();
  #cutAtMs: number | null = null;
  #mendedAtMs = -Infinity;
  /** Valves that no longer do as they are told, and until when after they were freed. */
  readonly #jammed = new Map<StreamValve, number>();
  #seen = 0;
  #exposed = false;
  /** How often each property had something to judge. */
  readonly counts = { openings: 0, stops: 0, invitations: 0, cuts: 0 };

  constructor(seed: number, place: (typeof PLACES)[number]) {
    const config = exampleConfig('foot-bath');
    this.sim = new Simulation({ ...config, simPerson: { presses: false, answers: false } }, seed);
    this.#goTo(place);
    this.judge();
  }

  #goTo(place: (typeof PLACES)[number]): void {
    if (place === 'idle') return;
    this.start();
    this.run(3_000);
    if (place === 'preparing') return;
    this.sim.untilPhase('ready');
    if (place === 'ready') return;
    this.say('begin');
    this.sim.untilPhase('warm');
    if (place === 'warm') return;
    // Somebody is asked on the way, and answers.
    this.sim.until(() => {
      if (this.sim.state.prompt !== null) this.sim.say('answer');
      return this.sim.state.phase === 'cold';
    });
  }

  get #nowMs(): number {
    return this.sim.world.clock.nowMs();
  }

  start(): void {
    this.#stoppedAtMs = null;
    this.sim.start();
  }

  say(word: 'begin' | 'pause' | 'resume' | 'continue' | 'stop' | 'clear' | 'answer'): void {
    if (word === 'begin' || word === 'resume' || word === 'continue') this.#invited();
    this.sim.say(word);
  }

  #invited(): void {
    this.#invitedAtMs = this.#nowMs;
    this.#stoppedAtMs = null;
  }

  /** A press of the bath's button: STOP while water runs for somebody, else whatever it means there. */
  press(): void {
    const stops = ['warm', 'cold', 'changing'].includes(this.sim.state.phase) && this.#cuts.size === 0;
    if (stops && this.#mendedAtMs < this.#nowMs - SETTLED_MS) this.#stopped();
    else this.#invited();
    this.sim.world.rig.press();
    // The button's own message takes a hop or two.
    this.run(HOPS_MS);
  }

  stop(): void {
    this.#stopped();
    this.sim.say('stop');
  }

  #stopped(): void {
    this.#stoppedAtMs = this.#nowMs;
    this.#invitedAtMs = -Infinity;
    this.counts.stops += 1;
  }

  jam(valve: StreamValve): void {
    this.#jammed.set(valve, Infinity);
    this.sim.world.rig.faults.jam(valve, this.sim.world.rig.plant.isOpen(valve));
  }

  free(valve: StreamValve): void {
    if (this.#jammed.has(valve)) this.#jammed.set(valve, this.#nowMs + TRAVEL_MS);
    this.sim.world.rig.faults.jam(valve, null);
  }

  probe(how: string): void {
    const fault = how === 'dead' ? () => NaN : how === 'stuck' ? () => 30 : (truly: number) => truly + 6;
    this.sim.world.rig.faults.probe('foot-bath-thermometer', how === 'whole' ? null : fault);
  }

  disconnect(who: string): void {
    if (this.#cuts.size === 0) this.#cutAtMs = this.#nowMs;
    this.#cuts.add(who);
    this.counts.cuts += 1;
    if (who === 'controller') this.sim.world.broker.drop('ebb-home');
    else this.sim.world.rig.faults.disconnect('foot-bath-hot');
  }

  reconnect(who: string): void {
    if (!this.#cuts.delete(who)) return;
    if (this.#cuts.size === 0) this.#cutAtMs = null;
    this.#mendedAtMs = this.#nowMs;
    if (who === 'controller') this.sim.world.broker.restore('ebb-home');
    else this.sim.world.rig.faults.reconnect('foot-bath-hot');
  }

  reboot(): void {
    this.sim.world.rig.faults.reboot('foot-bath-hot');
  }

  run(ms: number): void {
    const untilMs = this.#nowMs + ms;
    // In steps, so that what is told is judged with the moment at which it was told.
    while (this.#nowMs < untilMs) {
      this.sim.run(Math.min(500, untilMs - this.#nowMs));
      this.judge();
    }
  }

  judge(): void {
    const openings = this.sim.world.rig.plant.openings();
    this.counts.openings = openings.length;
    this.#neverBoth(openings);
    this.#shutAfterStop(openings);
    this.#leaseHolds(openings);
    this.#permission();
  }

  #healthy({ valve }: Opening, atMs: number): boolean {
    if (valve === 'mixer') return false;
    const until = this.#jammed.get(valve);
    return until === undefined || atMs > until;
  }

  /** I4: never both, and half a second between them. A valve that was jammed has no say in it. */
  #neverBoth(openings: readonly Opening[]): void {
    if (this.#jammed.size > 0) return;
    for (const [index, opening] of openings.entries()) {
      const before = openings[index - 1];
      if (before === undefined || before.valve === opening.valve) continue;
      const gapMs = opening.openedAtMs - (before.closedAtMs ?? Infinity);
      expect(gapMs, `${opening.valve} opens after ${before.valve}`).toBeGreaterThanOrEqual(BREAK_MS);
    }
  }

  /** I9: shut within 250 ms and the travel, by the lease where the link is cut; and nothing opens unasked. */
  #shutAfterStop(openings: readonly Opening[]): void {
    const stopMs = this.#stoppedAtMs;
    if (stopMs === null) return;
    const reached = this.#cuts.size === 0 && this.#mendedAtMs < stopMs - SETTLED_MS;
    const boundMs = stopMs + STOP_MS + HOPS_MS + TRAVEL_MS + (reached ? 0 : LEASE_MS);
    for (const opening of openings) {
      if (!this.#healthy(opening, stopMs)) continue;
      expect(opening.openedAtMs, 'opened after STOP, unasked').toBeLessThanOrEqual(boundMs);
      const openMs = opening.closedAtMs ?? this.#nowMs;
      expect(openMs, `${opening.valve} still open after STOP`).toBeLessThanOrEqual(boundMs);
    }
  }

  /** I13: with the way to it cut, a valve is shut by its own lease. */
  #leaseHolds(openings: readonly Opening[]): void {
    const cutMs = this.#cutAtMs;
    if (cutMs === null || this.#nowMs <= cutMs + LEASE_MS + TRAVEL_MS) return;
    for (const opening of openings) {
      if (opening.openedAtMs > cutMs || !this.#healthy(opening, cutMs)) continue;
      expect(opening.closedAtMs ?? Infinity).toBeLessThanOrEqual(this.#nowMs);
    }
  }

  /** I7, I8: contact is permitted in running only, never with a fault, and begins with somebody who asked for it. */
  #permission(): void {
    for (const { atMs, news } of this.sim.told.slice(this.#seen)) {
      if (news.type !== 'state') continue;
      const { exposed, state, fault } = news.state;
      if (exposed) {
        expect(state, 'contact permitted').toBe('running');
        expect(fault, 'contact permitted with a fault').toBeNull();
      }
      if (exposed && !this.#exposed) {
        this.counts.invitations += 1;
        expect(atMs - this.#invitedAtMs, 'permitted without a begin').toBeLessThanOrEqual(BEGIN_MS);
      }
      this.#exposed = exposed;
    }
    this.#seen = this.sim.told.length;
  }
}
