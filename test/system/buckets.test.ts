/**
 * If these fail, a person with two buckets is sent into water that nobody measured or that scalds, loses a step, or
 * cannot stop: whole sessions with a simulated person, with and without a probe in the warm bucket.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/protocols/index.ts';
import { Folder, configOf } from '../config/support.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});
const PROBE = 'buckets-thermometer';
const PLAIN = exampleConfig('buckets');
const PROBED = configOf(
  folder.load(
    readFileSync(join(packageRoot(), 'examples', 'buckets.yaml'), 'utf8').replace(
      '# thermometer:',
      'thermometer:',
    ),
  ),
);

function started(config = PLAIN, seed = 1): Simulation {
  const sim = new Simulation(config, seed);
  sim.start('contrast-buckets');
  return sim;
}
const warmBucketIs = (sim: Simulation, valueC: number | null): void => {
  sim.world.rig.faults.probe(PROBE, valueC === null ? null : () => valueC);
};
const trips = (sim: Simulation): unknown[] =>
  sim.told.flatMap(({ news }) =>
    news.type === 'event' && news.event === 'trip' ? [news.detail['code']] : [],
  );
const refusals = (sim: Simulation): unknown[] =>
  sim.told.flatMap(({ news }) =>
    news.type === 'event' && news.event === 'refused' ? [news.detail['code']] : [],
  );

describe('without a probe', () => {
  test('the person is asked to measure, confirms, moves on each cue, and the session completes', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const sim = started(PLAIN, seed);
      expect(sim.state).toMatchObject({ phase: 'ready', exposed: false, water_c: null, valves: {} });
      expect(sim.state.message).toBe(
        'Measure the warm bucket 38.0 C, the cold one 15.0 C. When both are right, put your feet into the warm one and press begin.',
      );
      const result = sim.finish();
      expect(result, `seed ${seed}`).toMatchObject({ outcome: 'complete', dose: 0 });
      expect(result.steps).toHaveLength(6);
      for (const step of result.steps) {
        expect(step).toMatchObject({ in_band_s: null, water_c: null });
        expect(step.actual_s).toBe(step.planned_s);
      }
      sim.run(10_000);
      const feet = sim.world.rig.person?.intervals() ?? [];
      expect(feet.map(({ bucket }) => bucket)).toEqual(Array(3).fill(['warm', 'cold']).flat());
      expect(feet.at(-1)?.outAtMs).not.toBeNull();
    }
  });

  test('the confirmation is in the journal, with what was asked for', () => {
    const sim = started();
    sim.untilPhase('warm');
    const [begin] = sim.world.history.records({ types: ['begin'], limit: 10 });
    expect(begin?.body).toEqual({ source: 'button', measured: { warm_c: 38, cold_c: 15 } });
  });

  test('at a move the button starts the clock at once; in the step it is STOP', () => {
    const sim = started();
    sim.untilPhase('changing');
    expect(sim.state.message).toContain('Feet into the cold bucket now');
    sim.run(1_000);
    sim.world.rig.press();
    sim.run(400);
    expect(sim.state).toMatchObject({ state: 'running', phase: 'cold', exposed: true });
    sim.run(5_000);
    sim.world.rig.press();
    sim.run(400);
    expect(sim.state).toMatchObject({ state: 'stopped', exposed: false });
    expect(sim.result).toMatchObject({ outcome: 'stopped', reason: 'stopped_by_person' });
  });

  test('a begin from the page at a move is the same; in a step it is refused and changes nothing', async () => {
    const sim = started();
    sim.untilPhase('changing');
    const say = (command: 'begin') => sim.world.controller.command(sim.station, { command }, 'page');
    expect(await say('begin')).toBeNull();
    expect(sim.state.phase).toBe('cold');
    const { ends_at } = sim.state.step ?? {};
    expect(await say('begin')).toMatchObject({ code: 'bad_state' });
    expect(sim.state).toMatchObject({ phase: 'cold', step: { ends_at } });
    // Only the press before the first contact confirms anything.
    const begins = sim.world.history.records({ types: ['begin'], limit: 10 });
    expect(begins.map(({ body }) => 'measured' in body)).toEqual([true, false]);
  });

  test('a protocol of baths runs as it does at a bath', () => {
    const sim = new Simulation(PLAIN, 1);
    sim.start('contrast-foot-bath');
    expect(sim.finish()).toMatchObject({ outcome: 'complete', protocol: 'contrast-foot-bath' });
  });
});

describe('with a probe in the warm bucket', () => {
  test('shows what it reads, counts the band of warm steps alone, and takes cold ones for cold', () => {
    const sim = started(PROBED);
    sim.untilPhase('warm');
    expect(sim.state.water_c).toBeGreaterThan(36);
    const result = sim.finish();
    expect(result).toMatchObject({ outcome: 'complete' });
    for (const step of result.steps) {
      const warm = step.kind === 'warm';
      expect(step.in_band_s === null).toBe(!warm);
      expect(step.water_c === null).toBe(!warm);
      if (warm) expect(step.in_band_s).toBeGreaterThan(step.actual_s - 3);
    }
    const warmS = result.steps.reduce((sum, { kind, actual_s }) => sum + (kind === 'warm' ? actual_s : 0), 0);
    // 38 to 40 C take 2e-5 to 1.3e-4 of the dose a second; moving into the warm bucket counts as well.
    expect(result.dose).toBeGreaterThan(warmS * 2e-5);
    expect(result.dose).toBeLessThan((warmS + 15) * 1.3e-4);
  });

  test('keeps the person out of a bucket that is too hot, however often they press, until it is not', () => {
    const sim = new Simulation(PROBED, 1);
    warmBucketIs(sim, 44);
    sim.start('contrast-buckets');
    sim.until(() => refusals(sim).length >= 2);
    expect(refusals(sim)).toEqual(['too_hot', 'too_hot']);
    expect(sim.state).toMatchObject({ phase: 'ready', exposed: false });
    expect(sim.state.message).toContain('too hot: stay out');
    // Mixing is no fault: nobody is in it.
    expect(trips(sim)).toEqual([]);
    warmBucketIs(sim, 39);
    expect(sim.finish()).toMatchObject({ outcome: 'complete' });
  });

  test.each([
    ['scalds', 45, 'over_temperature', 2_500],
    ['is too warm for 3 s', 41.9, 'too_warm', 5_500],
  ] as const)('ends the session, latched, where it %s', (_, valueC, reason, withinMs) => {
    const sim = started(PROBED);
    sim.untilPhase('warm');
    sim.run(60_000);
    const sinceMs = sim.world.clock.nowMs();
    warmBucketIs(sim, valueC);
    const result = sim.finish();
    expect(result).toMatchObject({ outcome: 'aborted', reason });
    expect(sim.world.clock.nowMs() - sinceMs).toBeLessThanOrEqual(withinMs);
    expect(sim.state).toMatchObject({ exposed: false, fault: { latched: true } });
    sim.run(6_000);
    expect(sim.world.rig.person?.feetIn).toBe(false);
    sim.say('clear');
    expect(sim.state.state).toBe('aborted');
    warmBucketIs(sim, 38);
    sim.run(8_000);
    sim.say('clear');
    expect(sim.state).toMatchObject({ state: 'idle', fault: null });
  });

  test('keeps the person out after a pause too, while it is too hot', async () => {
    const sim = started(PROBED);
    sim.untilPhase('warm');
    sim.run(20_000);
    sim.say('pause');
    sim.untilPhase('paused');
    // Hot water poured in meanwhile is no fault: nobody is in.
    warmBucketIs(sim, 46);
    sim.run(10_000);
    expect(trips(sim)).toEqual([]);
    const resume = () => sim.world.controller.command(sim.station, { command: 'resume' }, 'cli');
    expect(await resume()).toMatchObject({ code: 'too_hot' });
    expect(sim.state.state).toBe('held');
    warmBucketIs(sim, 39);
    sim.run(3_000);
    expect(await resume()).toBeNull();
    expect(sim.state.exposed).toBe(true);
  });

  test('that is not there is waited for: nothing starts without it', async () => {
    const sim = new Simulation(PROBED, 1);
    sim.world.rig.faults.disconnect(PROBE);
    sim.run(120_000);
    const error = await sim.world.controller.command(sim.station, { command: 'start' }, 'cli');
    expect(error).toMatchObject({ code: 'not_ready' });
  });

  test('that falls silent pauses, and ends the session if it stays so', () => {
    const sim = started(PROBED);
    sim.untilPhase('warm');
    sim.run(20_000);
    warmBucketIs(sim, NaN);
    sim.untilPhase('paused');
    expect(sim.state.exposed).toBe(false);
    expect(sim.finish()).toMatchObject({ outcome: 'aborted', reason: 'stale_reading' });
  });
});
