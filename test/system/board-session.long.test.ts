/**
 * If this fails, the contrast foot bath as it is in the library does not come through on the valve board: the committed
 * firmware in the emulated chip moves both valves, over a tty of the kernel and serialport, for a quarter of an hour.
 */
import { afterEach, it } from 'vitest';
import { cleanUp } from '../support/process.ts';
import { completeOn } from './board-session-suite.ts';

afterEach(cleanUp);

it('the contrast foot bath is completed on the firmware', () =>
  completeOn('contrast-foot-bath', { cycles: 3, speed: 2, limitMs: 1_200_000 }));
