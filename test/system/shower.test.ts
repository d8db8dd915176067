/**
 * If these fail, a body under a shower gets other water than the protocol says, or cold water without its warning: a
 * whole session on simulated hardware, judged by the true water.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/index.ts';
import { packageRoot } from '../../src/protocols/index.ts';
import { Folder, configOf } from '../config/support.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

/** The example with the mixer that its comment names in place of the two valves. */
function withMixer(): Config {
  const text = readFileSync(join(packageRoot(), 'examples', 'shower.yaml'), 'utf8')
    .replace(/^ {4}hot: .*\n/m, '    mixer: { driver: esphome, node: shower, mixer: main }\n')
    .replace(/^ {4}cold: .*\n/m, '')
    .replace('by: valve', 'by: digital-mixer');
  return configOf(folder.load(text));
}

const CONFIGS = { 'two valves': exampleConfig('shower'), 'a mixer': withMixer() } as const;

describe.each(['two valves', 'a mixer'] as const)('a contrast shower on %s', (plumbing) => {
  const config = CONFIGS[plumbing];

  test('seeds 1 to 20 complete, warm and cold in turn, each cold step announced 5 s ahead', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const sim = new Simulation(config, seed);
      sim.start('contrast-shower');
      const result = sim.finish();
      expect(result, `seed ${seed}: ${sim.state.message ?? ''}`).toMatchObject({
        outcome: 'complete',
        protocol: 'contrast-shower',
      });
      expect(result.steps.map(({ kind, planned_s }) => `${kind} ${planned_s}`)).toEqual(
        Array(3).fill(['warm 180', 'cold 15']).flat(),
      );
      for (const step of result.steps)
        expect(Math.abs(step.actual_s - step.planned_s)).toBeLessThanOrEqual(0.05);
      expect(sim.dry).toBe(true);
      for (const aheadMs of coldAheadMs(sim)) expect(aheadMs).toBe(5_000);
      expect(coldAheadMs(sim)).toHaveLength(3);
    }
  });

  test('the person is told where to keep face and head before the cold comes, and while it does', () => {
    const sim = new Simulation(config, 1);
    sim.start('contrast-shower');
    sim.untilPhase('ready');
    expect(sim.state.message).toBe('The water is ready: step in and press begin.');
    sim.until(() => sim.state.message?.startsWith('Cold water comes: face and head out') === true);
    expect(sim.state.phase).toBe('warm');
    sim.untilPhase('changing');
    expect(sim.state.message).toMatch(/^Cold water comes: face and head out/);
    sim.untilPhase('cold');
    expect(sim.state.message).toBeNull();
  });
});

/** From each cue ahead of cold water to the cue of the change itself. */
function coldAheadMs(sim: Simulation): number[] {
  const cues = sim.told.flatMap(({ news, atMs }) =>
    news.type === 'event' && news.event === 'cue' ? [{ cue: news.detail['cue'], atMs }] : [],
  );
  return cues.flatMap(({ cue, atMs }, index) =>
    cue === 'cold' ? [atMs - (cues[index - 1]?.cue === 'cold-soon' ? (cues[index - 1]?.atMs ?? 0) : 0)] : [],
  );
}

test('the button of a shower starts the shower, and the foot bath is refused there by name', async () => {
  const sim = new Simulation(CONFIGS['two valves'], 1);
  const error = await sim.world.controller.command(
    sim.station,
    { command: 'start', protocol: 'contrast-foot-bath' },
    'cli',
  );
  expect(error?.message).toContain(
    'contrast-foot-bath runs at stations of kind bath, buckets; this one is of kind shower',
  );
  expect(sim.state.state).toBe('idle');
  sim.world.rig.press();
  sim.run(500);
  expect(sim.state).toMatchObject({ state: 'starting', protocol: 'contrast-shower' });
});
