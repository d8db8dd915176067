import type { DeviceId } from '../../model/ids.ts';
import type { Hindrance } from '../../model/desk.ts';
import { MINUTE_MS, SECOND_MS } from '../../model/units.ts';
import { Heard } from './heard.ts';
import type { Word } from './heard.ts';

/** Away so long, a person has moved enough: what was due is done. */
const LEFT_MS = 5 * MINUTE_MS;
/** Nothing is shown so soon after somebody came back. */
const SETTLE_MS = 5 * MINUTE_MS;
/** Shorter than this nobody was away: a sensor that looks the other way for a moment. */
const BRIEF_MS = 30 * SECOND_MS;
/** That somebody is there holds so long after it was last heard. That nobody is holds until it is said otherwise. */
const THERE_MS = 3 * MINUTE_MS;

/** What became of the person at a desk. */
export type PresenceEdge =
  /** Away for long enough. */
  | 'left'
  /** Back after having been away for long enough: that counts, and the sitting begins anew. */
  | 'back'
  /** Heard of again after nobody knew for minutes: the sitting begins anew. */
  | 'found'
  | null;

/** For the record: nobody has been there since then, or somebody came back after so long. */
export interface PresenceNews {
  readonly present: boolean;
  readonly sinceMs: number;
}

/** Stands in for the sensors of an earlier run until one of this one speaks. */
const EARLIER = 'earlier';

type Standing = 'there' | 'absent' | 'unknown';

/**
 * Whether somebody sits at the desk, as its sensors tell. Where none ever told anything, somebody does. One that fell
 * silent after it had seen the last person go is no reason to believe that anybody came back.
 */
export class Presence {
  readonly #heard = new Heard();
  #standing: Standing = 'unknown';
  #absentSinceMs: number | null = null;
  /** Somebody was there, and then nobody knew for too long for that to hold. */
  #lost = false;
  #leftTold = false;
  /** The absence began where nobody could see it. */
  #unseen = false;
  #backMs = -Infinity;
  /** The absence was told for the record. */
  #absenceTold = false;
  #news: PresenceNews | null = null;

  /** What an earlier run knew: nobody had been there since then, or somebody had come back then. */
  restore({ present, sinceMs }: PresenceNews, atMs: number): void {
    if (present) {
      this.#backMs = sinceMs;
      return;
    }
    this.#heard.said(EARLIER, false, sinceMs);
    this.#heard.silent(EARLIER, sinceMs);
    this.#standing = 'absent';
    this.#absentSinceMs = sinceMs;
    this.#absenceTold = true;
    this.#leftTold = atMs >= sinceMs + LEFT_MS;
  }

  /** What is for the record since this was asked last; null: nothing. */
  takeNews(): PresenceNews | null {
    const news = this.#news;
    this.#news = null;
    return news;
  }

  /** null: the sensor cannot tell, or is not there any more. `retained`: that is what lay at the broker of it. */
  sense(device: DeviceId, present: boolean | null, atMs: number, retained = false): PresenceEdge {
    if (present === null) this.#heard.silent(device, atMs);
    else {
      this.#heard.forget(EARLIER);
      const before = this.#heard.said(device, present, atMs, retained);
      // Gone since nobody knows when: however soon somebody comes now, they come back.
      if (!present && (before === null || isUnheard(before))) this.#unseen = true;
    }
    return this.#look(atMs);
  }

  /** The link to a sensor is gone. */
  cutOff(device: DeviceId, atMs: number): void {
    this.#heard.silent(device, atMs, true);
  }

  /** Those that were cut off can be heard again. */
  linked(atMs: number): void {
    this.#dropOld(atMs);
    this.#heard.linked(atMs);
  }

  /** A sensor is back, and has said nothing yet. */
  reached(device: DeviceId, atMs: number): void {
    this.#dropOld(atMs);
    this.#heard.reached(device, atMs);
  }

  /** Somebody touched the desk itself: whoever is believed to be away since a sensor fell silent is back. */
  touched(atMs: number): PresenceEdge {
    for (const [device, word] of this.#heard.all) {
      if (word.yes || !isUnheard(word)) continue;
      this.#heard.said(device, true, atMs);
      this.#heard.silent(device, atMs);
    }
    return this.#look(atMs);
  }

  /** The computer slept so long that whoever wakes it has only just come back. */
  woke(atMs: number, sleptMs: number): void {
    this.#heard.slept(sleptMs);
    if (this.#absentSinceMs !== null) this.#absentSinceMs -= sleptMs;
    if (sleptMs >= SETTLE_MS) this.#backMs = atMs;
  }

  clock(atMs: number): PresenceEdge {
    const edge = this.#look(atMs);
    if (this.#absentSinceMs !== null && !this.#absenceTold && atMs >= this.#absentSinceMs + BRIEF_MS) {
      this.#absenceTold = true;
      this.#news = { present: false, sinceMs: this.#absentSinceMs };
    }
    if (this.#absentSinceMs === null || this.#leftTold || atMs < this.#absentSinceMs + LEFT_MS) return edge;
    this.#leftTold = true;
    return 'left';
  }

  hindrance(atMs: number): Extract<Hindrance, 'away' | 'just_back'> | null {
    if (this.#absentSinceMs !== null) return 'away';
    return atMs < this.#backMs + SETTLE_MS ? 'just_back' : null;
  }

  /** When it wants a `clock`, or its hindrance ends; null: not by itself. */
  deadlineMs(atMs: number): number | null {
    let dueMs = Infinity;
    for (const [, word] of this.#heard.all) if (endsMs(word) > atMs) dueMs = Math.min(dueMs, endsMs(word));
    if (this.#absentSinceMs !== null && !this.#leftTold)
      dueMs = Math.min(dueMs, this.#absentSinceMs + (this.#absenceTold ? LEFT_MS : BRIEF_MS));
    const settledMs = this.#backMs + SETTLE_MS;
    if (this.#absentSinceMs === null && settledMs > atMs) dueMs = Math.min(dueMs, settledMs);
    return dueMs === Infinity ? null : dueMs;
  }

  /** What does not hold any more is not made to hold again by a link. */
  #dropOld(atMs: number): void {
    for (const [device, word] of this.#heard.all) if (endsMs(word) <= atMs) this.#heard.forget(device);
  }

  #look(atMs: number): PresenceEdge {
    const before = this.#standing;
    this.#standing = this.#standingAt(atMs);
    if (this.#standing === 'absent') {
      this.#absentSinceMs ??= atMs;
      return null;
    }
    if (this.#standing === 'unknown') {
      if (before === 'there') this.#lost = true;
      return null;
    }
    return before === 'there' ? null : this.#arrived(atMs);
  }

  #arrived(atMs: number): PresenceEdge {
    const awayMs = this.#absentSinceMs === null ? 0 : atMs - this.#absentSinceMs;
    const left = this.#leftTold || awayMs >= LEFT_MS;
    const edge = left ? 'back' : this.#lost ? 'found' : null;
    const isReturn = edge !== null || awayMs >= BRIEF_MS || (this.#unseen && this.#absentSinceMs !== null);
    if (isReturn) this.#news = { present: true, sinceMs: this.#absentSinceMs ?? atMs };
    this.#absenceTold = false;
    this.#absentSinceMs = null;
    this.#lost = false;
    this.#leftTold = false;
    this.#unseen = false;
    if (isReturn) this.#backMs = atMs;
    return edge;
  }

  #standingAt(atMs: number): Standing {
    let standing: Standing = 'unknown';
    for (const [, word] of this.#heard.all) {
      if (word.yes && atMs < endsMs(word)) return 'there';
      if (!word.yes) standing = 'absent';
    }
    return standing;
  }
}

const isUnheard = ({ silentSinceMs, unsaidSinceMs }: Word): boolean =>
  silentSinceMs !== null || unsaidSinceMs !== null;

/** Until when it holds that somebody is there. */
function endsMs({ yes, silentSinceMs }: Word): number {
  return yes && silentSinceMs !== null ? silentSinceMs + THERE_MS : Infinity;
}
