import { MODE } from './words.ts';

/**
 * An Arduino Uno as `Boards.h` has it: pins 0 and 1 are its serial line, 14 to 19 its analogue ones, A0 to A5.
 */
export const PINS = 20;
const PWM: readonly number[] = [3, 5, 6, 9, 10, 11];
const I2C: readonly number[] = [18, 19];

export const isDigital = (pin: number): boolean => pin >= 2 && pin < PINS;
export const isPwm = (pin: number): boolean => PWM.includes(pin);
/** The analogue channel of a pin; null where it has none. */
export const channelOf = (pin: number): number | null => (pin >= 14 && pin < PINS ? pin - 14 : null);

/** What one firmware says of itself, and can do. */
export interface Firmware {
  /** As the board reports it: the name of its sketch. */
  readonly name: string;
  readonly baudRate: number;
  readonly protocol: readonly [number, number];
  readonly version: readonly [number, number];
  /** From power, or a reset, to its first word: the boot loader waits for an upload first. Milliseconds. */
  readonly bootMs: number;
  /** It takes no sampling interval below this, milliseconds. */
  readonly leastSampleMs: number;
  /** `KEEP_ALIVE`: it resets itself when the host falls silent. */
  readonly keepsAlive: boolean;
  readonly tone: boolean;
  readonly oneWire: boolean;
}

const COMMON = {
  protocol: [2, 5],
  leastSampleMs: 10,
  keepsAlive: false,
  tone: false,
  oneWire: false,
} as const;

/** The firmwares that are simulated, by the name of the sketch. */
export const FIRMWARES = {
  StandardFirmata: {
    ...COMMON,
    name: 'StandardFirmata.ino',
    baudRate: 57_600,
    version: [2, 5],
    bootMs: 2_000,
  },
  FirmataExpress: {
    ...COMMON,
    name: 'FirmataExpress.ino',
    baudRate: 115_200,
    version: [2, 5],
    bootMs: 1_600,
    leastSampleMs: 1,
    keepsAlive: true,
    tone: true,
  },
  /** With `ENABLE_ONE_WIRE`, which the sketch has commented out as it comes. */
  ConfigurableFirmata: {
    ...COMMON,
    name: 'ConfigurableFirmata.ino',
    baudRate: 115_200,
    protocol: [2, 6],
    version: [2, 11],
    bootMs: 1_600,
    oneWire: true,
  },
} as const satisfies Readonly<Record<string, Firmware>>;

/** The modes of a pin, each with its resolution in bits, in the order in which the firmware lists them. */
export function modesOf(firmware: Firmware, pin: number): readonly (readonly [mode: number, bits: number])[] {
  const modes: (readonly [number, number])[] = [];
  if (isDigital(pin)) {
    modes.push([MODE.input, 1], [MODE.pullup, 1], [MODE.output, 1]);
    if (firmware.tone) modes.push([MODE.tone, 1]);
    if (firmware.oneWire) modes.push([MODE.oneWire, 1]);
  }
  if (channelOf(pin) !== null) modes.push([MODE.analog, 10]);
  if (isPwm(pin)) modes.push([MODE.pwm, 8]);
  if (isDigital(pin)) modes.push([MODE.servo, 14]);
  if (I2C.includes(pin)) modes.push([MODE.i2c, 1]);
  return modes;
}
