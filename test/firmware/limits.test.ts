import { describe, expect, it } from 'vitest';
import { BOARD_LIMITS, BOARD_LIMITS_HASH } from '../../machines/envelope-hash.ts';
import { thermistorVolts } from '../../firmware-sim/boards/thermistor.ts';
import { textOf } from '../project/sources.ts';

/*
 * If this fails, the board holds other limits than the controller believes, or its table makes another temperature of
 * what the thermistor says. The numbers are written down twice on purpose: change both, and docs/board.md.
 */

const header = textOf('firmware/limits.h');
const constants = new Map(
  [...header.matchAll(/^constexpr uint\d+_t (\w+) = (\d+);$/gm)].map(([, name = '', value]) => [
    name,
    Number(value),
  ]),
);

/** `hotRunMs` is HOT_RUN_MS; a temperature is written in hundredths. */
function inHeader(key: string, value: number): [string, number] {
  const name = key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return name.endsWith('_C') ? [name.replace(/_C$/, '_CENTI_C'), Math.round(value * 100)] : [name, value];
}

describe('the limits of the board', () => {
  const wanted = new Map(Object.entries(BOARD_LIMITS).map(([key, value]) => inHeader(key, value)));

  it('are all in the firmware, with the same numbers', () => {
    expect([...wanted].filter(([name, value]) => constants.get(name) !== value)).toEqual([]);
  });

  it('are all that the firmware has: it enforces nothing that the controller does not know', () => {
    expect([...constants.keys()].filter((name) => !wanted.has(name))).toEqual([]);
    expect(constants.size).toBe([...header.matchAll(/constexpr/g)].length);
  });

  it('have the checksum that the firmware answers', () => {
    expect(/#define LIMITS_HASH "(\w+)"/.exec(header)?.[1]).toBe(BOARD_LIMITS_HASH);
  });
});

describe('what the firmware makes of the thermistor', () => {
  const source = textOf('firmware/thermal.cpp');
  const count = (name: string): number => Number(new RegExp(`${name} = (\\d+);`).exec(source)?.[1]);
  const counts = (tempC: number): number => (thermistorVolts(tempC) / 5) * 1024;

  it('is too hot from 43.0 C on, and not a degree earlier', () => {
    expect(counts(43.0)).toBeGreaterThanOrEqual(count('HOT_COUNT'));
    expect(counts(42.9)).toBeLessThan(count('HOT_COUNT'));
  });

  it('is broken where no water can be: below -10 C and above 100 C', () => {
    expect(counts(-10)).toBeGreaterThan(count('LEAST_COUNT'));
    expect(counts(100)).toBeLessThan(count('MOST_COUNT'));
    expect(counts(110)).toBeGreaterThan(count('MOST_COUNT'));
    expect(counts(-20)).toBeLessThan(count('LEAST_COUNT'));
  });

  it('is the curve of its data sheet, to a fifth of a degree from 0 to 60 C', () => {
    const curve =
      (/CURVE\[\] PROGMEM = \{([^}]*)\}/.exec(source)?.[1] ?? '').match(/-?\d+/g)?.map(Number) ?? [];
    for (let tempC = 0; tempC <= 60; tempC += 0.5) {
      const at = (counts(tempC) - count('FIRST_COUNT')) / 32;
      const low = curve[Math.floor(at)] ?? NaN;
      const high = curve[Math.floor(at) + 1] ?? NaN;
      expect(Math.abs((low + (high - low) * (at % 1)) / 100 - tempC)).toBeLessThan(0.2);
    }
  });
});
