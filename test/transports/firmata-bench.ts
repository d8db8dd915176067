import { Contact } from '../../firmware-sim/contact.ts';
import {
  FIRMWARES,
  FirmataBoard,
  romOf,
  type Edge,
  type Firmware,
  type WiredContact,
} from '../../firmware-sim/boards/firmata/index.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { FromFirmata, ToFirmata } from '../../src/model/firmata.ts';
import { fromFirmataSchema } from '../../src/model/firmata.ts';
import { silentLog } from '../../src/model/log.ts';
import type { Plug } from '../../src/model/port.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';
import { MemoryPorts } from '../../src/transports/memory-ports.ts';
import { withPorts } from '../../src/transports/port-dialects.ts';

export const PATH = '/dev/ttyACM0';

/** A simulated board on a simulated wire, and what a driver would say to it and hear of it. */
export function bench(firmware: Firmware = FIRMWARES.StandardFirmata, plugged = true) {
  const clock = new VirtualClock();
  const ports = new MemoryPorts(clock);
  const broker = new MemoryBroker({ clock, random: new Random(1, 'bus') });
  const bus = withPorts(broker.connect({ clientId: 'ebb' }), {
    ports,
    clock,
    random: new Random(1, 'ports'),
    log: silentLog,
  });
  const button = new Contact();
  const mat = new Contact();
  const felt = { volts: 0.9, waterC: 38, otherC: 20 };
  const edges: Edge[] = [];
  const beeps: string[] = [];
  const board = new FirmataBoard({
    clock,
    firmware,
    wiring: {
      outputs: new Map(),
      contacts: new Map<number, WiredContact>([
        [2, { port: button, to: 'ground' }],
        [12, { port: mat, to: 'ground' }],
      ]),
      volts: new Map([[0, { read: () => felt.volts }]]),
    },
    buzzers: new Map([[8, { beep: (count, onMs) => beeps.push(`${count} x ${onMs} at ${clock.nowMs()}`) }]]),
    oneWire: new Map([
      [
        3,
        [
          { rom: romOf(0x0102_0304_0506), port: { read: () => felt.waterC } },
          { rom: romOf(0x1112_1314_1516), port: { read: () => felt.otherC } },
        ],
      ],
    ]),
    random: new Random(1, 'board'),
  });
  board.onEdge((edge) => edges.push(edge));
  let plug: Plug | null = null;
  board.onBytes((bytes) => plug?.write(bytes));
  const plugIn = (): void => {
    const at = ports.plug(PATH);
    plug = at;
    at.onData((bytes) => {
      board.send(bytes);
    });
    at.onOpen((open) => {
      if (open) board.reset();
    });
    board.powerOn();
  };
  if (plugged) plugIn();
  const heard: FromFirmata[] = [];
  const links: string[] = [];
  bus.onMessage(({ topic, payload }) => {
    if (topic === `port:${PATH}/link`) links.push(payload);
    if (topic === `port:${PATH}/firmata`) heard.push(fromFirmataSchema.parse(JSON.parse(payload)));
  });
  bus.subscribe([`port:${PATH}/firmata`, `port:${PATH}/link`]);
  const wait = (ms: number): void => {
    clock.runUntil(clock.nowMs() + ms);
  };
  return {
    clock,
    bus,
    board,
    button,
    mat,
    felt,
    beeps,
    wait,
    plugIn,
    unplug: (noticed = true): void => {
      plug?.unplug({ noticed });
      board.powerOff();
    },
    noise: (bytes: Iterable<number>): void => {
      plug?.write(Uint8Array.from(bytes));
    },
    say: (message: ToFirmata): void => {
      bus.publish({ topic: `port:${PATH}/firmata`, payload: JSON.stringify(message), qos: 0 });
    },
    heard: (): readonly FromFirmata[] => heard.splice(0),
    links: (): readonly string[] => links.splice(0),
    levels: (): readonly string[] => edges.splice(0).map(({ pin, level }) => `${pin} ${level}`),
    edges,
  };
}

/** A bench whose board has been met. */
export function met(firmware?: Firmware) {
  const made = bench(firmware);
  made.wait(3_000);
  made.heard();
  made.links();
  made.levels();
  return made;
}
