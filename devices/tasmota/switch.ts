import type { Device, DriverInput, DriverStep, Outgoing, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { contactReading, goneReading } from '../sense.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { presence, type Address } from './address.ts';
import { parseReply, sensorBody, switchAction, switchState } from './codec.ts';

/**
 * A switch input of a Tasmota device: a leak sensor, a float, a mat. A change is told at once (`SetOption114 1`, which
 * also detaches all switches of the device from its relays: one that is not would open a valve when it gets wet), and
 * `Status 10` tells the state, so it is asked for each second whether water is wanted or not.
 * Source: tasmota/docs Commands.md (SetOption114); arendst/Tasmota support_switch.ino, MqttShowSensor.
 */
const SAMPLE_MS = 1_000;

interface SwitchState {
  readonly linkUp: boolean;
  readonly nextMs: number | null;
}

interface Switch {
  readonly id: DeviceId;
  readonly role: Role;
  readonly at: Address;
  readonly part: number;
}

export function switchDevice(id: DeviceId, role: Role, at: Address, part: number): Device<SwitchState> {
  const self: Switch = { id, role, at, part };
  return {
    id,
    role,
    driver: 'tasmota',
    declaration: plainDeclaration(SAMPLE_MS),
    topics: [at.topic('stat', '+'), at.topic('tele', 'SENSOR'), at.topic('tele', 'LWT')],
    init: () => stepTo({ linkUp: false, nextMs: null }),
    step: (state, input, atMs) => {
      const next = switchStep(self, state, input, atMs);
      return { ...next, nextDeadlineMs: next.state.nextMs };
    },
  };
}

function switchStep(
  self: Switch,
  state: SwitchState,
  input: DriverInput,
  atMs: number,
): DriverStep<SwitchState> {
  const gone = [goneReading(self.role, self.id, atMs)];
  switch (input.type) {
    case 'link':
      if (!input.up) return stepTo({ linkUp: false, nextMs: null }, { readings: gone });
      return poll(self, { linkUp: true, nextMs: atMs }, atMs, setUp(self.at));
    case 'command':
      return stepTo(state);
    case 'clock':
      return poll(self, state, atMs, []);
    case 'message': {
      const heard = presence(self.at, self.id, input.topic, input.payload);
      if (heard?.type !== 'presence') return message(self, state, input, atMs);
      return stepTo(state, {
        faults: [heard],
        out: heard.online ? setUp(self.at) : [],
        readings: heard.online ? [] : gone,
      });
    }
  }
}

/** Tasmota writes flash only where a value changes, so saying it at each meeting wears nothing. */
const setUp = (at: Address): readonly Outgoing[] => [at.command('SetOption114', '1')];

function poll(
  { at }: Switch,
  state: SwitchState,
  atMs: number,
  first: readonly Outgoing[],
): DriverStep<SwitchState> {
  if (!state.linkUp || state.nextMs === null || atMs < state.nextMs) return stepTo(state, { out: first });
  const grid = state.nextMs + SAMPLE_MS;
  const nextMs = grid > atMs ? grid : atMs + SAMPLE_MS;
  return stepTo({ ...state, nextMs }, { out: [...first, at.command('Status', '10')] });
}

function message(
  { id, role, at, part }: Switch,
  state: SwitchState,
  { topic, payload, retained }: { topic: string; payload: string; retained: boolean },
  atMs: number,
): DriverStep<SwitchState> {
  if (retained) return stepTo(state);
  const told = at.stat(topic) === 'RESULT' ? parseReply(payload) : null;
  const changed = told === null ? null : switchAction(told, part);
  if (changed !== null) return stepTo(state, { readings: [contactReading(role, id, changed, atMs)] });
  if (at.stat(topic) !== 'STATUS10' && at.tele(topic) !== 'SENSOR') return stepTo(state);
  const body = sensorBody(payload);
  const on = body === null ? null : switchState(body, part);
  return stepTo(state, { readings: [contactReading(role, id, on, atMs - SAMPLE_MS)] });
}
