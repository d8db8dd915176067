import type { Clock } from '../../clock/clock.ts';
import type { News } from '../../controller/index.ts';
import type { StateObject } from '../../model/state.ts';
import { BREAKAGES, mend, type Breakable, type Breakage } from './breakages.ts';

/** How often the true valves are looked at, simulated milliseconds; the times told are exact all the same. */
const LOOK_MS = 20;
/** How long the scald guard has to hold before it is said that it does. */
const HOLDS_MS = 15_000;
/** So long into a warm step it breaks: the press that began it is long over, and would else be taken for a held button. */
const SETTLED_MS = 5_000;
/** A valve that is told to close and is not shut by then does not obey. */
const STUCK_MS = 3_000;
/** The controller lies frozen a little longer than needed, so that nobody thinks it had a hand in it. */
const THAW_MS = 1_000;

export interface MishapParts extends Breakable {
  readonly clock: Clock;
  readonly state: () => StateObject | null;
  readonly say: (text: string) => void;
}

interface Broken {
  readonly breakage: Breakage;
  readonly atMs: number;
  /** The first trip since. */
  trip: { readonly detector: string; readonly code: string; readonly atMs: number } | null;
  /** When the water last had to change. */
  changedMs: number | null;
  hottestC: number;
  /** What closed the water has been told, and when. */
  toldMs: number | null;
}

/** One thing that breaks in the middle of a warm step, and what closes the water then: timed at the true valve. */
export class Mishap {
  readonly #parts: MishapParts;
  #next = 0;
  #armed: Breakage | null = null;
  #broken: Broken | null = null;
  #looking = false;
  /** Since when warm water has been running. */
  #warmMs: number | null = null;

  constructor(parts: MishapParts) {
    this.#parts = parts;
  }

  /** Worth a slower look right now. */
  get isFast(): boolean {
    return this.#broken !== null && this.#broken.breakage.fast && this.#broken.toldMs === null;
  }

  get isFrozen(): boolean {
    return this.#parts.freezer.frozen;
  }

  /** `f`: the next thing on the list is about to break; pressed again, the one after it. */
  choose(): void {
    const { say } = this.#parts;
    if (this.#broken !== null && this.#broken.toldMs === null) {
      say(`${this.#broken.breakage.name}: not over yet`);
      return;
    }
    const [first] = BREAKAGES;
    this.#armed = BREAKAGES[this.#next % BREAKAGES.length] ?? first;
    this.#next += 1;
    say(`about to break: ${this.#armed.name}, when warm water runs over the feet (f: something else)`);
    this.#look();
  }

  news(news: News, atMs: number): void {
    const broken = this.#broken;
    if (broken === null) return;
    if (news.type === 'state' && news.state.phase === 'changing') broken.changedMs ??= atMs;
    if (news.type !== 'event' || news.event !== 'trip' || broken.trip !== null) return;
    const { detector, code } = news.detail;
    broken.trip = { detector: String(detector), code: String(code), atMs };
  }

  /** Mends what is broken, and lets hot water that stands in the pipe run away. */
  async mend(): Promise<void> {
    if (this.#broken === null) return;
    const { rig, clock, say } = this.#parts;
    const scalding = rig.plant.waterC() > rig.drawn.guard_c + 1 || this.#broken.breakage.rescue !== 'lease';
    this.#broken = null;
    mend(this.#parts);
    say('mended');
    if (!scalding) return;
    rig.faults.jam('cold', true);
    await new Promise<void>((resolve) => clock.at(clock.nowMs() + HOLDS_MS, 'flush', resolve));
    rig.faults.jam('cold', null);
  }

  #look(): void {
    if (this.#looking) return;
    this.#looking = true;
    const { clock } = this.#parts;
    clock.at(clock.nowMs() + LOOK_MS, 'mishap', () => {
      this.#looking = false;
      if (this.#broken !== null) this.#follow(this.#broken);
      else if (this.#armed !== null) this.#breakIfWarm(this.#armed);
      if (this.#armed !== null || (this.#broken !== null && !this.#over)) this.#look();
    });
  }

  get #over(): boolean {
    return this.#broken?.toldMs !== null && !this.isFrozen;
  }

  #breakIfWarm(breakage: Breakage): void {
    const { rig, clock, state, say } = this.#parts;
    const atMs = clock.nowMs();
    if (state()?.phase !== 'warm' || !rig.plant.isOpen('hot')) this.#warmMs = null;
    else this.#warmMs ??= atMs;
    if (this.#warmMs === null || atMs - this.#warmMs < SETTLED_MS) return;
    this.#warmMs = null;
    this.#armed = null;
    this.#broken = { breakage, atMs, trip: null, changedMs: null, hottestC: -Infinity, toldMs: null };
    breakage.break(this.#parts);
    say(`BROKEN: ${breakage.says}`);
  }

  #follow(broken: Broken): void {
    const { rig, clock, freezer } = this.#parts;
    const nowMs = clock.nowMs();
    broken.hottestC = Math.max(broken.hottestC, rig.plant.waterC());
    if (broken.toldMs !== null) {
      if (freezer.frozen && nowMs >= broken.toldMs + THAW_MS) freezer.thaw();
      return;
    }
    const text = this.#whatClosed(broken, nowMs);
    if (text === null) return;
    broken.toldMs = nowMs;
    this.#parts.say(text);
  }

  /** null: nothing yet. */
  #whatClosed(broken: Broken, nowMs: number): string | null {
    const { rig, state } = this.#parts;
    const shutMs = shutAfter(rig.plant.openings(), broken.atMs);
    const { name, rescue } = broken.breakage;
    if (rescue === 'lease') {
      return shutMs === null
        ? null
        : `CLOSED by the lease: the valve shut by itself ${ms(shutMs)} after the controller froze. Nobody told it to.`;
    }
    if (broken.trip !== null) return tripText(broken, broken.trip, shutMs, nowMs, rig.plant.flows());
    if (rescue === 'guard' && nowMs - broken.atMs >= HOLDS_MS) {
      const hottest = `${broken.hottestC.toFixed(1)} C`;
      return `HELD by the scald guard: ${ms(nowMs - broken.atMs)} later the water at the feet was never above ${hottest}. Nothing had to close.`;
    }
    const resting = ['idle', 'stopped', 'complete', 'aborted'].includes(state()?.state ?? '');
    return resting ? `${name}: the session was over before it showed` : null;
  }
}

/** How long after a moment the last valve was truly shut; null while one is open. */
function shutAfter(openings: readonly { readonly closedAtMs: number | null }[], atMs: number): number | null {
  const ends = openings.map(({ closedAtMs }) => closedAtMs);
  const last = ends.reduce(
    (max: number | null, end) => (max === null || end === null ? null : Math.max(max, end)),
    0,
  );
  return last === null ? null : Math.max(0, last - atMs);
}

function tripText(
  { atMs, changedMs, hottestC, breakage }: Broken,
  trip: NonNullable<Broken['trip']>,
  shutMs: number | null,
  nowMs: number,
  flows: boolean,
): string | null {
  const since =
    changedMs !== null && changedMs < trip.atMs
      ? ` (${ms(trip.atMs - changedMs)} after the water had to change, and it first showed)`
      : '';
  const tripped = `${trip.detector} ${trip.code} tripped ${ms(trip.atMs - atMs)} after "${breakage.name}"${since}`;
  if (shutMs !== null)
    return `CLOSED by a detector: ${tripped}; the true valve was shut after ${ms(shutMs)}. At the feet at most ${hottestC.toFixed(1)} C.`;
  if (!flows || nowMs < trip.atMs + STUCK_MS) return null;
  return `NOT CLOSED, and no software can: ${tripped}, contact is over, but the true valve still runs. The scald guard keeps it at ${hottestC.toFixed(1)} C at most; close the tap.`;
}

function ms(value: number): string {
  return `${Math.round(value).toLocaleString('en')} ms`;
}
