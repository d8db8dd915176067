import { z } from 'zod';
import { COMMAND_WORDS } from '../model/command.ts';
import { deskStateSchema } from '../model/desk.ts';
import { idSchema } from '../model/ids.ts';
import { sessionResultSchema, stateObjectSchema } from '../model/state.ts';

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
      .array(z.enum(COMMAND_WORDS))
      .describe('the commands that are taken here from where this request comes from'),
    protocols: z.array(z.strictObject({ id: z.string(), title: z.string() })).describe('those that run here'),
    band: bandSchema,
    temperature_unit: z.enum(['celsius', 'fahrenheit']).describe('for display; the API itself is in C'),
    block_list: z
      .array(z.string())
      .nullable()
      .describe(
        'what rules water out, for a guest to be told before each session; null: there is none to be told',
      ),
    state: stateObjectSchema,
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
  state: z
    .union([stateObjectSchema, deskStateSchema])
    .optional()
    .describe(
      'what it led to; left out where a login is needed and there is none: then only a stop is taken',
    ),
});

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
  state: z.strictObject({ station: z.string(), at: isoTime, band: bandSchema, state: stateObjectSchema }),
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
      what: z.enum(['controller', 'broker', 'device']),
      station: z.string().nullable(),
      device: z.string().nullable(),
    }),
  ),
});
export type Missing = z.infer<typeof readySchema>['missing'][number];

export const idParams = z.strictObject({ id: idSchema });
export const sessionParams = z.strictObject({ id: z.string().min(1).max(100) });

export const sessionsQuery = z.strictObject({
  station: idSchema.optional(),
  person: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
