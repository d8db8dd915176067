import { z } from 'zod';
import type { OutputRole, Role } from '../../src/model/device.ts';
import { isOutputRole } from '../../src/model/device.ts';
import { HOUR_MS, durationSchema, formatDuration } from '../../src/model/units.ts';
import { pointerSchema } from './pointer.ts';

const MAX_LEVELS = 50;
const EVERY_MS = [100, HOUR_MS] as const;

/** One topic, and not a pattern of them. What is below `ebb/` is said by Ebb, or means a command to it. */
const topicSchema = z
  .string()
  .min(1)
  .max(200)
  .superRefine((topic, ctx) => {
    const why = whyNoTopic(topic);
    if (why !== null) ctx.addIssue({ code: 'custom', message: why });
  });

function whyNoTopic(topic: string): string | null {
  if (/[+#]/.test(topic)) return 'one topic, without the wildcards + and #';
  if (/\p{Cc}|\p{Cs}/u.test(topic)) return 'a topic without control characters';
  if (topic.startsWith('$')) return 'topics that begin with $ belong to the broker';
  if (topic === 'ebb' || topic.startsWith('ebb/'))
    return 'a topic outside of ebb/: what is said there, Ebb says or obeys';
  return topic.split('/').length <= MAX_LEVELS ? null : `a topic of ${MAX_LEVELS} levels at most`;
}

const payloadSchema = z.string().max(1_000);
/** Payloads of a lamp that knows colours; where one is left out, `on` is sent. */
export const COLOURS = ['warm', 'cold', 'white', 'red'] as const;

const PRESSES = ['press', 'double', 'hold', 'release'] as const;
const MEANINGS = [...PRESSES, 'wet', 'dry', 'high', 'low', 'present', 'absent', 'busy', 'free'] as const;
export type Meaning = (typeof MEANINGS)[number];
export type Press = (typeof PRESSES)[number];

export function isPress(word: Meaning): word is Press {
  return PRESSES.some((press) => press === word);
}

const everySchema = z.union([z.string(), z.number()]).superRefine((value, ctx) => {
  const parsed = durationSchema.safeParse(value);
  const [minMs, maxMs] = EVERY_MS;
  if (!parsed.success) {
    ctx.addIssue({ code: 'custom', message: parsed.error.issues[0]?.message ?? 'not a duration' });
  } else if (parsed.data < minMs || parsed.data > maxMs) {
    const message = `must be ${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
    ctx.addIssue({ code: 'custom', message, params: { code: 'out_of_range' } });
  }
});

/**
 * Options are checked again whenever a device is made from a config that was checked already, so what comes out of
 * this schema goes into it as well: durations and pointers stay as they were written.
 */
export const optionsSchema = z.strictObject({
  state: topicSchema
    .optional()
    .describe('the topic that it speaks on: readings, presses; of a lamp or buzzer anything that it says'),
  value: pointerSchema
    .optional()
    .describe(
      'where in a JSON payload the value is: a JSON Pointer (RFC 6901) such as /water/temp; without it the payload is the value',
    ),
  scale: z
    .number()
    .gt(0, 'must be more than 0')
    .max(1_000)
    .optional()
    .describe(
      'what its number is multiplied with (a thermometer, a flow in l/min, a level in litres); 1 if left out',
    ),
  offset: z.number().min(-1_000).max(1_000).optional().describe('what is added after that; 0 if left out'),
  unit: z
    .enum(['celsius', 'fahrenheit'])
    .optional()
    .describe('a thermometer: what its number is then; celsius if left out'),
  every: everySchema
    .optional()
    .describe(
      'a thermometer, a flow or a level, required: how often it speaks, as a duration (ms, s, min, h), 100 ms to 1 h; a reading counts as that old when it comes',
    ),
  map: z
    .record(z.string().max(200), z.enum(MEANINGS))
    .refine((map) => Object.keys(map).length > 0 && Object.keys(map).length <= 50, '1 to 50 values')
    .optional()
    .describe(
      'what its values mean. A button: press, double, hold, release, such as { pressed: press, long: hold }; a leak sensor: wet, dry; a float (`level`): high, low; presence: present, absent; `busy`: busy, free',
    ),
  set: topicSchema.optional().describe('a lamp or buzzer: the topic that it takes commands on'),
  payload: z
    .strictObject({
      on: payloadSchema.describe('what turns it on'),
      off: payloadSchema.describe('what turns it off'),
      warm: payloadSchema.optional().describe('a lamp: on, for warm water'),
      cold: payloadSchema.optional().describe('a lamp: on, for cold water'),
      white: payloadSchema.optional().describe('a lamp: on, white'),
      red: payloadSchema.optional().describe('a lamp: on, red: something is wrong'),
    })
    .optional()
    .describe('a lamp or buzzer: the texts that are sent, such as { on: "ON", off: "OFF" }'),
  deadline: z
    .string()
    .superRefine((value, ctx) => {
      if (value !== 'none') ctx.addIssue({ code: 'custom', message: NO_DEADLINE, params: UNSUPPORTED });
    })
    .optional()
    .describe('`none`, or left out: how an open would close by itself is not known of any topics'),
});
export type MqttOptions = z.output<typeof optionsSchema>;

const UNSUPPORTED = { code: 'unsupported' };
const NO_DEADLINE =
  'a deadline that the owner declares is not built in this version: `ebb doctor` proves valves of other drivers only. ' +
  'Leave it out, or write none; water is opened by a device whose driver knows how it closes by itself';

/** The period of a thermometer, milliseconds, from options that were checked. */
export function periodMs({ every }: MqttOptions): number {
  return durationSchema.parse(every);
}

type Key = Exclude<keyof MqttOptions, 'deadline'>;
interface Form {
  readonly needs: readonly Key[];
  readonly may: readonly Key[];
}

const INDICATOR: Form = { needs: ['set', 'payload'], may: ['state'] };
const FORMS: Readonly<Partial<Record<Role, Form>>> = {
  thermometer: { needs: ['state', 'every'], may: ['value', 'scale', 'offset', 'unit'] },
  button: { needs: ['state', 'map'], may: ['value'] },
  stop: { needs: ['state'], may: ['value', 'map'] },
  flow: { needs: ['state', 'every'], may: ['value', 'scale', 'offset'] },
  level: { needs: ['state', 'every'], may: ['value', 'scale', 'offset', 'map'] },
  leak: { needs: ['state', 'map'], may: ['value'] },
  presence: { needs: ['state', 'map'], may: ['value'] },
  busy: { needs: ['state', 'map'], may: ['value'] },
  light: INDICATOR,
  buzzer: INDICATOR,
};

/** Why options of this form cannot fill a role, or null where they can. Nothing that is written is ignored. */
export function whyNot(options: MqttOptions, role: Role): string | null {
  if (isOutputRole(role)) return `${NEVER_OUT[role]}; ${REMEDY}`;
  const form = FORMS[role];
  if (form === undefined) return `a ${role} cannot be driven by mqtt; choose another driver for it`;
  const { needs, may } = form;
  const missing = needs.filter((key) => options[key] === undefined);
  if (missing.length > 0) return `a ${role} of mqtt needs ${missing.map(quote).join(' and ')}`;
  const known: readonly string[] = [...needs, ...may, 'deadline'];
  const other = Object.entries(options).find(([key, value]) => value !== undefined && !known.includes(key));
  if (other !== undefined)
    return `a ${role} of mqtt has no ${quote(other[0])}; it has ${[...needs, ...may].map(quote).join(', ')}`;
  const meant = MEANT[role];
  const foreign = Object.values(options.map ?? {}).find(
    (word) => !(meant ?? PRESSES).some((one) => one === word),
  );
  if (foreign !== undefined)
    return `a ${role} says ${(meant ?? PRESSES).join(', ')}; \`${foreign}\` means nothing of it`;
  if (
    meant !== undefined &&
    options.map !== undefined &&
    !meant.every((word) => Object.values(options.map ?? {}).includes(word))
  )
    return `the \`map:\` of a ${role} needs a value for each of ${meant.join(' and ')}`;
  if (role === 'level' && options.map !== undefined && (options.scale ?? options.offset) !== undefined)
    return 'a float has no figure: leave `scale:` and `offset:` out, or `map:`';
  if (role === 'button' && !Object.values(options.map ?? {}).includes('press'))
    return 'no value of its `map:` means press, so nobody could begin with it';
  const colour = COLOURS.find((name) => options.payload?.[name] !== undefined);
  if (role === 'buzzer' && colour !== undefined) return `a buzzer has no colours: leave \`${colour}\` out`;
  return null;
}

/** What a `map:` of a sense explains; of everything else it explains presses. */
const MEANT: Readonly<Partial<Record<Role, readonly Meaning[]>>> = {
  leak: ['wet', 'dry'],
  level: ['high', 'low'],
  presence: ['present', 'absent'],
  busy: ['busy', 'free'],
};

const quote = (key: string): string => `\`${key}:\``;

const CLOSES = 'Ebb cannot know that it closes by itself when nobody renews it';
const NEVER_OUT: Readonly<Record<OutputRole, string>> = {
  hot: CLOSES,
  cold: CLOSES,
  master: CLOSES,
  drain: 'Ebb cannot know that it opens by itself when nobody holds it shut any more',
  heater: 'Ebb cannot know that it goes off by itself when nobody renews it',
  mixer: 'Ebb cannot know that it closes by itself when nobody renews it, or what it mixes',
};
const REMEDY =
  'use a Shelly of the second generation or later, a Tasmota relay, an ESPHome node with the lease script, or a Zigbee ' +
  'relay with a countdown, each with its own driver. A deadline that the owner declares is not believed: `ebb doctor` proves ' +
  'valves of those drivers only';
