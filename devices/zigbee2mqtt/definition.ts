import { z } from 'zod';
import {
  DEAF_MANUFACTURERS,
  MODELS,
  RELAY,
  RELAY_COUNTDOWN_MAX_S,
  RELAY_MODEL_IDS,
  type Model,
  type TimerKind,
} from './models.ts';

/** Longer lists are none of a home: 100 devices make about 1 MB, and 4 MB are parsed in 10 to 40 ms. */
export const LIST_MAX_CHARS = 4 * 1024 * 1024;

const exposeSchema = z.object({
  type: z.string().optional(),
  name: z.string().optional(),
  property: z.string().optional(),
  endpoint: z.string().optional(),
  /** Bits: 1 published, 2 settable, 4 readable. */
  access: z.number().optional(),
  unit: z.string().optional(),
  value_max: z.number().optional(),
  values: z.array(z.unknown()).optional(),
});
type Expose = z.infer<typeof exposeSchema>;
const groupSchema = exposeSchema.extend({ features: z.array(exposeSchema).optional() });

const entrySchema = z.object({
  friendly_name: z.string().optional(),
  disabled: z.boolean().optional(),
  model_id: z.string().nullish(),
  manufacturer: z.string().nullish(),
  power_source: z.string().nullish(),
  interview_state: z.string().optional(),
  interview_completed: z.boolean().optional(),
  definition: z
    .object({
      model: z.string(),
      description: z.string().optional(),
      exposes: z.array(groupSchema).optional(),
    })
    .nullish(),
});
/** One device of `bridge/devices`. */
export type Entry = z.infer<typeof entrySchema>;

const namedSchema = z.object({ friendly_name: z.string().optional() });

/** The newest list: several devices of a config are told the same one in a row, and it is parsed once. */
let newest: { readonly payload: string; readonly list: readonly unknown[] | null } | null = null;

function listOf(payload: string): readonly unknown[] | null {
  if (payload.length > LIST_MAX_CHARS) return null;
  if (newest?.payload !== payload) newest = { payload, list: parseList(payload) };
  return newest.list;
}

function parseList(payload: string): readonly unknown[] | null {
  try {
    const parsed = z.array(z.unknown()).safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** What `bridge/devices` says of a device; `missing` where it is not on the list; null where this is no list. */
export function findEntry(payload: string, name: string): Entry | 'missing' | null {
  const list = listOf(payload);
  if (list === null) return null;
  for (const item of list) {
    const named = namedSchema.safeParse(item);
    if (!named.success || named.data.friendly_name !== name) continue;
    const entry = entrySchema.safeParse(item);
    return entry.success ? entry.data : null;
  }
  return 'missing';
}

/** Every device of a list that can be read; null where this is no list. */
export function allEntries(payload: string): readonly Entry[] | null {
  return listOf(payload)?.flatMap((item) => entrySchema.safeParse(item).data ?? []) ?? null;
}

/** Everything that the device can say or be told, nested groups laid flat. */
export function exposesOf(entry: Entry): readonly Expose[] {
  const groups = entry.definition?.exposes ?? [];
  return groups.flatMap((group) => [group, ...(group.features ?? [])]);
}

/** What a water device is good for. */
export type Judgement =
  | {
      readonly fit: true;
      readonly model: string;
      readonly timer: TimerKind;
      readonly travelMs: number | null;
      /** `state` or `state_l1`: also what `/get` asks for. */
      readonly state: string;
      /** The property that takes the seconds. */
      readonly seconds: string;
      /** The property that says what happens at power-up, where `off` can be set. */
      readonly atPowerUp: string | null;
    }
  | { readonly fit: false; readonly message: string };

const REMEDY =
  'Use a mains relay module with `countdown` in seconds (Tuya TS0001 to TS0004) and a normally closed solenoid valve behind it';

/** Judges a water device by what the bridge says of it: every way to be unfit has its own words. */
export function judge(entry: Entry | 'missing', name: string, endpoint: string | null): Judgement {
  if (entry === 'missing')
    return unfit(`the bridge has no device "${name}"`, 'Pair it, or correct `name` to its friendly name');
  if (entry.disabled === true)
    return unfit(`"${name}" is disabled at the bridge`, 'Enable it in Zigbee2MQTT');
  const state = entry.interview_state ?? (entry.interview_completed === false ? 'PENDING' : 'SUCCESSFUL');
  if (state !== 'SUCCESSFUL')
    return unfit(`the interview of "${name}" is ${state.toLowerCase()}`, 'Interview it again in Zigbee2MQTT');
  if (entry.definition === null || entry.definition === undefined)
    return unfit(`"${name}" is a device that Zigbee2MQTT does not support (definition null)`, REMEDY);
  const { model } = entry.definition;
  const known = modelOf(entry, model);
  if (known === null)
    return unfit(`"${name}" is a ${model}, which has no timer known to close it within seconds`, REMEDY);
  if (known.verdict === 'refused') return unfit(`"${name}" is a ${model}: ${known.why}`, REMEDY);
  return judgeParts(entry, name, endpoint, model, known);
}

function modelOf({ model_id: id, manufacturer }: Entry, model: string): Model | null {
  const listed = MODELS.get(model);
  if (listed !== undefined) return listed;
  if (id === null || id === undefined || !RELAY_MODEL_IDS.has(id)) return null;
  if (manufacturer === null || manufacturer === undefined || !DEAF_MANUFACTURERS.has(manufacturer))
    return RELAY;
  return {
    verdict: 'refused',
    why: `relays of the maker ${manufacturer} take a countdown and ignore it`,
    source: RELAY.source,
  };
}

function judgeParts(
  entry: Entry,
  name: string,
  endpoint: string | null,
  model: string,
  known: Extract<Model, { verdict: 'timer' }>,
): Judgement {
  const exposes = exposesOf(entry);
  const states = exposes.filter((each) => each.name === 'state' && each.property !== undefined);
  const state = states.find((each) => (each.endpoint ?? null) === endpoint);
  if (state?.property === undefined) {
    const names = states.flatMap((each) => (each.endpoint === undefined ? [] : [each.endpoint]));
    if (names.length === 0) return unfit(`"${name}" (${model}) has one relay only`, 'Leave `endpoint` out');
    const which = endpoint === null ? 'several relays' : `no endpoint "${endpoint}"`;
    return unfit(
      `"${name}" (${model}) has ${which}`,
      `Say which: \`endpoint: ${names.join('` or `endpoint: ')}\``,
    );
  }
  const fit = {
    fit: true,
    model,
    timer: known.timer,
    travelMs: known.travelMs,
    state: state.property,
  } as const;
  const atPowerUp = powerUp(exposes, endpoint);
  if (known.timer === 'on_time') return { ...fit, seconds: 'on_time', atPowerUp };
  if (/battery/i.test(entry.power_source ?? ''))
    return unfit(`"${name}" (${model}) runs on a battery, which sleeps and cannot be leased`, REMEDY);
  const timer = exposes.find((each) => each.name === 'countdown' && (each.endpoint ?? null) === endpoint);
  if (timer?.property === undefined || ((timer.access ?? 0) & 2) === 0)
    return unfit(`"${name}" (${model}) has no \`countdown\` that can be set`, REMEDY);
  if (timer.unit !== 's' || (timer.value_max ?? 0) > RELAY_COUNTDOWN_MAX_S)
    return unfit(`the \`countdown\` of "${name}" (${model}) does not count in seconds`, REMEDY);
  return { ...fit, seconds: timer.property, atPowerUp };
}

function powerUp(exposes: readonly Expose[], endpoint: string | null): string | null {
  const found = exposes.find(
    ({ name, access, values, ...each }) =>
      (name === 'power_on_behavior' || name === 'power_outage_memory') &&
      ((access ?? 0) & 2) !== 0 &&
      values?.includes('off') === true &&
      (each.endpoint === undefined || each.endpoint === endpoint),
  );
  return found?.property ?? null;
}

const unfit = (what: string, remedy: string): Judgement => ({
  fit: false,
  message: `${what}, so it opens no water. ${remedy}`,
});
