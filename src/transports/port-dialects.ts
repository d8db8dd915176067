import type { Clock } from '../clock/clock.ts';
import type { Bus } from '../model/bus.ts';
import type { Log } from '../model/log.ts';
import type { Ports } from '../model/port.ts';
import type { Random } from '../random/random.ts';
import { BoardLines } from './board-lines.ts';
import { FirmataWire } from './firmata/index.ts';
import { PortBus } from './port-bus.ts';
import type { PortDialects } from './port-bus.ts';

/** What is spoken over serial ports, by the last part of the topic: one line a dialect. */
const DIALECTS: PortDialects = {
  line: (options) => new BoardLines(options),
  firmata: (options) => new FirmataWire(options),
};

/** A bus with serial ports beside it. */
export function withPorts(
  bus: Bus,
  parts: { readonly ports: Ports; readonly clock: Clock; readonly random: Random; readonly log: Log },
): PortBus {
  return new PortBus(bus, { ...parts, dialects: DIALECTS });
}
