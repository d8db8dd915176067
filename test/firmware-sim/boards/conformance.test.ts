import { avrBody, twinBody } from './body.ts';
import { suiteFor } from './conformance.ts';
import { realBody } from './real-support.ts';
import { longRows } from './rows-long.ts';
import { protocolRows } from './rows-protocol.ts';
import { senseRows } from './rows-senses.ts';
import { waterRows } from './rows-water.ts';

/*
 * If this fails, the board does not do what its protocol promises: water runs longer, hotter or on both sides, or a host
 * that relies on an answer gets another.
 */

let seed = 0;
suiteFor('its firmware in the emulator', () => Promise.resolve(avrBody((seed += 1))), true, [
  protocolRows,
  waterRows,
  senseRows,
]);

suiteFor('its twin', () => Promise.resolve(twinBody((seed += 1))), true, [
  protocolRows,
  waterRows,
  senseRows,
  longRows,
]);

const port = process.env['EBB_BOARD_PORT'];
if (port !== undefined)
  suiteFor(`at ${port}`, () => realBody(port), false, [protocolRows, waterRows, senseRows]);
