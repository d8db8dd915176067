import { z } from 'zod';
import type { Clock } from '../../src/clock/clock.ts';
import { isOutputRole } from '../../src/model/device.ts';
import type { DeviceId } from '../../src/model/ids.ts';
import type { Plug, PlugIn } from '../../src/model/port.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import { Random } from '../../src/random/random.ts';
import {
  FIRMWARES,
  FirmataBoard,
  romOf,
  type Firmware,
  type OneWireProbe,
  type WiredContact,
} from '../boards/firmata/index.ts';
import { Contact } from '../contact.ts';
import type { BuzzerPort, Gadget, Press, ProbePort, RelayPort } from '../gadgets/ports.ts';
import { cannotSimulate, optionsReader, type Box, type Dialect, type Wiring } from './box.ts';

const optionsSchema = z.object({
  port: z.string(),
  pin: z.union([z.int().min(2).max(19), z.string().regex(/^A[0-5]$/)]),
  as: z.enum(['led', 'buzzer', 'piezo', 'button', 'relay', 'thermometer']).optional(),
  active: z.enum(['high', 'low']).optional(),
  sensor: z.enum(['DS18B20', 'TMP36', 'LM35']).optional(),
  address: z.string().optional(),
});
const readOptions = optionsReader(optionsSchema);

interface Part {
  readonly device: DeviceSettings;
  readonly port: string;
  /** Its number on an Uno, where A0 is 14. */
  readonly pin: number;
  readonly as: 'led' | 'buzzer' | 'piezo' | 'button' | 'relay' | 'DS18B20' | 'TMP36' | 'LM35';
  readonly active: 'high' | 'low' | undefined;
  readonly address: string | undefined;
}

function partOf(device: DeviceSettings): Part {
  const { port, pin, as, active, sensor, address } = readOptions(device);
  const number = typeof pin === 'number' ? pin : 14 + Number(pin.slice(1));
  const named = as ?? BY_ROLE[device.role] ?? (isOutputRole(device.role) ? 'relay' : 'button');
  const probe = sensor ?? (typeof pin === 'number' ? 'DS18B20' : 'TMP36');
  return { device, port, pin: number, as: named === 'thermometer' ? probe : named, active, address };
}

const BY_ROLE: Readonly<Partial<Record<DeviceSettings['role'], 'led' | 'buzzer' | 'thermometer'>>> = {
  light: 'led',
  buzzer: 'buzzer',
  thermometer: 'thermometer',
};

/** The sketch that its owner has flashed for what hangs on it: no one of them can do everything. */
function firmwareFor(parts: readonly Part[]): Firmware {
  const probe = parts.find(({ as }) => as === 'DS18B20');
  const valve = parts.find(({ device }) => isOutputRole(device.role));
  if (probe !== undefined && valve !== undefined)
    throw cannotSimulate(
      valve.device,
      'no Firmata firmware has both one-wire pins and a watch over its host; put the thermometer on a board of its own',
    );
  if (probe !== undefined) return FIRMWARES.ConfigurableFirmata;
  return valve === undefined ? FIRMWARES.StandardFirmata : FIRMWARES.FirmataExpress;
}

export const firmata: Dialect = {
  boxOf: (device) => partOf(device).port,
  build: (options, devices) => {
    const parts = devices.map(partOf);
    const port = parts[0]?.port ?? '';
    const { clock, wiring, seed } = options;
    const fingers = new Map<DeviceId, Contact>();
    const buzzers = new Map(parts.flatMap((part) => tonesOf(part, wiring)));
    const board = new FirmataBoard({
      clock,
      firmware: firmwareFor(parts),
      wiring: {
        outputs: new Map(parts.flatMap((part) => outputOf(part, wiring, buzzers, clock))),
        contacts: new Map(parts.flatMap((part) => contactOf(part, wiring, fingers))),
        volts: new Map(parts.flatMap((part) => voltsOf(part, wiring))),
      },
      buzzers,
      oneWire: oneWireOf(parts, wiring, new Random(seed, `probes at ${port}`)),
      random: new Random(seed, `noise at ${port}`),
    });
    const gadget = new PluggedBoard(port, board, options.plug);
    const buttons: Box['buttons'] = new Map(
      [...fingers].map(([id, contact]) => [
        id,
        (press: Press) => {
          touch(contact, press, clock);
        },
      ]),
    );
    return { gadget, buttons, valves: new Map() };
  },
};

const WHITE = { r: 255, g: 255, b: 255 };

function outputOf(
  { device, pin, as, active }: Part,
  wiring: Wiring,
  buzzers: ReadonlyMap<number, BuzzerPort>,
  clock: Clock,
): readonly (readonly [number, RelayPort])[] {
  switch (as) {
    case 'led': {
      const lamp = wiring.lamp(device);
      const set = (on: boolean): void => {
        lamp.show(on, 255, WHITE);
      };
      return [[pin, { set }]];
    }
    case 'piezo': {
      const buzzer = buzzers.get(pin);
      return buzzer === undefined ? [] : [[pin, sounder(buzzer, clock)]];
    }
    case 'buzzer':
    case 'relay': {
      const relay = wiring.relay(device);
      const turned = {
        set: (high: boolean) => {
          relay.set(!high);
        },
      };
      return [[pin, active === 'low' ? turned : relay]];
    }
    default:
      return [];
  }
}

/** A passive buzzer sounds while its pin goes up and down, and for a moment after. */
const SOUND_MS = 20;
function sounder(buzzer: BuzzerPort, clock: Clock): RelayPort {
  let lastMs = -Infinity;
  const rest = (): void => {
    const silentMs = lastMs + SOUND_MS;
    if (clock.nowMs() >= silentMs) buzzer.beep(0, 0, 0);
    else clock.at(silentMs, 'buzzer rests', rest);
  };
  return {
    set: () => {
      const nowMs = clock.nowMs();
      const sounding = nowMs - lastMs < SOUND_MS;
      lastMs = nowMs;
      if (sounding) return;
      buzzer.beep(1, Infinity, 0);
      clock.at(nowMs + SOUND_MS, 'buzzer rests', rest);
    },
  };
}

/** Where the board plays tones itself the same buzzer hears them. */
function tonesOf({ device, pin, as }: Part, wiring: Wiring): readonly (readonly [number, BuzzerPort])[] {
  return as === 'piezo' ? [[pin, wiring.buzzer(device)]] : [];
}

function contactOf(
  { device, pin, as, active }: Part,
  wiring: Wiring,
  fingers: Map<DeviceId, Contact>,
): readonly (readonly [number, WiredContact])[] {
  if (as !== 'button') return [];
  const to = active === 'high' ? 'supply' : 'ground';
  if (device.role !== 'button' && device.role !== 'stop')
    return [[pin, { port: wiring.contact(device), to }]];
  const finger = new Contact();
  fingers.set(device.id, finger);
  return [[pin, { port: finger, to }]];
}

/** From one press to the next of a quick finger, and how long one lasts. */
const TAP_MS = 250;
const TAP_HELD_MS = 120;

function touch(contact: Contact, press: Press, clock: Clock): void {
  const [times, heldMs] = 'holdMs' in press ? [1, press.holdMs] : [press.times, TAP_HELD_MS];
  for (let each = 0; each < times; each += 1) {
    const downMs = clock.nowMs() + each * TAP_MS;
    clock.at(downMs, 'finger down', () => {
      contact.set(true);
    });
    clock.at(downMs + heldMs, 'finger up', () => {
      contact.set(false);
    });
  }
}

/** Volts of a probe by its data sheet, by analogue channel. */
function voltsOf({ device, pin, as }: Part, wiring: Wiring): readonly (readonly [number, ProbePort])[] {
  if (as !== 'TMP36' && as !== 'LM35') return [];
  const probe = wiring.probe(device);
  const offsetV = as === 'TMP36' ? 0.5 : 0;
  return [[pin - 14, { read: () => offsetV + probe.read() / 100 }]];
}

function oneWireOf(
  parts: readonly Part[],
  wiring: Wiring,
  random: Random,
): ReadonlyMap<number, readonly OneWireProbe[]> {
  const probes = parts.filter(({ as }) => as === 'DS18B20');
  return new Map(
    [...Map.groupBy(probes, ({ pin }) => pin)].map(([pin, members]) => [
      pin,
      members.map(({ device, address }) => ({
        rom: romOf(address === undefined ? random.int(1, 2 ** 47) : serialIn(address)),
        port: wiring.probe(device),
      })),
    ]),
  );
}

/** The six bytes in the middle of an address, the first of them lowest. */
function serialIn(address: string): number {
  const bytes = address.slice(2, 14).match(/../g) ?? [];
  return bytes.reduceRight((sum, byte) => sum * 256 + parseInt(byte, 16), 0);
}

/** A board on its cable, with a supply of its own: one that is pulled out of the computer goes on. */
class PluggedBoard implements Gadget {
  readonly name: string;
  readonly #path: string;
  readonly #board: FirmataBoard;
  readonly #plugIn: PlugIn;
  #plug: Plug | null = null;

  constructor(path: string, board: FirmataBoard, plugIn: PlugIn) {
    this.name = `firmata:${path}`;
    this.#path = path;
    this.#board = board;
    this.#plugIn = plugIn;
    board.onBytes((bytes) => {
      this.#plug?.write(bytes);
    });
    board.powerOn();
    this.reconnect();
  }

  disconnect(): void {
    this.#plug?.unplug();
    this.#plug = null;
  }

  reconnect(): void {
    if (this.#plug !== null) return;
    const plug = this.#plugIn(this.#path);
    this.#plug = plug;
    plug.onData((bytes) => {
      this.#board.send(bytes);
    });
    // An Uno is reset by whoever opens its port.
    plug.onOpen((open) => {
      if (open) this.#board.reset();
    });
  }

  reboot(): void {
    this.#board.reset();
  }

  close(): Promise<void> {
    this.disconnect();
    this.#board.powerOff();
    return Promise.resolve();
  }
}
