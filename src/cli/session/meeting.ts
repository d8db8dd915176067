import { createDevice } from '../../../devices/index.ts';
import type { Timer } from '../../clock/clock.ts';
import { SystemClock } from '../../clock/system.ts';
import { Equipment, Soonest, inventoryOf } from '../../controller/index.ts';
import type { EquipmentEvents } from '../../controller/index.ts';
import { connectHome, withDesktop, withHomeAssistants, withRealPorts } from '../../main.ts';
import type { Home } from '../../main.ts';
import type { Bus, BusMessage } from '../../model/bus.ts';
import { LinkError } from '../../model/errors.ts';
import type { DeviceReport } from '../../model/inventory.ts';
import type { StationSettings } from '../../model/station.ts';
import { LoneBus } from '../../transports/lone-bus.ts';
import type { MqttBus } from '../../transports/mqtt.ts';
import { topicMatches } from '../../transports/topics.ts';
import { realPace } from './pace.ts';
import type { Pace } from './pace.ts';

/** The devices of a home, met without a controller. */
export interface Met {
  report(): readonly DeviceReport[];
  readonly close: () => Promise<void>;
}

/** How long devices have to answer; a sleeping radio needs longer and is reported as silent. */
const MEET_MS = 5_000;
/** A board behind a serial port restarts when it is opened, and may speak at another speed than was tried first. */
const MEET_AT_PORT_MS = 12_000;
/** After the last one has answered, for a first reading of each thermometer. */
const READ_MS = 2_500;
/** A controller elsewhere says `online` there, retained. */
const STATUS_MS = 700;

/**
 * Joins the broker and meets every device with its driver, which closes every valve and opens none.
 * @throws LinkError broker_unreachable; controller_unreachable where a controller elsewhere has the devices
 */
export async function meetDevices(home: Home): Promise<Met> {
  const { config } = home;
  const pace = realPace();
  const join = joined(home, pace);
  const bus = withDesktop(
    withHomeAssistants(withRealPorts(join.bus, new SystemClock(), home.log), home),
    home,
  );
  const parties = [
    ...config.stations,
    // What a desk switches needs no lease.
    ...config.desks.map((desk) => ({ ...desk, leaseMs: null })),
  ].map((place) => new Party(place, home, bus, pace));
  try {
    await join.settled();
    await meetAll(parties, pace);
  } catch (error) {
    await bus.close();
    throw error;
  }
  return {
    report: () => parties.flatMap((party) => party.report()),
    close: async () => {
      for (const party of parties) party.end();
      await bus.close();
    },
  };
}

interface Join {
  readonly bus: Bus;
  /** Resolves once the devices may be met. */
  settled(): Promise<void>;
}

function joined(home: Home, pace: Pace): Join {
  const { config } = home;
  const { url } = config.mqtt;
  if (url !== null) {
    const bus = connectHome(home, url, { clientId: `ebb-${config.site}-devices` });
    return { bus, settled: () => join(bus, url, pace) };
  }
  const devices = [...config.stations, ...config.desks].flatMap((place) => place.devices.map(createDevice));
  if (devices.every(({ topics }) => topics.every((topic) => /^(port:(?!mqtt:)|desktop:|ha:)/.test(topic))))
    return { bus: new LoneBus(), settled: () => Promise.resolve() };
  const remedy = 'start it with "ebb serve", or name your broker in mqtt.url';
  const message = 'no controller runs here, and so its embedded broker does not either';
  throw new LinkError('controller_unreachable', message, { remedy });
}

/** The broker answers, and no controller elsewhere has the devices: closing their valves is not ours to do then. */
async function join(bus: MqttBus, url: string, pace: Pace): Promise<void> {
  const seen: { up: boolean; online: boolean; error: LinkError | null } = {
    up: false,
    online: false,
    error: null,
  };
  bus.onError((error) => {
    seen.error ??= error;
    pace.nudge();
  });
  bus.onLink((up) => {
    seen.up = up;
    pace.nudge();
  });
  bus.onMessage(({ topic, payload }) => {
    if (topic === 'ebb/status') seen.online = payload === 'online';
    pace.nudge();
  });
  bus.subscribe(['ebb/status']);
  await pace.until(() => seen.up || seen.error !== null, MEET_MS);
  if (seen.error !== null) throw seen.error;
  await pace.until(() => seen.online, STATUS_MS);
  if (!seen.online) return;
  const message = `a controller on another computer is online at ${url}; its devices are its own`;
  throw new LinkError('controller_unreachable', message, {
    remedy: 'run "ebb devices" beside that controller',
  });
}

async function meetAll(parties: readonly Party[], pace: Pace): Promise<void> {
  for (const party of parties) party.begin();
  const meetMs = parties.some((party) => party.atPort) ? MEET_AT_PORT_MS : MEET_MS;
  await pace.until(() => parties.every((party) => party.met), meetMs);
  await pace.until(() => parties.every((party) => party.read), READ_MS);
}

type Place = Pick<StationSettings, 'id' | 'devices' | 'leaseMs'>;

/** The devices of one station, with their drivers and the timer that these need. */
class Party {
  readonly #station: Place;
  readonly #bus: Bus;
  readonly #pace: Pace;
  readonly #clock = new SystemClock();
  readonly #equipment: Equipment;
  #timer: Timer | null = null;
  #ended = false;

  constructor(station: Place, { log }: Home, bus: Bus, pace: Pace) {
    this.#station = station;
    this.#bus = bus;
    this.#pace = pace;
    const nothing = (): void => undefined;
    const events: EquipmentEvents = {
      publish: (out) => {
        bus.publish(out);
      },
      news: () => {
        pace.nudge();
      },
      // A device that came up is closed and verified, as a controller would.
      up: (id, atMs) => {
        this.#equipment.command(id, { action: 'close' }, atMs);
        this.#equipment.valve(id, { type: 'close-sent', atMs });
      },
      ...{
        record: nothing,
        button: nothing,
        sense: () => undefined,
        temperature: nothing,
        ack: nothing,
        valveEdge: nothing,
      },
      ...{ lost: nothing, blind: nothing, gone: nothing },
    };
    this.#equipment = new Equipment(station.devices.map(createDevice), events, log, this.#clock.nowMs());
    bus.onMessage((message) => {
      this.#deliver(message);
    });
  }

  begin(): void {
    const devices = [...this.#equipment.devices.values()].map(({ device }) => device);
    this.#bus.subscribe(devices.flatMap(({ topics }) => topics));
    this.#equipment.broker(true, this.#clock.nowMs());
    for (const { id, role } of devices) {
      if (role === 'thermometer')
        this.#equipment.command(id, { action: 'sample', on: true }, this.#clock.nowMs());
    }
    this.#arm();
  }

  /** One of its devices is behind a serial port. */
  get atPort(): boolean {
    return [...this.#equipment.devices.values()].some(({ device }) =>
      device.topics.some((topic) => topic.startsWith('port:')),
    );
  }

  /** Every device has answered, every valve is verified closed; or it has said why it cannot be used. */
  get met(): boolean {
    return this.report().every(
      ({ link, valve, why }) => why !== null || (link === 'up' && (valve === null || valve === 'closed')),
    );
  }

  /** Every thermometer that is there has told a value. */
  get read(): boolean {
    return this.report().every(
      ({ role, link, reading }) => role !== 'thermometer' || link !== 'up' || reading !== null,
    );
  }

  report(): readonly DeviceReport[] {
    return inventoryOf(this.#station.id, this.#equipment, this.#station.leaseMs, this.#clock.nowMs());
  }

  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
  }

  #deliver(message: BusMessage): void {
    const to = [...this.#equipment.devices.values()]
      .filter(({ device }) => device.topics.some((filter) => topicMatches(filter, message.topic)))
      .map(({ device }) => device.id);
    if (to.length === 0 || this.#ended) return;
    this.#equipment.message(message, to, this.#clock.nowMs());
    // What a device said of itself may be all that was waited for.
    this.#pace.nudge();
    this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    const soonest = new Soonest(-Infinity);
    this.#equipment.deadlines(soonest);
    if (this.#ended || soonest.ms === null) return;
    this.#timer = this.#clock.at(soonest.ms, 'devices', () => {
      this.#equipment.clockDrivers(this.#clock.nowMs());
      this.#equipment.clockValves(this.#clock.nowMs());
      this.#pace.nudge();
      this.#arm();
    });
  }
}
