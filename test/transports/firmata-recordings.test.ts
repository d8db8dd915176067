import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Contact } from '../../firmware-sim/contact.ts';
import { FIRMWARES, FirmataBoard, type Firmware } from '../../firmware-sim/boards/firmata/index.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { DeviceCommand, Role } from '../../src/model/device.ts';
import { silentLog } from '../../src/model/log.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';
import { MemoryPorts } from '../../src/transports/memory-ports.ts';
import { withPorts } from '../../src/transports/port-dialects.ts';
import { Rig } from '../devices/replay.ts';

/*
 * If these fail, our side of the wire and the simulated board speak a Firmata of their own. The exchanges are made of the
 * messages of the protocol's text, byte for byte; both sides must say their part of them and understand the other's.
 */

const stepSchema = z.union([
  z.strictObject({ from: z.enum(['host', 'board']), bytes: z.string(), note: z.string().optional() }),
  z.strictObject({ from: z.literal('controller'), command: z.custom<DeviceCommand>() }),
  z.strictObject({ from: z.literal('driver'), tells: z.record(z.string(), z.unknown()) }),
]);
const recording = (name: string) =>
  z
    .array(stepSchema)
    .parse(JSON.parse(readFileSync(new URL(`../recordings/firmata/${name}.json`, import.meta.url), 'utf8')));

const PATH = '/dev/ttyACM0';
const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
const unhex = (text: string): Uint8Array => Uint8Array.from(text.split(' '), (byte) => parseInt(byte, 16));

const CASES: readonly (readonly [name: string, role: Role, pin: number, firmware: Firmware])[] = [
  ['led', 'light', 13, FIRMWARES.StandardFirmata],
  ['button', 'stop', 2, FIRMWARES.StandardFirmata],
  ['valve', 'hot', 4, FIRMWARES.FirmataExpress],
];

describe.each(CASES)('%s', (name, role, pin, firmware) => {
  const steps = recording(name);

  test('driver and wire say the part of the host, and understand the board', () => {
    const clock = new VirtualClock();
    const ports = new MemoryPorts(clock);
    const broker = new MemoryBroker({ clock, random: new Random(1, 'bus') });
    const bus = withPorts(broker.connect({ clientId: 'ebb' }), {
      ports,
      clock,
      random: new Random(1, 'ports'),
      log: silentLog,
    });
    const rig = new Rig(role, 'firmata', { port: PATH, pin });
    const plug = ports.plug(PATH);
    let said = '';
    plug.onData((bytes) => (said += `${hex(bytes)} `));
    const publish = (): void => {
      for (const out of rig.out.splice(0)) bus.publish(out);
    };
    bus.onMessage(({ topic, payload, retained }) => {
      rig.feed({ type: 'message', topic, payload, retained }, clock.nowMs());
      publish();
    });
    /** Time passes, and the driver plays its beats. */
    const pass = (mostMs: number, done: () => boolean): void => {
      for (let ms = 0; ms < mostMs && !done(); ms += 1) {
        clock.runUntil(clock.nowMs() + 1);
        if (rig.nextDeadlineMs === null || rig.nextDeadlineMs > clock.nowMs()) continue;
        rig.feed({ type: 'clock' }, clock.nowMs());
        publish();
      }
    };
    rig.link(true);
    bus.subscribe([...rig.device.topics]);
    clock.runUntil(5);
    for (const [index, step] of steps.entries()) {
      const where = `step ${index}: ${JSON.stringify(step)}`;
      if ('command' in step) {
        rig.feed({ type: 'command', command: step.command }, clock.nowMs());
        publish();
      } else if ('tells' in step) {
        if ('ack' in step.tells)
          expect(rig.acks.splice(0), where).toMatchObject([{ leaseMs: step.tells['ack'] }]);
        else expect(rig.readings.splice(0), where).toMatchObject([step.tells]);
      } else if (step.from === 'board') {
        plug.write(unhex(step.bytes));
        // The longest message takes 30 ms on the wire.
        pass(40, () => false);
      } else {
        pass(600, () => said.startsWith(step.bytes));
        expect(said.slice(0, step.bytes.length), where).toBe(step.bytes);
        said = said.slice(step.bytes.length + 1);
      }
    }
  });

  test('the simulated board says the part of the board', () => {
    const clock = new VirtualClock();
    const button = new Contact();
    const board = new FirmataBoard({
      clock,
      firmware,
      wiring: {
        outputs: new Map(),
        contacts: new Map([[2, { port: button, to: 'ground' } as const]]),
        volts: new Map(),
      },
      random: new Random(1, 'board'),
    });
    const said: string[] = [];
    board.onBytes((bytes) => said.push(hex(bytes)));
    board.powerOn();
    clock.runUntil(firmware.bootMs);
    for (const [index, step] of steps.entries()) {
      if (step.from === 'host') board.send(unhex(step.bytes));
      if (step.from !== 'board') continue;
      // The hand is no part of the exchange.
      if (said.length === 0) button.set(true);
      expect(said.shift(), `step ${index}`).toBe(step.bytes);
    }
    expect(said).toEqual([]);
  });
});
