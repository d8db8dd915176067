import { expect } from 'vitest';
import { composeReal } from '../../src/main.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { openBoardBath } from '../support/board-home.ts';
import { until } from '../support/until.ts';

/**
 * A whole session on the firmware over a tty, controller and rig in one time. What its pins did is looked at. The
 * emulator does a speed of 5 or so; the way over the tty takes real time, and a busy computer makes it long.
 */
export async function completeOn(
  protocol: string,
  { cycles, speed, limitMs }: { readonly cycles: number; readonly speed: number; readonly limitMs: number },
): Promise<void> {
  const bath = await openBoardBath(speed);
  const { config, clock, edges } = bath;
  const running = await composeReal(
    { config, protocols: loadLibrary(config.library).protocols, log: silentLog },
    { clock },
  );
  try {
    const state = () => running.controller.state('foot-bath');
    const core = () => running.controller.station('foot-bath')?.core;
    await until('the board is there', () => core()?.ready === true && core()?.allClosed === true, 60_000);
    const begunMs = clock.nowMs();
    const realMs = performance.now();
    const error = await running.controller.command('foot-bath', { command: 'start', protocol }, 'cli');
    expect(error).toBeNull();
    await until('the session ends', () => /complete|stopped|aborted/.test(state()?.state ?? ''), limitMs);
    expect([state()?.state, state()?.message], JSON.stringify(state())).toEqual([
      'complete',
      expect.any(String),
    ]);
    const simulatedS = (clock.nowMs() - begunMs) / 1_000;
    console.info(
      `${protocol}: ${simulatedS.toFixed(0)} s on the firmware over a tty in ${((performance.now() - realMs) / 1_000).toFixed(0)} s`,
    );
    // Opened for the proof test and for each step, and never both.
    for (const pin of ['v1', 'v2'] as const)
      expect(edges.filter((edge) => edge.pin === pin && edge.high).length).toBeGreaterThan(cycles);
    const open = new Set<string>();
    for (const { pin, high } of edges.filter(({ pin }) => pin === 'v1' || pin === 'v2')) {
      if (high) open.add(pin);
      else open.delete(pin);
      expect(open.size).toBeLessThan(2);
    }
    expect(open.size).toBe(0);
  } finally {
    await running.close();
    await bath.close();
  }
}
