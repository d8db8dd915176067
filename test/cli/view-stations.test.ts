// If these fail, somebody in front of the terminal steps into the water of a dry run, or does not know that a press says
// that they are in the other bucket.
import { expect, test } from 'vitest';
import { createView } from '../../src/cli/view/index.ts';
import type { ViewOptions } from '../../src/cli/view/index.ts';
import { planOf } from '../../src/main.ts';
import type { SessionPlan } from '../../src/model/plan.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { Simulation, exampleConfig } from '../support/simulate.ts';

/** A whole session as a view shows it. */
function shown(name: 'shower' | 'buckets', dry: boolean, options: Partial<ViewOptions>): string {
  const config = exampleConfig(name);
  const sim = new Simulation(config, 1);
  const protocol = `contrast-${name}`;
  void sim.world.controller.command(
    sim.station,
    { command: 'start', protocol, ...(dry ? { dry } : {}) },
    'cli',
  );
  sim.finish();
  sim.run(1_000);
  let text = '';
  let [nowMs, wallMs] = [0, 0];
  const view = createView({
    ...{ out: { write: (more: string) => (text += more) }, isTTY: false, colour: false, columns: 160 },
    ...{ unit: 'celsius', simulated: false, speed: null, wallMs: () => wallMs, nowMs: () => nowMs },
    ...options,
  });
  view.preview(plan(name), { station: name, guest: !dry, dry, drawn: null });
  for (const { news, atMs } of sim.told) {
    [nowMs, wallMs] = [atMs, sim.world.clock.wallMs() - sim.world.clock.nowMs() + atMs];
    view.news(news, atMs);
  }
  if (sim.result !== null) view.summary(sim.result);
  view.close();
  return text;
}

function plan(name: 'shower' | 'buckets'): SessionPlan {
  const config = exampleConfig(name);
  const [station] = config.stations;
  if (station === undefined) throw new Error('the example is broken');
  const person = {
    id: 'guest',
    screening: 'clear',
    profile: 'standard',
    counts: false,
    coldCapMs: null,
  } as const;
  const home = { config, protocols: loadLibrary([]).protocols, log: silentLog };
  const planned = planOf(home, { protocol: `contrast-${name}`, choices: {}, person, station });
  if ('refusal' in planned) throw new Error(planned.refusal.message);
  return planned.plan;
}

test('a dry run says so before, all the while, and after; and invites nobody', () => {
  for (const isTTY of [false, true]) {
    const text = shown('shower', true, { isTTY });
    expect(text).toMatch(/DRY RUN: the water runs by itself\. Nobody may be in it/);
    expect(text).toContain('Dry run: stay out of the water.');
    expect(text).toContain('DRY RUN: nobody was in the water, and it counts for nobody');
    expect(text).not.toMatch(/press begin|Enter: begin|non-slip mat/);
    if (isTTY) expect(text).toContain(' DRY RUN ');
  }
});

test('no other session says so', () => {
  expect(shown('shower', false, { isTTY: true })).not.toMatch(/dry run/i);
});

test('how to stand, what to mind, and the warning ahead of the cold are told in time', () => {
  const text = shown('shower', false, {});
  expect(text).toMatch(/non-slip mat.*\n.*face, head and chest/);
  expect(text).toMatch(/warm · .* 0:05 to go .* Cold water comes: face and head out of the stream/);
});

test('at two buckets the question comes first, and a press at a move says that one is in', () => {
  const text = shown('buckets', false, { isTTY: true });
  expect(text).toContain('Measure the warm bucket 38.0 C, the cold one 15.0 C.');
  expect(text).toContain('Enter: I am in');
});
