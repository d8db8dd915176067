import type { WaterWant } from '../src/model/want.ts';
import { ENVELOPE } from './envelope.ts';

/** For the time a change itself takes. */
const MARGIN_MS = 15_000;

/** A setpoint within L1 and L2: the interlock asks once more, whoever computed it. */
export function isWithinLimits({ targetC }: WaterWant): boolean {
  return targetC >= ENVELOPE.coldMinC && targetC <= ENVELOPE.warmMaxC;
}

/** However long a machine wants water, no side runs on one want for longer than its longest step or preparation. */
export function capped(want: WaterWant | null, atMs: number): WaterWant | null {
  if (want === null) return null;
  const longestMs = want.side === 'warm' ? ENVELOPE.soakMs : ENVELOPE.purgeMs + ENVELOPE.coldStepMs;
  return { ...want, untilMs: Math.min(want.untilMs, atMs + longestMs + MARGIN_MS) };
}
