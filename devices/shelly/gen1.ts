import type { Device, DriverInput, DriverStep, Outgoing, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { holdsDue, nextHoldMs, press, RELEASED, type Held } from './hold.ts';

/**
 * The first generation of Shelly, whose MQTT has no timer: no water, and no thermometer that water may rest on. What
 * is left is a relay for a lamp or a buzzer, and an input for a button.
 * Source: shelly-api-docs.shelly.cloud gen1, Shelly1 MQTT.
 */

export const NO_WATER =
  'a Shelly of the first generation takes its timer over HTTP only, and nobody has proven that its auto-off holds for ' +
  'what MQTT opens, so it is refused for water until proven; use one since Gen2 (Plus, Pro, Gen3, Gen4), a tasmota ' +
  'relay or an esphome valve';

export const NO_THERMOMETER =
  'a Shelly of the first generation tells its temperature by itself and rarely, at times half a minute apart, and ' +
  'water rests only on readings of the last seconds (L20); use the add-on of one since Gen2, tasmota or esphome';

export const NO_SENSES =
  'the input of a Shelly of the first generation is read here as a button only; use one since Gen2, tasmota or esphome';

/** A relay for a lamp or a buzzer: `on` and `off`, without a deadline. */
export function relayCommand(prefix: string, part: number): (on: boolean, qos: 0 | 1) => Outgoing {
  return (on, qos) => ({ topic: `${prefix}/relay/${part}/command`, payload: on ? 'on' : 'off', qos });
}

interface InputState extends Held {
  readonly linkUp: boolean;
  /** The input's last state; null while nobody knows, when the first one is what it is and no press. */
  readonly level: boolean | null;
}

interface Input {
  readonly id: DeviceId;
  readonly prefix: string;
  readonly part: number;
}
type InputStep = DriverStep<InputState>;

/** A button at an input. The device repeats its state every half minute, so only a change counts. */
export function inputDevice(id: DeviceId, role: Role, prefix: string, part: number): Device<InputState> {
  const self: Input = { id, prefix, part };
  return {
    id,
    role,
    driver: 'shelly',
    declaration: plainDeclaration(null),
    topics: [`${prefix}/input/${part}`, `${prefix}/online`],
    init: () => stepTo({ ...RELEASED, linkUp: false, level: null }),
    step: (state, input, atMs) => {
      const due = holdsDue(state, atMs);
      const next = inputStep(self, { ...state, ...due.held }, input, atMs);
      const held = due.actions.map((action) => ({ kind: 'button', device: id, action }) as const);
      return { ...next, readings: [...held, ...next.readings], nextDeadlineMs: nextHoldMs(next.state) };
    },
  };
}

function inputStep(self: Input, state: InputState, input: DriverInput, atMs: number): InputStep {
  const { id, prefix, part } = self;
  if (input.type === 'link') {
    const met = { ...RELEASED, linkUp: input.up, level: null };
    return stepTo(met, { out: input.up ? [tellAll(self)] : [] });
  }
  if (input.type !== 'message' || !state.linkUp) return stepTo(state);
  const { topic, payload, retained } = input;
  if (topic === `${prefix}/online`) {
    if (payload !== 'true' && payload !== 'false') return stepTo(state);
    const online = payload === 'true';
    const faults = [{ type: 'presence', device: id, online } as const];
    return stepTo({ ...state, ...RELEASED, level: null }, { faults, out: online ? [tellAll(self)] : [] });
  }
  if (topic !== `${prefix}/input/${part}` || (payload !== '0' && payload !== '1')) return stepTo(state);
  const level = payload === '1';
  // What lay at the broker says what the input was, so that a change can be told; it is no press itself.
  if (retained || state.level === null || level === state.level) return stepTo({ ...state, level });
  if (!level) return stepTo({ ...state, ...RELEASED, level });
  const readings = [{ kind: 'button', device: id, action: { type: 'press' } }] as const;
  return stepTo({ ...state, ...press(atMs), level }, { readings });
}

/** Asks for everything it knows, so that the state of the input is known before somebody presses. */
const tellAll = ({ prefix }: Input): Outgoing => ({ topic: `${prefix}/command`, payload: 'update', qos: 0 });
