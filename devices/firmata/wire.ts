import type { DeviceFault, DriverInput, Outgoing } from '../../src/model/device.ts';
import {
  fromFirmataSchema,
  type FirmataUse,
  type FromFirmata,
  type ToFirmata,
} from '../../src/model/firmata.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { z } from 'zod';
import { parseJson } from '../support.ts';

/** What every device at a pin has in common: the way to its board, over `port:<path>/firmata`. */
export interface Pin {
  readonly id: DeviceId;
  readonly port: string;
  /** How the pin is to be used. */
  readonly use: FirmataUse;
}

export interface PinState {
  /** The board has made the pin what it is to be. */
  readonly ready: boolean;
  /** The board resets itself when its host falls silent. */
  readonly watches: boolean;
  /** When the board is told again that its host is alive; null where it does not ask for it. */
  readonly aliveMs: number | null;
}
export const AWAY: PinState = { ready: false, watches: false, aliveMs: null };

/** The board lets go ten seconds after the last word. Several devices say it for one board, which does no harm. */
const ALIVE_EACH_MS = 3_000;

export const topicsOf = ({ port }: Pin): readonly string[] => [`port:${port}/firmata`, `port:${port}/link`];

export function saying({ port }: Pin, message: ToFirmata): Outgoing {
  return { topic: `port:${port}/firmata`, payload: JSON.stringify(message), qos: 0 };
}

const linkSchema = z.union([
  z.object({ up: z.literal(true) }),
  z.object({ up: z.literal(false), why: z.string() }),
]);

export interface Heard {
  readonly state: PinState;
  readonly out: readonly Outgoing[];
  readonly faults: readonly DeviceFault[];
  /** The pin has become what it is to be, or has ceased to be it. */
  readonly turned: 'ready' | 'away' | null;
  /** What is left for the part itself: a word about its pin, or the board's own about itself. */
  readonly message: FromFirmata | null;
}

/** What a message says of the way to the board. `fit`: why this board will not do; null where it will. */
export function hear(
  self: Pin,
  state: PinState,
  input: DriverInput,
  atMs: number,
  fit: (watches: boolean) => string | null = () => null,
): Heard {
  const nothing: Heard = { state, out: [], faults: [], turned: null, message: null };
  if (input.type === 'link')
    // The way to the broker is no way of ours, but nobody is believed to be there before it is known.
    return { ...nothing, faults: input.up && state.ready ? [presence(self, true)] : [] };
  if (input.type === 'clock') return alive(self, state, atMs);
  if (input.type !== 'message') return nothing;
  if (input.topic === `port:${self.port}/link`) {
    const link = parseJson(input.payload, linkSchema);
    return link?.up === false ? away(self, link.why, { unreached: true }) : nothing;
  }
  if (input.topic !== `port:${self.port}/firmata`) return nothing;
  const message = parseJson(input.payload, fromFirmataSchema);
  if (message === null) return nothing;
  if ('firmware' in message) return meet(self, message, atMs, fit);
  if (message.pin !== self.use.pin) return nothing;
  if (!('is' in message)) return { ...nothing, message };
  if (message.is === 'refused') return away(self, `pin ${message.pin} at ${self.port}: ${message.why}`);
  return { ...nothing, state: { ...state, ready: true }, faults: [presence(self, true)], turned: 'ready' };
}

function meet(
  self: Pin,
  { firmware, watches }: Extract<FromFirmata, { firmware: string }>,
  atMs: number,
  fit: (watches: boolean) => string | null,
): Heard {
  const unfit = fit(watches);
  if (unfit !== null) return away(self, `${self.port} is a ${firmware}: ${unfit}`);
  const state = { ready: false, watches, aliveMs: watches ? atMs : null };
  const greeted = alive(self, state, atMs);
  return { ...greeted, out: [...greeted.out, saying(self, self.use)] };
}

function away(self: Pin, why: string, how: { readonly unreached?: true } = {}): Heard {
  const faults = [presence(self, false), { type: 'refused', device: self.id, message: why, ...how } as const];
  return { state: AWAY, out: [], faults, turned: 'away', message: null };
}

function alive(self: Pin, state: PinState, atMs: number): Heard {
  const due = state.aliveMs !== null && atMs >= state.aliveMs;
  return {
    state: due ? { ...state, aliveMs: atMs + ALIVE_EACH_MS } : state,
    out: due ? [saying(self, { do: 'alive' })] : [],
    faults: [],
    turned: null,
    message: null,
  };
}

const presence = ({ id }: Pin, online: boolean): DeviceFault => ({ type: 'presence', device: id, online });

/** The sooner of two moments, of which either may be never. */
export function sooner(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
