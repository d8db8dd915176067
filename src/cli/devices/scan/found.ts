import { findDriver } from '../../../../devices/index.ts';
import type { Outgoing } from '../../../model/device.ts';
import { ROLES } from '../../../model/device.ts';
import type { Role } from '../../../model/device.ts';
import type { BusMessage } from '../../../model/bus.ts';

/** One thing that was found, and the devices of a config that it could be. */
export interface Found {
  readonly kind: 'tasmota' | 'zigbee2mqtt' | 'shelly' | 'esphome' | 'bridge';
  readonly name: string;
  /** What it says of itself, for people; one line. */
  readonly about: string;
  readonly parts: readonly Part[];
}

export interface Part {
  /** What an id is made of. */
  readonly label: string;
  readonly driver: string;
  /** As `ebb.yaml` writes them, without what is the default. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What it can be to a station, by its driver. */
  readonly roles: readonly Role[];
  /** What is worth knowing before it is used; null for nothing. One line. */
  readonly note: string | null;
}

/** One dialect: what to listen to, what to ask, and what came of it. Nothing that it says moves anything. */
export interface Sniffer {
  readonly topics: readonly string[];
  readonly questions: readonly Outgoing[];
  /** What to ask because of a message. Payloads are of anybody, and never trusted. */
  hear(message: BusMessage): readonly Outgoing[];
  found(): readonly Found[];
}

/** As many things of one dialect as any home has; the rest is a mistake or an attack. */
export const MAX_THINGS = 200;
/** As many parts of one thing. */
export const MAX_PARTS = 40;

/** A part of a driver; null where its own options would be refused, so that what is printed can be used. */
export function partOf(
  driver: string,
  label: string,
  options: Readonly<Record<string, unknown>>,
  { roles, note = null }: { readonly roles?: readonly Role[]; readonly note?: string | null } = {},
): Part | null {
  const known = findDriver(driver);
  const parsed = known?.options.safeParse(options);
  if (known === null || parsed?.success !== true) return null;
  const possible = ROLES.filter((role) => known.refuses(parsed.data, role) === null);
  const kept = roles === undefined ? possible : possible.filter((role) => roles.includes(role));
  return { label, driver, options, roles: kept, note: note === null ? null : oneLine(note) };
}

export const isPart = (part: Part | null): part is Part => part !== null;

/** What others wrote, for one line of a terminal: no control characters, and an end. */
export function oneLine(text: string): string {
  const plain = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return plain.length > 100 ? `${plain.slice(0, 99)}…` : plain;
}

/** The thing of that name, made where there is room for one more. */
export function thingOf<Thing>(things: Map<string, Thing>, name: string, make: () => Thing): Thing | null {
  const known = things.get(name);
  if (known !== undefined || things.size >= MAX_THINGS || name.length > 200) return known ?? null;
  const made = make();
  things.set(name, made);
  return made;
}
