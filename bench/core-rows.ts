import { session } from '../machines/session.ts';
import type { SessionEvent } from '../machines/session-run.ts';
import { valve } from '../machines/valve.ts';
import type { ValveEvent } from '../machines/valve.ts';
import type { SessionPlan } from '../src/model/plan.ts';
import type { PlantSettings, StationSettings } from '../src/model/station.ts';
import { byHand } from './by-hand.ts';
import { coreSession, LEASE_MS, TRAVEL_MS } from './core.ts';
import type { Ran } from './core.ts';
import { sessionByHand, valveByHand } from './machines-by-hand.ts';
import { inTurns } from './rate.ts';
import { short, table } from './table.ts';

/** The plants of the core's sessions. */
const SEEDS = 50;
/** Each turn is short and there are many, so that whatever else the computer does meets all contestants alike. */
const TURNS = 15;
const TURN_MS = 300;
const MACHINE_TURN_MS = 60;

type SessionNow = ReturnType<typeof session.initial>;
interface Told {
  readonly start: SessionNow;
  readonly events: readonly SessionEvent[];
}

/** The same core, with the compiled charts of its session and valves, or with reducers written by hand in their place. */
class Contest {
  readonly #station: StationSettings;
  readonly #plant: PlantSettings;
  readonly #plan: SessionPlan;
  readonly #compiled = { ...valve };

  constructor(station: StationSettings, plant: PlantSettings, plan: SessionPlan) {
    this.#station = station;
    this.#plant = plant;
    this.#plan = plan;
  }

  asShipped(seed: number): Ran {
    return coreSession(this.#station, this.#plant, this.#plan, seed);
  }

  withHands(seed: number): Ran {
    // The valves' engine is one object that everybody asks: here it is handed another reducer for a while.
    Object.assign(valve, { step: valveByHand });
    try {
      return coreSession(this.#station, this.#plant, this.#plan, seed, { step: sessionByHand });
    } finally {
      Object.assign(valve, this.#compiled);
    }
  }

  floor(seed: number): Ran {
    return byHand(this.#plant, this.#plan, seed);
  }

  /** Where the session machine was when one session began, and what it was told, in order. */
  told(): Told {
    const told: { start: SessionNow | null; events: SessionEvent[] } = { start: null, events: [] };
    coreSession(this.#station, this.#plant, this.#plan, 1, {
      step: (snapshot, event) => {
        told.start ??= snapshot;
        told.events.push(event);
        return session.step(snapshot, event);
      },
    });
    if (told.start === null) throw new Error('the session was told nothing');
    return { start: told.start, events: told.events };
  }
}

export function coreRows(station: StationSettings, plant: PlantSettings, plan: SessionPlan): void {
  const contest = new Contest(station, plant, plan);
  for (let seed = 1; seed <= SEEDS; seed += 1) same(contest, seed);
  const seedOf = (round: number): number => (round % SEEDS) + 1;
  const [ours = 0, hands = 0, floor = 0] = inTurns(TURNS, TURN_MS, [
    (round) => contest.asShipped(seedOf(round)).contactMs,
    (round) => contest.withHands(seedOf(round)).contactMs,
    (round) => contest.floor(seedOf(round)).contactMs,
  ]);
  const [mine, bare] = [contest.asShipped(1), contest.floor(1)];
  table('simulation: the core (machines, interlock, watch, plant; no drivers), a reading a second', [
    ['sessions a processor second', short(ours)],
    ['the same core with its session and valves written by hand', short(hands)],
    ['of that', percent(ours / hands)],
    ['a session written by hand that does no more than it must', short(floor)],
    ['of that', percent(ours / floor)],
    [
      'seconds of contact, core and that',
      `${short(mine.contactMs / 1_000)}, ${short(bare.contactMs / 1_000)}`,
    ],
    ['heat dose, core and that', `${mine.dose.toFixed(4)}, ${bare.dose.toFixed(4)}`],
  ]);
  machines(contest.told());
}

/** A comparison of two that do not do the same says nothing. */
function same(contest: Contest, seed: number): void {
  const [one, other] = [contest.asShipped(seed), contest.withHands(seed)];
  if (one.dose !== other.dose || one.tookMs !== other.tookMs)
    throw new Error(`with machines written by hand the session of seed ${seed} is another one`);
}

/** The machines alone: the events of a session, and those of a valve that opens, is renewed and closes. */
function machines({ start, events: told }: Told): void {
  const closed = valve.initial({ travelMs: TRAVEL_MS, reportMs: 1_000 });
  const life = valveLife();
  const tour = (step: typeof sessionByHand) => (): number => {
    let [now, wants] = [start, 0];
    for (const event of told) {
      const next = step(now, event);
      now = next.snapshot;
      wants += next.wants.length;
    }
    return wants;
  };
  const valveTour = (step: typeof valveByHand) => (): number => {
    let [now, wants] = [closed, 0];
    for (const event of life) {
      const next = step(now, event);
      now = next.snapshot;
      wants += next.wants.length;
    }
    return wants;
  };
  const rows = [
    ['session', told.length, tour((now, event) => session.step(now, event)), tour(sessionByHand)],
    ['valve', life.length, valveTour((now, event) => valve.step(now, event)), valveTour(valveByHand)],
  ] as const;
  for (const [name, events, compiled, byHand] of rows) {
    if (compiled() !== byHand()) throw new Error(`the ${name} written by hand wants something else`);
    const [ours = 0, hands = 0] = inTurns(TURNS, MACHINE_TURN_MS, [many(compiled), many(byHand)]);
    table(`simulation: the ${name} machine alone, ${events} events of a healthy session`, [
      ['events a processor second, compiled from its chart', short(ours * events * MANY)],
      ['written by hand', short(hands * events * MANY)],
      ['of that', percent(ours / hands)],
    ]);
  }
}

/** A tour takes microseconds, and the clock is not asked after each. */
const MANY = 200;
const many = (tour: () => number) => (): number => {
  let sum = 0;
  for (let each = 0; each < MANY; each += 1) sum += tour();
  return sum;
};

function valveLife(): readonly ValveEvent[] {
  const leaseMs = LEASE_MS;
  const events: ValveEvent[] = [
    { type: 'open-sent', leaseMs, atMs: 0 },
    { type: 'reported-open', atMs: 20 },
    { type: 'clock', atMs: TRAVEL_MS },
  ];
  let atMs = 0;
  for (let renewal = 0; renewal < 30; renewal += 1) {
    atMs += leaseMs / 3;
    events.push({ type: 'clock', atMs }, { type: 'renew-sent', leaseMs, atMs });
  }
  atMs += 500;
  return [
    ...events,
    { type: 'close-sent', atMs },
    { type: 'reported-closed', atMs: atMs + 20 },
    { type: 'clock', atMs: atMs + 20 + TRAVEL_MS },
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
