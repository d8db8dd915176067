import type { z } from 'zod';
import type { DeviceDeclaration, DriverStep, Role } from '../src/model/device.ts';
import { REST, isOutputRole } from '../src/model/device.ts';

/** A step's effects without its state; what is left out is empty. */
type Effects = Partial<Omit<DriverStep<unknown>, 'state'>>;

const NONE: readonly never[] = [];
const NO_EFFECTS: Effects = {};

/** The step that reaches `state` with these effects, and with no deadline unless one is given. */
export function stepTo<State>(state: State, effects = NO_EFFECTS): DriverStep<State> {
  const { out = NONE, readings = NONE, acks = NONE, faults = NONE, nextDeadlineMs = null } = effects;
  return { state, out, readings, acks, faults, nextDeadlineMs };
}

/** Longer payloads are no message of ours: the longest we read, a Tasmota status, stays under 2 kB. */
const PAYLOAD_MAX_CHARS = 16_384;

/** A JSON payload that fits the schema, or null: what a device sends is checked once, here, and never throws. */
export function parseJson<T>(payload: string, schema: z.ZodType<T>): T | null {
  const value = jsonIn(payload);
  if (value === undefined) return null;
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** What JSON begins with. `ON` and `Online` are told by it, without an exception that is thrown and caught. */
const JSON_BEGINS = /^[\t\n\r ]*[{["\-\d]|^[\t\n\r ]*(?:true|false|null)/;

/** The parts of a device all hear what it says: it is read once. Nobody writes into what was read. */
let last: { readonly payload: string; readonly value: unknown } = { payload: '', value: undefined };

/** The JSON value of a payload; undefined where it is none, or too long to be one of ours. */
export function jsonIn(payload: string): unknown {
  if (payload.length > PAYLOAD_MAX_CHARS || !JSON_BEGINS.test(payload)) return undefined;
  if (payload === last.payload) return last.value;
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    // Neither is it JSON to the next one who asks.
  }
  last = { payload, value };
  return value;
}

/**
 * Degrees Celsius, or null where the number is no water temperature. Outside 0-70 C lie also the error values of a
 * DS18B20 and its drivers: 85.00 (power-on), -127 (no answer), 127.94 (all ones).
 */
export function plausibleC(valueC: number): number | null {
  return valueC >= 0 && valueC <= 70 ? valueC : null;
}

/** A lease that the device can hold, milliseconds: rounded up to its step, within its range; nonsense is the least. */
export function fitLease(leaseMs: number, lease: NonNullable<DeviceDeclaration['lease']>): number {
  if (!(leaseMs > lease.minMs)) return lease.minMs;
  return Math.min(lease.maxMs, Math.ceil(leaseMs / lease.stepMs) * lease.stepMs);
}

/** What each driver says of a water device unless its model says otherwise: a solenoid, milliseconds. */
export const SOLENOID_TRAVEL_MS = 500;

/** A declaration of something that opens no water and needs no lease. */
export function plainDeclaration(sampleMs: number | null): DeviceDeclaration {
  return {
    deadline: 'none',
    lease: null,
    travelMs: 0,
    reportMs: 1_000,
    acknowledgesRenewals: false,
    sampleMs,
  };
}

/**
 * Why a part cannot fill a role, or null where it can. `parts` says which part each role needs; a water role that
 * the dialect cannot fill gets the remedy, because a valve without a deadline of its own never opens warm water.
 */
export function refusal(
  driver: string,
  role: Role,
  part: string,
  parts: Readonly<Partial<Record<Role, string>>>,
): string | null {
  const needed = parts[role];
  if (needed === part) return null;
  if (needed === undefined) return `a ${role} cannot be driven by ${driver}; choose another driver for it`;
  const why = isOutputRole(role)
    ? `, which ${REST[role] === 'open' ? 'opens' : 'closes'} by itself when its lease runs out`
    : '';
  return `a ${role} needs the part \`${needed}:\` of ${driver}${why}; \`${part}:\` cannot be one`;
}
