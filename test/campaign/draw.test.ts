// If these fail, the table of single faults counts sessions that had none, or a fault counts as fired that touched nothing.
import { describe, expect, test } from 'vitest';
import { FAULTS, fitted } from '../../firmware-sim/faults/index.ts';
import type { FaultArgs } from '../../firmware-sim/faults/index.ts';
import { drawScenario } from '../../src/campaign/draw.ts';
import { factsOf } from '../../src/campaign/draw-faults.ts';
import { parseMoment } from '../../src/campaign/moment.ts';
import { runScenario, runSeed } from '../../src/campaign/run.ts';
import { drawOptions } from '../../src/cli/sim/request.ts';
import { houseNamed, STEADY } from './invariants/broken.ts';

const ALL = { config: null, station: null, protocol: null, faults: 'all', mode: 'safety' } as const;

describe.each(FAULTS.map(({ id }) => id))('--faults %s', (id) => {
  const draws = drawOptions({ ...ALL, faults: id });

  test('each session has it, where the house can have it, and in several forms', () => {
    const forms = new Set<string>();
    for (let seed = 1; seed <= 40; seed += 1) {
      const { scenario, house } = drawScenario(seed, draws);
      const [only, ...others] = scenario.faults;
      expect([only?.id, others]).toEqual([id, []]);
      const fault = FAULTS.find((one) => one.id === id);
      expect(fault && fitted(fault, only?.args ?? {}, factsOf(house))).not.toBeNull();
      expect(['cold', 'change', 'warm', 'ready', 'at']).toContain(parseMoment(only?.at ?? '')?.from);
      forms.add(JSON.stringify([scenario.house, scenario.faults]));
    }
    expect(forms.size).toBeGreaterThan(20);
  });
});

test('a named fault fires in every session', () => {
  // Those that wait for something: a boundary of the process, an open that is refused, a word that is stale.
  for (const id of ['process-crash-before-command', 'valve-nack', 'bus-stale-command', 'sense-float-low'])
    for (const seed of [1, 2, 3]) {
      const { measured } = runSeed(seed, drawOptions({ ...ALL, faults: id }));
      expect(measured.fired, `${id} at seed ${seed}`).toEqual([id]);
    }
});

test('several that are named are met alone and together', () => {
  const draws = drawOptions({ ...ALL, faults: 'valve-offline,supply-guard-46' });
  const met = new Set<string>();
  for (let seed = 1; seed <= 40; seed += 1)
    met.add(
      drawScenario(seed, draws)
        .scenario.faults.map(({ id }) => id)
        .toSorted()
        .join(' '),
    );
  expect(met).toEqual(new Set(['valve-offline', 'supply-guard-46', 'supply-guard-46 valve-offline']));
});

describe('a fault that touches nothing has not fired', () => {
  const run = (id: string, args: FaultArgs, house = 'foot-bath', at = '5 s') =>
    runScenario(
      {
        ...{ seed: 3, house, protocol: 'contrast-foot-bath', choices: { cycles: 3 }, mode: 'safety' },
        plant: houseNamed(house).plant,
        person: { ...STEADY, acts: [{ at: '20 s', word: 'stop', source: 'page' }] },
        faults: [{ at, id, args, forMs: null }],
      },
      houseNamed(house),
    ).measured.fired;

  test('a valve that the station has not', () => {
    expect(run('valve-stuck-open', { valve: 'mixer' })).toEqual([]);
    expect(run('valve-stuck-open', { valve: 'hot' })).toEqual(['valve-stuck-open']);
  });

  test('a device that is named by its valve alone', () => {
    expect(run('valve-offline', { valve: 'cold' })).toEqual(['valve-offline']);
    expect(run('valve-reboot', { device: 'no-such-device' })).toEqual([]);
  });

  test('a crash at a boundary that does not come', () => {
    expect(run('process-crash-before-command', { nth: 1, backMs: 2_000 })).toEqual([
      'process-crash-before-command',
    ]);
    expect(run('process-crash-before-command', { nth: 9_999, backMs: 2_000 })).toEqual([]);
  });

  test('a moment that the session does not come to', () => {
    expect(run('supply-guard-60', {}, 'foot-bath', 'warm 2')).toEqual([]);
  });
});
