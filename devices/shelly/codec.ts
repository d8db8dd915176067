import { z } from 'zod';
import { plausibleC } from '../support.ts';
import type { Body } from './rpc.ts';

/** What Shelly's components say of themselves. Source: shelly-api-docs.shelly.cloud gen2, Switch, Temperature, Input. */

const statusSchema = z.object({
  output: z.boolean().optional(),
  // Both are there only while a timer runs; a notification says null when it has ended.
  timer_started_at: z.number().nullish(),
  timer_duration: z.number().nullish(),
  errors: z.array(z.string()).nullish(),
});

export interface SwitchStatus {
  /** null: this message does not say. */
  readonly output: boolean | null;
  /** The running timer: when it began by the device's clock, seconds, and how long it is, milliseconds. */
  readonly timer: { readonly startedS: number | null; readonly durationMs: number } | null;
  /** `overtemp`, `overpower`, ...: the device keeps the output off. null: this message does not say. */
  readonly errors: readonly string[] | null;
}

/** The status of a switch, whole (`Switch.GetStatus`) or only what changed in it. */
export function switchStatus(body: Body): SwitchStatus | null {
  const parsed = statusSchema.safeParse(body);
  if (!parsed.success) return null;
  const { output, timer_started_at: startedS, timer_duration: durationS, errors } = parsed.data;
  const timer =
    durationS === undefined || durationS === null
      ? null
      : { startedS: startedS ?? null, durationMs: Math.round(durationS * 1_000) };
  return { output: output ?? null, timer, errors: errors ?? null };
}

const wasOnSchema = z.object({ was_on: z.boolean() });

/** What `Switch.Set` says the switch was before; null where it does not say. */
export function wasOn(body: Body): boolean | null {
  const parsed = wasOnSchema.safeParse(body);
  return parsed.success ? parsed.data.was_on : null;
}

/** Seconds as `toggle_after` takes them: a JSON number, decimals allowed. */
export const seconds = (ms: number): number => ms / 1_000;

const configSchema = z.object({
  initial_state: z.string(),
  auto_on: z.boolean(),
  auto_off: z.boolean(),
  auto_off_delay: z.number(),
  // Left out by devices without an input of their own.
  in_mode: z.string().optional(),
});

export type SwitchSettings = Readonly<Record<string, string | number | boolean>>;

/**
 * The settings that read back wrong, as they should be: off at power-up, a ceiling for any opening, never on by
 * itself, and an input that moves no relay. null where it is no configuration of a switch.
 */
export function wrongSettings(body: Body, ceilingMs: number): SwitchSettings | null {
  const parsed = configSchema.safeParse(body);
  if (!parsed.success) return null;
  const { initial_state, auto_on, auto_off, auto_off_delay, in_mode } = parsed.data;
  return {
    ...(in_mode === undefined || in_mode === 'detached' ? {} : { in_mode: 'detached' }),
    ...(initial_state === 'off' ? {} : { initial_state: 'off' }),
    ...(auto_on ? { auto_on: false } : {}),
    ...(auto_off ? {} : { auto_off: true }),
    ...(auto_off_delay === seconds(ceilingMs) ? {} : { auto_off_delay: seconds(ceilingMs) }),
  };
}

const infoSchema = z.object({
  gen: z.number(),
  app: z.string().optional(),
  ver: z.string().optional(),
  profile: z.string().nullish(),
});

/** Why the device behind a switch cannot be one, from `Shelly.GetDeviceInfo`; null where it can. */
export function whyNoSwitch(body: Body): string | null {
  const parsed = infoSchema.safeParse(body);
  if (!parsed.success) return 'it answers, but not as a Shelly does';
  const { gen, app = 'Shelly', profile } = parsed.data;
  if (gen < 2) return `${app} is of the first generation`;
  // A device with two outputs is a cover or two switches, never both.
  if (profile !== undefined && profile !== null && profile !== 'switch')
    return `${app} is set to the profile "${profile.slice(0, 40)}"; set it to "switch"`;
  return null;
}

const uptimeSchema = z.object({ uptime: z.number() });

/** Seconds since the device started; null where it does not say. */
export function uptimeS(body: Body): number | null {
  const parsed = uptimeSchema.safeParse(body);
  return parsed.success ? parsed.data.uptime : null;
}

const temperatureSchema = z.object({ tC: z.unknown(), errors: z.array(z.unknown()).nullish() });

/** Degrees Celsius; null where the sensor has none or says it failed; undefined where this message does not say. */
export function temperatureC(body: Body): number | null | undefined {
  const parsed = temperatureSchema.safeParse(body);
  if (!parsed.success) return null;
  const { tC, errors } = parsed.data;
  if (errors !== undefined && errors !== null && errors.length > 0) return null;
  if (tC === undefined) return undefined;
  return typeof tC === 'number' ? plausibleC(tC) : null;
}

const inputSchema = z.object({ state: z.boolean().nullish() });

/** The state of an input of type switch; null where it has none (a button) or the message does not say. */
export function inputState(body: Body): boolean | null {
  const parsed = inputSchema.safeParse(body);
  return parsed.success ? (parsed.data.state ?? null) : null;
}

const inputConfigSchema = z.object({ type: z.string(), enable: z.boolean().optional() });

/** What is wrong with the settings of an input that is a button; null for nothing. */
export function inputComplaint(body: Body): string | null {
  const parsed = inputConfigSchema.safeParse(body);
  if (!parsed.success) return null;
  const { type, enable = true } = parsed.data;
  if (!enable) return 'the input is disabled, so nobody hears it; enable it';
  if (type === 'button') return null;
  if (type === 'switch')
    return 'the input is of type switch: each flip counts as one press and nothing can be held; set it to type button';
  return `the input is of type ${type.slice(0, 40)} and hears no button; set it to type button`;
}
