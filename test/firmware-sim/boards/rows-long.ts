import { expect } from 'vitest';
import { BOARD_LIMITS } from '../../../machines/envelope-hash.ts';
import type { RigBench, Suite } from './conformance.ts';
import { spans } from './rows-water.ts';

const RENEW_MS = 2_000;

/** Renewed for ever, a side runs no longer than its cap; short breaks do not help. */
async function capped({ talk, rig }: RigBench, valve: 1 | 2, capMs: number): Promise<void> {
  const pin = `v${valve}` as const;
  const fromMs = talk.body.nowMs();
  let answer = 'ok';
  let breaks = 0;
  while (answer.startsWith('ok')) {
    answer = await talk.ask(`OPEN ${valve} 10000`);
    await talk.pass(RENEW_MS);
    // One break of 5 s in the middle.
    if (breaks === 0 && talk.body.nowMs() - fromMs > capMs / 2) {
      breaks += 1;
      await talk.ask(`CLOSE ${valve}`);
      await talk.pass(1_900);
      await talk.live(3_000);
    }
    if (talk.body.nowMs() - fromMs > capMs + 60_000) throw new Error('it was never capped');
  }
  expect(answer).toMatch(/^err cap /);
  expect(talk.events('closed').map(({ text }) => text)).toEqual([`!closed v=${valve} why=cap`]);
  const open = spans(rig, pin).reduce((sum, { ms }) => sum + ms, 0);
  expect(Math.abs(open - capMs)).toBeLessThan(2 * 1.5);
  expect((await talk.stat()).get('cap')).toBe(1);
  // It answered no about RENEW_MS after it was closed.
  await talk.live(BOARD_LIMITS.runBreakMs - RENEW_MS - 3_000);
  expect(await talk.ask(`OPEN ${valve} 1000`)).toMatch(/^err cap /);
  await talk.live(4_000);
  expect((await talk.stat()).get('cap')).toBe(0);
  expect(await talk.ask(`OPEN ${valve} 1000`)).toMatch(/^ok /);
}

/** Rows that take minutes of the board's time. */
export function longRows({ rigRow }: Suite): void {
  rigRow('cold runs 6 minutes without a rest of 10 s, however often it is renewed', (bench) =>
    capped(bench, 2, BOARD_LIMITS.coldRunMs),
  );
  rigRow('hot runs 25 minutes without a rest of 10 s, however often it is renewed', (bench) =>
    capped(bench, 1, BOARD_LIMITS.hotRunMs),
  );
}
