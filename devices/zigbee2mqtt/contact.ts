import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { contactReading, goneReading } from '../sense.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { parseBody, type Address } from './address.ts';
import { CHANNELS, meet, UNKNOWN, type Companion } from './companion.ts';

interface Contact {
  readonly id: DeviceId;
  readonly role: Role;
  readonly at: Address;
  readonly property: string;
}

/**
 * A leak or presence sensor. It speaks on a change, and otherwise when it likes, so its silence means nothing; the bridge
 * says when it has gone. A motion sensor on a battery tells its last motion for a minute or more: too late for T13.
 */
export function contactDevice(id: DeviceId, role: Role, at: Address, property: string): Device<Companion> {
  const self: Contact = { id, role, at, property };
  return {
    id,
    role,
    driver: 'zigbee2mqtt',
    declaration: plainDeclaration(null),
    topics: CHANNELS.map((channel) => at.topic(channel)),
    init: () => stepTo(UNKNOWN),
    step: (before, input, atMs) => {
      const { state, faults } = meet(id, at, before, input);
      const hasGone = faults.some((fault) => fault.type === 'presence' && !fault.online);
      const gone = hasGone ? [goneReading(role, id, atMs)] : [];
      const next = contactStep(self, state, input, atMs);
      return { ...next, faults, readings: [...gone, ...next.readings] };
    },
  };
}

function contactStep(
  { id, role, at, property }: Contact,
  state: Companion,
  input: DriverInput,
  atMs: number,
): DriverStep<Companion> {
  // What was stored says nothing of now.
  const isOld = input.type === 'message' && input.retained && role !== 'busy';
  if (input.type !== 'message' || isOld || at.channel(input.topic) !== 'state') return stepTo(state);
  const body = parseBody(input.payload);
  if (body === null || !Object.hasOwn(body, property)) return stepTo(state);
  const value = body[property];
  return stepTo(state, {
    readings: [contactReading(role, id, typeof value === 'boolean' ? value : null, atMs)],
  });
}
