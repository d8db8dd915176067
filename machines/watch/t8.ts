import type { Detector } from './facts.ts';
import { NOTHING } from './facts.ts';

/** T8: the state that a device reports is not the one it was told, past travel + report + 1 s (`machines/valve`). */
export const t8: Detector<null> = {
  id: 'T8',
  trips: ['T8 valve_disagrees'],
  initial: null,
  goesBy: ['disagrees'],
  step({ input }) {
    if (input.type !== 'disagrees') return NOTHING;
    return {
      trip: {
        detector: 'T8',
        reason: 'valve_disagrees',
        response: 'abort',
        latch: false,
        message: `${input.device} was told to be ${input.expected} and does not report it; look whether water runs, close the tap if it does, and look at the device`,
      },
    };
  },
};
