import type { FirmataUse } from '../../model/firmata.ts';
import { needs, plain, silent, type Part, type PartOptions } from './part.ts';

type Use = Extract<FirmataUse, { as: 'thermometer' }>;

/** A one-wire pin that failed is looked for again. */
const AGAIN_MS = 5_000;
/** What a reading takes on the wire, at most: it is so much older than the answer before. */
const WIRE_MS = 100;
/** Beyond this it is another conversion than we think, or the computer stood still. */
const OLDEST_MS = 10_000;

/**
 * A DS18B20. johnny-five starts a conversion and reads at once, so what it reads is the one before: a reading is as old as
 * the time since the last one, and the first is of nobody knows when. It has no sign and no checksum; what is no water is
 * sorted out by the driver. Its own `data` repeats what it knows for ever, so the readings of the wire are what counts.
 */
export function oneWireThermometer(use: Use, options: PartOptions): Part {
  const { io } = options;
  const { pin, address } = use;
  const record = io.pins[plain(pin, needs(pin, io.MODES.INPUT, 'input', io), io)];
  if (record?.supportedModes.includes(io.MODES.ONEWIRE) !== true)
    throw new Error(
      'this firmware has no one-wire pins; flash ConfigurableFirmata with ENABLE_ONE_WIRE for a DS18B20',
    );
  const serial = address === null ? null : serialOf(address);
  begin(use, serial, options);
  return silent;
}

function begin(use: Use, serial: number | null, options: PartOptions): void {
  const { five, board, io, nowMs, later, tell } = options;
  const pin = needs(use.pin, io.MODES.INPUT, 'input', io);
  const who = { pin: use.pin, address: use.address };
  const thermometer = new five.Thermometer({
    board,
    pin,
    controller: 'DS18B20',
    freq: use.everyMs,
    ...(serial === null ? {} : { address: serial }),
  });
  thermometer.disable();
  const wire = five.Thermometer.Drivers.get(board, 'DS18B20', { pin });
  let ours = serial;
  let lastMs: number | null = null;
  wire.on('initialized', (found: number) => {
    ours ??= found;
  });
  wire.on('data', (from: number) => {
    if (from !== ours) return;
    const sinceMs = lastMs === null ? Infinity : nowMs() - lastMs;
    lastMs = nowMs();
    if (sinceMs > OLDEST_MS) return;
    tell({ ...who, celsius: finite(thermometer.celsius), ageMs: Math.round(sinceMs + WIRE_MS) });
  });
  wire.on('error', () => {
    tell({ ...who, celsius: null, ageMs: 0 });
    tell({
      pin: use.pin,
      is: 'refused',
      why: 'no DS18B20 answers on this pin; look at its wires and at the 4.7 kOhm resistor',
    });
    // It has given up for good, so a new one is made; others on other pins go on as they are.
    five.Thermometer.Drivers.clear();
    later(AGAIN_MS, () => {
      begin(use, serial, options);
    });
  });
}

/** What johnny-five takes for an address: the six bytes between the family and the checksum, the first one lowest. */
function serialOf(address: string): number {
  const bytes = address.match(/../g) ?? [];
  return bytes.slice(1, 7).reduceRight((sum, byte) => sum * 256 + parseInt(byte, 16), 0);
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** How far samples of one second lie apart where a wire is cut: 5 K on a TMP36. */
const NOISE_COUNTS = 10;
/** Samples of all analogue pins, milliseconds. */
const SAMPLING_MS = 100;

/** A TMP36 or LM35 at an analogue pin. johnny-five rounds to whole degrees. */
export function voltThermometer(use: Use, sensor: 'TMP36' | 'LM35', options: PartOptions): Part {
  const { five, board, io, tell } = options;
  const { pin } = use;
  const channel = io.analogPins.indexOf(needs(pin, io.MODES.ANALOG, 'analogue input', io));
  io.setSamplingInterval(SAMPLING_MS);
  const thermometer = new five.Thermometer({
    board,
    pin: `A${channel}`,
    controller: sensor,
    freq: use.everyMs,
  });
  let samples: number[] = [];
  io.on(`analog-read-${channel}`, (counts: number) => {
    samples.push(counts);
  });
  // It repeats the last value for ever: without a sample since the last word there is nothing to say.
  thermometer.on('data', () => {
    if (samples.length === 0) return;
    const steady = Math.max(...samples) - Math.min(...samples) <= NOISE_COUNTS;
    samples = [];
    tell({ pin, address: null, celsius: steady ? finite(thermometer.celsius) : null, ageMs: SAMPLING_MS });
  });
  return silent;
}
