/**
 * If these fail, promises about basins, heaters and flow sensors sleep. No house of the campaign has these yet, so the
 * defect is in a trace; each has its healthy twin, which must not be objected to.
 */
import { describe, expect, test } from 'vitest';
import { INVARIANTS } from '../../../src/campaign/invariants/index.ts';
import { Recorder } from '../../../src/campaign/recorder.ts';
import type { SessionFacts } from '../../../src/campaign/trace.ts';
import { houseNamed, STEADY } from './broken.ts';
import { deviceOf, TRACED } from './traces.ts';
import type { Moment, Traced } from './traces.ts';

function judge(id: string, { facts, roles }: Traced, moments: readonly Moment[]): readonly string[] {
  const invariant = INVARIANTS.find((one) => one.id === id);
  if (invariant === undefined) throw new RangeError(`there is no ${id}`);
  const { station } = houseNamed('foot-bath');
  const all: SessionFacts = {
    scenario: {
      seed: 1,
      house: 'foot-bath',
      protocol: 'contrast-foot-bath',
      choices: {},
      plant: houseNamed('foot-bath').plant,
      person: STEADY,
      faults: [],
      mode: 'safety',
    },
    station: { ...station, devices: (roles ?? ['hot', 'cold']).map(deviceOf) },
    person: { profile: 'standard', screening: 'clear', climbs: false, past: [] },
    volumeL: null,
    idleMs: null,
    plan: null,
    travelMs: {},
    ...facts,
  };
  const recorder = new Recorder(all, [invariant]);
  for (const { event, tick, forMs = 0 } of moments) {
    if (event !== undefined) recorder.event(event);
    if (tick === undefined) continue;
    for (let atMs = tick.atMs; atMs <= tick.atMs + forMs; atMs += 250) recorder.tick({ ...tick, atMs });
  }
  recorder.end(1e9);
  if (id !== 'I28') expect(recorder.judged()[id], 'it judged nothing').toBeGreaterThan(0);
  return recorder.violations.map(({ what }) => what);
}

describe.each(Object.entries(TRACED))('%s', (id, all) => {
  test.each(all)('$what', (traced) => {
    expect(judge(id, traced, traced.healthy)).toEqual([]);
    expect(judge(id, traced, traced.broken)).toHaveLength(1);
  });
});
