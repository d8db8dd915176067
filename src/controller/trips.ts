import type { Trip } from '../model/want.ts';
import type { CoreEffects } from './effects.ts';
import type { Vessel } from './vessel.ts';

/** The journal's own: what the watch cannot see. */
export const JOURNAL_STALLED: Trip = {
  detector: 'journal',
  reason: 'journal_stalled',
  response: 'abort',
  latch: false,
  message: 'the journal did not record the opening in time, so nothing was opened; check the disk',
};

/** A trip that has been carried out, for the journal with what was read, and for people. */
export function tellTrip(
  { detector, reason: code, latch: latched, clearsAtC, message }: Trip,
  vessels: readonly Vessel[],
  effects: Pick<CoreEffects, 'record' | 'news'>,
): void {
  const readings = Object.fromEntries(
    vessels.flatMap(({ watch }) =>
      Object.entries(watch.facts.latest).map(([id, { valueC }]) => [id, valueC]),
    ),
  );
  const clears = clearsAtC === undefined ? {} : { clears_at_c: clearsAtC };
  effects.record({ type: 'trip', body: { detector, code, latched, ...clears, message, readings } });
  effects.news({ type: 'event', event: 'trip', detail: { detector, code, latched, message } });
}
