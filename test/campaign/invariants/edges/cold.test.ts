/**
 * If these fail, nobody notices cold that lasts too long, or is too much for a person of the limited profile; or a session
 * is accused of water that a fault made cold. Each is shown the most that is promised, and what is more by one look.
 */
import { describe, expect, test } from 'vitest';
import type { Tick } from '../../../../src/campaign/trace.ts';
import {
  BASIN,
  BUCKETS,
  CONTRAST,
  fault,
  GUEST,
  journal,
  objects,
  judge,
  leased,
  state,
  STREAM,
  tick,
  ticks,
  water,
  WARM,
  COLD,
  turns,
} from './bench.ts';
import type { Moment } from './bench.ts';

describe('I5: cold contact', () => {
  test('a step: 60 s, a second, one look, and the travel', () => {
    expect(objects('I5', ticks(0, 61_750, COLD))).toBeNull();
    expect(objects('I5', ticks(0, 63_000, COLD))).toEqual([62_000, 'the cold step has run 62 s']);
    expect(objects('I5', ticks(0, 62_500, COLD), { travelMs: { cold: 1_250 } })).toBeNull();
    expect(objects('I5', ticks(0, 120_000, WARM))).toBeNull();
    expect(judge('I5', ticks(0, 1_000, COLD)).judged).toBe(5);
  });

  test('of a session: 300 s, and 15 s a cycle', () => {
    // In the seventh step 300 s + 7 x 15 s are allowed.
    expect(objects('I5', turns(7, 20_000, 58_250))).toEqual([
      546_750,
      'cold contact of the session is 405.25 s',
    ]);
    expect(objects('I5', turns(6, 20_000, 61_000))).toBeNull();
    expect(
      objects('I5', [
        ...turns(6, 20_000, 58_250),
        journal(469_500, 'start'),
        ...ticks(469_600, 520_000, COLD),
      ]),
    ).toBeNull();
  });

  const cold = (waterC = 15, what: Partial<Tick> = {}): Partial<Tick> => ({
    ...COLD,
    vessels: water(waterC),
    feet: 'stream',
    ...what,
  });

  test('true water under 20 C on the feet: 75 s a step, whichever valve it comes from', () => {
    // The valve is shut to the eye of the step, and the water is cold: 20 s of a warm step, then 56 s of the cold one.
    const moments = (coldMs: number): readonly Moment[] => [
      ...ticks(0, 60_000, { ...WARM, vessels: water(38), feet: 'stream' }),
      ...ticks(60_250, 60_250 + coldMs, cold()),
      ...ticks(60_500 + coldMs, 60_500 + coldMs + 20_000, cold(15, { open: {} })),
    ];
    expect(objects('I5', moments(56_000))).toBeNull();
    const broken = objects('I5', [
      ...ticks(0, 16_000, cold(15, { open: {}, permitted: false })),
      ...ticks(16_250, 80_000, cold()),
    ]);
    expect(broken?.[1]).toMatch(/^the cold step has run|^cold water on the feet for 75.25 s of a step/);
  });

  test('19.9 C is cold and 20.0 C is not; dry feet feel nothing, nor do feet that nobody let in and that are elsewhere', () => {
    // Feet in cold water that runs before the step begins count as well: the valve is open, and nobody is permitted.
    const before = (what: Partial<Tick>): readonly Moment[] => [
      ...ticks(0, 40_000, cold(15, { permitted: false, ...what })),
      ...ticks(40_250, 90_000, cold(15, what)),
    ];
    expect(objects('I5', before({}))).toEqual([75_250, 'cold water on the feet for 75.25 s of a step']);
    expect(objects('I5', before({ vessels: water(19.9) }))?.[0]).toBe(75_250);
    expect(objects('I5', before({ vessels: water(20) }))).toBeNull();
    expect(objects('I5', before({ feet: null }))).toBeNull();
    expect(objects('I5', before({ vessels: [] }))).toBeNull();
  });

  test('a warm step in between begins the count anew', () => {
    const once = [...ticks(0, 40_000, cold(15, { permitted: false })), ...ticks(40_250, 70_000, cold())];
    expect(
      objects('I5', [
        ...once,
        ...ticks(70_250, 80_000, { ...WARM, vessels: water(38) }),
        ...ticks(80_250, 130_000, cold()),
      ]),
    ).toBeNull();
  });

  test('of a session', () => {
    // Every second cold: by what is permitted each of ten steps is short enough.
    const many = (count: number): readonly Moment[] => {
      const all: Moment[] = [];
      for (let n = 0; n < count; n += 1)
        all.push(
          ...ticks(n * 80_000, n * 80_000 + 9_750, { ...WARM, vessels: water(38), feet: 'stream' }),
          ...ticks(n * 80_000 + 10_000, n * 80_000 + 29_750, cold(15, { permitted: false })),
          ...ticks(n * 80_000 + 30_000, n * 80_000 + 79_750, cold()),
        );
      return all;
    };
    expect(objects('I5', many(5))).toBeNull();
    expect(objects('I5', many(7))).toEqual([450_000, 'cold water on the feet for 390.25 s of a session']);
    expect(
      objects('I5', [
        ...many(5),
        journal(400_000, 'start'),
        ...many(2)
          .filter((one) => 'tick' in one)
          .map((one) => ('tick' in one ? tick(one.tick.atMs + 400_000, one.tick) : one)),
      ]),
    ).toBeNull();
  });

  test('what is left in the tray after a close runs off within 5 s', () => {
    const shut = (openMs: number): readonly Moment[] => [
      ...ticks(0, openMs, cold(15, { permitted: false })),
      ...ticks(openMs + 250, openMs + 60_000, cold(15, { permitted: false, open: {} })),
      ...ticks(openMs + 60_250, openMs + 60_250 + 20_000, cold()),
    ];
    // 50 s + 5 s + 20 s are not more than 75 s; 51 s are.
    expect(objects('I5', shut(49_750))).toBeNull();
    expect(objects('I5', shut(51_000))?.[1]).toMatch(/75.25 s of a step/);
  });

  test('a hot valve that a fault holds shut makes warm steps cold, and 15 s more', () => {
    const steps = [
      ...ticks(0, 60_000, { ...WARM, vessels: water(15), feet: 'stream' }),
      ...ticks(60_250, 110_000, cold()),
    ];
    expect(objects('I5', steps)?.[0]).toBe(75_250);
    expect(objects('I5', [fault(0, 'supply-hot-lost'), ...steps])).toBeNull();
    expect(
      objects('I5', [fault(0, 'valve-stuck-closed', { valve: 'hot', device: 'hot' }), ...steps]),
    ).toBeNull();
    expect(objects('I5', [fault(0, 'sensor-stuck'), ...steps])?.[0]).toBe(75_250);
    const mended = [fault(0, 'supply-hot-lost'), fault(1_000, 'supply-hot-lost', {}, false)];
    expect(objects('I5', [...mended, ...steps])?.[0]).toBe(91_250);
  });

  test('whoever faints does not step out: only what is permitted is judged', () => {
    const before = [...ticks(0, 40_000, cold(15, { permitted: false })), ...ticks(40_250, 90_000, cold())];
    expect(objects('I5', [fault(0, 'person-faints'), ...before])).toBeNull();
    const basins = { station: { ...BASIN, vessel: 'two-basins' as const } };
    const stays = [
      fault(0, 'person-faints'),
      state(0, 'cold'),
      ...ticks(0, 50_000, { permitted: true, feet: 'cold', vessels: water(15, 'cold', 8) }),
      state(50_100, 'warm'),
      ...ticks(50_250, 200_000, { permitted: true, feet: 'cold', vessels: water(15, 'cold', 8) }),
    ];
    expect(objects('I5', stays, basins)).toBeNull();
  });

  test('a master that is open with the valves behind it shut wets nobody', () => {
    const shut = (open: Record<string, boolean>): readonly Moment[] => [
      ...ticks(0, 40_000, cold()),
      ...ticks(40_250, 120_000, cold(15, { permitted: false, open })),
    ];
    expect(objects('I5', shut({ master: true }))).toBeNull();
    expect(objects('I5', shut({ master: true, mixer: true }))?.[0]).toBe(75_250);
  });

  test('nobody can be called out while a command may not arrive and the valve is held, or its lease runs', () => {
    const held = fault(20_000, 'valve-stuck-open', { valve: 'cold', device: 'cold' });
    const all = (...faults: readonly Moment[]): readonly Moment[] => [
      ...ticks(0, 19_750, cold()),
      ...faults,
      ...ticks(20_000, 84_500, cold()),
    ];
    expect(objects('I5', all(held))?.[0]).toBe(75_250);
    const sleeps = fault(30_000, 'time-suspend', { forMs: 50_000 });
    expect(objects('I5', all(held, sleeps))).toBeNull();
    // 5 s after it woke.
    expect(objects('I5', [...all(held, sleeps), ...ticks(84_750, 90_000, cold())])?.[0]).toBe(85_250);
    const lease = leased(50_000, 'cold', 30_000);
    const cut = fault(52_000, 'bus-cut', { backMs: 60_000 });
    const early = ticks(0, 15_000, cold(15, { permitted: false }));
    const leases = [...early, ...ticks(15_250, 49_750, cold()), lease, cut, ...ticks(50_000, 81_750, cold())];
    expect(objects('I5', leases)).toBeNull();
    expect(objects('I5', [...leases, ...ticks(82_000, 83_000, cold())])?.[0]).toBe(82_000);
  });

  test('nor out of what stands, while it is not permitted any more and the wire is cut', () => {
    const stands: Partial<Tick> = { permitted: false, feet: 'cold', vessels: water(15, 'cold', 8) };
    const station = { ...BASIN, vessel: 'two-basins' as const };
    const stays = (...faults: readonly Moment[]): ReturnType<typeof objects> =>
      objects(
        'I5',
        [
          state(0, 'cold'),
          ...ticks(0, 20_000, { ...stands, permitted: true }),
          ...faults,
          ...ticks(20_250, 90_000, stands),
        ],
        { station },
      );
    expect(stays()?.[0]).toBe(75_250);
    expect(stays(fault(20_100, 'bus-cut', { backMs: 50_000 }))).toBeNull();
  });

  test('which water: that of the vessel the feet are in, else that of the running step', () => {
    const station = { ...BASIN, vessel: 'two-basins' as const };
    const both = [...water(38, 'warm', 8), ...water(15, 'cold', 8)];
    const inBoth = (what: Partial<Tick>): readonly Moment[] => [
      state(0, 'cold'),
      ...ticks(0, 60_000, { permitted: false, vessels: both, ...what }),
      ...ticks(60_250, 110_000, { permitted: true, vessels: both, ...what }),
    ];
    expect(objects('I5', inBoth({ feet: 'cold' }), { station })?.[0]).toBe(75_250);
    expect(objects('I5', inBoth({ feet: 'warm' }), { station })).toBeNull();
    // Nobody knows of any feet: 50 s of what is permitted.
    expect(objects('I5', inBoth({ feet: null }), { station })).toBeNull();
    expect(
      objects('I5', [...inBoth({ feet: 'elsewhere', vessels: water(15, 'cold', 8) })], { station })?.[0],
    ).toBe(75_250);
  });

  test('standing water, while nobody can be called out of it', () => {
    const stands: Partial<Tick> = { permitted: true, feet: 'cold', vessels: water(15, 'cold', 8) };
    const hangs = fault(50_000, 'time-stall', { forMs: 60_000 });
    const all = [state(0, 'cold'), ...ticks(0, 49_750, stands), hangs, ...ticks(50_000, 109_750, stands)];
    expect(objects('I5', all, { station: BUCKETS })).toBeNull();
    // Its own time goes on while it hangs, and the step has to end with it.
    expect(objects('I5', [...all, ...ticks(110_000, 112_000, stands)], { station: BUCKETS })?.[0]).toBe(
      110_250,
    );
  });
});

describe('I11: the limited profile', () => {
  const limited = { person: { ...GUEST, profile: 'limited' as const }, plan: { ...CONTRAST, steps: [] } };
  const planned = (what: Partial<(typeof CONTRAST.steps)[number]>): typeof limited => ({
    ...limited,
    plan: { ...CONTRAST, steps: CONTRAST.steps.slice(0, 1).map((one) => ({ ...one, ...what })) as never },
  });

  const IN_15: Partial<Tick> = { ...COLD, vessels: water(15) };

  test('is nobody else', () => {
    expect(judge('I11', ticks(0, 200_000, COLD))).toEqual({ at: null, judged: 0 });
    expect(judge('I11', ticks(0, 1_000, COLD), limited).judged).toBe(5);
  });

  test('cold for 30 s, a second, one look and the travel', () => {
    expect(objects('I11', ticks(0, 31_750, IN_15), limited)).toBeNull();
    expect(objects('I11', ticks(0, 33_000, IN_15), limited)).toEqual([32_000, 'the cold step has run 32 s']);
    expect(objects('I11', ticks(0, 200_000, WARM), limited)).toBeNull();
  });

  test('three cycles', () => {
    expect(objects('I11', turns(3, 10_000, 10_000), limited)).toBeNull();
    expect(objects('I11', turns(4, 10_000, 10_000), limited)).toEqual([70_000, 'cold step 4']);
  });

  test('targets of 38 C at most and 15 C at least', () => {
    expect(objects('I11', [tick(0, WARM)], planned({ kind: 'warm', targetC: 38 }))).toBeNull();
    expect(objects('I11', [tick(0, WARM)], planned({ kind: 'warm', targetC: 38.1 }))).toEqual([
      0,
      'a warm step of 38.1 C',
    ]);
    expect(objects('I11', [tick(0, WARM)], planned({ kind: 'cold', targetC: 15 }))).toBeNull();
    expect(objects('I11', [tick(0, WARM)], planned({ kind: 'cold', targetC: 14.9 }))).toEqual([
      0,
      'a cold step of 14.9 C',
    ]);
    expect(objects('I11', [tick(0)], planned({ kind: 'warm', targetC: 60 }))).toBeNull();
  });

  test('a foot bath, with or without taps', () => {
    const at = (station: typeof STREAM): readonly [number, string] | null =>
      objects('I11', [state(0, 'warm'), tick(250, WARM)], { ...limited, station });
    expect(at(BUCKETS)).toBeNull();
    expect(at({ ...STREAM, kind: 'shower' })).toEqual([250, 'contact at a shower']);
  });

  const waterOf = (
    side: Partial<Tick>,
    waterC: number,
    before: readonly Moment[] = [],
  ): readonly [number, string] | null =>
    objects('I11', [...before, ...ticks(0, 31_000, { ...side, vessels: water(waterC) })], limited);

  test('true water, once the last of the other side has run off', () => {
    expect(waterOf(WARM, 39.5)).toBeNull();
    expect(waterOf(WARM, 39.6)).toEqual([30_000, 'warm water of 39.6 C']);
    expect(waterOf(COLD, 12.5)).toBeNull();
    expect(waterOf(COLD, 12.4)).toEqual([30_000, 'cold water of 12.4 C']);
    expect(waterOf(WARM, 5)).toBeNull();
    expect(waterOf(COLD, 30)).toBeNull();
  });

  test.each(['supply-guard-46', 'sensor-offset', 'valve-leaking', 'sense-level-offset'])(
    '%s spoils it',
    (id) => {
      const args = { valve: 'hot', device: 'hot' };
      expect(waterOf(WARM, 41, [fault(0, id, args)])).toBeNull();
      // It is over, and 30 s have passed.
      const over = [fault(0, id, args), fault(1_000, id, args, false)];
      const late = ticks(0, 40_000, { ...WARM, vessels: water(41) });
      expect(objects('I11', [...over, ...late], limited)?.[0]).toBe(31_250);
    },
  );

  test('so does a wire that is cut', () => {
    expect(waterOf(WARM, 41, [fault(0, 'bus-cut', { backMs: 1_000 })])).toBeNull();
    expect(waterOf(WARM, 41, [fault(0, 'person-stop')])?.[0]).toBe(30_000);
  });
});
