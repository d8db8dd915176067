import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { decodeTemperature, presence, stateTopic, statusTopic } from './codec.ts';

/** Our nodes push a reading each second (`update_interval: 1s`), whether it is wanted or not. */
const SAMPLE_MS = 1_000;

/** A thermometer of an ESPHome node, degrees Celsius. It gives no time, so a reading is one period old on arrival. */
export function sensorDevice(id: DeviceId, role: Role, node: string, part: string): Device<null> {
  const topic = stateTopic(node, 'sensor', part);
  return {
    id,
    role,
    driver: 'esphome',
    declaration: plainDeclaration(SAMPLE_MS),
    topics: [statusTopic(node), topic],
    init: () => stepTo(null),
    step: (_state, input, atMs) => sensorStep(id, node, topic, input, atMs),
  };
}

function sensorStep(
  id: DeviceId,
  node: string,
  topic: string,
  input: DriverInput,
  atMs: number,
): DriverStep<null> {
  if (input.type !== 'message') return stepTo(null);
  const heard = presence(node, id, input.topic, input.payload);
  if (heard !== null) return stepTo(null, { faults: [heard] });
  // A retained reading has no age, so it counts as none.
  if (input.retained || input.topic !== topic) return stepTo(null);
  const valueC = decodeTemperature(input.payload);
  return stepTo(null, {
    readings: [{ kind: 'temperature', device: id, valueC, takenAtMs: atMs - SAMPLE_MS }],
  });
}
