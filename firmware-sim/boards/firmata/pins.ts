import type { ContactPort, ProbePort, RelayPort } from '../../gadgets/ports.ts';
import { channelOf, isDigital, isPwm, modesOf, PINS, type Firmware } from './firmwares.ts';
import { MODE } from './words.ts';

/** What hangs on the pins of a board. */
export interface FirmataWiring {
  /** Switched by a pin: on while it is driven above nothing. */
  readonly outputs: ReadonlyMap<number, RelayPort>;
  readonly contacts: ReadonlyMap<number, WiredContact>;
  /** By analogue channel: volts; NaN is a wire that is cut. */
  readonly volts: ReadonlyMap<number, ProbePort>;
}

/**
 * A contact to ground: one that is closed pulls its pin low, one that is open leaves it to the pull-up. Or to the supply,
 * which it pulls the pin up to; a resistor pulls it down meanwhile.
 */
export interface WiredContact {
  readonly port: ContactPort;
  readonly to: 'ground' | 'supply';
}

/** An edge of a pin as an oscilloscope sees it. */
export interface Edge {
  readonly pin: number;
  /** 0 to 1: 1 is high, less is the share of a PWM. */
  readonly level: number;
  readonly atMs: number;
}

/** The supply is the reference of the converter, volts; ten bits. */
const SUPPLY_V = 5;
const ADC_TOP = 1_023;
/** A pin whose wire is cut picks up what is around it. */
const NOISE_COUNTS = 250;

/** The pins: their modes, what was written to them, and what they do and feel. */
export class Pins {
  readonly #firmware: Firmware;
  readonly #wiring: FirmataWiring;
  readonly #told: (pin: number, level: number) => void;
  readonly #noise: () => number;
  readonly #modes: number[] = Array.from({ length: PINS }, () => MODE.output);
  /** What was written, or 1 for a pull-up: the protocol's "state", which is not the value. */
  readonly #states: number[] = Array.from({ length: PINS }, () => 0);
  readonly #levels: number[] = Array.from({ length: PINS }, () => 0);
  readonly #pulled: boolean[] = Array.from({ length: PINS }, () => false);

  constructor(
    firmware: Firmware,
    wiring: FirmataWiring,
    told: (pin: number, level: number) => void,
    noise: () => number,
  ) {
    this.#firmware = firmware;
    this.#wiring = wiring;
    this.#told = told;
    this.#noise = noise;
  }

  modeOf(pin: number): number {
    return this.#modes[pin] ?? MODE.output;
  }

  stateOf(pin: number): number {
    return this.#states[pin] ?? 0;
  }

  /** 0 to 1. */
  levelOf(pin: number): number {
    return this.#levels[pin] ?? 0;
  }

  isInput(pin: number): boolean {
    const mode = this.modeOf(pin);
    return isDigital(pin) && (mode === MODE.input || mode === MODE.pullup);
  }

  /** As power finds them, and a reset: all are inputs, nothing is driven. */
  letGo(): void {
    for (let pin = 0; pin < PINS; pin += 1) {
      this.#pulled[pin] = false;
      this.#drive(pin, 0);
    }
  }

  /** `systemResetCallback`: analogue pins listen, all others are outputs and low. */
  reset(): void {
    for (let pin = 0; pin < PINS; pin += 1)
      this.setMode(pin, channelOf(pin) === null ? MODE.output : MODE.analog);
  }

  /** False where the firmware does not know the mode at all. A pin that cannot be it stays what it was. */
  setMode(pin: number, mode: number): boolean {
    if (!isDigital(pin)) return true;
    this.#states[pin] = 0;
    const all = Array.from({ length: PINS }, (_, each) => modesOf(this.#firmware, each)).flat();
    if (!all.some(([known]) => known === mode)) return false;
    if (!modesOf(this.#firmware, pin).some(([known]) => known === mode)) return true;
    this.#modes[pin] = mode;
    this.#pulled[pin] = mode === MODE.pullup;
    if (mode === MODE.pullup) this.#states[pin] = 1;
    this.#drive(pin, 0);
    return true;
  }

  /** Eight pins at once. One that is an input is pulled up by a 1; a 0 leaves its pull-up on. */
  writePort(port: number, mask: number): void {
    for (let bit = 0; bit < 8; bit += 1) {
      const pin = port * 8 + bit;
      const high = (mask >> bit) & 1;
      const mode = this.modeOf(pin);
      if (!isDigital(pin) || (mode !== MODE.output && mode !== MODE.input)) continue;
      if (mode === MODE.output) this.#drive(pin, high);
      else if (high === 1) this.#pulled[pin] = true;
      this.#states[pin] = high;
    }
  }

  writePin(pin: number, high: boolean): void {
    if (!isDigital(pin) || this.modeOf(pin) !== MODE.output) return;
    this.#states[pin] = high ? 1 : 0;
    this.#drive(pin, high ? 1 : 0);
  }

  /** PWM, 0 to 255. */
  writeAnalog(pin: number, value: number): void {
    if (!isPwm(pin) || this.modeOf(pin) !== MODE.pwm) return;
    this.#states[pin] = value;
    this.#drive(pin, Math.min(value, 255) / 255);
  }

  /** The digital inputs among eight pins; all others read 0. */
  readPort(port: number): number {
    let mask = 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const pin = port * 8 + bit;
      if (!this.isInput(pin)) continue;
      const contact = this.#wiring.contacts.get(pin);
      const closed = contact?.port.read() ?? false;
      const high = contact?.to === 'supply' ? closed : !closed && this.#pulled[pin] === true;
      if (high) mask |= 1 << bit;
    }
    return mask;
  }

  /** 0 to 1023. */
  readAnalog(channel: number): number {
    const volts = this.#wiring.volts.get(channel)?.read() ?? NaN;
    if (Number.isNaN(volts)) return Math.round(this.#noise() * NOISE_COUNTS);
    return Math.max(0, Math.min(ADC_TOP, Math.round((volts / SUPPLY_V) * ADC_TOP)));
  }

  #drive(pin: number, level: number): void {
    if (this.#levels[pin] === level) return;
    const was = this.levelOf(pin);
    this.#levels[pin] = level;
    this.#told(pin, level);
    if (was > 0 !== level > 0) this.#wiring.outputs.get(pin)?.set(level > 0);
  }
}
