import type { DeviceId } from '../../model/ids.ts';
import { HOUR_MS, MINUTE_MS } from '../../model/units.ts';
import { Heard } from './heard.ts';
import type { Word } from './heard.ts';

/** What a device said last holds so long after it fell silent: a broker that restarts ends no meeting. */
const SILENT_MS = 5 * MINUTE_MS;
/** And so long where it is back and has said nothing: most say something on a change alone, and it may have been missed. */
const UNSAID_MS = HOUR_MS;
/** Nobody is busy longer than this without saying so again: a switch that was forgotten silences no desk for ever. */
const FORGOTTEN_MS = 12 * HOUR_MS;

/** Whether somebody is busy, as one device has it. null: not known, and so not busy. */
export interface BusyEdge {
  readonly device: DeviceId;
  readonly busy: boolean | null;
  /** Why it is not known: the device fell silent, or has said nothing new for half a day. */
  readonly why: 'silent' | 'forgotten' | null;
}

/** Whether somebody at the desk wants not to be disturbed: any of its devices that says so is enough. */
export class Busy {
  readonly #heard: Heard = new Heard();

  get now(): boolean {
    for (const [, { yes }] of this.#heard.all) if (yes) return true;
    return false;
  }

  /** null: the device cannot tell, or is not there any more. */
  sense(device: DeviceId, busy: boolean | null, atMs: number): BusyEdge | null {
    if (busy === null) {
      this.#heard.silent(device, atMs);
      return null;
    }
    return this.#heard.said(device, busy, atMs)?.yes === busy ? null : { device, busy, why: null };
  }

  /** The link to a device is gone. */
  cutOff(device: DeviceId, atMs: number): void {
    this.#heard.silent(device, atMs, true);
  }

  /** Those that were cut off can be heard again. */
  linked(atMs: number): void {
    this.#heard.linked(atMs);
  }

  /** A device is back, and has said nothing yet. */
  reached(device: DeviceId, atMs: number): void {
    this.#heard.reached(device, atMs);
  }

  /** The computer slept: what was said is that much older. */
  woke(sleptMs: number): void {
    this.#heard.slept(sleptMs);
  }

  clock(atMs: number): readonly BusyEdge[] {
    const edges: BusyEdge[] = [];
    for (const [device, word] of this.#heard.all) {
      if (endsMs(word) > atMs) continue;
      this.#heard.forget(device);
      const silent = word.silentSinceMs !== null || word.unsaidSinceMs !== null;
      edges.push({ device, busy: null, why: silent ? 'silent' : 'forgotten' });
    }
    return edges;
  }

  /** When it wants a `clock`; null: not by itself. */
  get deadlineMs(): number | null {
    let first = Infinity;
    for (const [, word] of this.#heard.all) first = Math.min(first, endsMs(word));
    return first === Infinity ? null : first;
  }
}

/** Until when what was said holds: that nobody is busy may be said once and for good. */
function endsMs({ yes, saidMs, silentSinceMs, unsaidSinceMs }: Word): number {
  const silentMs = silentSinceMs === null ? Infinity : silentSinceMs + SILENT_MS;
  if (!yes) return silentMs;
  const unsaidMs = unsaidSinceMs === null ? Infinity : unsaidSinceMs + UNSAID_MS;
  return Math.min(silentMs, unsaidMs, saidMs + FORGOTTEN_MS);
}
