// If this fails, a recipe that ships has changed, an own recipe is lost, or two recipes hide behind one id.
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  BUILT_IN_PROTOCOLS,
  checkFile,
  loadLibrary,
  loadProtocol,
  packageRoot,
} from '../../src/protocols/index.ts';
import { Folder, FOOT_BATH } from '../config/support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

const GUIDED = `
id: slow-rises
title: Slow rises
kind: guided
source: [{ document: some.txt, says: "10 to 15 slow rises" }]
stations: [desk, spot]
position: standing, one hand on the desk
steps:
  - { kind: move, say: "Rise on your toes, lower slowly", count: { default: 10, range: [10, 15] }, each: 2 s }
  - { kind: rest, say: Rest, duration: { default: 30 s, range: [20 s, 1 min] } }
per_week: [5, 7]
screening: movement
evidence: { level: moderate, note: "strength" }
`;

/** Ten of each, as their sources have it, 2 s each. */
const moves = (...ranges: readonly (readonly [number, number])[]) => ({
  kind: 'guided',
  stations: ['desk'],
  screening: 'movement',
  evidence: { level: 'low' },
  steps: ranges.map(([min, max]) => ({ kind: 'move', count: { default: 10, min, max }, eachMs: 2_000 })),
});

test('the library that ships is the one promised, and without a problem', () => {
  const { protocols, problems } = loadLibrary([]);
  expect(problems).toEqual([]);
  expect(protocols.map((protocol) => protocol.id)).toEqual([...BUILT_IN_PROTOCOLS]);
  expect(protocols.slice(0, 9)).toMatchObject([
    {
      kind: 'contrast',
      title: 'Contrast foot bath',
      stations: ['bath', 'buckets'],
      cycles: { default: 3, min: 3, max: 5 },
      steps: [
        {
          kind: 'warm',
          waterC: { default: 38, min: 36.6667, max: 40 },
          durationMs: { default: 180_000, min: 180_000, max: 240_000 },
        },
        {
          kind: 'cold',
          waterC: { default: 15, min: 10, max: 15.5556 },
          durationMs: { default: 30_000, min: 15_000, max: 60_000 },
        },
      ],
      progression: { fromMs: 15_000, toMs: 60_000, byMs: 5_000, stepBackAfterDaysOff: 14 },
      perWeek: [3, 4],
      screening: 'water',
      evidence: { level: 'low' },
    },
    {
      id: 'contrast-shower',
      kind: 'contrast',
      stations: ['shower'],
      cycles: { default: 3, min: 3, max: 5 },
      steps: [
        {
          kind: 'warm',
          waterC: { default: 38, min: 36.6667, max: 40 },
          durationMs: { default: 180_000, min: 120_000, max: 180_000 },
        },
        {
          kind: 'cold',
          waterC: { default: 15, min: 10, max: 15.5556 },
          durationMs: { default: 15_000, min: 15_000, max: 60_000 },
        },
      ],
      progression: { fromMs: 15_000, toMs: 60_000, byMs: 5_000, stepBackAfterDaysOff: 14 },
      screening: 'water',
      evidence: { level: 'low' },
    },
    {
      id: 'contrast-buckets',
      kind: 'contrast',
      stations: ['buckets'],
      evidence: { level: 'low' },
    },
    {
      kind: 'soak',
      cycles: null,
      steps: [
        { kind: 'warm', waterC: { default: 38, max: 40 }, durationMs: { default: 600_000, max: 1_200_000 } },
      ],
      screening: 'water',
    },
    { id: 'calf-raises', ...moves([10, 15]) },
    { id: 'ankle-pumps', ...moves([10, 15]) },
    { id: 'ankle-circles', ...moves([10, 10], [10, 10], [10, 10], [10, 10]) },
    { id: 'heel-toe-lifts', ...moves([10, 15]) },
    {
      id: 'stand-walk',
      kind: 'guided',
      steps: [{ durationMs: { default: 120_000, min: 120_000, max: 300_000 } }],
    },
  ]);
  for (const protocol of protocols) expect(protocol.source[0]?.says).not.toBe('');
});

test('two buckets have the figures of the foot bath', () => {
  const { protocols } = loadLibrary([]);
  const [bath, buckets] = ['contrast-foot-bath', 'contrast-buckets'].map((id) =>
    protocols.find((protocol) => protocol.id === id),
  );
  for (const key of ['cycles', 'steps', 'progression', 'perWeek', 'screening'] as const)
    expect(buckets?.[key]).toEqual(bath?.[key]);
});

test('a shower says how to stand and where to keep face and head, before and at the cold', () => {
  const shower = loadLibrary([]).protocols.find(({ id }) => id === 'contrast-shower');
  expect(shower?.position).toMatch(/seated.*rail.*non-slip mat/);
  expect(shower?.say).toMatch(/feet and lower legs.*face, head and chest/s);
  expect(shower?.steps.find(({ kind }) => kind === 'cold')?.say).toMatch(/face and head out of the stream/);
});

test('the package root is found from anywhere in it', () => {
  expect(packageRoot()).toBe(join(import.meta.dirname, '../..'));
});

test("one's own files join the library, and an id is taken once", () => {
  const own = join(folder.path, 'own');
  mkdirSync(own);
  writeFileSync(join(own, 'calves.yaml'), GUIDED);
  writeFileSync(join(own, 'notes.txt'), 'not a protocol');
  expect(loadLibrary([own]).protocols.map((protocol) => protocol.id)).toEqual([
    ...BUILT_IN_PROTOCOLS,
    'slow-rises',
  ]);
  writeFileSync(join(own, 'again.yaml'), `# a copy\n${GUIDED.trim().replace('slow-rises', 'warm-soak')}\n`);
  const { protocols, problems } = loadLibrary([own]);
  expect(protocols).toHaveLength(BUILT_IN_PROTOCOLS.length + 1);
  expect(problems).toMatchObject([
    { code: 'duplicate_id', line: 2, column: 5, path: 'id', file: join(own, 'again.yaml') },
  ]);
});

test('the whole format loads, also what this version does not run', () => {
  const { protocol, problems } = loadProtocol(folder.write('guided.yaml', GUIDED));
  expect(problems).toEqual([]);
  expect(protocol).toMatchObject({
    kind: 'guided',
    position: 'standing, one hand on the desk',
    steps: [
      { kind: 'move', count: { default: 10, min: 10, max: 15 }, eachMs: 2_000, durationMs: null },
      { kind: 'rest', durationMs: { default: 30_000 }, count: null },
    ],
  });
  for (const kind of ['reminder', 'checklist', 'log', 'info']) {
    const text = `id: a\ntitle: A\nkind: ${kind}\nsource: [{ document: d, says: s }]\nsay: Stand up\nitems: [one, two]\n`;
    expect(loadProtocol(folder.write('other.yaml', text)).protocol?.items).toEqual(['one', 'two']);
  }
});

test('water runs in no other kind', () => {
  const text = GUIDED.replace(
    'steps:',
    'steps:\n  - { kind: warm, water: { default: 38 C, range: [37 C, 39 C] }, duration: { default: 3 min, range: [1 min, 3 min] } }',
  );
  expect(loadProtocol(folder.write('wet.yaml', text)).problems).toMatchObject([
    { code: 'envelope', path: 'steps[0].kind' },
  ]);
});

test('`check` tells a protocol from a config, and holds the defaults of a config against the library', () => {
  expect(checkFile(folder.write('p.yaml', GUIDED), { env: {} }).kind).toBe('protocol');
  expect(checkFile(folder.write('c.yaml', FOOT_BATH), { env: {} })).toMatchObject({
    kind: 'config',
    problems: [],
  });
  const wrong = `${FOOT_BATH}people:\n  sam:\n    defaults:\n      contrast-foot-bath: { warm_water: 41 C }\n`;
  const checked = checkFile(folder.write('d.yaml', wrong), { env: {} });
  expect(checked).toMatchObject({
    kind: 'config',
    config: null,
    problems: [{ line: 15, code: 'out_of_range' }],
  });
  expect(checked.problems[0]?.message).toContain('36.7 C to 40.0 C');
});
