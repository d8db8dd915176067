import { z } from 'zod';
import { refuseBeat } from '../model/beat.ts';
import type { DeskCues } from '../model/desk.ts';
import type { Beat } from '../model/device.ts';
import { SECOND_MS } from '../model/units.ts';
import { duration, wholeNumber } from './fields.ts';
import { refuse } from './issues.ts';

const LEAST_MS = 100;

/** A pattern of one's own, within the bounds of every cue. */
const pattern = (what: string) =>
  z
    .strictObject({
      count: wholeNumber(1, 10, 'how often'),
      on: duration(LEAST_MS, 5 * SECOND_MS, 'how long each time'),
      off: duration(LEAST_MS, 5 * SECOND_MS, 'how long between'),
    })
    .transform(({ count, on: onMs, off: offMs }, ctx): Beat => {
      const beat = { count, onMs, offMs };
      const why = refuseBeat(beat);
      if (why === null) return beat;
      refuse(ctx, 'out_of_range', `${why}: at most 3 times a second, and 10 s in all`);
      return z.NEVER;
    })
    .describe(`${what}; at most 3 times a second, and 10 s in all`);

/** The cues of a desk that may be other ones. */
export const cuesSchema = z
  .strictObject({
    remind: z
      .strictObject({ light: pattern('the light as something is due') })
      .describe('as something is due')
      .optional(),
    remind_again: z
      .strictObject({
        light: pattern('the light a minute later').optional(),
        sound: pattern('the beeps a minute later').optional(),
        silent: z.literal(true).describe('no beep at all').optional(),
      })
      .describe('a minute later')
      .optional(),
  })
  .describe("of a desk or a spot: light and sound of one's own");

/** As the controller is told. */
export function deskCuesOf(written: z.infer<typeof cuesSchema> | undefined): DeskCues {
  const { remind, remind_again: again } = written ?? {};
  return {
    ...(remind === undefined ? {} : { remind: { light: remind.light } }),
    ...(again === undefined
      ? {}
      : {
          'remind-again': {
            ...(again.light === undefined ? {} : { light: again.light }),
            ...(again.sound === undefined ? {} : { sound: again.sound }),
            ...(again.silent === true ? { sound: null } : {}),
          },
        }),
  };
}
