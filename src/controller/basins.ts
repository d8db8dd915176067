import type { BasinEvent, BasinWant } from '../../machines/basin-run.ts';
import { basinDeadline } from '../../machines/basin-run.ts';
import { basin } from '../../machines/basin.ts';
import type { InterlockInput } from '../../machines/interlock.ts';
import type { SessionEvent } from '../../machines/session-run.ts';
import type { WatchEdge } from '../../machines/watch/index.ts';
import type { BasinExpectation, BasinName } from '../model/basin.ts';
import type { Operation } from '../model/state.ts';
import type { Expectation, Trip, Want } from '../model/want.ts';
import { NOTHING_EXPECTED } from '../model/want.ts';
import type { Soonest } from './soonest.ts';
import type { BasinVesselSettings } from './station-settings.ts';
import type { Vessel } from './vessel.ts';

/** What the basins of a station ask of the rest of it. */
export interface BasinHost {
  judge(vessel: Vessel, input: InterlockInput, atMs: number): void;
  /** What is expected of this vessel has changed. */
  expect(vessel: Vessel, atMs: number): void;
  session(event: SessionEvent): void;
  trip(trip: Trip, atMs: number): void;
}

interface Running {
  readonly name: BasinName;
  readonly vessel: Vessel;
  snapshot: ReturnType<typeof basin.initial>;
  expectation: BasinExpectation;
}

const NOTHING: BasinExpectation = {
  operation: 'rest',
  side: null,
  targetC: null,
  band: null,
  toL: null,
  filledAtMs: null,
};

/** The machines of a station's basins: what the session asks goes to them, what they want goes to their vessels. */
export class Basins {
  readonly #host: BasinHost;
  readonly #running: readonly Running[];
  readonly #agenda: { readonly to: Running; readonly event: BasinEvent }[] = [];
  #stepping = false;
  /** The session asked for ready water in these. */
  #asked: readonly Running[] = [];
  #offered = false;
  #occupied = false;

  constructor(vessels: readonly Vessel[], host: BasinHost) {
    this.#host = host;
    this.#running = vessels.flatMap((vessel) => {
      const settings = vessel.settings.basin;
      return settings === null ? [] : [started(vessel, settings)];
    });
  }

  get any(): boolean {
    return this.#running.length > 0;
  }

  /** Nothing is left in any of them, as far as anybody can tell; one that does not run empty has been told. */
  get areEmpty(): boolean {
    return this.#running.every(({ snapshot: { value } }) => value === 'empty' || value === 'failed');
  }

  /** What they are doing, for people: the first thing that is still to come. */
  get operation(): Operation {
    const states = this.#running.map(({ snapshot: { value } }) => value);
    if (states.some((state) => state === 'emptying' || state === 'draining')) return 'drain';
    return states.some((state) => state === 'shutting' || state === 'filling') ? 'fill' : 'temper';
  }

  deadlines(soonest: Soonest): void {
    for (const { snapshot } of this.#running) soonest.add(basinDeadline(snapshot.context));
  }

  clock(atMs: number): void {
    for (const one of this.#running) {
      const dueMs = basinDeadline(one.snapshot.context);
      if (dueMs !== null && dueMs <= atMs) this.#step(one, { type: 'clock', atMs });
    }
  }

  /** What the session asks of all of them. Each that has no goal stays empty. */
  ask(want: Extract<Want, { type: 'basins' }>, atMs: number): void {
    if (want.ask !== 'prepare') {
      this.#asked = [];
      this.#offered = false;
      for (const one of this.#running) this.#step(one, { type: want.ask, atMs });
      return;
    }
    const wanted = this.#running.flatMap((one) => {
      const { fills } = one.snapshot.context.settings;
      const goal = want.goals.find(({ side }) => fills === 'both' || fills === 'mixer' || side === fills);
      return goal === undefined ? [] : [{ one, goal }];
    });
    this.#asked = wanted.map(({ one }) => one);
    for (const { one, goal } of wanted) this.#step(one, { type: 'prepare', goal, atMs });
    this.#offer(atMs);
  }

  /** The safe state of a bath: its drain stands open. */
  letOut(atMs: number): void {
    this.ask({ type: 'basins', ask: 'empty' }, atMs);
  }

  /** The session's word on contact: while somebody is in, no basin is changed against its kind. */
  occupied(yes: boolean, atMs: number): void {
    if (yes === this.#occupied) return;
    this.#occupied = yes;
    for (const one of this.#running) this.#step(one, { type: 'occupied', yes, atMs });
  }

  /** The coil of a drain is verified to hold it shut. */
  shut(vessel: Vessel, atMs: number): void {
    for (const one of this.#of(vessel)) this.#step(one, { type: 'shut', atMs });
  }

  /** An edge of a vessel's watch; true where it was a basin's. */
  edge(vessel: Vessel, edge: WatchEdge, atMs: number): boolean {
    const [one] = this.#of(vessel);
    if (one === undefined) return false;
    switch (edge.type) {
      case 'banded':
      case 'unbanded':
      case 'emptied':
      case 'filled':
      case 'let-out':
      case 'settled':
      case 'drift':
        this.#step(one, { ...edge, atMs });
        return true;
      default:
        return false;
    }
  }

  /** What the watch of this vessel is to expect: the basin's own water, and the person where the session has them. */
  expectationOf(vessel: Vessel, session: Expectation): Expectation {
    const [one] = this.#of(vessel);
    if (one === undefined) return session;
    const { expectation: own, name } = one;
    const { banded, bandByMs } = one.snapshot.context;
    const here = name === 'basin' || session.side === null ? name !== 'cold' : session.side === name;
    const inContact = session.exposed || session.rehearsed;
    return {
      ...NOTHING_EXPECTED,
      warmTopC: warmTopIn(one, session, inContact),
      ...(here
        ? {
            exposed: session.exposed,
            rehearsed: session.rehearsed,
            stepOverMs: session.stepOverMs,
            sessionOverMs: session.sessionOverMs,
            answerByMs: session.answerByMs,
          }
        : { beside: inContact && this.#asked.includes(one) }),
      active: own.operation !== 'empty' && own.operation !== 'rest',
      side: own.side,
      targetC: own.targetC,
      band: own.band,
      bandByMs: inContact || banded ? null : bandByMs,
      basin: own,
    };
  }

  #of(vessel: Vessel): readonly Running[] {
    return this.#running.filter((one) => one.vessel === vessel);
  }

  /** One event after the other, whatever an event's wants cause meanwhile. */
  #step(to: Running, event: BasinEvent): void {
    this.#agenda.push({ to, event });
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#agenda.shift(); next !== undefined; next = this.#agenda.shift()) {
        const step = basin.step(next.to.snapshot, next.event);
        next.to.snapshot = step.snapshot;
        for (const want of step.wants) this.#want(next.to, want, next.event.atMs);
      }
    } finally {
      this.#stepping = false;
      this.#agenda.length = 0;
    }
  }

  #want(one: Running, want: BasinWant, atMs: number): void {
    const { vessel } = one;
    switch (want.type) {
      case 'water':
        this.#host.judge(vessel, { type: 'want', water: want.water }, atMs);
        return;
      case 'shut':
        this.#host.judge(vessel, { type: 'shut', untilMs: want.untilMs }, atMs);
        return;
      case 'heat':
        this.#host.judge(vessel, { type: 'heat', heat: want.heat }, atMs);
        return;
      case 'expect':
        one.expectation = want.expectation;
        this.#host.expect(vessel, atMs);
        return;
      case 'held-at': {
        const side = one.snapshot.context.goal?.side;
        if (side !== undefined) this.#host.session({ type: 'held-at', side, targetC: want.targetC, atMs });
        return;
      }
      case 'ready':
      case 'unready':
        // The allowance to come into the band ends with being in it.
        this.#host.expect(vessel, atMs);
        this.#offer(atMs);
        return;
      case 'emptied':
        return;
      case 'failed':
        this.#host.trip(
          { detector: 'basin', reason: want.reason, response: 'abort', latch: false, message: want.message },
          atMs,
        );
        return;
    }
  }

  /** Ready is when each basin that the session asked for is. */
  #offer(atMs: number): void {
    const ready = this.#asked.length > 0 && this.#asked.every(({ snapshot }) => snapshot.context.banded);
    if (ready === this.#offered) return;
    this.#offered = ready;
    this.#host.session({ type: ready ? 'banded' : 'unbanded', atMs });
  }
}

/**
 * `Tw` of a basin: the session's, and of warm water that two valves made the top of the band that it is held in. Nobody is
 * in while it fills: there warm water comes first, as warm as the guard lets it through.
 */
function warmTopIn(one: Running, { warmTopC }: Expectation, inContact: boolean): number | null {
  const { side, band } = one.expectation;
  const { fills } = one.snapshot.context.settings;
  if (!inContact || side !== 'warm' || band === null || warmTopC === null || fills === 'mixer')
    return warmTopC;
  return Math.min(warmTopC, band.maxC);
}

function started(vessel: Vessel, { name, machine }: BasinVesselSettings): Running {
  return { name, vessel, snapshot: basin.initial(machine), expectation: NOTHING };
}
