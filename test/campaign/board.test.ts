// If these fail, campaigns say nothing of the valve board: no session comes to it, its faults touch nothing, its lines get
// onto the network, or a house that came late has moved the sessions of all others.
import { describe, expect, test } from 'vitest';
import { FAULTS } from '../../firmware-sim/faults/index.ts';
import { drawScenario } from '../../src/campaign/draw.ts';
import { runScenario, runSeed } from '../../src/campaign/run.ts';
import type { TraceEvent } from '../../src/campaign/trace.ts';
import { World } from '../../src/campaign/world.ts';
import { drawOptions } from '../../src/cli/sim/request.ts';

const ALL = { config: null, station: null, protocol: null, faults: 'all', mode: 'safety' } as const;
const BOARD = { ...ALL, station: 'foot-bath-board' } as const;

test('a house that came late has a share of the seeds, and moves no other', () => {
  const draws = drawOptions(ALL);
  const without = { ...draws, houses: draws.houses.filter(({ late }) => late !== true) };
  let late = 0;
  for (let seed = 1; seed <= 500; seed += 1) {
    const { scenario, house } = drawScenario(seed, draws);
    if (house.late === true) late += 1;
    else expect(scenario).toEqual(drawScenario(seed, without).scenario);
  }
  expect(late).toBeGreaterThan(2);
  expect(late).toBeLessThan(30);
});

describe('a session on the valve board', () => {
  test('completes where nothing is broken, the same each time, and says nothing of the port on the network', () => {
    const draws = drawOptions({ ...BOARD, faults: 'none', steady: true });
    const { scenario, house } = drawScenario(1, draws);
    const world = new World(scenario, house);
    const topics = new Set<string>();
    world.broker.tap(({ topic }) => topics.add(topic));
    world.run();
    expect(world.result?.outcome).toBe('complete');
    expect(topics).toContain('ebb/foot-bath/state');
    expect([...topics].filter((topic) => topic.includes('port:') || topic.includes('usb'))).toEqual([]);
    expect(runScenario(scenario, house).hash).toBe(world.recorder.hash.hex);
  });

  test('draws faults of its port, and other houses do not', () => {
    const classOf = new Map(FAULTS.map((fault) => [fault.id, fault.class]));
    const drawnAt = (station: string): number => {
      const draws = drawOptions({ ...ALL, station });
      const seeds = Array.from({ length: 60 }, (_, index) => drawScenario(index + 1, draws).scenario.faults);
      return seeds.flat().filter(({ id }) => classOf.get(id) === 'port').length;
    };
    expect(drawnAt('foot-bath-board')).toBeGreaterThan(20);
    expect(drawnAt('foot-bath-full')).toBe(0);
  });

  test.each(FAULTS.filter((fault) => fault.class === 'port').map(({ id }) => id))(
    'is broken by %s, and breaks no promise',
    (id) => {
      const draws = drawOptions({ ...BOARD, faults: id });
      for (const seed of [1, 2]) {
        const { measured, violations } = runSeed(seed, draws);
        expect(measured.fired, `seed ${seed}`).toEqual([id]);
        expect(violations, `seed ${seed}`).toEqual([]);
      }
    },
  );

  test('a controller that is killed in warm water leaves it to the board, which shuts it within its lease', () => {
    const draws = drawOptions({ ...BOARD, faults: 'process-dead @ warm 1 + 20 s', steady: true });
    const { scenario, house } = drawScenario(3, draws);
    const seen: TraceEvent[] = [];
    const { outcome, violations } = runScenario(scenario, house, {
      event: (event) => seen.push(event),
      tick: () => undefined,
    });
    const diedMs = seen.find(({ type }) => type === 'died')?.atMs ?? NaN;
    const shut = seen.findLast((event) => event.type === 'moved' && event.output === 'hot');
    expect([outcome, violations]).toEqual(['unended', []]);
    expect(shut).toMatchObject({ open: false });
    expect((shut?.atMs ?? NaN) - diedMs).toBeGreaterThan(500);
    // Its lease of 2 s, and the valve's own travel.
    expect((shut?.atMs ?? NaN) - diedMs).toBeLessThan(2_600);
  });
});
