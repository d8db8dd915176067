import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { presence, type Address } from './address.ts';
import { probeC, sensorBody } from './codec.ts';

/**
 * A DS18B20 on a Tasmota device. TelePeriod is 10 s at the least, so while water is wanted the driver polls
 * `Status 10` each second. Tasmota gives no time of measurement: a reading counts as one period old on arrival.
 * Its DS18x20 driver converts and reads in turns, so every other answer may repeat the one before, and for up to
 * ten seconds after a probe was lost (xsns_05_ds18x20.ino); the watch's detectors have to live with that.
 */
const SAMPLE_MS = 1_000;
const REFRESH_MS = 2_000;

interface SensorState {
  readonly linkUp: boolean;
  readonly sampling: boolean;
  /** When the next poll is due, monotonic milliseconds; null while not sampling or without a link. */
  readonly nextMs: number | null;
  /** The name fits no one probe, and that has been said. */
  readonly complained: boolean;
}

interface Sensor {
  readonly id: DeviceId;
  readonly at: Address;
  readonly sensor: string;
}

export function sensorDevice(id: DeviceId, role: Role, at: Address, sensor: string): Device<SensorState> {
  const self: Sensor = { id, at, sensor };
  return {
    id,
    role,
    driver: 'tasmota',
    declaration: { ...plainDeclaration(SAMPLE_MS), refreshMs: REFRESH_MS },
    topics: [at.topic('stat', 'STATUS10'), at.topic('tele', 'SENSOR'), at.topic('tele', 'LWT')],
    init: () => stepTo({ linkUp: false, sampling: false, nextMs: null, complained: false }),
    step: (state, input, atMs) => {
      const next = sensorStep(self, state, input, atMs);
      return { ...next, nextDeadlineMs: next.state.nextMs };
    },
  };
}

function sensorStep(
  self: Sensor,
  state: SensorState,
  input: DriverInput,
  atMs: number,
): DriverStep<SensorState> {
  switch (input.type) {
    case 'link':
      if (!input.up) return stepTo({ ...state, linkUp: false, nextMs: null });
      return poll(self, { ...state, linkUp: true, complained: false, nextMs: atMs }, atMs);
    case 'command':
      if (input.command.action !== 'sample') return stepTo(state);
      if (!input.command.on) return stepTo({ ...state, sampling: false, nextMs: null });
      return state.sampling ? stepTo(state) : poll(self, { ...state, sampling: true, nextMs: atMs }, atMs);
    case 'clock':
      return poll(self, state, atMs);
    case 'message':
      return message(self, state, input, atMs);
  }
}

/** Asks when it is due, and keeps to the grid; after a stall it asks once and starts a new one. */
function poll({ at }: Sensor, state: SensorState, atMs: number): DriverStep<SensorState> {
  if (!state.sampling || !state.linkUp || state.nextMs === null) return stepTo({ ...state, nextMs: null });
  if (atMs < state.nextMs) return stepTo(state);
  const grid = state.nextMs + SAMPLE_MS;
  const nextMs = grid > atMs ? grid : atMs + SAMPLE_MS;
  return stepTo({ ...state, nextMs }, { out: [at.command('Status', '10')] });
}

function message(
  { id, at, sensor }: Sensor,
  state: SensorState,
  { topic, payload, retained }: { topic: string; payload: string; retained: boolean },
  atMs: number,
): DriverStep<SensorState> {
  const heard = presence(at, id, topic, payload);
  if (heard !== null) return stepTo(state, { faults: [heard] });
  // A retained reading has no age, so it counts as none.
  if (retained || (at.stat(topic) !== 'STATUS10' && at.tele(topic) !== 'SENSOR')) return stepTo(state);
  const body = sensorBody(payload);
  const value = body === null ? null : probeC(body, sensor);
  const valueC = value === 'ambiguous' ? null : value;
  const readings = [{ kind: 'temperature', device: id, valueC, takenAtMs: atMs - SAMPLE_MS }] as const;
  if (value !== 'ambiguous' || state.complained) return stepTo(state, { readings });
  const text = `there are several probes and "${sensor}" names none of them; give the Id of one as \`sensor\``;
  return stepTo(
    { ...state, complained: true },
    { readings, faults: [{ type: 'refused', device: id, message: text }] },
  );
}
