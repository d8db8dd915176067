import type { Firmata } from 'firmata-io';
import type * as JohnnyFive from 'johnny-five';
import type { FirmataPin, FirmataUse } from '../../model/firmata.ts';
import { named, needs, nothing, plain, silent, type Part, type PartOptions } from './part.ts';
import { oneWireThermometer, voltThermometer } from './thermometers.ts';

/** What a passive buzzer sounds with, hertz. By itself a board plays what most of them are loudest at; a computer that
 * switches it, edge by edge over the wire, gets no further than this. */
const TONE_HZ = 2_000;
const HOST_TONE_HZ = 250;
/** A sound that nobody ends, milliseconds; a tone has at most 16,383. */
const LONGEST_TONE_MS = 10_000;
const TONE = 0x5f;

/** @throws Error: words that say why the pin cannot be this */
export function makePart(use: FirmataUse, options: PartOptions): Part {
  switch (use.as) {
    case 'led':
      return ledPart(use.pin, options);
    case 'buzzer':
      return relayPart(use.pin, use.active, options);
    case 'relay':
      return relayPart(use.pin, use.active, options);
    case 'piezo':
      return piezoPart(use.pin, options);
    case 'button':
      return buttonPart(use.pin, use.active, options);
    case 'switch':
      return switchPart(use.pin, use.active, options);
    case 'thermometer':
      return use.sensor === 'DS18B20'
        ? oneWireThermometer(use, options)
        : voltThermometer(use, use.sensor, options);
  }
}

function ledPart(pin: FirmataPin, { five, board, io }: PartOptions): Part {
  const number = needs(pin, io.MODES.OUTPUT, 'output', io);
  const led = new five.Led({ board, pin: named(number, io) });
  led.off();
  return {
    ...silent,
    set: (on) => {
      if (on) led.on();
      else led.off();
    },
  };
}

/** A relay, and an active buzzer: on is on. */
function relayPart(pin: FirmataPin, active: 'high' | 'low', { five, board, io }: PartOptions): Part {
  const number = needs(pin, io.MODES.OUTPUT, 'output', io);
  // Relay leaves the mode to whatever it was.
  io.pinMode(number, io.MODES.OUTPUT);
  const relay = new five.Relay({ board, pin: named(number, io), type: active === 'high' ? 'NO' : 'NC' });
  relay.open();
  return {
    ...silent,
    set: (on) => {
      if (on) relay.close();
      else relay.open();
    },
  };
}

function piezoPart(pin: FirmataPin, { five, board, io, tones }: PartOptions): Part {
  const number = plain(pin, needs(pin, io.MODES.OUTPUT, 'output', io), io);
  const controller = tones ? { controller: tonesOf(number, io) } : {};
  const piezo = new five.Piezo({ board, pin: number, ...controller });
  const hertz = tones ? TONE_HZ : HOST_TONE_HZ;
  return {
    ...silent,
    set: (on) => {
      if (on) piezo.frequency(hertz, LONGEST_TONE_MS);
      else piezo.off();
    },
  };
}

/** Tones that the board makes itself. */
function tonesOf(number: number, io: Firmata): JohnnyFive.PiezoController {
  const sevens = (value: number) => [value & 0x7f, (value >> 7) & 0x7f];
  return {
    initialize: { value: nothing },
    tone: {
      value: (halfUs, ms) => {
        io.sysexCommand([TONE, 0, number, ...sevens(Math.round(500_000 / halfUs)), ...sevens(ms)]);
      },
    },
    noTone: {
      value: () => {
        io.sysexCommand([TONE, 1, number]);
      },
    },
  };
}

function buttonPart(pin: FirmataPin, active: 'high' | 'low', options: PartOptions): Part {
  const { five, board, io } = options;
  const number = needs(pin, io.MODES.INPUT, 'input', io);
  const told = telling(pin, number, options);
  const button = new five.Button({ board, pin: named(number, io), isPullup: active === 'low' });
  button.on('down', () => {
    told.feel('closed');
  });
  button.on('up', () => {
    told.feel('open');
  });
  return { ...silent, again: told.again, doubt: told.doubt };
}

/** A contact that stays: wet, full, somebody there. Told first when the board has first looked. */
function switchPart(pin: FirmataPin, active: 'high' | 'low', options: PartOptions): Part {
  const { five, board, io } = options;
  const number = plain(pin, needs(pin, io.MODES.INPUT, 'input', io), io);
  const told = telling(pin, number, options);
  const contact = new five.Switch({ board, pin: number, type: active === 'low' ? 'NO' : 'NC' });
  contact.on('close', () => {
    told.feel('closed');
  });
  contact.on('open', () => {
    told.feel('open');
  });
  return { ...silent, again: told.again, doubt: told.doubt };
}

/** What a contact feels is told when it changes, and not while it is doubted. */
function telling(pin: FirmataPin, number: number, { io, tell }: PartOptions) {
  const now: { felt: Felt | null; told: Felt | null; doubted: boolean; looks: number } = {
    felt: null,
    told: null,
    doubted: false,
    looks: 0,
  };
  // In front of johnny-five's own listener, which waits for the contact to come to rest.
  let last: unknown = null;
  io.on(`digital-read-${number}`, (value: unknown) => {
    if (value !== last) now.looks += 1;
    last = value;
  });
  const again = (): void => {
    const { felt, told, doubted, looks } = now;
    if (doubted || felt === null || felt === told) return;
    now.told = felt;
    tell({ pin, contact: felt, first: told === null && looks <= 1 });
  };
  return {
    again,
    feel: (felt: Felt) => {
      now.felt = felt;
      again();
    },
    doubt: (doubted: boolean) => {
      now.doubted = doubted;
    },
  };
}
type Felt = 'closed' | 'open';
