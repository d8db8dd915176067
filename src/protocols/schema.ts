import { z } from 'zod';
import { idSchema } from '../model/ids.ts';
import { durationSchema, temperatureSchema } from '../model/units.ts';
import { text } from '../config/fields.ts';
import { dayWindow } from '../config/schedule-schema.ts';

export const PROTOCOL_KINDS = ['contrast', 'soak', 'guided', 'reminder', 'checklist', 'log', 'info'] as const;
export type ProtocolKind = (typeof PROTOCOL_KINDS)[number];

/** A default and the range it may be chosen from, in the base unit of `quantity`. */
const choosable = (quantity: z.ZodType<number>, what: string) =>
  z
    .strictObject({
      default: quantity.describe('what ships'),
      range: z.tuple([quantity, quantity]).describe('the lowest and the highest that may be chosen'),
    })
    .describe(what);

const waterStep = <K extends 'warm' | 'cold'>(kind: K) =>
  z.strictObject({
    kind: z.literal(kind),
    water: choosable(temperatureSchema, 'the temperature of the delivered water'),
    duration: choosable(durationSchema, 'how long the step lasts'),
    say: text(300, 'what a person is told').optional(),
  });

const otherStep = <K extends 'move' | 'rest' | 'breathe' | 'elevate' | 'massage' | 'check'>(kind: K) =>
  z.strictObject({
    kind: z.literal(kind),
    say: text(300, 'what a person is told'),
    count: choosable(z.int().min(1).max(1000), 'how often').optional(),
    each: durationSchema.optional().describe('how long one of them lasts'),
    duration: choosable(durationSchema, 'how long the step lasts').optional(),
  });

const breatheStep = otherStep('breathe').extend({
  breath: z
    .strictObject({ in: durationSchema, hold: durationSchema.optional(), out: durationSchema })
    .optional()
    .describe('with `count`, in place of `each`: one breath; the light comes up, stays, and goes'),
});

const stepSchema = z.discriminatedUnion('kind', [
  waterStep('warm'),
  waterStep('cold'),
  otherStep('move'),
  otherStep('rest'),
  breatheStep,
  otherStep('elevate'),
  otherStep('massage'),
  otherStep('check'),
]);
export type StepInput = z.infer<typeof stepSchema>;
export type BreatheInput = z.infer<typeof breatheStep>;

const words = (what: string) => z.array(text(300, 'a condition')).min(1).max(20).optional().describe(what);

/** A protocol file, as it is written. */
export const protocolSchema = z
  .strictObject({
    id: idSchema.describe('unique in the library'),
    title: text(80, 'its name for people'),
    kind: z.enum(PROTOCOL_KINDS).describe('what it is'),
    source: z
      .array(
        z.strictObject({
          document: text(200, 'the document'),
          says: text(1000, 'what it says, with its figures'),
        }),
      )
      .min(1)
      .describe('where it comes from'),
    stations: z
      .array(z.enum(['bath', 'shower', 'buckets', 'desk', 'spot']))
      .min(1)
      .optional()
      .describe('the kinds of station it runs at'),
    position: text(300, 'how a person sits, stands or lies').optional(),
    say: text(1000, 'what a person is told').optional(),
    items: z
      .array(text(300, 'an item'))
      .min(1)
      .optional()
      .describe('checklist, log: what is ticked off or noted'),
    cycles: choosable(z.int(), 'contrast: how often the steps are run').optional(),
    end_with: z
      .enum(['warm', 'cold'])
      .optional()
      .describe('contrast: what the session ends with; always cold'),
    steps: z.array(stepSchema).min(1).max(50).optional().describe('one cycle'),
    progression: z
      .strictObject({
        step: z.literal('cold'),
        from: durationSchema,
        to: durationSchema,
        by: durationSchema,
        step_back_after_days_off: z.int().min(1).max(365).optional(),
      })
      .optional()
      .describe('how a person grows into the cold step'),
    per_week: z
      .tuple([z.int().min(1).max(50), z.int().min(1).max(50)])
      .optional()
      .describe('how often a week'),
    per_day: z
      .tuple([z.int().min(1).max(24), z.int().min(1).max(24)])
      .optional()
      .describe('how often a day; no schedule may ask for more'),
    hours: dayWindow('the hours in which it may be reminded of; none outside').optional(),
    screening: z
      .enum(['water', 'movement', 'none'])
      .optional()
      .describe('what is asked before the first session'),
    not_for: words('who leaves it out altogether'),
    ask_first: words('who asks a clinician before the first time'),
    evidence: z
      .strictObject({
        level: z.enum(['none', 'low', 'moderate', 'high']),
        note: text(500, 'what is known').optional(),
      })
      .optional()
      .describe('how sure anyone is that it helps'),
  })
  .describe('a protocol');
export type ProtocolInput = z.infer<typeof protocolSchema>;
