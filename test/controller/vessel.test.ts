/**
 * If these fail, warm water rests on a reading that nobody took: one thermometer speaks for two, or one that fell silent
 * counts as fresh for ever. First the vessel by itself, then a whole bath with two thermometers, past its watch.
 */
import { describe, expect, it } from 'vitest';
import { Vessel } from '../../src/controller/vessel.ts';
import type { VesselSettings } from '../../src/controller/station-settings.ts';
import { exampleConfig, Simulation } from '../support/simulate.ts';

const INLET = 'inlet';
const OUTLET = 'outlet';

/** A bath with two thermometers that both are needed. L20 of it: 3 s. */
const SETTINGS: VesselSettings = {
  devices: [INLET, OUTLET],
  basin: null,
  interlock: { devices: [], readingAgeMs: 3_000, guarded: true, budgetMs: { warm: 60_000, cold: 60_000 } },
  watch: {
    plumbing: 'two-valves',
    thermometers: [INLET, OUTLET],
    beside: [],
    senses: { flowAgeMs: null, travelMs: 0, float: 'overflow', mostLitres: null },
    basin: null,
    readingAgeMs: 3_000,
    repeatMs: 0,
    guardMaxC: 41,
  },
};

const THERMOMETERS = ['foot-bath-thermometer', 'foot-bath-thermometer-2'];

function reads(vessel: Vessel, device: string, takenAtMs: number, valueC: number | null = 38): void {
  vessel.observe({ type: 'temperature', device, valueC, takenAtMs }, takenAtMs);
}

describe('the water of two thermometers', () => {
  it('rests on neither before both have spoken, whichever is first', () => {
    for (const [first, second] of [
      [INLET, OUTLET],
      [OUTLET, INLET],
    ] as const) {
      const vessel = new Vessel(SETTINGS);
      expect(vessel.hasFreshReadings(0)).toBe(false);
      reads(vessel, first, 1_000);
      expect(vessel.oldestReading()).toBe(-Infinity);
      expect(vessel.hasFreshReadings(1_000)).toBe(false);
      reads(vessel, second, 1_500);
      expect(vessel.oldestReading()).toBe(1_000);
      expect(vessel.hasFreshReadings(1_500)).toBe(true);
    }
  });

  it('is as old as the one that fell silent, whichever that is, however often the other speaks', () => {
    for (const [silent, speaks] of [
      [INLET, OUTLET],
      [OUTLET, INLET],
    ] as const) {
      const vessel = new Vessel(SETTINGS);
      reads(vessel, silent, 1_000);
      for (let atMs = 1_000; atMs <= 9_000; atMs += 500) {
        reads(vessel, speaks, atMs);
        expect(vessel.oldestReading()).toBe(1_000);
        expect(vessel.hasFreshReadings(atMs)).toBe(atMs <= 4_000);
      }
      // An answer without a temperature is none.
      reads(vessel, silent, 9_500, null);
      expect(vessel.hasFreshReadings(9_500)).toBe(false);
      reads(vessel, silent, 9_600);
      expect(vessel.oldestReading()).toBe(9_000);
      expect(vessel.hasFreshReadings(9_600)).toBe(true);
    }
  });

  it('is fresh for L20 and not a millisecond longer', () => {
    const vessel = new Vessel(SETTINGS);
    reads(vessel, INLET, 1_000);
    reads(vessel, OUTLET, 1_000);
    expect(vessel.hasFreshReadings(4_000)).toBe(true);
    expect(vessel.hasFreshReadings(4_001)).toBe(false);
  });

  it('is unknown once the link was lost, until both have spoken again', () => {
    const vessel = new Vessel(SETTINGS);
    reads(vessel, INLET, 1_000);
    reads(vessel, OUTLET, 1_000);
    vessel.judge({ type: 'blind' }, 1_500);
    expect(vessel.hasFreshReadings(1_500)).toBe(false);
    reads(vessel, INLET, 2_000);
    expect(vessel.hasFreshReadings(2_000)).toBe(false);
    reads(vessel, OUTLET, 2_000);
    expect(vessel.hasFreshReadings(2_000)).toBe(true);
  });
});

describe('a whole bath with two thermometers', () => {
  /** Warm water is asked of the interlock past the session machine and its watch, which expect none: does it open? */
  function opens(silent: string | null): number {
    const sim = new Simulation(exampleConfig('foot-bath-full'), 11);
    sim.run(10_000);
    if (silent !== null) sim.world.rig.faults.probe(silent, () => Number.NaN);
    sim.run(10_000);
    const core = sim.world.controller.station(sim.station)?.core;
    if (core === undefined) throw new Error('no such station');
    const atMs = sim.world.clock.nowMs();
    core.water.judge({ type: 'release' }, atMs);
    const water = { side: 'warm', targetC: 38, untilMs: atMs + 60_000 } as const;
    core.water.judge({ type: 'want', water }, atMs);
    sim.run(5_000);
    return sim.world.rig.plant.openings().length;
  }

  it('opens warm water while both speak, and none while one is silent', () => {
    expect(opens(null)).toBeGreaterThan(0);
    for (const id of THERMOMETERS) expect(opens(id), id).toBe(0);
  });
});
