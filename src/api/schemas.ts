import { z } from 'zod';
import { COMMAND_WORDS, DESK_WORDS } from '../model/command.ts';
import { HINDRANCES, REMINDER_OUTCOMES, placeStateSchema } from '../model/desk.ts';
import { idSchema } from '../model/ids.ts';
import { sessionResultSchema } from '../model/state.ts';

/** The objects of the API, as they go over the wire. Each is checked before it is sent. */

const isoTime = z.iso.datetime();

export const bandSchema = z
  .strictObject({ min_c: z.number(), max_c: z.number() })
  .nullable()
  .describe('the water that is expected now; null: none');
export type Band = z.infer<typeof bandSchema>;

export const stationSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    kind: z.string(),
    vessel: z.string().nullable(),
    plumbing: z.string(),
    may: z
      .array(z.enum([...COMMAND_WORDS, ...DESK_WORDS]))
      .describe('the commands that are taken here from where this request comes from'),
    protocols: z
      .array(z.strictObject({ id: z.string(), title: z.string() }))
      .describe('those that run here, or are led here beat by beat'),
    reminders: z
      .array(
        z.strictObject({
          id: z.string(),
          protocols: z.array(z.string()).describe('one after the other in turn'),
          snooze_s: z.number().describe('for how long a snooze puts it off'),
          snoozes: z.int().describe('how often it may be put off'),
        }),
      )
      .describe('of a desk: those of its schedule'),
    band: bandSchema,
    temperature_unit: z.enum(['celsius', 'fahrenheit']).describe('for display; the API itself is in C'),
    block_list: z
      .array(z.string())
      .nullable()
      .describe(
        'what rules water out, for a guest to be told before each session; null: there is none to be told',
      ),
    state: placeStateSchema,
  })
  .meta({ id: 'Station' });
export type StationView = z.infer<typeof stationSchema>;

export const stationsSchema = z.strictObject({
  site: z.string(),
  version: z.string(),
  simulated: z.boolean(),
  stations: z.array(stationSchema),
});

export const acceptedSchema = z.strictObject({
  accepted: z.literal(true),
  transaction: z.string().optional(),
  state: placeStateSchema
    .optional()
    .describe(
      'what it led to; left out where a login is needed and there is none: then only a stop is taken',
    ),
});

const outcome = z.enum(REMINDER_OUTCOMES);
const count = z.int().min(0);

export const remindersSchema = z.strictObject({
  coming: z
    .array(
      z.strictObject({
        station: z.string(),
        reminder: z.string(),
        protocol: z.string(),
        title: z.string(),
        say: z.string().describe('what to do'),
        due_at: isoTime,
      }),
    )
    .describe(
      'what comes, the soonest first; of one that counts sitting only the next, since nobody knows more',
    ),
  past: z
    .array(
      z.strictObject({
        station: z.string(),
        reminder: z.string(),
        protocol: z.string(),
        due_at: isoTime.nullable(),
        at: isoTime.describe('when it was over'),
        outcome,
        source: z.string().nullable().describe('who or what answered; null: nobody'),
        waits_for: z.enum(HINDRANCES).nullable().describe('what spoke against one that was missed'),
        shown: z.boolean(),
        count: z.int().min(1).describe('more than 1: a computer slept over so many'),
      }),
    )
    .describe('what is over, the newest first'),
});
export type RemindersView = z.infer<typeof remindersSchema>;

export const adherenceSchema = z.strictObject({
  note: z.string(),
  days: z
    .array(
      z.strictObject({
        date: z.iso.date().describe('at the desk'),
        station: z.string(),
        protocol: z.string(),
        done: count,
        skipped: count,
        missed: count.describe('shown, and nobody answered'),
        passed: count.describe('not shown: something spoke against it until its time was over'),
        led: count.describe('exercises that were led beat by beat and counted'),
        done_by: z.record(z.string(), count).describe('who or what said that it was done'),
        skipped_by: z.record(z.string(), count),
      }),
    )
    .describe('the newest day first'),
});
export type AdherenceView = z.infer<typeof adherenceSchema>;

export const sessionsSchema = z.strictObject({ sessions: z.array(sessionResultSchema) });

export const sessionSchema = z.strictObject({
  result: sessionResultSchema,
  series: z
    .array(z.strictObject({ t_s: z.number(), water_c: z.number() }))
    .describe('the delivered water, the warmest thermometer of each moment; seconds since the start'),
});

const range = z.strictObject({ default: z.number(), min: z.number(), max: z.number() });

const protocolHead = {
  id: z.string(),
  title: z.string(),
  kind: z.string(),
  stations: z.array(z.string()).describe('kinds of stations it runs at; empty: all'),
  evidence: z.strictObject({ level: z.string(), note: z.string().nullable() }).nullable(),
};
export const protocolsSchema = z.strictObject({ protocols: z.array(z.strictObject(protocolHead)) });

export const protocolSchema = z
  .strictObject({
    ...protocolHead,
    source: z.array(z.strictObject({ document: z.string(), says: z.string() })),
    cycles: range.nullable(),
    steps: z.array(
      z.strictObject({
        kind: z.string(),
        water_c: range.nullable(),
        duration_s: range.nullable(),
        count: range.nullable(),
        each_s: z.number().nullable(),
        say: z.string().nullable(),
      }),
    ),
    per_week: z.strictObject({ min: z.number(), max: z.number() }).nullable(),
    screening: z.string(),
    position: z.string().nullable(),
    say: z.string().nullable(),
    items: z.array(z.string()),
  })
  .meta({ id: 'Protocol' });
export type ProtocolView = z.infer<typeof protocolSchema>;

/** The data of each event of the stream, by its name. */
export const streamSchemas = {
  state: z.strictObject({ station: z.string(), at: isoTime, band: bandSchema, state: placeStateSchema }),
  reading: z.strictObject({
    station: z.string(),
    at: isoTime,
    device: z.string(),
    kind: z.string(),
    value: z.union([z.number(), z.string()]).nullable(),
  }),
  event: z.looseObject({
    station: z.string(),
    at: isoTime,
    event_type: z.string(),
    session: z.string().nullable(),
  }),
  tick: z.strictObject({ at: isoTime, speed: z.number() }),
} as const;
export type StreamName = keyof typeof streamSchemas;
export type StreamData<Name extends StreamName> = z.infer<(typeof streamSchemas)[Name]>;

export const meSchema = z.strictObject({
  source: z.enum(['page', 'http']).describe('what prepare_from and begin_from call this request'),
  login_needed: z.boolean(),
});

export const healthSchema = z.strictObject({ ok: z.literal(true) });

export const readySchema = z.strictObject({
  ready: z.boolean(),
  missing: z.array(
    z.strictObject({
      what: z.enum(['controller', 'broker', 'device', 'desk']),
      station: z.string().nullable(),
      device: z.string().nullable(),
    }),
  ),
});
export type Missing = z.infer<typeof readySchema>['missing'][number];

export const idParams = z.strictObject({ id: idSchema });
export const sessionParams = z.strictObject({ id: z.string().min(1).max(100) });

export const remindersQuery = z.strictObject({
  station: idSchema.optional(),
  days: z.coerce.number().int().min(1).max(31).default(7).describe('how far ahead'),
  limit: z.coerce.number().int().min(1).max(500).default(50).describe('how many that are over'),
});
export const adherenceQuery = z.strictObject({
  station: idSchema.optional(),
  days: z.coerce.number().int().min(1).max(92).default(28).describe('today and so many before it'),
});

export const sessionsQuery = z.strictObject({
  station: idSchema.optional(),
  person: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
