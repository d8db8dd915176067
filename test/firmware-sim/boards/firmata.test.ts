import { describe, expect, test } from 'vitest';
import { Contact } from '../../../firmware-sim/contact.ts';
import {
  FIRMWARES,
  FirmataBoard,
  romOf,
  type Edge,
  type Firmware,
} from '../../../firmware-sim/boards/firmata/index.ts';
import { crc8 } from '../../../firmware-sim/boards/firmata/one-wire.ts';
import { packed, unpacked } from '../../../firmware-sim/boards/firmata/words.ts';
import { VirtualClock } from '../../../src/clock/virtual.ts';
import { Random } from '../../../src/random/random.ts';

/*
 * If these fail, the Firmata client is tested against a board that nobody owns. The bytes are those of the protocol's
 * text (firmata/protocol protocol.md 2.5, onewire.md) and of the sketches, written out by hand.
 */

const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
const unhex = (text: string): Uint8Array => Uint8Array.from(text.split(/\s+/), (byte) => parseInt(byte, 16));

function bench(firmware: Firmware = FIRMWARES.StandardFirmata) {
  const clock = new VirtualClock();
  const button = new Contact();
  const edges: Edge[] = [];
  const said: number[] = [];
  const beeps: string[] = [];
  const felt = { volts: 0.9, waterC: 38 };
  const board = new FirmataBoard({
    clock,
    firmware,
    wiring: {
      outputs: new Map(),
      contacts: new Map([[2, { port: button, to: 'ground' } as const]]),
      volts: new Map([[0, { read: () => felt.volts }]]),
    },
    buzzers: new Map([
      [
        8,
        { beep: (count, onMs, offMs) => void beeps.push(`${count} x ${onMs}/${offMs} at ${clock.nowMs()}`) },
      ],
    ]),
    oneWire: new Map([[3, [{ rom: romOf(0x0102_0304_0506), port: { read: () => felt.waterC } }]]]),
    random: new Random(1, 'board'),
  });
  board.onBytes((bytes) => said.push(...bytes));
  board.onEdge((edge) => edges.push(edge));
  board.powerOn();
  clock.runUntil(2_500);
  /** What it has said since it was asked last. */
  const heard = (): string => hex(said.splice(0));
  const say = (text: string): string => {
    board.send(unhex(text));
    return heard();
  };
  const wait = (ms: number): void => {
    clock.runUntil(clock.nowMs() + ms);
  };
  const levels = () => edges.splice(0).map(({ pin, level }) => `${pin} ${level}`);
  return { clock, board, button, felt, beeps, heard, say, wait, levels, edges };
}

/** A bench whose board has told who it is. */
const met = (firmware?: Firmware) => {
  const made = bench(firmware);
  made.heard();
  made.levels();
  return made;
};

describe('who it is', () => {
  test('after power it says its version, then the name of its sketch, unasked', () => {
    expect(bench().heard()).toBe(
      'F9 02 05 F0 79 02 05 53 00 74 00 61 00 6E 00 64 00 61 00 72 00 64 00 46 00 69 00 72 00 6D 00 61 00 74 00 61 00 ' +
        '2E 00 69 00 6E 00 6F 00 F7',
    );
  });

  test('and the same when it is asked', () => {
    const { say } = met();
    expect(say('F9')).toBe('F9 02 05');
    expect(say('F0 79 F7')).toMatch(/^F0 79 02 05 53 00 74 00 .* F7$/);
  });

  test('what is sent to its boot loader is lost', () => {
    const { board, say, wait, heard } = met();
    board.reset();
    wait(500);
    expect(say('F9')).toBe('');
    wait(2_000);
    expect(heard()).toMatch(/^F9 02 05 F0 79/);
  });

  test('each pin tells its modes and their bits: an Uno', () => {
    const reply = met().say('F0 6B F7');
    expect(reply).toMatch(/^F0 6C .* F7$/);
    const pins = reply.slice('F0 6C '.length, -' F7'.length).split(/ ?7F ?/);
    expect(pins.slice(0, 4)).toEqual(['', '', '00 01 0B 01 01 01 04 0E', '00 01 0B 01 01 01 03 08 04 0E']);
    expect(pins[14]).toBe('00 01 0B 01 01 01 02 0A 04 0E');
    expect(pins[19]).toBe('00 01 0B 01 01 01 02 0A 04 0E 06 01');
    expect(pins).toHaveLength(21);
  });

  test('the analogue channels are pins 14 to 19', () => {
    expect(met().say('F0 69 F7')).toBe(`F0 6A ${'7F '.repeat(14)}00 01 02 03 04 05 F7`);
  });
});

describe('outputs', () => {
  test('a port is written in two sevens of bits, and only where pins are outputs', () => {
    const { say, levels } = met();
    say('F4 04 01 F4 02 00 92 00 00 90 14 00');
    expect(levels()).toEqual(['4 1']);
    say('90 10 01');
    expect(levels()).toEqual(['7 1']);
    say('91 20 00 90 00 00');
    expect(levels()).toEqual(['13 1', '4 0', '7 0']);
  });

  test('one pin is written by F5, since protocol 2.5', () => {
    const { say, levels } = met();
    say('F4 0D 01 F5 0D 01');
    expect(levels()).toEqual(['13 1']);
    expect(say('F0 6D 0D F7')).toBe('F0 6E 0D 01 01 F7');
  });

  test('a PWM is written by channel, or by the extended message', () => {
    const { say, levels } = met();
    say('F4 09 03 E9 7F 01');
    expect(levels()).toEqual(['9 1']);
    expect(say('F0 6D 09 F7')).toBe('F0 6E 09 03 7F 01 F7');
    say('F0 6F 09 33 00 F7');
    expect(levels()).toEqual(['9 0.2']);
    // Pin 8 has none.
    say('F4 08 03 E8 7F 01');
    expect(levels()).toEqual([]);
  });

  test('an unknown mode is answered by a string', () => {
    const letters = Array.from('Unknown pin mode', (letter) => `${hex([letter.charCodeAt(0)])} 00`).join(' ');
    expect(met().say('F4 04 33')).toBe(`F0 71 ${letters} F7`);
  });

  test('a reset of the system lets everything fall and reports nothing any more', () => {
    const { say, levels, button, heard } = met();
    say('F4 04 01 F5 04 01 F4 02 0B D0 01');
    levels();
    say('FF');
    expect(levels()).toEqual(['4 0']);
    button.set(true);
    expect(heard()).toBe('');
  });

  test('a host that dies leaves a StandardFirmata as it was, for ever', () => {
    const { say, levels, wait, board } = met();
    say('F4 04 01 F5 04 01 F0 50 02 00 F7');
    levels();
    wait(3_600_000);
    expect(levels()).toEqual([]);
    expect(board.levelOf(4)).toBe(1);
  });
});

describe('inputs', () => {
  test('a port is told when it is asked for, then at each change; inputs alone count', () => {
    const { say, button, heard } = met();
    expect(say('F4 02 0B D0 01')).toBe('90 04 00');
    button.set(true);
    expect(heard()).toBe('90 00 00');
    button.set(false);
    expect(heard()).toBe('90 04 00');
    expect(say('D0 00')).toBe('');
    button.set(true);
    expect(heard()).toBe('');
  });

  test('a plain input is pulled up by writing a 1 to it, as older hosts do', () => {
    const { say, button, heard } = met();
    expect(say('F4 02 00 D0 01')).toBe('90 00 00');
    expect(say('90 04 00')).toBe('90 04 00');
    expect(say('90 00 00')).toBe('');
    button.set(true);
    expect(heard()).toBe('90 00 00');
  });

  test('an analogue channel is told at once, and then every 19 ms or as it is told', () => {
    const { say, heard, wait, felt } = met();
    // TMP36 at 40 C: 0.9 V of 5 V is 184 of 1023.
    expect(say('C0 01')).toBe('E0 38 01');
    wait(60);
    expect(heard()).toBe('E0 38 01 E0 38 01 E0 38 01');
    say('F0 7A 64 00 F7');
    // The one that was due already comes in its old time.
    wait(16);
    expect(heard()).toBe('E0 38 01');
    felt.volts = 5;
    wait(99);
    expect(heard()).toBe('');
    wait(1);
    expect(heard()).toBe('E0 7F 07');
    say('C0 00');
    wait(500);
    expect(heard()).toBe('');
  });

  test('a cut wire reads as noise, not as nothing', () => {
    const { say, heard, wait, felt } = met();
    felt.volts = NaN;
    say('C0 01');
    heard();
    wait(1_000);
    expect(new Set(heard().match(/E0 .. ../g)).size).toBeGreaterThan(10);
  });
});

describe('what does not fit', () => {
  test('a command in the midst of another one begins anew, and noise is passed over', () => {
    const { say, levels } = met();
    say('33 12 F4 04 F4 04 01 00 90 F5 04 01');
    expect(levels()).toEqual(['4 1']);
  });

  test('a message longer than its memory is dropped, and the next one is heard', () => {
    const { say } = met();
    expect(say(`F0 6D ${'04 '.repeat(100)}F7 F9`)).toBe('F9 02 05');
  });

  test('any bytes at all leave it able to say who it is', () => {
    const random = new Random(7, 'noise');
    for (let each = 0; each < 200; each += 1) {
      const { board, heard } = met(FIRMWARES.ConfigurableFirmata);
      board.send(Uint8Array.from({ length: 300 }, () => random.int(0, 255)));
      heard();
      board.send(unhex('F7 F9'));
      expect(heard()).toMatch(/F9 02 06$/);
    }
  });
});

describe('FirmataExpress', () => {
  test('it lets everything fall when its keep-alive lapses, restarts, and says who it is', () => {
    const { say, levels, wait, heard } = met(FIRMWARES.FirmataExpress);
    say('F4 04 01 F5 04 01 F0 50 02 00 F7');
    levels();
    wait(1_900);
    say('F0 50 02 00 F7');
    wait(2_000);
    expect(levels()).toEqual([]);
    wait(25);
    expect(levels()).toEqual(['4 0']);
    expect(heard()).toBe('');
    wait(1_700);
    expect(heard()).toMatch(/^F9 02 05 F0 79 02 05 46 00 69 00/);
    expect(say('F0 6D 04 F7')).toBe('F0 6E 04 01 00 F7');
  });

  test('zero lets go of the guard, and 66 s are half a second: 16 bits', () => {
    const { say, levels, wait } = met(FIRMWARES.FirmataExpress);
    say('F4 04 01 F5 04 01 F0 50 02 00 F7 F0 50 00 00 F7');
    levels();
    wait(100_000);
    expect(levels()).toEqual([]);
    say('F0 50 42 00 F7');
    wait(500);
    expect(levels()).toEqual(['4 0']);
  });

  test('it answers who asks whether it is there, and plays tones of so many milliseconds', () => {
    const { say, beeps } = met(FIRMWARES.FirmataExpress);
    expect(say('F0 51 F7')).toBe('F0 52 01 F7');
    say('F0 5F 00 08 5C 06 48 01 F7');
    say('F0 5F 01 08 F7');
    expect(beeps.slice(-2)).toEqual(['1 x 200/0 at 2500', '0 x 0/0 at 2500']);
    expect(met().say('F0 51 F7')).toBe('');
  });
});

describe('one wire, as ConfigurableFirmata has it', () => {
  const ask = (bits: string, bytes: readonly number[]): string => `F0 73 ${bits} 03 ${hex(packed(bytes))} F7`;
  const ROM = [0x28, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01];

  test('a search finds the addresses of the probes that are there, with their checksums', () => {
    const { say, felt } = met(FIRMWARES.ConfigurableFirmata);
    expect(say('F0 73 40 03 F7')).toBe('');
    say('F0 73 41 03 01 F7');
    const found = say('F0 73 40 03 F7');
    expect(found).toMatch(/^F0 73 42 03 ([0-7]. ){10}F7$/);
    expect(unpacked([...unhex(found.slice(12, -3))])).toEqual([...ROM, crc8(ROM)]);
    // The example of Maxim's application note 27.
    expect(crc8([0x02, 0x1c, 0xb8, 0x01, 0, 0, 0])).toBe(0xa2);
    felt.waterC = NaN;
    expect(say('F0 73 40 03 F7')).toBe('F0 73 42 03 F7');
  });

  test('a reading is the conversion before: first 85 C, and 750 ms after a conversion the water', () => {
    const { say, wait } = met(FIRMWARES.ConfigurableFirmata);
    const rom = romOf(0x0102_0304_0506);
    say('F0 73 41 03 01 F7');
    const convert = (): void => {
      say('F0 73 01 03 F7');
      say(ask('3C', [...rom, 0, 0, 0, 0, 0, 0, 0, 0, 0x44]));
    };
    const read = (): readonly number[] => {
      say('F0 73 01 03 F7');
      const reply = say(ask('3C', [...rom, 2, 0, 0x11, 0x22, 0, 0, 0, 0, 0xbe]));
      expect(reply).toMatch(/^F0 73 43 03 /);
      return unpacked([...unhex(reply.slice(12, -3))]);
    };
    convert();
    expect(read()).toEqual([0x11, 0x22, 0x50, 0x05]);
    wait(750);
    expect(read()).toEqual([0x11, 0x22, 0x60, 0x02]);
  });

  test('a probe that is gone reads as all ones', () => {
    const { say, felt } = met(FIRMWARES.ConfigurableFirmata);
    say('F0 73 41 03 01 F7');
    felt.waterC = NaN;
    const reply = say(ask('3C', [...romOf(0x0102_0304_0506), 2, 0, 0, 0, 0, 0, 0, 0, 0xbe]));
    expect(unpacked([...unhex(reply.slice(12, -3))])).toEqual([0, 0, 0xff, 0xff]);
  });
});
