import { LIMITS, LOOK_MS, RESPONSE_MS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant, Objection } from './invariant.ts';
import { openSupply, travelOf } from './outputs.ts';
import type { Sides } from './outputs.ts';
import type { Track } from './readings.ts';
import type { Seen } from './seen.ts';
import type { Command, SessionFacts, Tick } from '../trace.ts';

const STUCK = { fromK: 10, movedK: 3, afterMs: 10_000, basinMs: 60_000 };
const DISAGREE = { overK: 2, forMs: 3_000, fromMs: 15_000 };
/** From when a reading was taken to when it came in, at most; a change in it is judged a moment later. */
const ON_THE_WIRE_MS = 1_500;

/**
 * Stuck is judged in contact alone: while the purge allowance runs nobody is in the water, and T9 ends it. What counts is
 * what the thermometer said and what the true valves do.
 */
export const i17: Invariant = {
  id: 'I17',
  says: 'a stale, invalid, stuck or disagreeing needed thermometer has all water closed within T5 + travel',
  judge(facts, object, seen) {
    if (facts.station.plumbing === 'cues') return { judged: 0 };
    const waters = watersOf(facts, seen);
    let judged = 0;
    return {
      get judged() {
        return judged;
      },
      ...hears(['command'], (event) => {
        for (const water of waters) water.event(event);
      }),
      reading() {
        for (const water of waters) water.reading();
      },
      tick(tick) {
        for (const water of waters) judged += water.tick(tick, object) ? 1 : 0;
      },
    };
  },
};

/** Each body of water with the thermometers in it and the supplies that fill it; two basins are two waters. */
function watersOf(facts: SessionFacts, seen: Seen): readonly Water[] {
  const probes = facts.station.devices.filter(({ role }) => role === 'thermometer');
  if (probes.length === 0) return [];
  if (facts.station.vessel !== 'two-basins')
    return [
      new Water(
        facts,
        seen,
        probes.map(({ id }) => id),
        null,
      ),
    ];
  return (['warm', 'cold'] as const).map(
    (side) =>
      new Water(
        facts,
        seen,
        probes.filter(({ basin }) => basin === side).map(({ id }) => id),
        side === 'warm' ? 'hot' : 'cold',
      ),
  );
}

interface Thermometer {
  readonly device: string;
  readonly track: Track;
}

class Water {
  readonly #thermometers: readonly Thermometer[];
  /** The one supply of this water; null: every supply there is. */
  readonly #supply: string | null;
  readonly #seen: Seen;
  readonly #stuck: Stuck;
  readonly #apart: Apart;
  readonly #stream: boolean;
  readonly #travelMs: number;
  #openedMs: number | null = null;

  constructor(facts: SessionFacts, seen: Seen, thermometers: readonly string[], supply: string | null) {
    this.#thermometers = thermometers.map((device) => ({ device, track: seen.readings.track(device) }));
    this.#supply = supply;
    this.#seen = seen;
    const tracks = this.#thermometers.map(({ track }) => track);
    this.#stuck = new Stuck(facts, seen.sides, tracks);
    this.#apart = new Apart(tracks);
    this.#stream = facts.station.vessel === 'stream';
    this.#travelMs = travelOf(facts);
  }

  event(event: Command): void {
    this.#apart.event(event);
  }

  reading(): void {
    this.#apart.reading();
  }

  /** True where there was something to judge. */
  tick(tick: Tick, object: Objection): boolean {
    const { atMs } = tick;
    const { troubles } = this.#seen;
    const open = this.#seen.open ? this.#open(tick) : null;
    this.#openedMs = open === null ? null : (this.#openedMs ?? atMs);
    if (open === null || this.#openedMs === null) {
      this.#stuck.rest();
      this.#apart.rest();
      return false;
    }
    const slackMs = RESPONSE_MS + this.#travelMs + LOOK_MS;
    /** It has been so for too long, and no lease is to close it. */
    const isLate = (forMs: number, mostMs: number): boolean =>
      forMs > mostMs && !troubles.excuses(open, atMs - forMs + mostMs, atMs);
    const ageMs = this.#stream ? LIMITS.readingAgeMs : LIMITS.basinReadingAgeMs;
    for (const { device, track } of this.#thermometers) {
      const silentMs = atMs - Math.max(track.lastMs, this.#openedMs);
      if (isLate(silentMs, ageMs + slackMs))
        object(atMs, `${open} is open, and ${device} has read nothing for ${silentMs / 1_000} s`);
    }
    const stuckMs = this.#stuck.tick(tick);
    if (isLate(stuckMs, (this.#stream ? STUCK.afterMs : STUCK.basinMs) + ON_THE_WIRE_MS + slackMs))
      object(atMs, `${open} is open, and no thermometer has moved for ${stuckMs / 1_000} s`);
    const apartMs = this.#apart.tick(atMs);
    if (isLate(apartMs, DISAGREE.forMs + ON_THE_WIRE_MS + slackMs))
      object(atMs, `${open} is open, and the thermometers have been apart for ${apartMs / 1_000} s`);
    return true;
  }

  #open(tick: Tick): string | null {
    const { troubles } = this.#seen;
    return openSupply(
      tick,
      (output, nowMs) => (this.#supply !== null && output !== this.#supply) || troubles.holds(output, nowMs),
    );
  }
}

/** A change of 10 K or more in a step, by which the hottest reading has not moved 3 K. */
class Stuck {
  readonly #facts: SessionFacts;
  readonly #sides: Sides;
  readonly #tracks: readonly Track[];
  #side: 'warm' | 'cold' | null = null;
  #fromC: number | null = null;
  #sinceMs: number | null = null;

  constructor(facts: SessionFacts, sides: Sides, tracks: readonly Track[]) {
    this.#facts = facts;
    this.#sides = sides;
    this.#tracks = tracks;
  }

  rest(): void {
    this.#sinceMs = null;
  }

  /** How long it has been stuck, milliseconds. */
  tick(tick: Tick): number {
    const side = this.#sides.warm(tick) ? 'warm' : this.#sides.cold(tick) ? 'cold' : null;
    const now = this.#hottest();
    if (side !== this.#side && side !== null) {
      // Only from a change in contact on: at the beginning it is the purge.
      this.#sinceMs = this.#side !== null && tick.permitted ? tick.atMs : null;
      this.#fromC = now;
    }
    this.#side = side ?? this.#side;
    if (!tick.permitted || this.#sinceMs === null || this.#fromC === null || now === null) return 0;
    const target = this.#facts.plan?.steps.find(({ kind }) => kind === side)?.rangeC;
    if (target === undefined) return 0;
    // The nearer end of the range: the true target of two valves is what the proof test measured.
    const towards = side === 'warm' ? 1 : -1;
    const far = side === 'warm' ? target.minC - this.#fromC : this.#fromC - target.maxC;
    if (far < STUCK.fromK || (now - this.#fromC) * towards >= STUCK.movedK) {
      this.#sinceMs = null;
      return 0;
    }
    return tick.atMs - this.#sinceMs;
  }

  #hottest(): number | null {
    let hottest: number | null = null;
    for (const { lastC: valueC } of this.#tracks) {
      if (valueC !== null && (hottest === null || valueC > hottest)) hottest = valueC;
    }
    return hottest;
  }
}

/**
 * Two thermometers more than 2 K apart, from 15 s after a change. Each reading is looked at as it comes: two that are
 * apart by 2 K and some noise come within it with every other one, and are apart anew.
 */
class Apart {
  readonly #tracks: readonly Track[];
  #changedMs = -Infinity;
  #sinceMs: number | null = null;

  constructor(tracks: readonly Track[]) {
    this.#tracks = tracks;
  }

  event({ action, atMs }: Command): void {
    if (action === 'open') this.#changedMs = atMs;
  }

  /** One has been taken down. */
  reading(): void {
    if (!this.#areApart()) this.#sinceMs = null;
  }

  rest(): void {
    this.#sinceMs = null;
  }

  /** For how long they have been apart, milliseconds. */
  tick(atMs: number): number {
    if (!this.#areApart() || atMs < this.#changedMs + DISAGREE.fromMs) {
      this.#sinceMs = null;
      return 0;
    }
    this.#sinceMs ??= atMs;
    return atMs - this.#sinceMs;
  }

  #areApart(): boolean {
    if (this.#tracks.length < 2) return false;
    let low = Infinity;
    let high = -Infinity;
    for (const { lastC: valueC } of this.#tracks) {
      if (valueC === null) continue;
      if (valueC < low) low = valueC;
      if (valueC > high) high = valueC;
    }
    return high - low > DISAGREE.overK;
  }
}
