import { z } from 'zod';

/**
 * What drivers and the wire to a Firmata board tell each other, on `port:<path>/firmata`. A pin is written as the
 * config has it: its number, or `A0` to `A15`.
 */
export const firmataPinSchema = z.union([
  z.int().min(0).max(127),
  z.string().regex(/^A([0-9]|1[0-5])$/, 'the number of a pin, or A0 to A15'),
]);
export type FirmataPin = z.infer<typeof firmataPinSchema>;

/** Thermometers: DS18B20 on a one-wire pin, the others on an analogue one. */
export const FIRMATA_SENSORS = ['DS18B20', 'TMP36', 'LM35'] as const;

const pin = { pin: firmataPinSchema };
/** `high`: it is on, or pressed, while the pin is high. `low`: against a pull-up, or a module that is on at low. */
const active = z.enum(['high', 'low']);

/** What a pin is from now on. It begins switched off. */
const useSchema = z.discriminatedUnion('as', [
  z.strictObject({ do: z.literal('use'), as: z.enum(['led', 'piezo']), ...pin }),
  z.strictObject({ do: z.literal('use'), as: z.literal('buzzer'), ...pin, active }),
  /** `held`: switched on under a lease only. */
  z.strictObject({ do: z.literal('use'), as: z.literal('relay'), ...pin, active, held: z.boolean() }),
  z.strictObject({ do: z.literal('use'), as: z.enum(['button', 'switch']), ...pin, active }),
  z.strictObject({
    do: z.literal('use'),
    as: z.literal('thermometer'),
    ...pin,
    sensor: z.enum(FIRMATA_SENSORS),
    /** The eight bytes of one probe of several, in hexadecimal digits; null: the only one. */
    address: z.string().nullable(),
    /** Between readings. */
    everyMs: z.int().min(100).max(60_000),
  }),
]);

/** A driver's message to the board. */
export const toFirmataSchema = z.discriminatedUnion('do', [
  useSchema,
  z.strictObject({ do: z.literal('set'), ...pin, on: z.boolean() }),
  /**
   * A held pin: on for so long and no longer, whoever dies: the board restarts then. Said again without `opens` it lasts
   * anew, and never turns one on.
   */
  z.strictObject({
    do: z.literal('hold'),
    ...pin,
    forMs: z.int().min(1_000).max(10_000),
    opens: z.boolean(),
  }),
  /** Whoever plays this board is alive: one that keeps watch over its host resets itself without it. */
  z.strictObject({ do: z.literal('alive') }),
]);
export type ToFirmata = z.infer<typeof toFirmataSchema>;
export type FirmataUse = z.infer<typeof useSchema>;

/** The board's word to the drivers. */
export const fromFirmataSchema = z.union([
  /** It has told who it is. `watches`: it resets itself when its host falls silent, and has shown that it can. */
  z.strictObject({ firmware: z.string(), watches: z.boolean() }),
  z.strictObject({ ...pin, is: z.literal('ready') }),
  z.strictObject({ ...pin, is: z.literal('refused'), why: z.string() }),
  /** `first`: it was so when the pin was first looked at, and nobody knows since when. */
  z.strictObject({ ...pin, contact: z.enum(['closed', 'open']), first: z.boolean() }),
  /** Taken so long ago, at most; null: its answer is no temperature. */
  z.strictObject({
    ...pin,
    address: z.string().nullable(),
    celsius: z.number().nullable(),
    ageMs: z.number(),
  }),
  /** What the board says that it drives the pin to. */
  z.strictObject({ ...pin, driven: z.boolean() }),
  /** The board has taken the lease of a held pin. */
  z.strictObject({ ...pin, heldMs: z.number() }),
]);
export type FromFirmata = z.infer<typeof fromFirmataSchema>;
