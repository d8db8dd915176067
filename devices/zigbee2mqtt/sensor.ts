import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, plausibleC, stepTo } from '../support.ts';
import { parseBody, type Address } from './address.ts';
import { CHANNELS, meet, UNKNOWN, type Companion } from './companion.ts';
import { exposesOf } from './definition.ts';

/**
 * A battery thermometer speaks when its reading has changed enough, and otherwise at an interval of its own, minutes
 * to an hour (assumed: 10 min). Good to look at; nothing that warm water may rest on, so `check` refuses it there.
 */
const SAMPLE_MS = 600_000;

interface Sensor {
  readonly id: DeviceId;
  readonly at: Address;
  readonly property: string;
}

export function sensorDevice(id: DeviceId, role: Role, at: Address, property: string): Device<Companion> {
  const self: Sensor = { id, at, property };
  return {
    id,
    role,
    driver: 'zigbee2mqtt',
    declaration: plainDeclaration(SAMPLE_MS),
    topics: CHANNELS.map((channel) => at.topic(channel)),
    init: () => stepTo(UNKNOWN),
    step: (before, input, atMs) => {
      const { state, faults } = meet(id, at, before, input);
      return { ...sensorStep(self, state, input, atMs), faults };
    },
  };
}

function sensorStep(
  { id, at, property }: Sensor,
  state: Companion,
  input: DriverInput,
  atMs: number,
): DriverStep<Companion> {
  // A retained reading has no age, so it counts as none.
  if (input.type !== 'message' || input.retained || at.channel(input.topic) !== 'state') return stepTo(state);
  const body = parseBody(input.payload);
  if (body === null || !Object.hasOwn(body, property)) return stepTo(state);
  const value = body[property];
  const valueC =
    typeof value === 'number' ? plausibleC(isFahrenheit(state, property) ? fromF(value) : value) : null;
  return stepTo(state, {
    readings: [{ kind: 'temperature', device: id, valueC, takenAtMs: atMs - SAMPLE_MS }],
  });
}

const fromF = (valueF: number): number => ((valueF - 32) * 5) / 9;

/** Celsius unless the device says otherwise: its owner may have switched it. */
function isFahrenheit({ entry }: Companion, property: string): boolean {
  if (entry === null || entry === 'missing') return false;
  return exposesOf(entry).some((each) => each.property === property && /F$/.test(each.unit ?? ''));
}
