import type { Clock } from '../src/clock/clock.ts';
import type { Bus, BusOptions } from '../src/model/bus.ts';
import { isWaterRole } from '../src/model/device.ts';
import type { BasinName } from '../src/model/basin.ts';
import { ConfigError, InvariantError } from '../src/model/errors.ts';
import type { DeviceId, StationId } from '../src/model/ids.ts';
import type { Plumbing } from '../src/model/plan.ts';
import type { Listen } from '../src/model/homeassistant.ts';
import type { PlugIn } from '../src/model/port.ts';
import type { DeviceSettings, PlantSettings, VesselKind } from '../src/model/station.ts';
import type { MakeBoard } from './boards/board.ts';
import type { Box, Wiring } from './boxes/box.ts';
import type { PortFaults } from './boxes/cable.ts';
import { buildBoxes } from './boxes/index.ts';
import type { Misbehaviour } from './gadgets/answers.ts';
import type { Gadget, Press, ProbePort, RelayPort } from './gadgets/ports.ts';
import { Contact } from './contact.ts';
import { Indicator } from './indicator.ts';
import { Person, type PersonHabits } from './people/person.ts';
import type { DrawnPlant } from './plant/draw.ts';
import { createWorks, type Works } from './plant/index.ts';
import type { ValveName } from './plant/valve.ts';

export interface RigOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** A connection of its own for each box, and one for the person: in memory, or to any MQTT broker. */
  readonly connect: (options: BusOptions) => Bus;
  /** Where its serial devices are plugged in; left out, there is no place for any. */
  readonly plug?: PlugIn;
  /** Where its Home Assistant listens; left out, there is no place for one. */
  readonly listen?: Listen;
  /** How a valve board is made; default: its twin. */
  readonly makeBoard?: MakeBoard;
  readonly station: {
    readonly id: StationId;
    readonly devices: readonly DeviceSettings[];
    readonly plumbing: Plumbing;
    /** Left out: a stream, or buckets. */
    readonly vessel?: VesselKind | null;
    readonly volumeL?: number | null;
  };
  readonly plant: PlantSettings;
  /** null: nobody is there. */
  readonly person: PersonHabits | null;
  /** How the person says a word where there is no button for it; default: over the bus, as a page would. */
  readonly say?: (word: 'begin' | 'stop' | 'answer') => void;
  /** Hears each time that a finger presses the station's button, or its stop button. */
  readonly pressed?: (role: 'button' | 'stop') => void;
}

/** A change to what a probe says: from its true reading to another one; NaN is a cut wire. */
export type ProbeFault = (readingC: number) => number;

/** What can be broken by hand; each is undone by its opposite. */
export interface RigFaults {
  /** The network of the device's box dies without a goodbye. */
  disconnect(device: DeviceId): void;
  reconnect(device: DeviceId): void;
  /** Power off and on. */
  reboot(device: DeviceId): void;
  /** null: the probe is whole again. */
  probe(device: DeviceId, fault: ProbeFault | null): void;
  /** The valve stays in, or goes to, this position; null frees it. */
  jam(valve: ValveName, open: boolean | null): void;
  /** The valve stays where it is, whatever it is told. */
  seize(valve: ValveName): void;
  /** The box gets nothing from the probe, and says nothing of it. */
  hang(device: DeviceId, hung: boolean): void;
  /** The valve moves that many times as slowly; 1: as it should. */
  slow(valve: ValveName, times: number): void;
  /** That share of its flow comes through the shut valve; 0: none. */
  leak(valve: ValveName, share: number): void;
  /** The drain of a basin stays open, or shut, whatever its coil does; null frees it. */
  jamDrain(vessel: BasinName, open: boolean | null): void;
  /** The heater of a basin stays on, or off, whatever its relay is told; null frees it. */
  jamHeater(vessel: BasinName, on: boolean | null): void;
  /** A leak sensor, float or mat says this whatever it feels, or what it said last; null: it is whole again. */
  hold(device: DeviceId, said: boolean | 'last' | null): void;
  /** The wires of hot and cold are crossed: each relay moves the other valve. */
  cross(crossed: boolean): void;
  /** How the relay of a valve answers; null: as it should. */
  answers(device: DeviceId, how: Misbehaviour | null): void;
  /** What opens a valve for some seconds in its own dialect, whoever says it; null: it is no valve. */
  opensBy(device: DeviceId): { readonly topic: string; readonly payload: string } | null;
  /** What can be done to a serial port, by its path; null: there is none. */
  port(path: string): PortFaults | null;
}

/** A station's hardware and person, simulated. Closing it closes every valve and connection. */
export interface Rig {
  /** What the seed drew. */
  readonly drawn: DrawnPlant;
  readonly plant: Works;
  readonly person: Person | null;
  /** Each box once, in the order of the config. */
  readonly gadgets: readonly Gadget[];
  /** What lamps and buzzers were told. */
  readonly indicators: ReadonlyMap<DeviceId, Indicator>;
  /** What leak sensors, floats and mats feel: a test makes them wet; a person stands on the mats. */
  readonly contacts: ReadonlyMap<DeviceId, Contact>;
  readonly faults: RigFaults;
  gadgetOf(device: DeviceId): Gadget;
  /** A hand on the station's button; where there is none, `begin` as a page would send it. */
  press(press?: Press): void;
  /** A hand on the stop button; where there is none, `stop` as a page would send it. */
  pressStop(): void;
  close(): Promise<void>;
}

const ONE_TAP: Press = { times: 1 };
const NO_PORTS: PlugIn = (path) => {
  const message = `nothing can be plugged in at ${path} here: simulated serial devices need a place for their ports`;
  throw new ConfigError('config_invalid', message, { port: path });
};

export function createRig(options: RigOptions): Rig {
  const { clock, seed, connect, makeBoard, station } = options;
  const { plumbing, vessel = null, volumeL = null } = station;
  const plant = createWorks({ clock, seed, plumbing, vessel, volumeL, settings: options.plant });
  const indicators = new Map<DeviceId, Indicator>();
  const probeFaults = new Map<DeviceId, ProbeFault>();
  const contacts = new Map<DeviceId, Contact>();
  const hung = new Set<DeviceId>();
  const jumped = new Map<DeviceId, () => void>();
  const senses: Senses = { probeFaults, hung, jumped, contacts };
  const wiring = createWiring(plant, clock, indicators, senses);
  const { plug = NO_PORTS, listen } = options;
  const boxes = buildBoxes({ clock, seed, connect, plug, listen, makeBoard, wiring }, station.devices);
  const gadgets = [...new Set(boxes.values())].map(({ gadget }) => gadget);

  const hand = connect({ clientId: `sim-person-${station.id}` });
  const say =
    options.say ??
    ((command: 'begin' | 'stop' | 'answer'): void => {
      hand.publish({ topic: `ebb/${station.id}/set`, payload: JSON.stringify({ command }), qos: 1 });
    });
  const press = (role: 'button' | 'stop', otherwise: 'begin' | 'stop', how: Press): void => {
    const button = station.devices.find((device) => device.role === role)?.id;
    const presser = button === undefined ? undefined : boxes.get(button)?.buttons.get(button);
    if (presser === undefined) {
      say(otherwise);
      return;
    }
    options.pressed?.(role);
    presser(how);
  };
  const pressButton = (how: Press = ONE_TAP): void => {
    press('button', 'begin', how);
  };
  const sayBegin = (): void => {
    say('begin');
  };
  const person =
    options.person === null
      ? null
      : new Person({
          clock,
          seed,
          station: station.id,
          bus: hand,
          habits: options.person,
          press: options.person.begins === 'page' ? sayBegin : pressButton,
          answer: () => {
            say('answer');
          },
          there: (isThere) => {
            for (const { id, role } of station.devices)
              if (role === 'presence') contacts.get(id)?.set(isThere);
          },
          moves: plumbing === 'cues' || vessel === 'two-basins',
          waterC: (basin) => trueWater(plant, basin),
          feet: (basin) => {
            const only = plant.vessels.find((name) => basin === 'in' || name === basin);
            plant.feet(only ?? null);
          },
        });

  const gadgetOf = (device: DeviceId): Gadget => {
    const gadget = boxes.get(device)?.gadget;
    if (gadget === undefined)
      throw new InvariantError('invariant', `there is no simulated device "${device}"`);
    return gadget;
  };
  return {
    drawn: plant.drawn,
    plant,
    person,
    gadgets,
    indicators,
    contacts,
    gadgetOf,
    faults: createFaults(plant, boxes, gadgetOf, senses),
    press: pressButton,
    pressStop: () => {
      press('stop', 'stop', ONE_TAP);
    },
    close: async () => {
      person?.stop();
      await Promise.all([...gadgets.map((gadget) => gadget.close()), hand.close()]);
    },
  };
}

/** Of two buckets, the one that the person fills with cold water is known to nobody. */
function trueWater(plant: Works, where: 'warm' | 'cold' | 'in'): number | null {
  const vessel = plant.vessels.find((name) => where === 'in' || name === where);
  if (vessel !== undefined) return plant.waterC(vessel);
  return where === 'cold' ? null : plant.waterC();
}

/** What is wrong with the probes, and the contacts. */
interface Senses {
  readonly probeFaults: Map<DeviceId, ProbeFault>;
  readonly hung: Set<DeviceId>;
  /** Who wants to know that something is wrong with a probe from now on, or no more. */
  readonly jumped: Map<DeviceId, () => void>;
  readonly contacts: Map<DeviceId, Contact>;
}

function createFaults(
  plant: Works,
  boxes: ReadonlyMap<DeviceId, Box>,
  gadgetOf: (device: DeviceId) => Gadget,
  { probeFaults, hung, jumped, contacts }: Senses,
): RigFaults {
  return {
    disconnect: (device) => {
      gadgetOf(device).disconnect();
    },
    reconnect: (device) => {
      gadgetOf(device).reconnect();
    },
    reboot: (device) => {
      gadgetOf(device).reboot();
    },
    probe: (device, fault) => {
      if (fault === null) probeFaults.delete(device);
      else probeFaults.set(device, fault);
      jumped.get(device)?.();
    },
    jam: (valve, open) => {
      plant.jam(valve, open);
    },
    seize: (valve) => {
      plant.jam(valve, plant.isOpen(valve));
    },
    hang: (device, stuck) => {
      if (stuck) hung.add(device);
      else hung.delete(device);
      jumped.get(device)?.();
    },
    slow: (valve, times) => {
      plant.slow(valve, times);
    },
    leak: (valve, share) => {
      plant.leak(valve, share);
    },
    jamDrain: (vessel, open) => {
      plant.jamDrain(vessel, open);
    },
    jamHeater: (vessel, on) => {
      plant.jamHeater(vessel, on);
    },
    hold: (device, said) => {
      contacts.get(device)?.hold(said);
    },
    cross: (crossed) => {
      plant.cross(crossed);
    },
    answers: (device, how) => {
      boxes.get(device)?.valves.get(device)?.misbehave(how);
    },
    opensBy: (device) => boxes.get(device)?.valves.get(device)?.opensBy ?? null,
    port: (path) => [...boxes.values()].find(({ port }) => port?.path === path)?.port ?? null,
  };
}

/** Which end of which wire goes where: the role of a device says it. */
function createWiring(
  plant: Works,
  clock: Clock,
  indicators: Map<DeviceId, Indicator>,
  { probeFaults, hung, jumped, contacts }: Senses,
): Wiring {
  const indicator = ({ id }: DeviceSettings): Indicator => {
    const made = new Indicator(() => clock.nowMs());
    indicators.set(id, made);
    return made;
  };
  const contact = ({ id }: DeviceSettings): Contact => {
    const made = contacts.get(id) ?? new Contact();
    contacts.set(id, made);
    return made;
  };
  const probe = ({ id, role, basin }: DeviceSettings): ProbePort => {
    const port =
      role === 'flow' ? plant.flow() : role === 'level' ? plant.level(id, basin) : plant.probe(id, basin);
    return {
      read: () => {
        const readingC = port.read();
        return probeFaults.get(id)?.(readingC) ?? readingC;
      },
      hung: () => hung.has(id),
      onJump: (listener) => {
        jumped.set(id, listener);
      },
    };
  };
  const relay = (device: DeviceSettings): RelayPort => {
    if (device.role === 'drain') return plant.drain(device.basin);
    if (device.role === 'heater') return plant.heater(device.basin);
    if (device.role === 'master') return plant.master();
    return isWaterRole(device.role) ? plant.valve(device.role) : indicator(device);
  };
  return {
    relay,
    mixer: () => plant.mixer(),
    probe,
    contact,
    buzzer: indicator,
    lamp: indicator,
    notice: indicator,
  };
}
