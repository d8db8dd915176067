import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { FIRMWARES } from '../../firmware-sim/boards/firmata/index.ts';
import type { Timer } from '../../src/clock/clock.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { Random } from '../../src/random/random.ts';
import { openTap } from '../support/house.ts';
import { freePort, newFolder, runEbb } from '../support/process.ts';
import { until } from '../support/until.ts';
import { TtyBoard } from './firmata-support.ts';

const clock = new SystemClock();

/** Processor time of a process so far, milliseconds: user and system, in ticks of 10 ms. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

const MOST_SHARE = 0.05;

/**
 * As many bytes as a wire carries at 115,200 baud, and none of them from the board, for so long: what that costs the
 * controller, a process of its own, which presses no button by it and has its board again without a restart.
 */
export async function listenToNoise(forMs: number): Promise<void> {
  const folder = newFolder();
  const board = new TtyBoard(folder, FIRMWARES.StandardFirmata);
  const port = await freePort();
  writeFileSync(
    join(folder, 'ebb.yaml'),
    `mqtt: { listen: "127.0.0.1:${port}" }
http: { port: 0 }
stations:
  foot-bath:
    kind: bath
    vessel: stream
    light: { driver: firmata, port: ${board.path}, pin: 13 }
    button: { driver: firmata, port: ${board.path}, pin: 2 }
`,
  );
  const serve = runEbb(['serve'], folder);
  await serve.waitFor(/ebb serves/);
  const { seen, sees, tap } = openTap(`mqtt://127.0.0.1:${port}`);
  try {
    const events = (type: string): number =>
      seen.filter(({ topic, payload }) => topic === 'ebb/foot-bath/event' && payload.includes(`"${type}"`))
        .length;
    await sees(({ topic }) => topic === 'ebb/foot-bath/state');
    // Both its lamp and its button.
    await board.met(() => board.heard.includes('F4 0D 01') && board.heard.includes('F4 02'));
    const random = new Random(5, 'noise');
    const [began, ups, losses] = [cpuMs(serve.pid), events('device_up'), events('device_lost')];
    const fromMs = clock.nowMs();
    const timers: Timer[] = [];
    const again = (): void => {
      board.noise(Uint8Array.from({ length: 23 }, () => random.int(0, 255)));
      timers[0] = clock.at(clock.nowMs() + 2, 'noise', again);
    };
    again();
    await until('it has lasted', () => clock.nowMs() - fromMs >= forMs, forMs + 10_000);
    timers[0]?.cancel();
    const share = (cpuMs(serve.pid) - began) / (clock.nowMs() - fromMs);
    console.log(`noise: ${(share * 100).toFixed(1)} % of a processor in ${forMs / 1_000} s`);
    expect(share).toBeLessThan(MOST_SHARE);
    expect(serve.err()).toContain('what comes is noise and no Firmata');
    expect(events('device_lost') - losses).toBeGreaterThanOrEqual(2);
    await board.met(() => events('device_up') - ups >= 2);
    expect(events('session_started')).toBe(0);
    // It is the button all the same, once it has been seen at rest: one that is down when it is met is no press.
    let turnedMs = clock.nowMs();
    await until('a press counts', () => {
      if (clock.nowMs() - turnedMs > 300) {
        turnedMs = clock.nowMs();
        board.button.set(!board.button.read());
      }
      return events('session_started') > 0;
    });
  } finally {
    board.unplug();
    await tap.close();
  }
}
