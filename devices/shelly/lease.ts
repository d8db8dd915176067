import { seconds, type SwitchStatus } from './codec.ts';
import type { Kind, Valve, ValveState } from './meeting.ts';
import type { Question } from './rpc.ts';

/**
 * L21: at most 30 s. `toggle_after` is a number of seconds; the documentation names no limits. Tenths are what people
 * pulse relays with (0.5), and what the device then holds is read back in its own words.
 */
export const SWITCH_LEASE = { minMs: 1_000, maxMs: 30_000, stepMs: 100, defaultMs: 10_000 } as const;

/** How much of a lease the way through the broker and back may have used before it counts as not granted. */
const ACK_LATE_MS = 3_000;

/** A device prints its timer with two decimals. */
const ROUNDING_MS = 50;

const NO_TIMER =
  'it opened without a timer of its own, so it would stay open when Ebb dies; it was told to close. ' +
  'Update its firmware: Switch.Set must know toggle_after';

export const grantQuestions = ({ part }: Valve, leaseMs: number): readonly Question<Kind>[] => [
  { kind: 'set', method: 'Switch.Set', params: { id: part, on: true, toggle_after: seconds(leaseMs) } },
];

type Judged =
  | { readonly leaseMs: number; readonly startedS: number }
  /** It does not do what it was asked for, and must not be asked again. */
  | { readonly refusal: string };

/**
 * What an open switch says of the lease that was asked for. Granted is one that the device took, that runs, that is
 * as long as asked or was cut by less than a third, and that began anew: a timer with the start of the one before is
 * the one before. null: nothing was asked for, or the answer is not good enough, or too late, to rest on.
 */
export function judgeLease(state: ValveState, timer: SwitchStatus['timer'], atMs: number): Judged | null {
  const { pending } = state;
  if (pending?.taken !== true) return null;
  if (timer?.startedS == null) return { refusal: NO_TIMER };
  const { leaseMs } = pending;
  const { durationMs, startedS } = timer;
  if (durationMs > leaseMs + ROUNDING_MS) {
    const [held, asked] = [seconds(durationMs), seconds(leaseMs)];
    return { refusal: `it holds ${held} s where ${asked} s were asked for; it was told to close` };
  }
  if (startedS === state.startedS || durationMs < (leaseMs * 2) / 3) return null;
  if (atMs - pending.sentAtMs > Math.min(ACK_LATE_MS, leaseMs / 3)) return null;
  return { leaseMs: durationMs, startedS };
}
