import type { DeviceId } from '../../model/ids.ts';
import { HOUR_MS, MINUTE_MS } from '../../model/units.ts';

/** What a device said last holds so long after it fell silent: a broker that restarts ends no meeting. */
const SILENT_MS = 5 * MINUTE_MS;
/** Nobody is busy longer than this without saying so again: a switch that was forgotten silences no desk for ever. */
const FORGOTTEN_MS = 12 * HOUR_MS;

/** Whether somebody is busy, as one device has it. null: not known, and so not busy. */
export interface BusyEdge {
  readonly device: DeviceId;
  readonly busy: boolean | null;
  /** Why it is not known: the device fell silent, or has said nothing new for half a day. */
  readonly why: 'silent' | 'forgotten' | null;
}

interface Said {
  readonly busy: boolean;
  readonly saidMs: number;
  readonly silentSinceMs: number | null;
}

/** Whether somebody at the desk wants not to be disturbed: any of its devices that says so is enough. */
export class Busy {
  readonly #said = new Map<DeviceId, Said>();

  get now(): boolean {
    for (const { busy } of this.#said.values()) if (busy) return true;
    return false;
  }

  /** null: the device cannot tell, or is not there any more. */
  sense(device: DeviceId, busy: boolean | null, atMs: number): BusyEdge | null {
    const known = this.#said.get(device);
    if (busy !== null) {
      this.#said.set(device, { busy, saidMs: atMs, silentSinceMs: null });
      return known?.busy === busy ? null : { device, busy, why: null };
    }
    if (known?.silentSinceMs === null) this.#said.set(device, { ...known, silentSinceMs: atMs });
    return null;
  }

  /** The computer slept: what was said is that much older. */
  woke(sleptMs: number): void {
    for (const [device, { busy, saidMs, silentSinceMs }] of this.#said)
      this.#said.set(device, {
        ...{ busy, saidMs: saidMs - sleptMs },
        silentSinceMs: silentSinceMs === null ? null : silentSinceMs - sleptMs,
      });
  }

  clock(atMs: number): readonly BusyEdge[] {
    const edges: BusyEdge[] = [];
    for (const [device, said] of this.#said) {
      if (endsMs(said) > atMs) continue;
      this.#said.delete(device);
      const silent = said.silentSinceMs !== null;
      edges.push({ device, busy: null, why: silent ? 'silent' : 'forgotten' });
    }
    return edges;
  }

  /** When it wants a `clock`; null: not by itself. */
  get deadlineMs(): number | null {
    let first = Infinity;
    for (const said of this.#said.values()) first = Math.min(first, endsMs(said));
    return first === Infinity ? null : first;
  }
}

/** Until when what was said holds: that nobody is busy may be said once and for good. */
function endsMs({ busy, saidMs, silentSinceMs }: Said): number {
  const silentMs = silentSinceMs === null ? Infinity : silentSinceMs + SILENT_MS;
  return busy ? Math.min(silentMs, saidMs + FORGOTTEN_MS) : silentMs;
}
