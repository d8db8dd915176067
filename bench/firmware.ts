import { readFileSync } from 'node:fs';
import { AvrBoard } from '../firmware-sim/boards/avr/index.ts';
import type { Board, BoardWiring } from '../firmware-sim/boards/board.ts';
import { TwinBoard } from '../firmware-sim/boards/twin/index.ts';
import { VirtualClock } from '../src/clock/virtual.ts';
import { Random } from '../src/random/random.ts';
import { table } from './table.ts';

const SIMULATED_MS = 20_000;
/** A host that renews what is open. */
const EACH_MS = 150;
const BEAT = new TextEncoder().encode('@1 BEAT*1F9F\n');

const WIRING: BoardWiring = {
  outputs: {},
  thermistor: { read: () => 38 },
  probe: { read: () => 38 },
  button: { read: () => false, onChange: () => undefined },
};

/** How often faster than real time. */
function speed(clock: VirtualClock, board: Board, telling: boolean, simulatedMs = SIMULATED_MS): number {
  const fromMs = performance.now();
  for (let ms = 0; ms < simulatedMs; ms += EACH_MS) {
    if (telling) board.send(BEAT);
    clock.runUntil(ms);
  }
  const tookMs = performance.now() - fromMs;
  board.close();
  return simulatedMs / tookMs;
}

function emulated(hex: string, telling: boolean): { readonly speed: number; readonly slept: number } {
  const clock = new VirtualClock();
  const board = new AvrBoard({ clock, hex, random: new Random(1, 'bench'), wiring: WIRING });
  const fromCycles = board.chip.cycles;
  const fast = speed(clock, board, telling);
  return { speed: fast, slept: board.chip.sleptCycles / (board.chip.cycles - fromCycles) };
}

function twin(telling: boolean): number {
  const clock = new VirtualClock();
  const board = new TwinBoard({ clock, random: new Random(1, 'bench'), wiring: WIRING });
  return speed(clock, board, telling, 100 * SIMULATED_MS);
}

/** How fast the valve board is simulated, against real time: alone, and asked as a host does. */
export function firmware(): void {
  const hex = readFileSync(new URL('../firmware/board.hex', import.meta.url), 'utf8');
  const rows = [false, true].map((telling) => {
    const firm = emulated(hex, telling);
    const quick = twin(telling);
    return [
      telling ? `a request every ${EACH_MS} ms` : 'alone',
      `x${firm.speed.toFixed(1)}`,
      `${(firm.slept * 100).toFixed(1)} %`,
      `x${quick.toFixed(0)}`,
      (quick / firm.speed).toFixed(0),
    ];
  });
  table(
    'firmware: the board in the emulator against real time, its share of sleep, its twin, and how much faster that is',
    rows,
  );
}
