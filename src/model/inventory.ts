import { z } from 'zod';
import { ROLES } from './device.ts';
import { idSchema } from './ids.ts';
import { VALVE_STATES } from './state.ts';

/** One configured device as it is right now: `ebb devices`. */
export const deviceReportSchema = z.strictObject({
  station: idSchema,
  id: idSchema,
  role: z.enum(ROLES),
  driver: z.string(),
  /** `up`: it has answered since the broker connection stands. `connecting`: it has not. `down`: no broker. */
  link: z.enum(['down', 'connecting', 'up']),
  /** Water devices. */
  valve: z.enum(VALVE_STATES).nullable(),
  /** The last value it told, and how long ago, seconds. null: nothing yet. Temperatures in degrees Celsius. */
  reading: z
    .strictObject({ value: z.union([z.number(), z.string()]).nullable(), age_s: z.number() })
    .nullable(),
  /** Water devices: how an open closes by itself, and how long Ebb lets one last, seconds. */
  deadline: z.enum(['per-command', 'ceiling', 'none']).nullable(),
  lease_s: z.number().nullable(),
  /** Why it cannot be used, in words; null where nothing speaks against it. */
  why: z.string().nullable(),
});
export type DeviceReport = z.infer<typeof deviceReportSchema>;
