import { afterAll } from 'vitest';
import { suiteFor } from './conformance.ts';
import { realBody } from './real-support.ts';
import { protocolRows } from './rows-protocol.ts';
import { senseRows } from './rows-senses.ts';
import { waterRows } from './rows-water.ts';
import { ttyBoard } from './tty-support.ts';

/*
 * If this fails, the suite cannot be run on a real board: the same way to it, a tty of the kernel and real time, with the
 * emulator at the other end.
 */

const board = ttyBoard();
afterAll(() => {
  board.close();
});

suiteFor('its firmware in the emulator, over a tty', () => realBody(board.port, 200), false, [
  protocolRows,
  waterRows,
  senseRows,
]);
