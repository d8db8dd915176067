import type {
  Ack,
  Device,
  DeviceCommand,
  DeviceDeclaration,
  DriverInput,
  DriverStep,
  Reading,
  Role,
} from '../../src/model/device.ts';
import { fitLease, SOLENOID_TRAVEL_MS, stepTo } from '../support.ts';
import { AWAY, hear, saying, topicsOf, type Pin, type PinState } from './wire.ts';

/**
 * A valve, drain or heater behind a relay at a pin. Firmata itself leaves its pins as they are when the host dies; only
 * FirmataExpress has a watch over its host (`KEEP_ALIVE`, whole seconds, for the whole board), which resets the board.
 * Its keep-alive beyond 65 s wraps round; from 1 to 10 s it holds.
 */
export const FIRMATA_LEASE = { minMs: 2_000, maxMs: 10_000, stepMs: 1_000, defaultMs: 4_000 } as const;

/** Said of every firmware that has no such watch, or did not show it. */
export const REMEDY =
  'it leaves its pins as they are when the computer dies, so nothing that opens water or heats may hang on it; flash ' +
  'FirmataExpress, which lets go by itself, or use the valve board, a Tasmota relay or a Shelly';

/** A boot loader that waits for an upload, and the meeting after it. */
const RESTART_MS = 6_000;

interface ValveState {
  readonly pin: PinState;
  /** What the board said last that it drives; null for not known. */
  readonly on: boolean | null;
}

export function valveDevice(role: Role, self: Pin, travelMs: number | null): Device<ValveState> {
  const declaration: DeviceDeclaration = {
    deadline: 'per-command',
    lease: FIRMATA_LEASE,
    travelMs: travelMs ?? SOLENOID_TRAVEL_MS,
    reportMs: 1_000,
    acknowledgesRenewals: true,
    sampleMs: null,
    restartMs: RESTART_MS,
  };
  return {
    id: self.id,
    role,
    driver: 'firmata',
    declaration,
    topics: topicsOf(self),
    init: () => stepTo({ pin: AWAY, on: null }),
    step: (state, input, atMs) => {
      const next = valveStep(self, state, input, atMs);
      return { ...next, nextDeadlineMs: next.state.pin.aliveMs };
    },
  };
}

function valveStep(self: Pin, state: ValveState, input: DriverInput, atMs: number): DriverStep<ValveState> {
  if (input.type === 'command') return command(self, state, input.command);
  const {
    state: pin,
    out,
    faults,
    turned,
    message,
  } = hear(self, state.pin, input, atMs, (watches) => (watches ? null : REMEDY));
  const known = { pin, on: turned === null ? state.on : null };
  if (message === null) return stepTo(known, { out, faults });
  if ('driven' in message) {
    const readings: readonly Reading[] = [
      { kind: 'valve', device: self.id, status: message.driven ? 'open' : 'closed' },
    ];
    return stepTo({ pin, on: message.driven }, { out, faults, readings });
  }
  const acks: readonly Ack[] =
    'heldMs' in message ? [{ device: self.id, leaseMs: message.heldMs, targetC: null }] : [];
  return stepTo(known, { out, faults, acks });
}

function command(self: Pin, state: ValveState, asked: DeviceCommand): DriverStep<ValveState> {
  const { pin } = self.use;
  switch (asked.action) {
    case 'open':
    case 'renew': {
      // A board that is away is told nothing that it would do late.
      if (!state.pin.ready || !state.pin.watches) return stepTo(state);
      const opens = asked.action === 'open';
      const forMs = fitLease(asked.leaseMs, FIRMATA_LEASE);
      return stepTo(opens ? { ...state, on: null } : state, {
        out: [saying(self, { do: 'hold', pin, forMs, opens })],
      });
    }
    case 'close':
      return stepTo(state, { out: [saying(self, { do: 'set', pin, on: false })] });
    case 'sample':
    case 'cue':
      return stepTo(state);
  }
}
