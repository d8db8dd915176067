import { z } from 'zod';
import type { Expectation } from '../../campaign/expectations.ts';
import { parseMoment } from '../../campaign/moment.ts';
import { parseSchedule } from '../../campaign/schedule.ts';
import type { ScheduledFault } from '../../campaign/scenario.ts';
import { refuse } from '../../config/issues.ts';
import { duration, text, wholeNumber } from '../../config/fields.ts';
import { choicesSchema } from '../../model/command.ts';
import { idSchema } from '../../model/ids.ts';
import { OUTCOMES, PHASES, REASONS } from '../../model/state.ts';
import { HOUR_MS } from '../../model/units.ts';

const moment = z
  .string()
  .superRefine((value, ctx) => {
    if (parseMoment(value) === null)
      refuse(
        ctx,
        'invalid_value',
        'is no moment; write 12 s, ready, warm 2 + 10 s, cold 1 + 5 s, change 3, held or end',
      );
  })
  .describe(
    'when: `12 s` after the start, `ready`, `warm 2 + 10 s`, `cold 1 + 5 s`, `change 3`, `held`, `end`',
  );

/** What a person does: a word as the page or the terminal says it, or what they do with themselves. */
export const PERSON_WORDS = [
  'begin',
  'pause',
  'resume',
  'stop',
  'continue',
  'clear',
  'answer',
  'start',
  'report',
] as const;

const fault = z
  .string()
  .superRefine((value, ctx) => {
    try {
      if (value.includes('@') || value.includes(';'))
        throw new RangeError('names one fault; its moment is `at`, its length `for`');
      parseSchedule(`${value} @ 0 s`);
    } catch (error) {
      refuse(ctx, 'invalid_value', error instanceof Error ? error.message : String(error));
    }
  })
  .describe('a fault of the catalogue with its values: `valve-stuck-open valve=hot`');

const within = duration(0, HOUR_MS, 'at the latest so long after `of`');

export const scenarioSchema = z
  .strictObject({
    name: text(200, 'what it shows; default: the name of the file').optional(),
    config: text(500, 'the config, relative to the file; default: the foot bath of the examples').optional(),
    station: idSchema.describe('where; default: the only station').optional(),
    run: idSchema.describe('the protocol'),
    with: choicesSchema.optional(),
    seed: wholeNumber(
      0,
      Number.MAX_SAFE_INTEGER,
      'decides the water, the person and the timing; default 1',
    ).optional(),
    person: z
      .strictObject({
        begins: z.enum(['button', 'page']).describe('where they begin; default button').optional(),
        presses: z.boolean().describe('comes when the water is ready; default true').optional(),
        answers: z.boolean().describe('answers "still OK?"; default true').optional(),
        profile: z.enum(['standard', 'limited']).describe('of the screening; default standard').optional(),
      })
      .describe('who is there')
      .optional(),
    do: z
      .array(
        z.union([
          z.strictObject({
            at: moment,
            person: z.enum(PERSON_WORDS).describe('what the person says'),
            by: z.enum(['button', 'page', 'cli']).describe('on which channel; default page').optional(),
          }),
          z.strictObject({
            at: moment,
            fault,
            for: duration(1, HOUR_MS, 'how long it lasts; default: for good').optional(),
          }),
        ]),
      )
      .max(100)
      .describe('what happens, each at its moment')
      .optional(),
    expect: z
      .array(
        z.union([
          z.strictObject({ within, of: moment.optional(), valves: z.enum(['closed', 'open']) }),
          z.strictObject({ within, of: moment.optional(), phase: z.enum(PHASES) }),
          z.strictObject({
            within,
            of: moment.optional(),
            trip: text(60, 'a detector (T1) or a reason (too_warm)'),
          }),
          z.strictObject({ outcome: z.enum([...OUTCOMES, 'refused']) }),
          z.strictObject({ reason: z.enum(REASONS) }),
          z.strictObject({
            dose_at_most: z.number().min(0).max(100).describe('the true heat dose of the feet'),
          }),
          z.strictObject({ contact_at_most: duration(0, HOUR_MS, 'feet truly in the water') }),
          z.strictObject({ never: z.enum(['open', 'permitted', 'trip']) }),
        ]),
      )
      .min(1)
      .max(100)
      .describe('what has to hold; the invariants hold in any case'),
  })
  .describe('a scenario: one session, what happens in it, and what has to come of it');
export type ScenarioInput = z.infer<typeof scenarioSchema>;

type Wish = ScenarioInput['expect'][number];

export function expectationOf(wish: Wish): Expectation {
  if ('valves' in wish)
    return { kind: 'valves', withinMs: wish.within, of: wish.of ?? null, closed: wish.valves === 'closed' };
  if ('phase' in wish) return { kind: 'phase', withinMs: wish.within, of: wish.of ?? null, word: wish.phase };
  if ('trip' in wish) return { kind: 'trip', withinMs: wish.within, of: wish.of ?? null, word: wish.trip };
  if ('outcome' in wish) return { kind: 'outcome', word: wish.outcome };
  if ('reason' in wish) return { kind: 'reason', word: wish.reason };
  if ('dose_at_most' in wish) return { kind: 'dose', atMost: wish.dose_at_most };
  if ('contact_at_most' in wish) return { kind: 'contact', atMost: wish.contact_at_most / 1_000 };
  return { kind: 'never', what: wish.never };
}

/** The words of an expectation, as the report repeats them. */
export function wishText(wish: Wish): string {
  return Object.entries(wish)
    .map(
      ([name, value]) =>
        `${name}: ${name === 'within' || name === 'contact_at_most' ? `${String(value)} ms` : String(value)}`,
    )
    .join(', ');
}

export function faultsOf(input: ScenarioInput): readonly ScheduledFault[] {
  return (input.do ?? []).flatMap((one): readonly ScheduledFault[] => {
    if (!('fault' in one)) return [];
    const [parsed] = parseSchedule(`${one.fault} @ ${one.at}`);
    return parsed === undefined ? [] : [{ ...parsed, forMs: one.for ?? null }];
  });
}
