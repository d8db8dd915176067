import { z } from 'zod';
import type { Clock, Timer } from '../../src/clock/clock.ts';
import type { BusMessage } from '../../src/model/bus.ts';
import { Random } from '../../src/random/random.ts';
import { Lease } from './esphome/lease.ts';
import type { ContactPort, Gadget, LampPort, MixerPort, Press, ProbePort, RelayPort } from './ports.ts';
import { Answers, type Misbehaviour } from './answers.ts';
import { Radio, type Connect } from './radio.ts';

export interface EsphomeOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly connect: Connect;
  /** The topic prefix. */
  readonly node: string;
  /** Each part by its object id. Valves exclude one another. */
  readonly valves: ReadonlyMap<string, RelayPort>;
  readonly mixers: ReadonlyMap<string, MixerPort>;
  readonly switches: ReadonlyMap<string, RelayPort>;
  readonly sensors: ReadonlyMap<string, ProbePort>;
  readonly binarySensors: readonly string[];
  /** Binary sensors that nobody presses: leaks, floats, mats. */
  readonly contacts?: ReadonlyMap<string, ContactPort>;
  readonly lights: ReadonlyMap<string, LampPort>;
}

/** What all nodes listen to. */
const DISCOVER = 'esphome/discover';
/** `keepalive: 10s` in the node's YAML. */
const KEEP_ALIVE_MS = 10_000;
/** `update_interval: 1s`. */
const SENSOR_MS = 1_000;
/** One step of a DS18B20 at 12 bits, kelvin. */
const STEP_K = 1 / 16;
/** A tap of a finger, and the pause to the next. */
const TAP_MS = 150;
const BETWEEN_TAPS_MS = 250;

const byte = z.number().min(0).max(255);
const lightSchema = z.object({
  state: z.enum(['ON', 'OFF']).optional(),
  brightness: byte.optional(),
  color: z.object({ r: byte.optional(), g: byte.optional(), b: byte.optional() }).optional(),
});

/** Which output a message to the lease script is about; the script itself reads the rest. */
const addresseeSchema = z.object({ valve: z.string() });

interface Sensor {
  readonly port: ProbePort;
  readonly topic: string;
  /** What it said last, in steps of the probe, and in words; NaN: that it could not be read. */
  steps: number;
  text: string;
}

interface Light {
  on: boolean;
  brightness: number;
  colour: { r: number; g: number; b: number };
}

/**
 * A node with ESPHome and the lease script of Ebb's YAML. Topics, payloads and retain flags after esphome/esphome
 * `components/mqtt` (switch, sensor, binary_sensor, JSON light) and `components/light/light_json_schema.cpp`.
 */
export class Esphome implements Gadget {
  readonly name: string;
  readonly #options: EsphomeOptions;
  readonly #random: Random;
  readonly #radio: Radio;
  readonly #lease: Lease;
  readonly #answers: Answers<string>;
  readonly #switches = new Map<string, boolean>();
  readonly #buttons = new Map<string, boolean>();
  readonly #lights = new Map<string, Light>();
  readonly #timers = new Set<Timer>();
  readonly #sensors: readonly Sensor[];
  readonly #leaseTopic: string;
  readonly #ackTopic: string;
  #sampling: Timer | null = null;

  constructor(options: EsphomeOptions) {
    const { clock, node } = options;
    this.name = `esphome:${node}`;
    this.#options = options;
    this.#leaseTopic = `${node}/lease`;
    this.#ackTopic = `${node}/lease/state`;
    this.#sensors = [...options.sensors].map(([id, port]) => ({
      port,
      topic: `${node}/sensor/${id}/state`,
      steps: NaN,
      text: 'nan',
    }));
    this.#random = new Random(options.seed, `esphome ${node}`);
    this.#answers = new Answers(clock);
    this.#lease = new Lease({
      clock,
      valves: options.valves,
      mixers: options.mixers,
      boot: this.#drawBoot(),
      acknowledge: (ack) => {
        this.#answers.say(ack.valve, () => {
          this.#radio.publish(this.#ackTopic, JSON.stringify(ack));
        });
      },
      report: (valve, on) => {
        this.#answers.say(valve, () => {
          this.#publish(`switch/${valve}/state`, on ? 'ON' : 'OFF');
        });
      },
      clings: (valve) => this.#answers.clings(valve),
    });
    this.#forget();
    for (const [id, port] of options.contacts ?? []) {
      port.onChange(() => {
        this.#touch(id, port.read());
      });
    }
    const part = (component: string): string => `${node}/${component}/+/command`;
    this.#radio = new Radio({
      clock,
      random: this.#random,
      connect: options.connect,
      clientId: node,
      will: { topic: `${node}/status`, payload: 'offline', retain: true },
      filters: [`${node}/lease`, part('switch'), part('light'), DISCOVER],
      keepAliveMs: KEEP_ALIVE_MS,
      bootMs: [1_500, 4_000],
      handlers: {
        up: () => {
          this.#up();
        },
        // `on_disconnect`.
        down: () => {
          this.#lease.closeAll();
        },
        message: (message) => {
          this.#heard(message);
        },
      },
    });
    this.#sampleAt(clock.nowMs() + this.#random.between(0, SENSOR_MS));
  }

  /** The id of this boot, 8 hex digits. */
  get boot(): string {
    return this.#lease.boot;
  }

  /** A finger on the button behind this binary sensor. */
  press(id: string, press: Press): void {
    const nowMs = this.#options.clock.nowMs();
    const times = 'times' in press ? press.times : 1;
    const heldMs = 'times' in press ? TAP_MS : press.holdMs;
    for (let each = 0; each < times; each += 1) {
      const downMs = nowMs + each * BETWEEN_TAPS_MS;
      this.#at(downMs, () => {
        this.#touch(id, true);
      });
      this.#at(downMs + heldMs, () => {
        this.#touch(id, false);
      });
    }
  }

  /** How a valve or mixer answers from now on. One that refuses is cut off, and answers closed. */
  misbehave(id: string, how: Misbehaviour | null): void {
    this.#answers.misbehave(id, how);
  }

  disconnect(): void {
    this.#radio.disconnect();
  }

  reconnect(): void {
    this.#radio.reconnect();
  }

  reboot(): void {
    this.#radio.reboot();
    this.#lease.restart(this.#drawBoot());
    this.#forget();
  }

  async close(): Promise<void> {
    this.#sampling?.cancel();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#lease.fall();
    await this.#radio.close();
  }

  #drawBoot(): string {
    return this.#random.int(0, 0xffff_ffff).toString(16).padStart(8, '0');
  }

  /** `restore_mode: ALWAYS_OFF` for everything. */
  #forget(): void {
    for (const [id, port] of this.#options.switches) {
      this.#switches.set(id, false);
      port.set(false);
    }
    for (const id of this.#options.binarySensors) this.#buttons.set(id, false);
    for (const [id, port] of this.#options.contacts ?? []) this.#buttons.set(id, port.read());
    for (const [id, port] of this.#options.lights) {
      const light = { on: false, brightness: 255, colour: { r: 255, g: 255, b: 255 } };
      this.#lights.set(id, light);
      port.show(light.on, light.brightness, light.colour);
    }
  }

  #up(): void {
    this.#publish('status', 'online');
    // `on_connect`.
    this.#lease.closeAll();
    this.#lease.reportAll();
    for (const id of this.#switches.keys()) this.#reportSwitch(id);
    for (const id of this.#buttons.keys()) this.#reportButton(id);
    for (const id of this.#lights.keys()) this.#reportLight(id);
  }

  #heard({ topic, payload }: BusMessage): void {
    if (topic === DISCOVER) {
      this.#introduce();
      return;
    }
    if (topic === this.#leaseTopic) {
      this.#leased(payload);
      return;
    }
    const [component = '', id = ''] = topic.slice(this.#options.node.length + 1).split('/');
    if (component === 'switch') this.#switch(id, payload);
    else if (component === 'light') this.#light(id, payload);
  }

  /** Whoever asks all nodes is told by each who it is. */
  #introduce(): void {
    const { node } = this.#options;
    const said = { ip: '192.0.2.10', name: node, version: '2024.10.2', platform: 'ESP32', board: 'esp32dev' };
    this.#radio.publish(`${DISCOVER}/${node}`, JSON.stringify(said));
  }

  #leased(payload: string): void {
    const asked = addresseeSchema.safeParse(parseJson(payload));
    const cutOff = asked.success && this.#answers.refuses(asked.data.valve);
    this.#lease.request(cutOff ? JSON.stringify({ valve: asked.data.valve, ms: 0 }) : payload);
  }

  #switch(id: string, payload: string): void {
    const word = payload.trim().toUpperCase();
    if (word !== 'ON' && word !== 'OFF' && word !== 'TOGGLE') return;
    if (this.#lease.has(id)) {
      this.#lease.switch(id, word);
      return;
    }
    const was = this.#switches.get(id);
    if (was === undefined) return;
    const on = word === 'TOGGLE' ? !was : word === 'ON';
    this.#switches.set(id, on);
    this.#options.switches.get(id)?.set(on);
    this.#reportSwitch(id);
  }

  #light(id: string, payload: string): void {
    const light = this.#lights.get(id);
    const call = lightSchema.safeParse(parseJson(payload));
    if (light === undefined || !call.success) return;
    const { state, brightness, color } = call.data;
    if (state !== undefined) light.on = state === 'ON';
    if (brightness !== undefined) light.brightness = brightness;
    const { r = 0, g = 0, b = 0 } = color ?? light.colour;
    light.colour = { r, g, b };
    this.#options.lights.get(id)?.show(light.on, light.brightness, light.colour);
    this.#reportLight(id);
  }

  #touch(id: string, down: boolean): void {
    if (!this.#buttons.has(id)) return;
    this.#buttons.set(id, down);
    this.#reportButton(id);
  }

  #reportSwitch(id: string): void {
    this.#publish(`switch/${id}/state`, this.#switches.get(id) === true ? 'ON' : 'OFF');
  }

  #reportButton(id: string): void {
    this.#publish(`binary_sensor/${id}/state`, this.#buttons.get(id) === true ? 'ON' : 'OFF');
  }

  #reportLight(id: string): void {
    const light = this.#lights.get(id);
    if (light === undefined) return;
    const { on, brightness, colour } = light;
    const state = { color_mode: 'rgb', state: on ? 'ON' : 'OFF', brightness, color: colour };
    this.#publish(`light/${id}/state`, JSON.stringify(state));
  }

  #sampleAt(atMs: number): void {
    if (this.#sensors.length === 0) return;
    this.#sampling = this.#options.clock.at(atMs, this.name, () => {
      for (const sensor of this.#sensors) {
        const steps = Math.round(sensor.port.read() / STEP_K);
        if (sensor.port.hung?.() === true) continue;
        if (steps !== sensor.steps) {
          sensor.steps = steps;
          // A failed read is published as the text C makes of not-a-number.
          sensor.text = Number.isNaN(steps) ? 'nan' : (steps * STEP_K).toFixed(2);
        }
        this.#radio.publish(sensor.topic, sensor.text, true);
      }
      this.#sampleAt(atMs + SENSOR_MS);
    });
  }

  #at(atMs: number, act: () => void): void {
    const timer = this.#options.clock.at(atMs, this.name, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
  }

  #publish(path: string, payload: string, retain = true): void {
    this.#radio.publish(`${this.#options.node}/${path}`, payload, retain);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
