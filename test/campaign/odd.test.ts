/**
 * If these fail, the odd seeds are not what they should be: an oddity that no house can have is never drawn, a seed that is
 * not odd is moved by them, or what an odd seed found cannot be replayed.
 */
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { completedAfter } from '../../src/campaign/coverage.ts';
import { drawScenario } from '../../src/campaign/draw.ts';
import { factsOf } from '../../src/campaign/draw-faults.ts';
import { Landmarks } from '../../src/campaign/landmarks.ts';
import { parseMoment } from '../../src/campaign/moment.ts';
import { drawOdd, ODDITIES } from '../../src/campaign/odd/index.ts';
import { Dice } from '../../src/campaign/odd/oddity.ts';
import { runScenario } from '../../src/campaign/run.ts';
import { formatSchedule, parseSchedule } from '../../src/campaign/schedule.ts';
import { merge, newTally, reached } from '../../src/campaign/tally.ts';
import { drawOptions } from '../../src/cli/sim/request.ts';
import { Random } from '../../src/random/random.ts';

const draws = drawOptions({ config: null, station: null, protocol: null, faults: 'all', mode: 'safety' });
const seeds = Array.from({ length: 2_000 }, (_, n) => n + 1);
const odd = seeds.filter((seed) => drawOdd(seed, draws, factsOf) !== null);

describe('odd seeds', () => {
  test('are a few of all', () => {
    expect(odd.length).toBeGreaterThan(100);
    expect(odd.length).toBeLessThan(240);
  });

  test.each(ODDITIES)('$what: some house has it, and what it draws can be written down', (oddity) => {
    const fitting = draws.houses.filter((house) => oddity.fits(house));
    expect(fitting).not.toEqual([]);
    for (const house of fitting) {
      for (let seed = 1; seed <= 20; seed += 1) {
        const { person, faults = [] } = oddity.draw(
          new Dice(new Random(seed, 'test'), house, factsOf(house)),
        );
        for (const { at } of [...(person?.acts ?? []), ...faults]) expect(parseMoment(at), at).not.toBeNull();
        expect(parseSchedule(formatSchedule(faults))).toEqual(faults);
      }
    }
  });

  test('leave every other seed where it was', () => {
    const usual = { ...draws, houses: draws.houses.filter(({ seldom }) => seldom !== true) };
    for (const seed of seeds.filter((one) => !odd.includes(one)).slice(0, 300))
      expect(drawScenario(seed, usual).scenario).toEqual(drawScenario(seed, draws).scenario);
  });

  test('break nothing that was not asked for', () => {
    for (const seed of odd) {
      expect(drawScenario(seed, { ...draws, faults: 'none' }).scenario.faults).toEqual([]);
      for (const { id } of drawScenario(seed, { ...draws, faults: ['bus-drop'] }).scenario.faults)
        expect(id).toBe('bus-drop');
      for (const { forMs } of drawScenario(seed, { ...draws, mode: 'liveness' }).scenario.faults)
        expect(forMs).not.toBeNull();
    }
  });

  test('are replayed from their schedule', () => {
    const seed = odd.find((one) => drawScenario(one, draws).scenario.faults.length > 0) ?? 0;
    const { scenario, house } = drawScenario(seed, draws);
    const schedule = parseSchedule(formatSchedule(scenario.faults));
    expect(drawScenario(seed, { ...draws, faults: 'none', schedule }).scenario).toEqual(scenario);
    expect(runScenario(scenario, house).hash).toBe(runScenario(scenario, house).hash);
  });
});

describe('landmarks', () => {
  test('are met in the states that pass in a second, each time anew', () => {
    const clock = new VirtualClock();
    const landmarks = new Landmarks(clock);
    const met: string[] = [];
    for (const at of ['parked', 'holding', 'held', 'restarting 2', 'stopping', 'aborting'])
      landmarks.when(at, () => met.push(at));
    const states = [
      ['starting.parked', 'preparing'],
      ['holding', 'paused'],
      ['held', 'paused'],
      ['restarting.tempering', 'preparing'],
      ['restarting.ready', 'ready'],
      ['holding', 'paused'],
      ['restarting.tempering', 'preparing'],
      ['stopping', 'stopping'],
    ] as const;
    for (const [state, phase] of states) landmarks.state(state, phase, 1);
    clock.runWhile(() => true, 1_000);
    expect(met).toEqual(['parked', 'holding', 'held', 'restarting 2', 'stopping']);
  });
});

test('a jump of the wall clock is seen by who judges jumps (I16)', () => {
  const { scenario, house } = drawScenario(1, { ...draws, faults: 'none' });
  const jump = parseSchedule('time-wall-forward byMs=1500 @ warm 1');
  expect(runScenario(scenario, house).judged['I16']).toBe(0);
  expect(runScenario({ ...scenario, faults: jump }, house).judged['I16']).toBeGreaterThan(100);
});

test('coverage was complete when the last thing was first reached, however many workers counted', () => {
  const [one, two] = [newTally(), newTally()];
  reached(one, 'T1', 40);
  reached(one, 'T2', 17);
  reached(two, 'T1', 25);
  merge(one, two);
  const line = { what: 'detectors', reached: 2, total: 2, missing: [] } as const;
  expect(completedAfter(one, [line], 10)).toEqual({ sessions: 16, last: 'T1' });
  expect(completedAfter(one, [{ ...line, missing: ['T3'] }], 10)).toBeNull();
});
