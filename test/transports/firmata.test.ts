import { describe, expect, test } from 'vitest';
import { FIRMWARES } from '../../firmware-sim/boards/firmata/index.ts';
import { bench, met, PATH } from './firmata-bench.ts';

/*
 * If these fail, a board is not known for what it is, or a lamp, a button or a probe on it does something else than its
 * driver says.
 */

const { StandardFirmata, FirmataExpress, ConfigurableFirmata } = FIRMWARES;

describe('meeting a board', () => {
  test('one that boots says who it is, and is up; nothing is known to be watched', () => {
    const { wait, links, heard } = bench();
    wait(3_000);
    expect(links()).toEqual(['{"up":true}']);
    expect(heard()).toEqual([{ firmware: 'StandardFirmata.ino 2.5', watches: false }]);
  });

  test('FirmataExpress has to show that it answers before it counts as one that watches over its host', () => {
    const { wait, heard } = bench(FirmataExpress);
    wait(3_000);
    expect(heard()).toEqual([{ firmware: 'FirmataExpress.ino 2.5', watches: true }]);
    const liar = bench({ ...StandardFirmata, name: 'FirmataExpress.ino' });
    liar.wait(3_500);
    expect(liar.heard()).toEqual([{ firmware: 'FirmataExpress.ino 2.5', watches: false }]);
  });

  test('one that was not reset by the opening is asked', () => {
    const { wait, links, board, plugIn } = bench(StandardFirmata, false);
    wait(10_000);
    expect(links()).toEqual([`{"up":false,"why":"there is no ${PATH}"}`]);
    plugIn();
    wait(1_000);
    // As a Leonardo: it ran already.
    board.powerOn();
    wait(12_000);
    expect(links()).toEqual(['{"up":true}']);
  });

  test('a port where nobody answers says so, tries the other speed, and goes on trying', () => {
    const { wait, links, board } = bench();
    board.powerOff();
    board.reset = () => undefined;
    wait(40_000);
    const [first, second, ...more] = links();
    expect(first).toContain('no Firmata board answers at 57600 baud');
    expect(second).toContain('no Firmata board answers at 115200 baud');
    expect(more.length).toBeGreaterThan(0);
  });

  test('something else that talks is told from silence', () => {
    const { wait, links, noise, board } = bench();
    board.powerOff();
    wait(500);
    noise(new TextEncoder().encode('@0001 ok valve board of another kind\n'));
    wait(100);
    expect(links()).toEqual([
      `{"up":false,"why":"${PATH}: what comes at 57600 baud is no Firmata; look for another firmware, or another port"}`,
    ]);
  });
});

describe('outputs', () => {
  test('a Led on a PWM pin and on a plain one: off to begin with, on, off', () => {
    const { say, wait, heard, levels, board } = met();
    say({ do: 'use', as: 'led', pin: 9 });
    say({ do: 'use', as: 'led', pin: 13 });
    wait(20);
    expect(heard()).toEqual([
      { pin: 9, is: 'ready' },
      { pin: 13, is: 'ready' },
    ]);
    say({ do: 'set', pin: 9, on: true });
    say({ do: 'set', pin: 13, on: true });
    wait(20);
    expect(levels()).toEqual(['9 1', '13 1']);
    say({ do: 'set', pin: 9, on: false });
    wait(20);
    expect(levels()).toEqual(['9 0']);
    expect(board.levelOf(13)).toBe(1);
  });

  test('a relay closes and opens; a module that is on at low is the other way round', () => {
    const { say, wait, levels } = met();
    say({ do: 'use', as: 'relay', pin: 7, active: 'high', held: false });
    say({ do: 'use', as: 'relay', pin: 'A1', active: 'low', held: false });
    wait(20);
    expect(levels()).toEqual(['15 1']);
    say({ do: 'set', pin: 7, on: true });
    say({ do: 'set', pin: 'A1', on: true });
    wait(20);
    expect(levels()).toEqual(['7 1', '15 0']);
  });

  test('a pin is one thing only, whatever it is called', () => {
    const { say, wait, heard } = met();
    say({ do: 'use', as: 'led', pin: 14 });
    say({ do: 'use', as: 'relay', pin: 'A0', active: 'high', held: false });
    wait(20);
    expect(heard()).toEqual([
      { pin: 14, is: 'ready' },
      { pin: 'A0', is: 'refused', why: 'pin A0 of this board is in use already, as 14' },
    ]);
  });

  test('an active buzzer sounds while it is on', () => {
    const { say, wait, edges } = met();
    say({ do: 'use', as: 'buzzer', pin: 6, active: 'high' });
    wait(20);
    say({ do: 'set', pin: 6, on: true });
    wait(200);
    say({ do: 'set', pin: 6, on: false });
    wait(20);
    const [up, down] = edges.filter(({ pin }) => pin === 6);
    expect((down?.atMs ?? 0) - (up?.atMs ?? 0)).toBeCloseTo(200, 0);
  });

  test('a passive buzzer is a square wave of the host, and ends when it is told to', () => {
    const { say, wait, edges, board } = met();
    say({ do: 'use', as: 'piezo', pin: 8 });
    wait(20);
    say({ do: 'set', pin: 8, on: true });
    wait(200);
    say({ do: 'set', pin: 8, on: false });
    wait(20);
    const wave = edges.splice(0).filter(({ pin }) => pin === 8);
    // 250 Hz: an edge each 2 ms.
    expect(wave.length).toBeGreaterThan(90);
    expect(wave.length).toBeLessThan(105);
    wait(1_000);
    expect(edges).toEqual([]);
    expect(board.levelOf(8)).toBe(0);
  });

  test('where the firmware plays tones one message is the sound, and one ends it', () => {
    const { say, wait, beeps, clock, edges } = met(FirmataExpress);
    beeps.splice(0);
    say({ do: 'use', as: 'piezo', pin: 8 });
    wait(20);
    say({ do: 'set', pin: 8, on: true });
    wait(200);
    say({ do: 'set', pin: 8, on: false });
    wait(20);
    expect(beeps.map((beep) => beep.split(' at ')[0])).toEqual(['1 x 10000', '0 x 0']);
    expect(edges).toEqual([]);
    expect(clock.nowMs()).toBeLessThan(4_000);
  });

  test.each([
    [{ do: 'use', as: 'led', pin: 99 }, 'this board has no pin 99; it has 0 to 19'],
    [{ do: 'use', as: 'led', pin: 1 }, 'pin 1 of this board is no output'],
    [{ do: 'use', as: 'piezo', pin: 'A2' }, 'pin A2 is an analogue one'],
    [{ do: 'use', as: 'button', pin: 'A9', active: 'low' }, 'this board has no pin A9'],
    [
      { do: 'use', as: 'thermometer', pin: 3, sensor: 'DS18B20', address: null, everyMs: 1_000 },
      'this firmware has no one-wire pins; flash ConfigurableFirmata with ENABLE_ONE_WIRE',
    ],
    [
      { do: 'use', as: 'thermometer', pin: 4, sensor: 'TMP36', address: null, everyMs: 1_000 },
      'pin 4 of this board is no analogue input',
    ],
  ] as const)('%j is refused in words', (use, why) => {
    const { say, wait, heard, links } = met();
    say(use);
    wait(20);
    expect(heard()).toEqual([{ pin: use.pin, is: 'refused', why: expect.stringContaining(why) as string }]);
    expect(links()).toEqual([]);
  });
});

describe('contacts', () => {
  test('a button is told once it has come to rest, down and up', () => {
    const { say, wait, heard, button } = met();
    say({ do: 'use', as: 'button', pin: 2, active: 'low' });
    wait(50);
    heard();
    for (const on of [true, false, true]) {
      button.set(on);
      wait(2);
    }
    wait(20);
    expect(heard()).toEqual([{ pin: 2, contact: 'closed', first: false }]);
    wait(2_000);
    button.set(false);
    wait(20);
    expect(heard()).toEqual([{ pin: 2, contact: 'open', first: false }]);
  });

  test('one that is held when the board is met is no press of now', () => {
    const { say, wait, heard, button } = met();
    button.set(true);
    say({ do: 'use', as: 'button', pin: 2, active: 'low' });
    wait(50);
    expect(heard()).toEqual([
      { pin: 2, is: 'ready' },
      { pin: 2, contact: 'closed', first: true },
    ]);
  });

  test('a switch is told when it is first looked at, and at each change', () => {
    const { say, wait, heard, mat } = met();
    say({ do: 'use', as: 'switch', pin: 12, active: 'low' });
    wait(50);
    expect(heard()).toEqual([
      { pin: 12, is: 'ready' },
      { pin: 12, contact: 'open', first: true },
    ]);
    mat.set(true);
    wait(50);
    expect(heard()).toEqual([{ pin: 12, contact: 'closed', first: false }]);
  });

  test('two inputs and a lamp on one port of the chip leave each other alone', () => {
    const { say, wait, heard, button, levels } = met();
    say({ do: 'use', as: 'button', pin: 2, active: 'low' });
    say({ do: 'use', as: 'relay', pin: 7, active: 'high', held: false });
    wait(50);
    heard();
    button.set(true);
    wait(50);
    say({ do: 'set', pin: 7, on: true });
    wait(50);
    button.set(false);
    wait(50);
    button.set(true);
    wait(50);
    expect(heard().map((message) => 'contact' in message && message.contact)).toEqual([
      'closed',
      'open',
      'closed',
    ]);
    expect(levels()).toEqual(['7 1']);
  });
});

describe('thermometers', () => {
  test('a TMP36 is told each second, to the degree', () => {
    const { say, wait, heard, felt } = met();
    say({ do: 'use', as: 'thermometer', pin: 'A0', sensor: 'TMP36', address: null, everyMs: 1_000 });
    wait(1_100);
    expect(heard()).toEqual([
      { pin: 'A0', is: 'ready' },
      { pin: 'A0', address: null, celsius: 40, ageMs: 100 },
    ]);
    felt.volts = 0.75;
    wait(1_000);
    heard();
    wait(1_000);
    expect(heard()).toEqual([{ pin: 'A0', address: null, celsius: 25, ageMs: 100 }]);
  });

  test('one whose wire is cut is no temperature', () => {
    const { say, wait, heard, felt } = met();
    felt.volts = NaN;
    say({ do: 'use', as: 'thermometer', pin: 'A0', sensor: 'LM35', address: null, everyMs: 1_000 });
    wait(1_100);
    expect(heard()[1]).toEqual({ pin: 'A0', address: null, celsius: null, ageMs: 100 });
  });

  test('a DS18B20 is told from its second answer on, each as old as the one before', () => {
    const { say, wait, heard, felt } = met(ConfigurableFirmata);
    felt.waterC = 38.0625;
    say({ do: 'use', as: 'thermometer', pin: 3, sensor: 'DS18B20', address: null, everyMs: 1_000 });
    wait(500);
    expect(heard()).toEqual([{ pin: 3, is: 'ready' }]);
    wait(3_000);
    const readings = heard();
    expect(readings.length).toBeGreaterThanOrEqual(2);
    for (const reading of readings) {
      expect(reading).toMatchObject({ pin: 3, celsius: 38.0625 });
      if (!('ageMs' in reading)) throw new Error('no reading');
      expect(reading.ageMs).toBeGreaterThan(1_000);
      expect(reading.ageMs).toBeLessThan(1_300);
    }
  });

  test('of two on one wire the address says which', () => {
    const { say, wait, heard } = met(ConfigurableFirmata);
    const address = '28161514131211' + '00';
    say({ do: 'use', as: 'thermometer', pin: 3, sensor: 'DS18B20', address, everyMs: 1_000 });
    wait(3_500);
    expect(heard().at(-1)).toMatchObject({ pin: 3, address, celsius: 20 });
    const other = '28060504030201' + '00';
    say({ do: 'use', as: 'thermometer', pin: 3, sensor: 'DS18B20', address: other, everyMs: 1_000 });
    wait(3_500);
    const told = heard().filter((message) => 'celsius' in message);
    expect(told.filter((message) => message.address === address).at(-1)?.celsius).toBe(20);
    expect(told.filter((message) => message.address === other).at(-1)?.celsius).toBe(38);
  });

  test('a probe that is pulled off is no temperature, and comes back', () => {
    const { say, wait, heard, felt } = met(ConfigurableFirmata);
    say({ do: 'use', as: 'thermometer', pin: 3, sensor: 'DS18B20', address: null, everyMs: 1_000 });
    wait(3_000);
    heard();
    felt.waterC = NaN;
    wait(3_000);
    // All ones, with no sign in johnny-five: no water is that hot.
    expect(heard().at(-1)).toMatchObject({ celsius: 4095.9375 });
    felt.waterC = 30;
    wait(4_000);
    expect(heard().at(-1)).toMatchObject({ celsius: 30 });
  });

  test('a bus without a probe says so, and the probe is found when it is put on', () => {
    const { say, wait, heard, felt } = met(ConfigurableFirmata);
    felt.waterC = felt.otherC = NaN;
    say({ do: 'use', as: 'thermometer', pin: 3, sensor: 'DS18B20', address: null, everyMs: 1_000 });
    wait(500);
    expect(heard()).toContainEqual({
      pin: 3,
      is: 'refused',
      why: expect.stringContaining('no DS18B20 answers') as string,
    });
    felt.waterC = 31;
    wait(10_000);
    expect(heard().at(-1)).toMatchObject({ celsius: 31 });
  });
});
