import { z } from 'zod';
import { choicesSchema } from '../model/command.ts';
import { idSchema } from '../model/ids.ts';
import {
  durationSchema,
  flowSchema,
  formatDuration,
  formatTemperature,
  temperatureSchema,
  volumeSchema,
} from '../model/units.ts';
import { refuse } from './issues.ts';

/** A temperature from `minC` to `maxC`, both included; read as "38 C" or "100 F", held in degrees Celsius. */
export function temperature(minC: number, maxC: number, what: string) {
  const range = `${formatTemperature(minC)} to ${formatTemperature(maxC)}`;
  return temperatureSchema
    .superRefine((valueC, ctx) => {
      if (valueC < minC || valueC > maxC) refuse(ctx, 'out_of_range', `must be ${range}`);
    })
    .meta({ description: `${what}; a temperature (C, F), ${range}`, examples: ['41 C'] });
}

/** A duration from `minMs` to `maxMs`, both included; read as "30 s", held in milliseconds. */
export function duration(minMs: number, maxMs: number, what: string) {
  const range = `${formatDuration(minMs)} to ${formatDuration(maxMs)}`;
  return durationSchema
    .superRefine((valueMs, ctx) => {
      if (valueMs < minMs || valueMs > maxMs) refuse(ctx, 'out_of_range', `must be ${range}`);
    })
    .meta({ description: `${what}; a duration (ms, s, min, h, d), ${range}`, examples: ['10 s'] });
}

/** A flow from `minLpm` to `maxLpm`; read as "6 l/min" or "1.5 gal/min", held in litres a minute. */
export function flow(minLpm: number, maxLpm: number, what: string) {
  const range = `${minLpm} l/min to ${maxLpm} l/min`;
  return flowSchema
    .superRefine((valueLpm, ctx) => {
      if (valueLpm < minLpm || valueLpm > maxLpm) refuse(ctx, 'out_of_range', `must be ${range}`);
    })
    .meta({ description: `${what}; a flow (l/min, gal/min), ${range}`, examples: ['6 l/min'] });
}

/** A volume from `minL` to `maxL`; read as "8 l" or "2 gal", held in litres. */
export function volume(minL: number, maxL: number, what: string) {
  const range = `${minL} l to ${maxL} l`;
  return volumeSchema
    .superRefine((valueL, ctx) => {
      if (valueL < minL || valueL > maxL) refuse(ctx, 'out_of_range', `must be ${range}`);
    })
    .meta({ description: `${what}; a volume (l, gal), ${range}`, examples: ['8 l'] });
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number, what: string) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .int()
    .min(min, message)
    .max(max, message)
    .describe(`${what}; a whole number from ${min} to ${max}`);
}

/** A text that people read: 1 to `max` characters. */
export function text(max: number, what: string) {
  return z.string().min(1).max(max).describe(`${what}; a text of 1 to ${max} characters`);
}

const CHOICE_UNITS = {
  warm: durationSchema,
  cold: durationSchema,
  warm_water: temperatureSchema,
  cold_water: temperatureSchema,
} as const;

/** Choices whose units are checked; whether they lie in a protocol's ranges only the protocol knows. */
export const checkedChoices = choicesSchema.superRefine((choices, ctx) => {
  for (const key of ['warm', 'cold', 'warm_water', 'cold_water'] as const) {
    if (choices[key] === undefined) continue;
    const parsed = CHOICE_UNITS[key].safeParse(choices[key]);
    if (!parsed.success)
      refuse(ctx, 'invalid_value', parsed.error.issues[0]?.message ?? 'not readable', [key]);
  }
});

/** One's own defaults: for each protocol, choices within its ranges. */
export const defaultsSchema = z
  .record(idSchema, checkedChoices)
  .describe(
    'by protocol: choices within its ranges, such as { contrast-foot-bath: { cycles: 4, cold: 45 s } }',
  );
