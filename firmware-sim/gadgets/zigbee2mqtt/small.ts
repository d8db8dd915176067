import { z } from 'zod';
import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { ContactPort, LampPort, Press, ProbePort, RelayPort } from '../ports.ts';
import type { Air } from './air.ts';
import { ACCESS, expose, onOff, type BridgeSide, type Listing, type ZigbeeDevice } from './device.ts';

interface Common {
  readonly clock: Clock;
  readonly air: Air;
  readonly bridge: BridgeSide;
  readonly name: string;
}
type Message = Readonly<Record<string, unknown>>;

const battery = expose('numeric', 'battery', { access: ACCESS.state, unit: '%' });

/** Timers that end with their device. */
class Timers {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(ms: number, what: string, act: () => void): Timer {
    const timer = this.#clock.at(this.#clock.nowMs() + ms, what, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
    return timer;
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
  }
}

abstract class Small implements ZigbeeDevice {
  abstract readonly listing: Listing;
  protected readonly common: Common;
  protected readonly timers: Timers;

  constructor(common: Common) {
    this.common = common;
    this.timers = new Timers(common.clock);
  }

  set(message: Message): void {
    for (const key of Object.keys(message)) this.#unknown('set', key, message[key]);
  }

  get(message: Message): void {
    for (const key of Object.keys(message)) this.#unknown('get', key, message[key]);
  }

  route(there: boolean): void {
    this.common.air.route = there;
  }

  forget(): void {
    this.common.air.forget();
  }

  powerCycle(): void {
    this.timers.after(3_000, 'zigbee rejoin', () => {
      this.common.bridge.announce();
    });
  }

  close(): void {
    this.timers.stop();
    this.common.air.stop();
  }

  #unknown(type: string, key: string, value: unknown): void {
    const { bridge, name } = this.common;
    bridge.error(
      `z2m: No converter available for '${type}' '${key}' on '${name}': (${JSON.stringify(value)})`,
    );
  }
}

/** The button waits this long for a second press; it says `hold` after this long, and `release` when it is let go. */
const SINGLE_MS = 400;
const HOLD_MS = 1_000;

/** A wireless button on a battery. */
export class WirelessButton extends Small {
  readonly listing: Listing = {
    modelId: 'TS0041',
    manufacturer: '_TZ3000_simulate',
    powerSource: 'Battery',
    type: 'EndDevice',
    definition: {
      model: 'TS0041',
      vendor: 'Tuya',
      description: 'Wireless switch with 1 button',
      exposes: [
        battery,
        expose('enum', 'action', { access: ACCESS.state, values: ['single', 'double', 'hold', 'release'] }),
      ],
    },
  };

  press(press: Press): void {
    if ('times' in press) {
      this.#say(press.times === 1 ? 'single' : 'double', SINGLE_MS);
    } else if (press.holdMs < HOLD_MS) {
      this.#say('single', press.holdMs + SINGLE_MS);
    } else {
      this.#say('hold', HOLD_MS);
      this.#say('release', press.holdMs);
    }
  }

  #say(action: string, afterMs: number): void {
    const { air, bridge } = this.common;
    this.timers.after(afterMs, 'zigbee button', () => {
      air.report(() => {
        bridge.publish({ action, battery: 97 }, false);
      });
    });
  }
}

const byte = z.number().min(0).max(255);
const lightSchema = z.object({
  state: z.enum(['ON', 'OFF']).optional(),
  brightness: byte.optional(),
  color: z.object({ r: byte, g: byte, b: byte }).optional(),
});

/** A colour lamp. What is set is echoed once the lamp has answered. */
export class ColourLamp extends Small {
  readonly listing: Listing = {
    modelId: 'TS0505B',
    manufacturer: '_TZ3210_simulate',
    powerSource: 'Mains (single phase)',
    type: 'Router',
    definition: {
      model: 'TS0505B_1',
      vendor: 'Tuya',
      description: 'Zigbee RGB+CCT light',
      exposes: [
        {
          type: 'light',
          features: [
            onOff(),
            expose('numeric', 'brightness', { access: ACCESS.all, value_min: 0, value_max: 254 }),
            { type: 'composite', name: 'color_xy', property: 'color', access: ACCESS.all },
          ],
        },
      ],
    },
  };
  readonly #port: LampPort;
  #on = false;
  #brightness = 254;
  #colour = { r: 255, g: 255, b: 255 };

  constructor(common: Common, port: LampPort) {
    super(common);
    this.#port = port;
    port.show(false, this.#brightness, this.#colour);
  }

  override set(message: Message): void {
    const call = lightSchema.safeParse(message);
    if (!call.success) {
      this.common.bridge.error(
        `z2m: Publish 'set' 'state' to '${this.common.name}' failed: 'Error: no such value'`,
      );
      return;
    }
    const { state, brightness, color } = call.data;
    this.common.air.send(
      () => {
        if (state !== undefined) this.#on = state === 'ON';
        if (brightness !== undefined) this.#brightness = brightness;
        if (color !== undefined) this.#colour = color;
        this.#port.show(this.#on, this.#brightness, this.#colour);
      },
      (ok) => {
        if (ok)
          this.common.bridge.publish({
            ...(state === undefined ? {} : { state }),
            brightness: this.#brightness,
          });
        else
          this.common.bridge.error(
            `z2m: Publish 'set' 'state' to '${this.common.name}' failed: 'Error: timed out'`,
          );
      },
    );
  }
}

/** The longest silence of a battery thermometer, how often it wakes, and the change that it reports. */
const SILENCE_MS = 600_000;
const WAKE_MS = 10_000;
const CHANGE_K = 0.5;

/** A battery thermometer: it wakes, looks, and speaks when there is something to say. */
export class BatteryThermometer extends Small {
  readonly listing: Listing = {
    modelId: 'SNZB-02LD',
    manufacturer: 'SONOFF',
    powerSource: 'Battery',
    type: 'EndDevice',
    definition: {
      model: 'SNZB-02LD',
      vendor: 'SONOFF',
      description: 'Temperature sensor with a waterproof probe',
      exposes: [battery, expose('numeric', 'temperature', { access: ACCESS.state, unit: '°C' })],
    },
  };
  readonly #port: ProbePort;
  readonly #property: string;
  #saidC = Number.NaN;
  #saidMs = -Infinity;

  constructor(common: Common, port: ProbePort, property: string) {
    super(common);
    this.#port = port;
    this.#property = property;
    this.#wake();
  }

  #wake(): void {
    this.timers.after(WAKE_MS, 'zigbee thermometer', () => {
      const { air, bridge, clock } = this.common;
      const valueC = Math.round(this.#port.read() * 100) / 100;
      const due = clock.nowMs() - this.#saidMs >= SILENCE_MS || !(Math.abs(valueC - this.#saidC) < CHANGE_K);
      if (due && !Number.isNaN(valueC) && this.#port.hung?.() !== true) {
        this.#saidC = valueC;
        this.#saidMs = clock.nowMs();
        air.report(() => {
          bridge.publish({ [this.#property]: valueC, battery: 96 });
        });
      }
      this.#wake();
    });
  }
}

/** A battery sensor with a contact: a leak, or presence. It speaks on a change. */
export class BatteryContact extends Small {
  readonly listing: Listing;

  constructor(common: Common, port: ContactPort, property: string) {
    super(common);
    this.listing = {
      modelId: 'lumi.sensor_wleak.aq1',
      manufacturer: 'LUMI',
      powerSource: 'Battery',
      type: 'EndDevice',
      definition: {
        model: 'SJCGQ11LM',
        vendor: 'Aqara',
        description: 'Water leak sensor',
        exposes: [
          battery,
          expose('binary', property, { access: ACCESS.state, value_on: true, value_off: false }),
        ],
      },
    };
    port.onChange(() => {
      common.air.report(() => {
        common.bridge.publish({ [property]: port.read(), battery: 95 });
      });
    });
  }
}

/**
 * SONOFF SWV: a motorised ball valve on batteries that sleeps between polls. `on_time` is seconds, one command; nothing
 * is echoed with it, the valve reports that it is on.
 */
export class TimedValve extends Small {
  readonly listing: Listing = {
    modelId: 'SWV',
    manufacturer: 'SONOFF',
    powerSource: 'Battery',
    type: 'EndDevice',
    definition: {
      model: 'SWV',
      vendor: 'SONOFF',
      description: 'Zigbee smart water valve',
      exposes: [
        { type: 'switch', features: [onOff()] },
        battery,
        expose('numeric', 'flow', { access: ACCESS.state, unit: 'm³/h' }),
      ],
    },
  };
  readonly #port: RelayPort;
  #on = false;
  #timer: Timer | null = null;

  constructor(common: Common, port: RelayPort) {
    super(common);
    this.#port = port;
  }

  override set(message: Message): void {
    const { air, bridge } = this.common;
    const { state, on_time: onTime } = message;
    if (state !== 'ON' && state !== 'OFF') return;
    const timed = state === 'ON' && typeof onTime === 'number';
    air.send(
      () => {
        this.#timer?.cancel();
        this.#timer = null;
        if (timed)
          this.#timer = this.timers.after(onTime * 1_000, 'valve timer', () => {
            this.#turn(false);
          });
        this.#turn(state === 'ON');
        if (timed) this.#port.leased?.(onTime * 1_000);
      },
      (ok) => {
        if (!ok)
          bridge.error(`z2m: Publish 'set' 'state' to '${this.common.name}' failed: 'Error: timed out'`);
        else if (!timed) bridge.publish({ state });
      },
    );
  }

  override get(message: Message): void {
    if (message['state'] === undefined) return;
    this.common.air.send(
      () => undefined,
      (ok) => {
        if (ok) this.common.bridge.publish({ state: this.#on ? 'ON' : 'OFF' });
      },
    );
  }

  override close(): void {
    super.close();
    this.#port.set(false);
  }

  #turn(on: boolean): void {
    this.#on = on;
    this.#port.set(on);
    this.common.air.report(() => {
      this.common.bridge.publish({ state: on ? 'ON' : 'OFF' });
    });
  }
}
