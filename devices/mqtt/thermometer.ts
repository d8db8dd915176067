import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { fahrenheitToC } from '../../src/model/units.ts';
import { plainDeclaration, plausibleC, stepTo } from '../support.ts';
import { periodMs, type MqttOptions } from './options.ts';
import { parsePointer, readAt, type Pointer } from './pointer.ts';

interface Thermometer {
  readonly id: DeviceId;
  readonly state: string;
  readonly value: Pointer;
  readonly everyMs: number;
  toC(raw: number): number;
}

/** Whatever speaks on a topic at the interval that its owner says. It is never asked, so it may be silent. */
export function thermometerDevice(id: DeviceId, role: Role, options: MqttOptions): Device<null> {
  const { state = '', scale = 1, offset = 0, unit } = options;
  const self: Thermometer = {
    id,
    state,
    value: parsePointer(options.value),
    everyMs: periodMs(options),
    toC: (raw) => (unit === 'fahrenheit' ? fahrenheitToC(raw * scale + offset) : raw * scale + offset),
  };
  return {
    id,
    role,
    driver: 'mqtt',
    declaration: plainDeclaration(self.everyMs),
    topics: [state],
    init: () => stepTo(null),
    step: (_state, input, atMs) => thermometerStep(self, input, atMs),
  };
}

function thermometerStep(self: Thermometer, input: DriverInput, atMs: number): DriverStep<null> {
  // A retained reading has no age, so it counts as none.
  if (input.type !== 'message' || input.retained || input.topic !== self.state) return stepTo(null);
  const said = readAt(input.payload, self.value);
  // Other things may be told on the same topic; what cannot be read is an answer that is no temperature.
  if (said === undefined) return stepTo(null);
  const raw = numberOf(said);
  const valueC = raw === null ? null : plausibleC(self.toC(raw));
  return stepTo(null, {
    readings: [{ kind: 'temperature', device: self.id, valueC, takenAtMs: atMs - self.everyMs }],
  });
}

/** A number, or its text: many devices put theirs in quotes. Nothing with a unit behind it: that one is for the config. */
export function numberOf(said: unknown): number | null {
  if (typeof said === 'number') return said;
  return typeof said === 'string' && /^[+-]?\d{1,9}(\.\d{1,12})?$/.test(said.trim()) ? Number(said) : null;
}
