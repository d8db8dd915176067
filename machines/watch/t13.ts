import type { Detector } from './facts.ts';

/** T13: nobody answered "still OK?". A pause, which ends the session if nobody comes back. */
export const t13: Detector<null> = {
  id: 'T13',
  initial: null,
  step({ facts, atMs }) {
    const { exposed, answerByMs } = facts.expectation;
    if (!exposed || answerByMs === null) return { state: null };
    if (atMs < answerByMs) return { state: null, deadlineMs: answerByMs };
    return {
      state: null,
      trip: {
        detector: 'T13',
        reason: 'no_answer',
        response: 'hold',
        latch: false,
        message: 'nobody answered whether all is well',
      },
    };
  },
};
