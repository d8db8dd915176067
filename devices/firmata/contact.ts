import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import { contactReading, goneReading } from '../sense.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { AWAY, hear, topicsOf, type Pin, type PinState } from './wire.ts';

/**
 * A contact at a pin that stays: a leak sensor, a float, a mat. The board tells how it stands when it is met and at each
 * change; that the board is there at all is looked after once a second.
 */
export function contactDevice(role: Role, self: Pin): Device<PinState> {
  return {
    id: self.id,
    role,
    driver: 'firmata',
    declaration: plainDeclaration(null),
    topics: topicsOf(self),
    init: () => stepTo(AWAY),
    step: (state, input, atMs) => {
      const next = contactStep(role, self, state, input, atMs);
      return { ...next, nextDeadlineMs: next.state.aliveMs };
    },
  };
}

function contactStep(
  role: Role,
  self: Pin,
  before: PinState,
  input: DriverInput,
  atMs: number,
): DriverStep<PinState> {
  const { state, out, faults, turned, message } = hear(self, before, input, atMs);
  if (turned === 'away') return stepTo(state, { out, faults, readings: [goneReading(role, self.id, atMs)] });
  const known = message !== null && 'contact' in message;
  const readings = known ? [contactReading(role, self.id, message.contact === 'closed', atMs)] : [];
  return stepTo(state, { out, faults, readings });
}
