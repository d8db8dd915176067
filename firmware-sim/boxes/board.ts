import { z } from 'zod';
import type { Clock } from '../../src/clock/clock.ts';
import { isSenseRole } from '../../src/model/device.ts';
import { InvariantError } from '../../src/model/errors.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import { Random } from '../../src/random/random.ts';
import type { Board, BoardWiring, MakeBoard } from '../boards/board.ts';
import { TwinBoard } from '../boards/twin/index.ts';
import { Contact } from '../contact.ts';
import type { Misbehaviour } from '../gadgets/answers.ts';
import type { ContactPort, Gadget, Press, ProbePort } from '../gadgets/ports.ts';
import { Sounder } from '../gadgets/sounder.ts';
import { BoardVoice } from './board-voice.ts';
import { onePart, optionsReader, type Box, type BoxOptions, type BoxValve, type Dialect } from './box.ts';
import { Cable } from './cable.ts';

const KINDS = ['valve', 'temperature', 'light', 'buzzer', 'button'] as const;
type Kind = (typeof KINDS)[number];

const optionsSchema = z.object({
  port: z.string(),
  valve: z.int().min(1).max(4).optional(),
  temperature: z.int().min(1).max(2).optional(),
  light: z.literal(1).optional(),
  buzzer: z.literal(1).optional(),
  button: z.literal(1).optional(),
});
const readOptions = optionsReader(optionsSchema);

interface Part {
  readonly device: DeviceSettings;
  readonly port: string;
  readonly kind: Kind;
  readonly number: number;
}

const TWIN: MakeBoard = (setup) => new TwinBoard(setup);

function partOf(device: DeviceSettings): Part {
  const options = readOptions(device);
  const parts = KINDS.flatMap((kind) => {
    const number = options[kind];
    return number === undefined ? [] : [{ kind, number }];
  });
  return { device, port: options.port, ...onePart(device, parts, KINDS) };
}

/** A finger: how long it stays down in a tap, and between two of them, milliseconds. */
const TAP_MS = 120;
const BETWEEN_MS = 150;

export const board: Dialect = {
  boxOf: (device) => partOf(device).port,
  build: (options, devices) => {
    const parts = devices.map(partOf);
    const [first] = parts;
    const { clock, seed, plug, makeBoard = TWIN } = options;
    if (first === undefined) throw new InvariantError('invariant', 'a board that nothing is a part of');
    const { port } = first;
    const hand = new Contact();
    // First of all: where its port cannot be made, there is no board either.
    const cable = new Cable({
      ...{ clock, plug, path: port, random: new Random(seed, `cable ${port}`) },
      toBoard: (bytes) => {
        voice.hear(bytes);
      },
      // As the computer opens the port it pulls the line that resets the board.
      onOpen: (open) => {
        if (open) made.reset();
      },
    });
    const made = makeBoard({
      clock,
      random: new Random(seed, `board ${port}`),
      wiring: wiringOf(options, parts, hand),
    });
    const voice = new BoardVoice(clock, {
      toBoard: (bytes) => {
        made.send(bytes);
      },
      toComputer: (bytes) => {
        cable.toComputer(bytes);
      },
    });
    made.onByte((byte) => {
      voice.said(byte);
    });
    const valves = parts
      .filter(({ kind }) => kind === 'valve')
      .map(({ device, number }): readonly [string, BoxValve] => {
        const misbehave = (how: Misbehaviour | null): void => {
          voice.misbehave(number, how);
        };
        return [device.id, { misbehave, opensBy: null }];
      });
    return {
      gadget: gadgetOf(port, made, cable),
      buttons: buttonsOf(clock, parts, hand),
      valves: new Map(valves),
      port: {
        path: port,
        unplug: (noticed) => {
          cable.unplug(noticed);
        },
        plugIn: () => {
          cable.plugIn();
        },
        disturb: (how) => {
          cable.disturb(how);
        },
        hang: () => {
          made.hang();
        },
      },
    };
  },
};

function gadgetOf(port: string, made: Board, cable: Cable): Gadget {
  return {
    name: `board:${port}`,
    // It has power of its own (docs/board.md): what is pulled is the cable.
    disconnect: () => {
      cable.unplug(true);
    },
    reconnect: () => {
      cable.plugIn();
    },
    reboot: () => {
      made.powerOff();
      made.powerOn();
    },
    close: () => {
      made.powerOff();
      made.close();
      cable.unplug(false);
      return Promise.resolve();
    },
  };
}

function buttonsOf(clock: Clock, parts: readonly Part[], hand: Contact): Box['buttons'] {
  const at = (afterMs: number, down: boolean): void => {
    clock.at(clock.nowMs() + afterMs, 'a finger', () => {
      hand.set(down);
    });
  };
  const press = (how: Press): void => {
    if ('holdMs' in how) {
      at(0, true);
      at(how.holdMs, false);
      return;
    }
    for (let tap = 0; tap < how.times; tap += 1) {
      at(tap * (TAP_MS + BETWEEN_MS), true);
      at(tap * (TAP_MS + BETWEEN_MS) + TAP_MS, false);
    }
  };
  return new Map(
    parts
      .filter(({ kind, device }) => kind === 'button' && !isSenseRole(device.role))
      .map(({ device }) => [device.id, press]),
  );
}

/** One whose box hears nothing of it has a wire that is cut: the board has no other way not to hear. */
function cutWhereHung(port: ProbePort): ProbePort {
  return {
    read: () => (port.hung?.() === true ? NaN : port.read()),
    onJump: (listener) => port.onJump?.(listener),
  };
}

function wiringOf({ clock, wiring }: BoxOptions, parts: readonly Part[], hand: ContactPort): BoardWiring {
  const part = (kind: Kind, number = 1): DeviceSettings | undefined =>
    parts.find((one) => one.kind === kind && one.number === number)?.device;
  const relay = (device: DeviceSettings | undefined): BoardWiring['outputs'][keyof BoardWiring['outputs']] =>
    device === undefined ? undefined : wiring.relay(device);
  const outputs = {
    v1: relay(part('valve', 1)),
    v2: relay(part('valve', 2)),
    v3: relay(part('valve', 3)),
    v4: relay(part('valve', 4)),
    light: relay(part('light')),
    buzzer: relay(part('buzzer')),
  };
  const wired = Object.fromEntries(
    Object.entries(outputs).flatMap(([pin, port]) => {
      if (port === undefined) return [];
      return [[pin, pin === 'buzzer' ? new Sounder(clock, port) : port]];
    }),
  );
  const [anyone] = parts;
  const thermistor = part('temperature', 1);
  const probe = part('temperature', 2);
  const button = part('button');
  return {
    outputs: wired,
    thermistor: cutWhereHung(thermistorOf(wiring, thermistor, anyone)),
    probe: probe === undefined ? null : cutWhereHung(wiring.probe(probe)),
    button: button !== undefined && isSenseRole(button.role) ? wiring.contact(button) : hand,
  };
}

/** The board has its own thermistor in the water, whether the config asks it for its figure or not. */
function thermistorOf(
  wiring: BoxOptions['wiring'],
  device: DeviceSettings | undefined,
  anyone: Part | undefined,
): ProbePort {
  if (device !== undefined) return wiring.probe(device);
  if (anyone === undefined) return { read: () => NaN };
  return wiring.probe({ ...anyone.device, id: `${anyone.port} thermistor`, role: 'thermometer' });
}
