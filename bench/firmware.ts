import { readFileSync } from 'node:fs';
import { AvrBoard } from '../firmware-sim/boards/avr/index.ts';
import { VirtualClock } from '../src/clock/virtual.ts';
import { Random } from '../src/random/random.ts';
import { table } from './table.ts';

const SIMULATED_MS = 20_000;

/** How fast the valve board's own firmware runs in the emulator, against real time: alone, and renewed as a host does. */
export function firmware(): void {
  const hex = readFileSync(new URL('../firmware/board.hex', import.meta.url), 'utf8');
  const rows = [false, true].map((telling) => {
    const clock = new VirtualClock();
    const board = new AvrBoard({
      clock,
      hex,
      random: new Random(1, 'bench'),
      wiring: {
        outputs: {},
        thermistor: { read: () => 38 },
        probe: { read: () => 38 },
        button: { read: () => false, onChange: () => undefined },
      },
    });
    const beat = new TextEncoder().encode('@1 BEAT*1F9F\n');
    const fromCycles = board.chip.cycles;
    const fromMs = performance.now();
    for (let ms = 0; ms < SIMULATED_MS; ms += 150) {
      if (telling) board.send(beat);
      clock.runUntil(ms);
    }
    const tookMs = performance.now() - fromMs;
    const slept = board.chip.sleptCycles / (board.chip.cycles - fromCycles);
    board.close();
    return [
      telling ? 'a request every 150 ms' : 'alone',
      `x${(SIMULATED_MS / tookMs).toFixed(1)}`,
      `${(slept * 100).toFixed(1)} %`,
    ];
  });
  table('firmware: the board in the emulator, against real time, and its share of sleep', rows);
}
