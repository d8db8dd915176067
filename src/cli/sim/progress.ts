import type { Tally } from '../../campaign/tally.ts';
import type { SystemClock } from '../../clock/system.ts';
import type { Context } from '../output.ts';

/** How often a campaign whose progress goes to a file or a pipe tells it, milliseconds. */
const LOG_EVERY_MS = 30_000;

/** How far a campaign is, on stderr. */
export function progressLine(
  sessions: number,
  seed: number,
  clock: SystemClock,
  { stderr, isTTY }: Context,
): { show(tally: Tally): void; end(): void } {
  const fromMs = clock.nowMs();
  // A log is told seldom, and a campaign that is soon over not at all.
  const everyMs = isTTY ? 200 : LOG_EVERY_MS;
  let shownMs = isTTY ? -Infinity : fromMs;
  let shown = false;
  return {
    show: (tally) => {
      const nowMs = clock.nowMs();
      if (nowMs - shownMs < everyMs) return;
      shownMs = nowMs;
      const rate = (tally.sessions / (nowMs - fromMs)) * 1_000;
      const left = rate > 0 ? (sessions - tally.sessions) / rate : 0;
      const line = `seed ${seed} + ${tally.sessions} of ${sessions} · ${rate.toFixed(0)} a second · ${left.toFixed(0)} s left · ${tally.violated} violations`;
      stderr.write(isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
      shown = isTTY;
    },
    end: () => {
      if (shown) stderr.write('\r\u001b[2K');
    },
  };
}
