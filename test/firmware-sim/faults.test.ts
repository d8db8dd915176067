// If these fail, `--faults NAME` means two things or none, a schedule cannot be printed and replayed, or people read
// nothing of what is broken.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAULT_CLASSES, FAULTS } from '../../firmware-sim/faults/index.ts';
import type { FaultFacts } from '../../firmware-sim/faults/index.ts';
import { generateFaultDocs } from '../../src/campaign/fault-docs.ts';
import { Random } from '../../src/random/random.ts';

const FACTS: FaultFacts = {
  valves: [
    { device: 'bath-hot', valve: 'hot' },
    { device: 'bath-cold', valve: 'cold' },
    { device: 'bath-master', valve: 'master' },
  ],
  drains: [{ device: 'bath-drain', basin: 'basin' }],
  heaters: [{ device: 'bath-heater', basin: 'basin' }],
  senses: {
    flow: ['bath-flow'],
    leak: ['bath-leak'],
    presence: ['bath-mat'],
    level: ['bath-level'],
    float: ['bath-float'],
  },
  thermometers: ['bath-probe', 'other-probe'],
  ports: ['/dev/ttyUSB0'],
  devices: ['bath-hot', 'bath-cold', 'bath-probe', 'other-probe', 'bath-button'],
  plumbing: 'two-valves',
  clientId: 'ebb-house',
  setTopic: 'ebb/foot-bath/set',
};

test('each fault has a name of its own', () => {
  const ids = FAULTS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('each class has faults', () => {
  expect(new Set(FAULTS.map((fault) => fault.class))).toEqual(new Set(FAULT_CLASSES));
});

test('docs/faults.md is that of the catalogue', () => {
  const committed = readFileSync(resolve(import.meta.dirname, '../..', 'docs/faults.md'), 'utf8');
  expect(committed).toBe(generateFaultDocs());
});

describe.each(FAULTS.map((fault) => [fault.id, fault] as const))('%s', (id, fault) => {
  test('is named by its class, and says in one line what is broken', () => {
    expect(id).toMatch(new RegExp(`^${fault.class}-[a-z0-9-]+$`));
    expect(fault.doc).toMatch(/^\S[^\n]{9,119}[^.\n]$/);
  });

  test('draws what can be printed and replayed, and the same from the same seed', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const args = fault.draw(new Random(seed, 'faults'), FACTS);
      expect(JSON.parse(JSON.stringify(args))).toEqual(args);
      expect(fault.draw(new Random(seed, 'faults'), FACTS)).toEqual(args);
    }
  });

  test('needs nothing that a station without devices has not', () => {
    const senses = { flow: [], leak: [], presence: [], level: [], float: [] };
    const none = { valves: [], drains: [], heaters: [], thermometers: [], devices: [] };
    const bare = { ...FACTS, ...none, senses, plumbing: 'cues' as const };
    const args = fault.draw(new Random(1, 'faults'), bare);
    expect(args === null).toBe(['valve', 'sensor', 'sense', 'supply'].includes(fault.class));
  });
});
