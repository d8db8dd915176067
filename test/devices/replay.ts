import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { z } from 'zod';
import { createDevice } from '../../devices/index.ts';
import type {
  Ack,
  Device,
  DeviceCommand,
  DeviceFault,
  DriverInput,
  DriverStep,
  Outgoing,
} from '../../src/model/device.ts';
import type { Reading, Role } from '../../src/model/device.ts';

/** An exchange as the public documentation of the dialect shows it. */
const recordingSchema = z.array(
  z.strictObject({
    from: z.enum(['controller', 'device']),
    topic: z.string(),
    payload: z.string(),
    retained: z.boolean().optional(),
    note: z.string().optional(),
  }),
);
export type Recording = z.infer<typeof recordingSchema>;

export function recording(name: string): Recording {
  const file = new URL(`../recordings/${name}.json`, import.meta.url);
  return recordingSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** A device with its state and everything it has said: a driver is a reducer, this is the loop around it. */
export class Rig {
  readonly device: Device;
  out: Outgoing[] = [];
  readings: Reading[] = [];
  acks: Ack[] = [];
  faults: DeviceFault[] = [];
  nextDeadlineMs: number | null = null;
  atMs = 1_000;
  #state: unknown;

  constructor(role: Role, driver: string, options: Record<string, unknown>, travelMs: number | null = null) {
    this.device = createDevice({ id: `foot-bath-${role}`, role, driver, options, travelMs });
    this.#take(this.device.init(this.atMs));
  }

  feed(input: DriverInput, atMs = this.atMs): this {
    this.atMs = atMs;
    return this.#take(this.device.step(this.#state, input, atMs));
  }

  command(command: DeviceCommand): this {
    return this.feed({ type: 'command', command });
  }

  message(topic: string, payload: string, retained = false): this {
    return this.feed({ type: 'message', topic, payload, retained });
  }

  link(up: boolean): this {
    return this.feed({ type: 'link', up });
  }

  /** To the driver's own deadline, which must be there. */
  clock(): this {
    if (this.nextDeadlineMs === null) throw new Error('the driver has no deadline');
    return this.feed({ type: 'clock' }, this.nextDeadlineMs);
  }

  /** Meets the broker and forgets what was said on the way. */
  meet(): this {
    return this.link(true).forget();
  }

  forget(): this {
    [this.out, this.readings, this.acks, this.faults] = [[], [], [], []];
    return this;
  }

  /** What was sent since the last `forget`, as `topic payload`. */
  get sent(): string[] {
    return this.out.map(({ topic, payload }) => `${topic} ${payload}`.trim());
  }

  get statuses(): string[] {
    return this.readings.flatMap((reading) => (reading.kind === 'valve' ? [reading.status] : []));
  }

  #take(step: DriverStep<unknown>): this {
    this.#state = step.state;
    this.nextDeadlineMs = step.nextDeadlineMs;
    this.out.push(...step.out);
    this.readings.push(...step.readings);
    this.acks.push(...step.acks);
    this.faults.push(...step.faults);
    return this;
  }
}

export type Cause = (rig: Rig) => unknown;

/**
 * Feeds the device's side of a recording and requires exactly the controller's. Where the recording has a message
 * of ours that the driver has not sent yet, the next of `causes` happens: a command, the link, the clock.
 */
export function replay<Of extends Rig>(name: string, rig: Of, causes: readonly Cause[]): Of {
  const waiting = [...causes];
  let heard = 0;
  for (const line of recording(name)) {
    if (line.from === 'device') {
      rig.message(line.topic, line.payload, line.retained ?? false);
      continue;
    }
    while (rig.out.length === heard && waiting.length > 0) waiting.shift()?.(rig);
    const sent = rig.out[heard];
    heard += 1;
    expect({ topic: sent?.topic, payload: sent?.payload }).toEqual({
      topic: line.topic,
      payload: line.payload,
    });
  }
  for (const cause of waiting) cause(rig);
  expect(rig.sent.slice(heard), 'nothing else is sent').toEqual([]);
  return rig;
}

/** True of a message that opens water in any of the dialects here. */
export function opens({ topic, payload }: Outgoing): boolean {
  const name = topic.split('/').at(-1) ?? '';
  if (/^TimedPower\d*$/i.test(name)) return payload !== '' || /\d$/.test(name);
  if (/^POWER\d*$/i.test(name)) return payload !== 'OFF';
  if (name === 'lease') return !/"ms":0[,}]/.test(payload);
  // The valve board.
  if (topic.startsWith('port:')) return !/^@\d+ (HELLO|CLOSE|BEAT|STAT|TEMP|TELE|LED|BUZZ)\b/.test(payload);
  // Shelly: any `Switch.Set` that is not an off without a time.
  if (name === 'rpc')
    return /"Switch.Set"/.test(payload) && !/"params":\{"id":\d+,"on":false\}/.test(payload);
  // Zigbee2MQTT: anything of a relay but its OFF; a countdown alone turns one on as well.
  if (name === 'set') return /"(state|countdown|on_time)\w*":(?!"OFF")/.test(payload);
  return false;
}

export const open = (leaseMs: number, targetC: number | null = null): Cause => {
  return (rig) => rig.command({ action: 'open', leaseMs, targetC });
};
export const renew = (leaseMs: number, targetC: number | null = null): Cause => {
  return (rig) => rig.command({ action: 'renew', leaseMs, targetC });
};
export const close: Cause = (rig) => rig.command({ action: 'close' });
export const sample: Cause = (rig) => rig.command({ action: 'sample', on: true });
export const clock: Cause = (rig) => rig.clock();
