import { statSync } from 'node:fs';
import { fail, ok, warn } from '../finding.ts';
import type { Check } from '../patient.ts';

/** As the controller, which ends a session over more (docs/architecture.md). */
const JUMP_MS = 2_000;
const YEARS = { first: 2025, last: 2099 } as const;
const FUTURE_MS = 60_000;

/** The wall clock keeps step, and has not been set back since the last session. */
export const clockCheck: Check = {
  name: 'clock',
  run: ({ clock, offsetMs, config }, tell) => {
    const wallMs = clock.wallMs();
    const jumpMs = wallMs - clock.nowMs() - offsetMs;
    const now = new Date(wallMs);
    const year = now.getUTCFullYear();
    const sync = 'let the computer take its time from the network (timedatectl set-ntp true)';
    const writtenMs = newest(config.journalPath);
    if (Math.abs(jumpMs) > JUMP_MS) {
      const message = `it jumped by ${(jumpMs / 1_000).toFixed(1)} s while the doctor looked; that ends a session`;
      tell(fail(null, 'unfit', message, sync));
    } else if (year < YEARS.first || year > YEARS.last) {
      tell(fail(null, 'unfit', `it is ${now.toISOString()} here, which cannot be`, sync));
    } else if (writtenMs !== null && writtenMs > wallMs + FUTURE_MS) {
      const message = `the journal was written at ${new Date(writtenMs).toISOString()}, which is yet to come`;
      tell(warn(null, message, `${sync}; lockouts count from what the journal says`));
    } else {
      tell(ok(null, `${now.toISOString().slice(0, 19)}Z, time zone ${config.timezone}`));
    }
    return Promise.resolve();
  },
};

/** When the journal was written last; null before the first time. */
function newest(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
