// If these fail, every campaign judges the controller by water that does not behave like water: a dead time, a lag or
// a cold stop that is wrong here makes a safe controller look unsafe, or an unsafe one safe.
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { Plumbing } from '../../src/model/plan.ts';
import type { PlantSettings } from '../../src/model/station.ts';
import { Plant } from '../../firmware-sim/plant/plant.ts';
import { ALL_DRAWN } from './support.ts';

const HOUSE: PlantSettings = { hotC: 55, coldC: 12, guardC: 38, flowLpm: 6, deadTimeMs: 2_000, lagMs: 3_000 };

function plantOf(plumbing: Plumbing, settings: Partial<PlantSettings> = {}, seed = 1) {
  const clock = new VirtualClock();
  const plant = new Plant({ clock, seed, plumbing, settings: { ...HOUSE, ...settings } });
  const wait = (ms: number): void => {
    clock.runUntil(clock.nowMs() + ms);
  };
  return { clock, plant, wait };
}

describe('valves', () => {
  test('a valve that was just told to open still counts as closed, and has moved within 150 to 450 ms', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { plant, wait } = plantOf('two-valves', {}, seed);
      plant.valve('hot').set(true);
      wait(149);
      expect(plant.isOpen('hot')).toBe(false);
      wait(301);
      expect(plant.isOpen('hot')).toBe(true);
      plant.valve('hot').set(false);
      wait(149);
      expect(plant.isOpen('hot')).toBe(true);
      wait(301);
      expect(plant.isOpen('hot')).toBe(false);
    }
  });

  test('a renewal does not restart the travel, and a change of mind within it never opens', () => {
    const { plant, wait } = plantOf('two-valves');
    const hot = plant.valve('hot');
    for (let each = 0; each < 45; each += 1) {
      hot.set(true);
      wait(10);
    }
    expect(plant.isOpen('hot')).toBe(true);
    const cold = plant.valve('cold');
    cold.set(true);
    wait(100);
    cold.set(false);
    wait(2_000);
    expect(plant.openings().map(({ valve }) => valve)).toEqual(['hot']);
  });

  test('openings tell when water truly ran, and the litres follow from them', () => {
    const { plant, wait } = plantOf('two-valves');
    plant.valve('hot').set(true);
    wait(30_000);
    plant.valve('hot').set(false);
    wait(10_000);
    const [opening] = plant.openings();
    expect(opening?.openedAtMs).toBeGreaterThanOrEqual(150);
    expect(opening?.closedAtMs).toBeGreaterThanOrEqual(30_150);
    const openS = ((opening?.closedAtMs ?? 0) - (opening?.openedAtMs ?? 0)) / 1_000;
    expect(plant.litres()).toBeCloseTo((6 / 60) * openS, 6);
  });

  test('a jammed valve stays where it is whatever it is told', () => {
    const { plant, wait } = plantOf('two-valves');
    plant.valve('hot').set(true);
    wait(1_000);
    plant.jam('hot', true);
    plant.valve('hot').set(false);
    wait(60_000);
    expect(plant.isOpen('hot')).toBe(true);
    plant.jam('hot', null);
    wait(1_000);
    expect(plant.isOpen('hot')).toBe(false);
  });
});

describe('water', () => {
  test('nothing is felt before the dead time is over', () => {
    const { plant, wait } = plantOf('two-valves');
    plant.valve('hot').set(true);
    wait(2_150);
    expect(plant.waterC()).toBeCloseTo(22, 5);
    wait(1_500);
    expect(plant.waterC()).toBeGreaterThan(23);
  });

  test('the dead time is of flowing water: a closed valve does not move what stands in the pipe', () => {
    const { plant, wait } = plantOf('two-valves');
    plant.valve('hot').set(true);
    wait(60_000);
    plant.valve('hot').set(false);
    wait(20_000);
    plant.valve('cold').set(true);
    wait(2_140);
    // The pipe is still full of warm water, a little cooler for having stood.
    expect(plant.waterC()).toBeGreaterThan(34);
    wait(30_000);
    expect(plant.waterC()).toBeCloseTo(12, 1);
  });

  test('63 % of a change is read after about the lag, whichever way it is split', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const { plant, wait, clock } = plantOf('two-valves', { deadTimeMs: 0 }, seed);
      plant.valve('hot').set(true);
      wait(60_000);
      plant.valve('hot').set(false);
      wait(1_000);
      plant.valve('cold').set(true);
      const startC = plant.probeC();
      while (!plant.isOpen('cold')) wait(1);
      const openMs = clock.nowMs();
      while (plant.probeC() > startC - 0.632 * (startC - 12)) wait(10);
      const lagMs = clock.nowMs() - openMs;
      expect(lagMs).toBeGreaterThan(2_700);
      expect(lagMs).toBeLessThan(3_500);
    }
  });

  test('asking often gives the same water as asking once', () => {
    const [often, once] = [plantOf('two-valves'), plantOf('two-valves')];
    for (const { plant } of [often, once]) plant.valve('hot').set(true);
    for (let each = 0; each < 800; each += 1) {
      often.wait(10);
      often.plant.waterC();
    }
    once.wait(8_000);
    expect(often.plant.waterC()).toBeCloseTo(once.plant.waterC(), 9);
    expect(often.plant.probeC()).toBeCloseTo(once.plant.probeC(), 9);
  });

  test('the guard holds 38 C in front of a hot supply of 55, and a failed one lets more through', () => {
    const { plant, wait } = plantOf('two-valves');
    plant.valve('hot').set(true);
    wait(60_000);
    expect(plant.waterC()).toBeCloseTo(38, 2);
    plant.set({ guardC: 60 });
    wait(60_000);
    expect(plant.waterC()).toBeCloseTo(55, 2);
    plant.set({ hotC: 30 });
    wait(60_000);
    expect(plant.waterC()).toBeCloseTo(30, 2);
  });

  test('both valves open mix by equal flow', () => {
    const { plant, wait } = plantOf('two-valves');
    plant.valve('hot').set(true);
    plant.valve('cold').set(true);
    wait(60_000);
    expect(plant.waterC()).toBeCloseTo(25, 2);
  });

  test('standing water drifts to the room within minutes and never warms above 30 C', () => {
    const { plant, wait } = plantOf('two-valves');
    plant.valve('cold').set(true);
    wait(60_000);
    plant.valve('cold').set(false);
    for (let each = 0; each < 40; each += 1) {
      wait(60_000);
      expect(plant.waterC()).toBeLessThan(30);
    }
    expect(plant.waterC()).toBeCloseTo(22, 1);
  });
});

describe('mixer', () => {
  const settled = (targetC: number, settings: Partial<PlantSettings> = {}): number => {
    const { plant, wait } = plantOf('mixer', settings);
    plant.mixer().setTarget(targetC);
    plant.mixer().set(true);
    wait(60_000);
    return plant.waterC();
  };

  test('it delivers its setpoint, and at either end only what the supplies have', () => {
    expect(settled(36)).toBeCloseTo(36, 2);
    expect(settled(15)).toBeCloseTo(15, 2);
    expect(settled(45)).toBeCloseTo(38, 2);
    expect(settled(11)).toBeCloseTo(12, 2);
  });

  test('at 10 C and below the cartridge rests on its cold stop and passes the cold supply as it is', () => {
    expect(settled(10, { coldC: 7 })).toBeCloseTo(7, 2);
    expect(settled(10.1, { coldC: 7 })).toBeCloseTo(10.1, 2);
  });

  test('a new setpoint travels through the pipe like any other water', () => {
    const { plant, wait } = plantOf('mixer');
    plant.mixer().setTarget(38);
    plant.mixer().set(true);
    wait(60_000);
    plant.mixer().setTarget(15);
    wait(1_990);
    expect(plant.waterC()).toBeCloseTo(38, 2);
    wait(30_000);
    expect(plant.waterC()).toBeCloseTo(15, 1);
  });
});

describe('thermometer', () => {
  test('it reads the water with a noise of about 0.05 K, each probe its own', () => {
    const { plant } = plantOf('two-valves');
    const [a, b] = [plant.probe('a'), plant.probe('b')];
    const readings = Array.from({ length: 2_000 }, () => a.read() - 22);
    const sd = Math.sqrt(readings.reduce((sum, each) => sum + each ** 2, 0) / readings.length);
    expect(sd).toBeGreaterThan(0.045);
    expect(sd).toBeLessThan(0.055);
    expect(a.read()).not.toBe(b.read());
  });
});

describe('the drawn house', () => {
  test('it lies inside what a healthy rig may be, and one seed always gives the same one', () => {
    const clock = new VirtualClock();
    for (let seed = 1; seed <= 300; seed += 1) {
      const make = () => new Plant({ clock, seed, plumbing: 'two-valves', settings: ALL_DRAWN }).drawn;
      const drawn = make();
      expect(make()).toEqual(drawn);
      expect(drawn.hot_c).toSatisfy((each: number) => each >= 50 && each <= 60);
      expect(drawn.guard_c).toSatisfy((each: number) => each >= 37.2 && each <= 39.6);
      expect(drawn.cold_c).toSatisfy((each: number) => each >= 10.8 && each <= 15);
      expect(drawn.flow_lpm).toSatisfy((each: number) => each >= 4 && each <= 9);
      expect(drawn.dead_time_s).toSatisfy((each: number) => each >= 0.5 && each <= 3);
      expect(drawn.lag_s).toSatisfy((each: number) => each >= 1 && each <= 4);
    }
  });

  test('fixing one figure moves no other', () => {
    const clock = new VirtualClock();
    const drawn = (coldC: number | null) =>
      new Plant({ clock, seed: 7, plumbing: 'two-valves', settings: { ...ALL_DRAWN, coldC } }).drawn;
    expect({ ...drawn(19), cold_c: 0 }).toEqual({ ...drawn(null), cold_c: 0 });
    expect(drawn(19).cold_c).toBe(19);
  });
});
