import { z } from 'zod';
import type { Clock, Timer } from '../../src/clock/clock.ts';
import type { Bus, BusMessage } from '../../src/model/bus.ts';
import type { StationId } from '../../src/model/ids.ts';
import { PHASES } from '../../src/model/state.ts';
import { Random } from '../../src/random/random.ts';
import { Contact, type ContactStats } from './contact.ts';

/** What this person does of their own accord; feet follow the cues either way. */
export interface PersonHabits {
  /** Presses when the station is ready. */
  readonly presses: boolean;
  /** Answers "still OK?". */
  readonly answers: boolean;
  /** Where they begin: at the bath's button, or at the page, where they can also be asked whether all is well. */
  readonly begins?: 'button' | 'page';
}

export interface PersonOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly station: StationId;
  /** Where the person sees the station's state. */
  readonly bus: Bus;
  readonly habits: PersonHabits;
  /** Presses the button at the station, or does what stands in for it. */
  readonly press: () => void;
  /** Says that all is well, as a page would. */
  readonly answer: () => void;
  /** The person changes the water by moving the feet: two basins, or two buckets. */
  readonly moves: boolean;
  /** The true water there, degrees Celsius; null where nobody knows it. `in`: wherever there is but one. */
  readonly waterC: (where: Bucket | 'in') => number | null;
  /** The feet are in there now; null: out. */
  readonly feet: (where: Bucket | 'in' | null) => void;
  /** The feet have gone in, or out: what a mat under them feels. */
  readonly there?: (isThere: boolean) => void;
}

type Bucket = 'warm' | 'cold';

/** One time with the feet in. Monotonic milliseconds; `outAtMs` is null while they are in. */
export interface FeetIn {
  readonly inAtMs: number;
  /** Which of two buckets or basins; null where there is but one water. */
  readonly bucket: Bucket | null;
  outAtMs: number | null;
}

/**
 * How a person is. `silent`: presses and answers nothing, feet follow the cues. `gone`: has walked away. `fainted`: feet
 * stay where they are, whatever the cues say.
 */
export type Mood = 'well' | 'silent' | 'gone' | 'fainted';

/** From seeing something to having done something about it. */
const REACTION_MS = [1_000, 5_000] as const;
/** A press that changed nothing is tried again after this long. */
const PATIENCE_MS = 8_000;
/** How often the true water is looked at while the feet are in. */
const SAMPLE_MS = 250;

/** Of the state object, what a person looks at. Anything else may be missing or new. */
const seenSchema = z.object({
  phase: z.enum(PHASES),
  exposed: z.boolean(),
  prompt: z.object({ id: z.string() }).nullable().catch(null),
  step: z
    .object({ kind: z.enum(['warm', 'cold']) })
    .nullable()
    .catch(null),
});
type Seen = z.infer<typeof seenSchema>;

/**
 * A simulated person, who has eyes on the station's state, a finger and two feet, and nothing else. Feet go in 1-5 s
 * after contact is permitted and come out 1-5 s after it no longer is. Where water stands in two buckets or basins, the
 * feet move 1-5 s after the cue for the other one.
 */
export class Person {
  readonly #options: PersonOptions;
  readonly #random: Random;
  readonly #intervals: FeetIn[] = [];
  readonly #contact = new Contact();
  #sampledAtMs = 0;
  #mood: Mood = 'well';
  #seen: Seen | null = null;
  #answered: string | null = null;
  #feet: Timer | null = null;
  #finger: Timer | null = null;
  #voice: Timer | null = null;
  #eyes: Timer | null = null;

  constructor(options: PersonOptions) {
    this.#options = options;
    this.#random = new Random(options.seed, 'person');
    options.bus.onMessage((message) => {
      this.#look(message);
    });
    options.bus.subscribe([`ebb/${options.station}/state`]);
  }

  /** The truth. */
  get feetIn(): boolean {
    return this.#intervals.at(-1)?.outAtMs === null;
  }

  /** The truth: every time the feet were in, in order. */
  intervals(): readonly FeetIn[] {
    return this.#intervals.map((each) => ({ ...each }));
  }

  /** The truth: what the feet have felt so far. */
  contact(): ContactStats {
    if (this.feetIn) this.#feel();
    return this.#contact.stats();
  }

  /** From now on. Whoever is well again looks at once at what the station says. */
  become(mood: Mood): void {
    this.#mood = mood;
    for (const timer of [this.#finger, this.#voice]) timer?.cancel();
    this.#finger = null;
    if (mood === 'fainted') this.#feet?.cancel();
    else this.#moveFeet();
    if (mood === 'well' && this.#seen !== null) {
      this.#answered = null;
      this.#maybePress();
      this.#maybeAnswer(this.#seen);
    }
  }

  stop(): void {
    for (const timer of [this.#feet, this.#finger, this.#voice, this.#eyes]) timer?.cancel();
  }

  #look({ topic, payload }: BusMessage): void {
    if (topic !== `ebb/${this.#options.station}/state`) return;
    const seen = seenSchema.safeParse(parseJson(payload));
    if (!seen.success) return;
    const before = this.#seen;
    this.#seen = seen.data;
    const moves = seen.data.exposed && this.#bucketOf(before) !== this.#bucketOf(seen.data);
    if (before?.exposed !== seen.data.exposed || moves) this.#moveFeet();
    this.#maybePress();
    this.#maybeAnswer(seen.data);
  }

  #moveFeet(): void {
    if (this.#mood === 'fainted') return;
    this.#feet?.cancel();
    const exposed = this.#seen?.exposed === true && this.#mood !== 'gone';
    const bucket = exposed ? this.#bucketOf(this.#seen) : null;
    if (exposed === this.feetIn && (!exposed || bucket === this.bucket)) return;
    this.#feet = this.#react('feet', () => {
      if (this.feetIn) this.#stepOut();
      if (exposed) this.#stepIn(bucket);
    });
  }

  /** The bucket or basin that the station sends the feet to; null where there is but one water. */
  #bucketOf(seen: Seen | null): Bucket | null {
    return this.#options.moves ? (seen?.step?.kind ?? null) : null;
  }

  /** The truth: the bucket or basin that the feet are in, or were in last; null where there is but one water. */
  get bucket(): Bucket | null {
    return this.#intervals.at(-1)?.bucket ?? null;
  }

  #stepIn(bucket: Bucket | null): void {
    const nowMs = this.#options.clock.nowMs();
    this.#intervals.push({ inAtMs: nowMs, bucket, outAtMs: null });
    this.#options.feet(bucket ?? 'in');
    this.#sampledAtMs = nowMs;
    this.#options.there?.(true);
    this.#watchWater();
  }

  #stepOut(): void {
    this.#feel();
    this.#eyes?.cancel();
    this.#options.feet(null);
    const last = this.#intervals.at(-1);
    if (last !== undefined) last.outAtMs = this.#options.clock.nowMs();
    this.#options.there?.(false);
  }

  #watchWater(): void {
    const { clock } = this.#options;
    this.#eyes = clock.at(clock.nowMs() + SAMPLE_MS, 'person feels the water', this.#sample);
  }

  readonly #sample = (): void => {
    this.#feel();
    this.#watchWater();
  };

  #feel(): void {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs > this.#sampledAtMs) {
      const waterC = this.#options.waterC(this.bucket ?? 'in');
      if (waterC !== null) this.#contact.add(waterC, nowMs - this.#sampledAtMs);
    }
    this.#sampledAtMs = nowMs;
  }

  #ready(): boolean {
    return this.#seen?.phase === 'ready' && !this.#seen.exposed;
  }

  #maybePress(): void {
    if (!this.#ready()) {
      this.#finger?.cancel();
      this.#finger = null;
      return;
    }
    if (!this.#options.habits.presses || this.#mood !== 'well' || this.#finger !== null) return;
    this.#finger = this.#react('finger', () => {
      this.#press();
    });
  }

  /** Looks again before each press: in any other phase the button means STOP. */
  #press(): void {
    if (!this.#ready()) return;
    this.#options.press();
    const { clock } = this.#options;
    this.#finger = clock.at(clock.nowMs() + PATIENCE_MS, 'person presses again', () => {
      this.#press();
    });
  }

  #maybeAnswer({ prompt }: Seen): void {
    if (
      !this.#options.habits.answers ||
      this.#mood !== 'well' ||
      prompt === null ||
      prompt.id === this.#answered
    )
      return;
    this.#answered = prompt.id;
    this.#voice?.cancel();
    this.#voice = this.#react('voice', () => {
      if (this.#seen?.prompt?.id === prompt.id) this.#options.answer();
    });
  }

  #react(what: string, act: () => void): Timer {
    const { clock } = this.#options;
    return clock.at(clock.nowMs() + this.#random.between(...REACTION_MS), `person: ${what}`, act);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
