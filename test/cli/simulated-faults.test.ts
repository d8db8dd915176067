/**
 * If these fail, `ebb devices simulate --faults` says that something is broken and nothing is: a person who tries their
 * set-up on simulated hardware would see a controller that copes with everything. In virtual time; over real processes in
 * devices.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../firmware-sim/faults/index.ts';
import { createRig } from '../../firmware-sim/rig.ts';
import { factsOf } from '../../src/campaign/draw-faults.ts';
import { faultDraw, StationFaults } from '../../src/cli/devices/simulated-faults.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { Config } from '../../src/config/index.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';
import { MemoryPorts } from '../../src/transports/memory-ports.ts';
import { exampleConfig } from '../support/simulate.ts';

const { protocols } = loadLibrary([]);

function firstOf(config: Config) {
  const [station] = config.stations;
  if (station === undefined) throw new Error('the example has no station');
  return station;
}

/** The hardware of an example in virtual time, what `--faults` breaks in it, and a controller's words to it. */
function ward(example: Parameters<typeof exampleConfig>[0], text: string, underWay: string | null = null) {
  const config = exampleConfig(example);
  const station = firstOf(config);
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, random: new Random(1, 'bus') });
  const ports = new MemoryPorts(clock);
  const rig = createRig({
    ...{ clock, seed: 1, station, plant: config.plant, person: null },
    connect: (options) => broker.connect(options),
    plug: (path) => ports.plug(path),
  });
  const controller = broker.connect({ clientId: 'ebb-home' });
  const wait = (ms: number): void => {
    clock.runUntil(clock.nowMs() + ms);
  };
  const state = (session: string | null, state: string, phase: string, cycle: number | null = null): void => {
    const step = cycle === null ? null : { cycle };
    const payload = JSON.stringify({ session, state, phase, step });
    controller.publish({ topic: `ebb/${station.id}/state`, payload, qos: 1, retain: true });
    wait(100);
  };
  wait(1_000);
  if (underWay !== null) state(underWay, 'running', 'warm', 1);
  const told: string[] = [];
  new StationFaults({
    ...{ station, rig, clock, seed: 1, clientId: 'ebb-home' },
    bus: broker.connect({ clientId: 'faults' }),
    draw: faultDraw(text, 1, { config, protocols }),
    planned: (_session, faults) => told.push(`${faults.length} planned`),
    tell: ({ id, on }) => told.push(`${id} ${on ? 'begins' : 'ends'}`),
  });
  wait(1_000);
  return { config, station, rig, told, state, wait };
}

describe('what breaks, and when', () => {
  it('a schedule is kept in each session, and what it broke is whole when the next one begins', () => {
    const { rig, told, state, wait } = ward(
      'foot-bath',
      'valve-stuck-open valve=hot @ warm 2 + 3 s; supply-guard-60 @ ready for 5 s',
    );
    state(null, 'idle', 'idle');
    for (const session of ['a', 'b']) {
      state(session, 'starting', 'preparing');
      expect(told.splice(0)).toEqual([...(session === 'b' ? ['valve-stuck-open ends'] : []), '2 planned']);
      wait(1_000);
      expect(rig.plant.isOpen('hot')).toBe(false);
      state(session, 'starting', 'ready');
      expect(told.splice(0)).toEqual(['supply-guard-60 begins']);
      wait(6_000);
      expect(told.splice(0)).toEqual(['supply-guard-60 ends']);
      state(session, 'running', 'warm', 1);
      state(session, 'running', 'changing', 1);
      state(session, 'running', 'cold', 1);
      state(session, 'running', 'warm', 2);
      wait(2_500);
      expect([told.splice(0), rig.plant.isOpen('hot')]).toEqual([[], false]);
      wait(1_500);
      expect([told.splice(0), rig.plant.isOpen('hot')]).toEqual([['valve-stuck-open begins'], true]);
      state(session, 'aborted', 'fault');
    }
  });

  it('a session that was under way before is left alone, and the next one is not', () => {
    const { told, state } = ward('foot-bath', 'supply-guard-60 @ warm 1', 'a');
    state('a', 'running', 'warm', 1);
    expect(told).toEqual([]);
    state('b', 'starting', 'preparing');
    state('b', 'running', 'warm', 1);
    expect(told).toEqual(['1 planned', 'supply-guard-60 begins']);
  });

  it('names break in every session, all in most of them, each drawn anew', () => {
    const { config, station } = ward('foot-bath-full', 'none');
    const named = faultDraw('sensor-stuck,supply-hot-lost', 1, { config, protocols });
    const drawn = Array.from({ length: 20 }, (_, n) => named(station, n + 1));
    expect(drawn.every((faults) => faults.length > 0)).toBe(true);
    expect(new Set(drawn.flat().map(({ id }) => id))).toEqual(new Set(['sensor-stuck', 'supply-hot-lost']));
    expect(drawn[3]).toEqual(named(station, 4));
    const all = faultDraw('all', 1, { config, protocols });
    const many = Array.from({ length: 60 }, (_, n) => all(station, n + 1));
    expect(many.filter((faults) => faults.length > 0).length).toBeGreaterThan(30);
    expect(new Set(many.flat().map(({ id }) => id)).size).toBeGreaterThan(20);
  });

  it.each([
    ['time-stall', /time-stall is of the controller.*ebb sim --faults time-stall/s],
    ['process-crash @ warm 1', /process-crash is of the controller/],
    ['bus-cut', /bus-cut is of the controller/],
    ['valve-stuck-open @ parked', /cannot be seen from the hardware/],
    ['valve-stuck-open valve=hot @ warm 99', /no session comes to "warm 99"/],
    ['valve-stuck-opn', /there is no fault valve-stuck-opn/],
    ['valve-drain-stuck-shut', /no station here can have/],
    ['valve-stuck-open valve=mixer @ ready', /no station here can have/],
  ])('%s is refused, with what would be right', (text, why) => {
    const config = exampleConfig('foot-bath');
    let said = '';
    try {
      faultDraw(text, 1, { config, protocols });
    } catch (error) {
      said = `${String(error)} ${JSON.stringify(error)}`;
    }
    expect(said).toMatch(why);
  });

  it.each(['foot-bath-full', 'foot-bath-mixer', 'foot-bath-two-basins'] as const)(
    '%s: everything that is let through begins and ends without a hand on what runs elsewhere',
    (example) => {
      const config = exampleConfig(example);
      const facts = factsOf({ station: firstOf(config), clientId: 'ebb-home' });
      const begun = FAULTS.filter((fault) => {
        const args = fault.draw(new Random(1, 'draw'), facts);
        if (args === null) return false;
        try {
          faultDraw(`${fault.id} @ ready`, 1, { config, protocols });
        } catch {
          return false;
        }
        const { told, state, wait } = ward(example, `${fault.id} @ ready for 2 s`);
        state('a', 'starting', 'preparing');
        state('a', 'starting', 'ready');
        wait(5_000);
        state('b', 'starting', 'preparing');
        expect(told[0], fault.id).toBe('1 planned');
        return true;
      });
      expect(begun.length).toBeGreaterThan(25);
    },
  );
});
