import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { RelayPort } from '../ports.ts';
import type { Air } from './air.ts';
import { ACCESS, expose, onOff, type BridgeSide, type Listing, type ZigbeeDevice } from './device.ts';

export interface RelayModuleOptions {
  readonly clock: Clock;
  readonly air: Air;
  readonly bridge: BridgeSide;
  readonly name: string;
  /** By endpoint: `l1`, `l2`; a module with one relay has the endpoint ''. */
  readonly ports: ReadonlyMap<string, RelayPort>;
  /** True while the countdown of this endpoint runs out and switches nothing. */
  readonly clings: (endpoint: string) => boolean;
}

interface Gang {
  readonly endpoint: string;
  readonly port: RelayPort;
  on: boolean;
  timer: Timer | null;
  endsMs: number;
}

type Message = Readonly<Record<string, unknown>>;
const SECOND_MS = 1_000;
const COUNTDOWN_MAX_S = 43_200;
const REJOIN_MS = 3_000;

const MODELS = ['TS0001_switch_module', 'TS0002_limited', 'TS0003_switch_module_2', 'TS0004_switch_module_2'];

/**
 * A Tuya relay module on the mains (TS0001 to TS0004), and its converter `on_off_countdown`. In the device: on and off
 * cancel the countdown; a countdown is a toggle that comes later, whatever the relay is then. In the converter: `state`
 * first, then `countdown`, one frame each, then one echo of both; another message may slip its frame in between.
 */
export class RelayModule implements ZigbeeDevice {
  readonly listing: Listing;
  readonly #options: RelayModuleOptions;
  readonly #gangs: readonly Gang[];
  #powerOn = 'off';

  constructor(options: RelayModuleOptions) {
    this.#options = options;
    this.#gangs = [...options.ports].map(([endpoint, port]) => ({
      endpoint,
      port,
      on: false,
      timer: null,
      endsMs: 0,
    }));
    this.listing = listing([...options.ports.keys()]);
  }

  /** The truth: whether this relay is on. */
  isOn(endpoint = ''): boolean {
    return this.#gangs.some((gang) => gang.endpoint === endpoint && gang.on);
  }

  set(message: Message): void {
    for (const gang of this.#gangs) {
      const { state, countdown } = partOf(message, gang.endpoint);
      if (state !== undefined || countdown !== undefined) this.#switch(gang, state, countdown);
    }
    const behaviour = message['power_on_behavior'];
    if (typeof behaviour !== 'string') return;
    this.#send(
      'power_on_behavior',
      () => {
        this.#powerOn = behaviour;
      },
      () => {
        this.#options.bridge.publish({ power_on_behavior: behaviour });
      },
    );
  }

  get(message: Message): void {
    const { air, bridge } = this.#options;
    const read = (key: string, property: string, value: () => unknown): void => {
      let found: unknown = null;
      air.send(
        () => {
          found = value();
        },
        (ok) => {
          if (ok) bridge.publish({ [property]: found });
          else this.#failed('get', key);
        },
      );
    };
    for (const gang of this.#gangs) {
      const { state, countdown } = partOf(message, gang.endpoint);
      if (state !== undefined) read('state', nameOf('state', gang), () => (gang.on ? 'ON' : 'OFF'));
      if (countdown !== undefined) read('countdown', nameOf('countdown', gang), () => this.#leftS(gang));
    }
    if (message['power_on_behavior'] !== undefined)
      read('power_on_behavior', 'power_on_behavior', () => this.#powerOn);
  }

  route(there: boolean): void {
    this.#options.air.route = there;
  }

  forget(): void {
    this.#options.air.forget();
  }

  powerCycle(): void {
    const { clock, bridge } = this.#options;
    for (const gang of this.#gangs) {
      gang.timer?.cancel();
      gang.timer = null;
      const on = this.#powerOn === 'on' || (this.#powerOn === 'previous' && gang.on);
      this.#turn(gang, on);
    }
    clock.at(clock.nowMs() + REJOIN_MS, 'zigbee rejoin', () => {
      bridge.announce();
    });
  }

  close(): void {
    this.#options.air.stop();
    for (const gang of this.#gangs) {
      gang.timer?.cancel();
      gang.port.set(false);
    }
  }

  #switch(gang: Gang, state: unknown, countdown: unknown): void {
    const { bridge } = this.#options;
    if (countdown !== undefined && !isCountdown(countdown)) {
      const why = 'countdown must be an integer between 1 and 43200 (12 hours) or 0 to cancel';
      this.#error(`Publish 'set' 'state' to '${this.#options.name}' failed: 'Error: ${why}'`);
      return;
    }
    const arm = (echo: Message): void => {
      if (countdown === undefined) {
        bridge.publish(echo);
        return;
      }
      this.#send(
        'state',
        () => {
          this.#count(gang, Number(countdown));
        },
        () => {
          // Without a state there is nothing that the converter would repeat.
          if (state !== undefined) bridge.publish({ ...echo, [nameOf('countdown', gang)]: countdown });
        },
      );
    };
    if (state === undefined) {
      arm({});
      return;
    }
    const word = typeof state === 'string' ? state.toUpperCase() : '';
    if (word !== 'ON' && word !== 'OFF') {
      this.#error(`Publish 'set' 'state' to '${this.#options.name}' failed: 'Error: no such state'`);
      return;
    }
    this.#send(
      'state',
      () => {
        this.#command(gang, word === 'ON');
      },
      () => {
        arm({ [nameOf('state', gang)]: word, [nameOf('countdown', gang)]: 0 });
      },
    );
  }

  #send(key: string, act: () => void, then: () => void): void {
    this.#options.air.send(act, (ok) => {
      if (ok) then();
      else this.#failed('set', key);
    });
  }

  #failed(type: 'set' | 'get', key: string): void {
    const what =
      "'Error: ZCL command 0xa4c1380000000001/1 genOnOff.command failed (timed out after 10000ms)'";
    this.#error(`Publish '${type}' '${key}' to '${this.#options.name}' failed: ${what}`);
  }

  #error(text: string): void {
    this.#options.bridge.error(`z2m: ${text}`);
  }

  #command(gang: Gang, on: boolean): void {
    gang.timer?.cancel();
    gang.timer = null;
    this.#turn(gang, on);
  }

  #count(gang: Gang, seconds: number): void {
    const { clock } = this.#options;
    gang.timer?.cancel();
    gang.timer = null;
    if (seconds === 0) return;
    gang.endsMs = clock.nowMs() + seconds * SECOND_MS;
    if (gang.on) gang.port.leased?.(seconds * SECOND_MS);
    gang.timer = clock.at(gang.endsMs, 'tuya countdown', () => {
      gang.timer = null;
      if (!this.#options.clings(gang.endpoint)) this.#turn(gang, !gang.on);
    });
  }

  #leftS({ timer, endsMs }: Gang): number {
    return timer === null ? 0 : Math.round((endsMs - this.#options.clock.nowMs()) / SECOND_MS);
  }

  /** A change is reported by the device itself. */
  #turn(gang: Gang, on: boolean): void {
    const { air, bridge } = this.#options;
    const changed = gang.on !== on;
    gang.on = on;
    gang.port.set(on);
    if (!changed) return;
    air.report(() => {
      bridge.publish({ [nameOf('state', gang)]: on ? 'ON' : 'OFF' });
    });
  }
}

const isCountdown = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= COUNTDOWN_MAX_S;

const nameOf = (name: string, { endpoint }: Pick<Gang, 'endpoint'>): string =>
  endpoint === '' ? name : `${name}_${endpoint}`;

function partOf(
  message: Message,
  endpoint: string,
): { readonly state: unknown; readonly countdown: unknown } {
  return {
    state: message[nameOf('state', { endpoint })],
    countdown: message[nameOf('countdown', { endpoint })],
  };
}

function listing(endpoints: readonly string[]): Listing {
  const count = Math.min(Math.max(endpoints.length, 1), MODELS.length);
  const ends = endpoints.map((endpoint) => (endpoint === '' ? null : endpoint));
  const countdown = {
    access: ACCESS.all,
    unit: 's',
    value_min: 0,
    value_max: COUNTDOWN_MAX_S,
    value_step: 1,
  };
  return {
    modelId: `TS000${count}`,
    manufacturer: '_TZ3000_simulate',
    powerSource: 'Mains (single phase)',
    type: 'Router',
    definition: {
      model: MODELS[count - 1] ?? '',
      vendor: 'Tuya',
      description: `${count} gang switch module`,
      exposes: [
        ...ends.map((end) => ({
          type: 'switch',
          ...(end === null ? {} : { endpoint: end }),
          features: [onOff(end)],
        })),
        ...ends.map((end) => expose('numeric', 'countdown', countdown, end)),
        expose('enum', 'power_on_behavior', { access: ACCESS.all, values: ['off', 'on', 'previous'] }),
        expose('numeric', 'linkquality', { access: ACCESS.state, unit: 'lqi' }),
      ],
    },
  };
}
