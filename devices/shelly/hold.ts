import type { ButtonAction } from '../../src/model/device.ts';

/** A bath's button means something else when it is held this long, milliseconds (a symptom, a clear). */
const HOLDS_MS = [3_000, 5_000] as const;

/** A button of which the device tells down and up: how long it is held is counted here. */
export interface Held {
  /** Since when it is held, monotonic milliseconds; null while it is not. */
  readonly sinceMs: number | null;
  /** How many of `HOLDS_MS` have been reported of this press. */
  readonly holds: number;
}

export const RELEASED: Held = { sinceMs: null, holds: 0 };
export const press = (atMs: number): Held => ({ sinceMs: atMs, holds: 0 });

export function nextHoldMs({ sinceMs, holds }: Held): number | null {
  const heldMs = HOLDS_MS[holds];
  return sinceMs === null || heldMs === undefined ? null : sinceMs + heldMs;
}

/** The holds that have come due, whatever woke the driver. */
export function holdsDue(
  { sinceMs, holds }: Held,
  atMs: number,
): { readonly held: Held; readonly actions: readonly ButtonAction[] } {
  if (sinceMs === null) return { held: { sinceMs, holds }, actions: [] };
  const due = HOLDS_MS.slice(holds).filter((heldMs) => atMs - sinceMs >= heldMs);
  const actions = due.map((heldMs) => ({ type: 'hold', heldMs }) as const);
  return { held: { sinceMs, holds: holds + due.length }, actions };
}
