import type { Clock, Timer } from '../../../src/clock/clock.ts';
import type { Random } from '../../../src/random/random.ts';
import type { BuzzerPort } from '../../gadgets/ports.ts';
import { channelOf, modesOf, PINS, type Firmware } from './firmwares.ts';
import { OneWire, type OneWireProbe } from './one-wire.ts';
import { Parser, type Heard } from './parser.ts';
import { Pins, type Edge, type FirmataWiring } from './pins.ts';
import { lettersOf, Voice } from './voice.ts';
import { fromSevens, MODE, SYSEX } from './words.ts';

export { FIRMWARES, type Firmware } from './firmwares.ts';
export { romOf, type OneWireProbe } from './one-wire.ts';
export type { Edge, FirmataWiring, WiredContact } from './pins.ts';

export interface FirmataOptions {
  readonly clock: Clock;
  readonly firmware: Firmware;
  readonly wiring: FirmataWiring;
  /** Passive buzzers, by their pins: what FirmataExpress plays a tone on. */
  readonly buzzers?: ReadonlyMap<number, BuzzerPort>;
  readonly oneWire?: ReadonlyMap<number, readonly OneWireProbe[]>;
  /** What an open analogue pin picks up. */
  readonly random: Random;
}

const PORTS = Math.ceil(PINS / 8);
/** What the board samples at unless it is told otherwise. */
const SAMPLE_MS = 19;
/** After `wdt_enable(WDTO_15MS)`. */
const WATCHDOG_MS = 15;

/**
 * An Arduino with one of the Firmata firmwares, as the end of its wire sees it: from the protocol's text and the
 * sketches (`StandardFirmata.ino`, `FirmataExpress.ino`, `OneWireFirmata.cpp`), in bytes. It has no link check of any
 * kind but FirmataExpress' keep-alive: what was driven stays driven.
 */
export class FirmataBoard {
  readonly #options: FirmataOptions;
  readonly #pins: Pins;
  readonly #edges: ((edge: Edge) => void)[] = [];
  readonly #timers = new Set<Timer>();
  #parser = new Parser();
  readonly #oneWire: OneWire;
  readonly #voice = new Voice();
  /** Its sketch runs: neither without power nor in the boot loader. */
  #running = false;
  #sampleMs = SAMPLE_MS;
  #sampler: Timer | null = null;
  #guard: Timer | null = null;
  /** When the keep-alive lapses; null without one. */
  #guardedToMs: number | null = null;
  readonly #analog = new Set<number>();
  readonly #digital = new Set<number>();
  readonly #sentPorts: number[] = Array.from({ length: PORTS }, () => 0);

  constructor(options: FirmataOptions) {
    this.#options = options;
    const { clock, firmware, wiring, random } = options;
    this.#pins = new Pins(
      firmware,
      wiring,
      (pin, level) => {
        for (const listener of this.#edges) listener({ pin, level, atMs: clock.nowMs() });
        if (level > 0) this.#tellLease(pin);
      },
      () => random.next(),
    );
    this.#oneWire = new OneWire(options.oneWire ?? new Map(), clock);
    for (const { port } of wiring.contacts.values())
      port.onChange(() => {
        this.#lookAtInputs();
      });
  }

  /** Takes bytes from the wire. In the boot loader they are lost. */
  send(bytes: Uint8Array): void {
    if (!this.#running) return;
    for (const byte of bytes) {
      const heard = this.#parser.hear(byte);
      if (heard !== null) this.#hear(heard);
    }
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#voice.onBytes(listener);
  }

  onEdge(listener: (edge: Edge) => void): void {
    this.#edges.push(listener);
  }

  /** 0 to 1: whether, and how far, a pin is driven high. */
  levelOf(pin: number): number {
    return this.#pins.levelOf(pin);
  }

  powerOn(): void {
    this.reset();
  }

  powerOff(): void {
    this.#halt();
    this.#pins.letGo();
  }

  /** The reset pin, as a computer that opens the port pulls it on an Uno. */
  reset(): void {
    this.powerOff();
    this.#after(this.#options.firmware.bootMs, 'boot', () => {
      this.#running = true;
      this.#parser = new Parser();
      this.#sampleMs = SAMPLE_MS;
      this.#systemReset();
      this.#sayVersion();
      this.#sayFirmware();
    });
  }

  #halt(): void {
    this.#running = false;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#sampler = null;
    this.#guard = this.#guardedToMs = null;
    for (const buzzer of this.#options.buzzers?.values() ?? []) buzzer.beep(0, 0, 0);
  }

  #after(ms: number, name: string, act: () => void): Timer {
    const { clock } = this.#options;
    const timer = clock.at(clock.nowMs() + ms, `firmata ${name}`, () => {
      this.#timers.delete(timer);
      act();
    });
    this.#timers.add(timer);
    return timer;
  }

  #cancel(timer: Timer | null): void {
    if (timer === null) return;
    timer.cancel();
    this.#timers.delete(timer);
  }

  #systemReset(): void {
    this.#analog.clear();
    this.#digital.clear();
    this.#sentPorts.fill(0);
    this.#oneWire.reset();
    for (const buzzer of this.#options.buzzers?.values() ?? []) buzzer.beep(0, 0, 0);
    this.#pins.reset();
    this.#analog.clear();
  }

  #hear(heard: Heard): void {
    switch (heard.type) {
      case 'analog':
        this.#pins.writeAnalog(heard.channel, heard.value);
        return;
      case 'digital':
        this.#pins.writePort(heard.port, heard.mask);
        this.#lookAtInputs();
        return;
      case 'report-analog':
        this.#reportAnalog(heard.channel, heard.on);
        return;
      case 'report-digital':
        if (!heard.on) this.#digital.delete(heard.port);
        else if (heard.port < PORTS) {
          this.#digital.add(heard.port);
          this.#sayPort(heard.port, true);
        }
        return;
      case 'pin-mode':
        this.#setMode(heard.pin, heard.mode);
        return;
      case 'pin-value':
        this.#pins.writePin(heard.pin, heard.high);
        return;
      case 'version':
        this.#sayVersion();
        return;
      case 'reset':
        this.#systemReset();
        return;
      case 'sysex':
        this.#sysex(heard.id, heard.data);
        return;
    }
  }

  #setMode(pin: number, mode: number): void {
    if (pin >= PINS) return;
    const channel = channelOf(pin);
    if (channel !== null && mode !== MODE.analog) this.#analog.delete(channel);
    if (!this.#pins.setMode(pin, mode)) this.#voice.sysex(SYSEX.string, lettersOf('Unknown pin mode'));
    if (channel !== null && mode === MODE.analog) this.#reportAnalog(channel, true);
    this.#lookAtInputs();
  }

  #reportAnalog(channel: number, on: boolean): void {
    if (channel >= PINS - 14) return;
    if (!on) this.#analog.delete(channel);
    else {
      this.#analog.add(channel);
      this.#sayAnalog(channel);
      this.#sample();
    }
  }

  /** Its loop looks at the analogue inputs every so often, while any is asked for. */
  #sample(): void {
    this.#sampler ??= this.#after(this.#sampleMs, 'sample', () => {
      this.#sampler = null;
      for (const channel of [...this.#analog].sort((a, b) => a - b))
        if (this.#pins.modeOf(channel + 14) === MODE.analog) this.#sayAnalog(channel);
      if (this.#analog.size > 0) this.#sample();
    });
  }

  #lookAtInputs(): void {
    for (const port of this.#digital) this.#sayPort(port, false);
  }

  #sysex(id: number, data: readonly number[]): void {
    const { firmware } = this.#options;
    const [first = 0, second, third, fourth] = data;
    switch (id) {
      case SYSEX.firmware:
        this.#sayFirmware();
        return;
      case SYSEX.capabilities:
        this.#voice.sysex(
          SYSEX.capabilitiesReply,
          everyPin((pin) => [...modesOf(firmware, pin).flat(), 0x7f]),
        );
        return;
      case SYSEX.analogMapping:
        this.#voice.sysex(
          SYSEX.analogMappingReply,
          everyPin((pin) => [channelOf(pin) ?? 0x7f]),
        );
        return;
      case SYSEX.pinState:
        if (data.length > 0) this.#sayPinState(first);
        return;
      case SYSEX.extendedAnalog:
        if (data.length > 1) this.#pins.writeAnalog(first, fromSevens(second, third) | ((fourth ?? 0) << 14));
        return;
      case SYSEX.samplingInterval:
        if (data.length > 1) this.#sampleMs = Math.max(firmware.leastSampleMs, fromSevens(first, second));
        return;
      case SYSEX.keepAlive:
        if (firmware.keepsAlive) this.#keepAlive(fromSevens(first, second));
        return;
      case SYSEX.areYouThere:
        if (firmware.keepsAlive) this.#voice.sysex(SYSEX.iAmHere, [1]);
        return;
      case SYSEX.tone:
        if (firmware.tone) this.#tone(data);
        return;
      case SYSEX.oneWire: {
        if (!firmware.oneWire) return;
        const reply = this.#oneWire.hear(data, (pin) => this.#pins.setMode(pin, MODE.oneWire));
        if (reply !== null) this.#voice.sysex(reply[0] ?? 0, reply.slice(1));
        return;
      }
      default:
        // I2C, servos, encoders: nothing of it hangs on this board.
        return;
    }
  }

  /** `keepAliveInterval * 1000` in 16 bits, looked at once in each sampling interval; 0 lets go of the guard. */
  #keepAlive(seconds: number): void {
    this.#cancel(this.#guard);
    this.#guard = this.#guardedToMs = null;
    if (seconds === 0) return;
    const forMs = (seconds * 1_000) & 0xffff;
    this.#guardedToMs = this.#options.clock.nowMs() + forMs;
    for (let pin = 0; pin < PINS; pin += 1) if (this.levelOf(pin) > 0) this.#tellLease(pin);
    this.#guard = this.#after(forMs + this.#sampleMs, 'keep-alive', () => {
      this.#guard = this.#guardedToMs = null;
      this.#systemReset();
      this.#running = false;
      this.#after(WATCHDOG_MS, 'watchdog', () => {
        this.reset();
      });
    });
  }

  /** Whatever hangs there is on no longer than the keep-alive lasts. */
  #tellLease(pin: number): void {
    const leftMs = (this.#guardedToMs ?? 0) - this.#options.clock.nowMs();
    if (leftMs > 0) this.#options.wiring.outputs.get(pin)?.leased?.(leftMs);
  }

  #tone([command, pin = 0, ...more]: readonly number[]): void {
    const [low, high, shortMs, longMs] = more;
    const buzzer = this.#options.buzzers?.get(pin);
    const hertz = fromSevens(low, high);
    if (command === 1 || hertz === 0) buzzer?.beep(0, 0, 0);
    else if (command === 0) buzzer?.beep(1, fromSevens(shortMs, longMs), 0);
  }

  #sayVersion(): void {
    this.#voice.version(this.#options.firmware.protocol);
  }

  #sayFirmware(): void {
    const { name, version } = this.#options.firmware;
    this.#voice.sysex(SYSEX.firmware, [...version, ...lettersOf(name)]);
  }

  #sayAnalog(channel: number): void {
    this.#voice.analog(channel, this.#pins.readAnalog(channel));
  }

  #sayPort(port: number, always: boolean): void {
    const mask = this.#pins.readPort(port);
    if (!always && this.#sentPorts[port] === mask) return;
    this.#sentPorts[port] = mask;
    this.#voice.digital(port, mask);
  }

  #sayPinState(pin: number): void {
    const state = this.#pins.stateOf(pin);
    const more = state > 0x7f ? [(state >> 7) & 0x7f] : [];
    const known = pin < PINS ? [this.#pins.modeOf(pin), state & 0x7f, ...more] : [];
    this.#voice.sysex(SYSEX.pinStateReply, [pin, ...known]);
  }
}

const everyPin = (of: (pin: number) => readonly number[]): readonly number[] =>
  Array.from({ length: PINS }, (_, pin) => of(pin)).flat();
