// If these fail, somebody sits in warm water until the heat harms them, though every reading is within its limits.
import { describe, expect, test } from 'vitest';
import { ENVELOPE, doseOf, safeSeconds } from '../../machines/envelope.ts';
import { IN_COLD, IN_WARM, TEMPERING, WatchBench, times } from './support.ts';

const SOAK = { ...IN_WARM, band: { minC: 35, maxC: 43 }, warmTopC: 41.4 };
const session = (doseBefore: number) => ({ type: 'session', cycles: 1, doseBefore }) as const;

/** In water of `valueC` from the first second on, one reading a second for so long. */
function soak(valueC: number, seconds: number, doseBefore = 0): WatchBench {
  const bench = new WatchBench().input(session(doseBefore)).expect(SOAK).open('warm');
  return bench.readings(times(seconds, valueC));
}

describe('T12', () => {
  test('20 min at 40 C are a dose of 0.15, and well within a session', () => {
    expect(doseOf(40, 1_200)).toBeCloseTo(0.15, 2);
    expect(soak(40, 1_200).firstMs('heat_dose')).toBeNull();
  });

  test.each([39, 40, 41])('at %d C it ends the session when 0.30 is reached, to the second', (valueC) => {
    const dueMs = ENVELOPE.doseSession * safeSeconds(valueC) * 1_000;
    const bench = soak(valueC, Math.ceil(dueMs / 1_000) + 5);
    const atMs = bench.firstMs('heat_dose') ?? Infinity;
    // Water counts from the first reading, which comes a second after the step has begun.
    expect(atMs).toBeGreaterThan(dueMs);
    expect(atMs).toBeLessThan(dueMs + 2_100);
    expect(bench.trips.find(({ trip }) => trip.reason === 'heat_dose')?.trip).toMatchObject({
      detector: 'T12',
      response: 'abort',
      latch: false,
    });
  });

  test('what the person had in the last 24 h counts towards 0.60', () => {
    const leftMs = 0.1 * safeSeconds(40) * 1_000;
    const bench = soak(40, Math.ceil(leftMs / 1_000) + 5, 0.5);
    expect(bench.firstMs('heat_dose')).toBeGreaterThan(leftMs - 1);
    expect(bench.firstMs('heat_dose')).toBeLessThan(leftMs + 2_100);
  });

  test('a new session begins at nothing; one that goes on does not', () => {
    const half = Math.ceil((safeSeconds(40) * ENVELOPE.doseSession) / 2) + 5;
    const again = soak(40, half).expect({ ...SOAK, exposed: false });
    again.expect(SOAK).readings(times(half, 40));
    expect(again.said).toContain('T12 heat_dose');
    const anew = soak(40, half)
      .input(session(0))
      .readings(times(half - 20, 40));
    expect(anew.said).not.toContain('T12 heat_dose');
  });

  test('it is found without another sample: the last one goes on counting', () => {
    const bench = soak(41, 1, 0.6 - doseOf(41, 1.5));
    bench.to(bench.atMs + 1_600);
    expect(bench.firstMs('heat_dose')).not.toBeNull();
  });

  test('of two thermometers the higher one counts', () => {
    const bench = new WatchBench({ thermometers: ['t', 'u'] }).input(session(0.59)).expect(SOAK).open('warm');
    const seconds = Math.ceil(0.01 * safeSeconds(41)) + 3;
    for (let at = 0; at < seconds; at += 1) bench.reading(39.5, 500, 't').reading(41, 500, 'u');
    expect(bench.firstMs('heat_dose')).toBeLessThan(seconds * 1_000 + 1_000);
  });

  test.each([
    ['nobody in it', () => new WatchBench().input(session(0.59)).expect({ ...SOAK, exposed: false })],
    ['water on its way to the band', () => new WatchBench().input(session(0.59)).expect(TEMPERING)],
    ['cold water', () => new WatchBench().input(session(0.59)).expect(IN_COLD)],
  ])('%s adds nothing', (what, bench) => {
    const valueC = what === 'cold water' ? 15 : 40;
    expect(bench().readings(times(600, valueC)).said).not.toContain('T12 heat_dose');
  });

  test('36 C adds nothing, however long', () => {
    expect(soak(36, 3_000, 0.5999).said).not.toContain('T12 heat_dose');
  });

  test('the cold bucket is not the one with the thermometer', () => {
    const bench = new WatchBench({ plumbing: 'cues' }).input(session(0.5999)).expect(IN_COLD);
    expect(bench.readings(times(600, 40)).said).not.toContain('T12 heat_dose');
    bench.expect(SOAK).readings(times(30, 40));
    expect(bench.said).toContain('T12 heat_dose');
  });
});
