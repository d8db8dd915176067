// If this fails, a seed no longer means the same world twice, and no violation that a campaign finds can be replayed.
import { describe, expect, it } from 'vitest';
import { freshSeed, Random } from '../../src/random/random.ts';

const draws = (random: Random, n = 20): number[] => Array.from({ length: n }, () => random.next());

describe('seeded chance', () => {
  it('is the same for the same seed and stream, and another for any other', () => {
    const reference = draws(new Random(7, 'world'));
    expect(draws(new Random(7, 'world'))).toEqual(reference);
    for (const other of [new Random(8, 'world'), new Random(7, 'bus'), new Random(7 + 2 ** 32, 'world')]) {
      expect(draws(other)).not.toEqual(reference);
    }
  });

  it('still draws what it drew when this was written, so that old seeds keep their meaning', () => {
    expect(draws(new Random(1, 'world'), 3).map((n) => n.toFixed(9))).toMatchInlineSnapshot(`
      [
        "0.240998648",
        "0.510969758",
        "0.223162198",
      ]
    `);
  });

  it('keeps its bounds and is spread evenly', () => {
    const random = new Random(3, 'bounds');
    const counts = new Map<number, number>();
    let sum = 0;
    for (let i = 0; i < 10_000; i += 1) {
      const whole = random.int(1, 5);
      counts.set(whole, (counts.get(whole) ?? 0) + 1);
      const n = random.between(-2, 2);
      expect(n >= -2 && n < 2).toBe(true);
      sum += random.normal();
    }
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5]);
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200);
    expect(Math.abs(sum / 10_000)).toBeLessThan(0.05);
    expect(random.word(12)).toMatch(/^[a-z0-9]{12}$/);
  });

  it('neighbouring seeds have nothing in common', () => {
    const firsts = Array.from({ length: 1_000 }, (_, seed) => new Random(seed, 'world').next());
    expect(new Set(firsts).size).toBe(1_000);
    expect(Math.abs(firsts.reduce((a, b) => a + b, 0) / 1_000 - 0.5)).toBeLessThan(0.05);
    expect(Number.isSafeInteger(freshSeed())).toBe(true);
  });
});
