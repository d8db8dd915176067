import type { Device, DriverInput, DriverStep, Role } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import { contactReading, figureReading, goneReading } from '../sense.ts';
import { plainDeclaration, stepTo } from '../support.ts';
import { decodeFigure, decodeOnOff, presence, stateTopic, statusTopic } from './codec.ts';

/** Our nodes push a figure each second (`update_interval: 1s`). A binary sensor speaks on a change only. */
const SAMPLE_MS = 1_000;

interface Sense {
  readonly id: DeviceId;
  readonly role: Role;
  readonly node: string;
  readonly kind: 'sensor' | 'binary_sensor';
  /** Where it speaks. */
  readonly topic: string;
}

/** A flow meter or a level as a `sensor` (l/min, litres); a leak, a float or presence as a `binary_sensor`. */
export function senseDevice(
  id: DeviceId,
  role: Role,
  node: string,
  kind: Sense['kind'],
  part: string,
): Device<null> {
  const topic = stateTopic(node, kind, part);
  const self: Sense = { id, role, node, kind, topic };
  return {
    id,
    role,
    driver: 'esphome',
    declaration: plainDeclaration(kind === 'sensor' ? SAMPLE_MS : null),
    topics: [statusTopic(node), topic],
    init: () => stepTo(null),
    step: (_state, input, atMs) => senseStep(self, input, atMs),
  };
}

function senseStep(
  { id, role, node, kind, topic }: Sense,
  input: DriverInput,
  atMs: number,
): DriverStep<null> {
  if (input.type === 'link') return stepTo(null, { readings: input.up ? [] : [goneReading(role, id, atMs)] });
  if (input.type !== 'message') return stepTo(null);
  const heard = presence(node, id, input.topic, input.payload);
  if (heard?.type === 'presence')
    return stepTo(null, { faults: [heard], readings: heard.online ? [] : [goneReading(role, id, atMs)] });
  if (input.topic !== topic) return stepTo(null);
  if (kind === 'sensor') {
    // A retained figure has no age, so it counts as none.
    if (input.retained) return stepTo(null);
    return stepTo(null, {
      readings: [figureReading(role, id, decodeFigure(input.payload), atMs - SAMPLE_MS)],
    });
  }
  const on = decodeOnOff(input.payload);
  // ESPHome retains its states. Of what lay at the broker only the dangerous side is believed: wet, full; never that
  // somebody is there. Whether they are busy rests on no water, and a restart must not forget it.
  const isBelieved = role === 'busy' || (on === true && role !== 'presence');
  if (on === null || (input.retained && !isBelieved)) return stepTo(null);
  return stepTo(null, { readings: [contactReading(role, id, on, atMs)] });
}
