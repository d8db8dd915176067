// If these fail, an exercise or a reminder that ships has other figures than its source, asks for more than is safe, or
// tells somebody who must not do it nothing of that; or a schedule may push water at night.
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { checkFile, loadLibrary, loadProtocol } from '../../src/protocols/index.ts';
import type { Protocol } from '../../src/protocols/index.ts';
import { formatDuration } from '../../src/model/units.ts';
import { Folder } from '../config/support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});
const { protocols } = loadLibrary([]);
const of = (id: string): Protocol => {
  const found = protocols.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
};

/** `10 (5-10) x 4 s`, `15 min (15 min-20 min)`, `3 (3-3) x 4+7+8 s`. */
function figures({ steps }: Protocol): string[] {
  return steps.map((step) => {
    if (!('count' in step)) return 'water';
    const { count, eachMs, durationMs, breath } = step;
    const each =
      breath === null
        ? formatDuration(eachMs ?? 0)
        : `${[breath.inMs, breath.holdMs, breath.outMs].map((ms) => ms / 1_000).join('+')} s`;
    if (count !== null) return `${count.default} (${count.min}-${count.max}) x ${each}`;
    if (durationMs === null) return 'no figure';
    const [min, max] = [durationMs.min, durationMs.max].map(formatDuration);
    return `${formatDuration(durationMs.default)} (${min ?? ''}-${max ?? ''})`;
  });
}

const HOLD = '4 (2-4) x 30 s';
const MINUTE = '1 min (30 s-2 min)';
const STROKES = '10 (5-10) x 4 s';
/** Id, kind, stations, a day, the figures that are led, and the figures as the source has them. */
const TABLE = [
  [
    'legs-up-short',
    'guided',
    'desk spot',
    [1, 3],
    ['15 min (15 min-20 min)', '1 min (1 min-2 min)'],
    [/6-12 in.* 15 min, three times daily/],
  ],
  [
    'legs-up-evening',
    'guided',
    'spot desk',
    [1, 2],
    ['15 min (15 min-20 min)', '1 min (1 min-2 min)'],
    [/15-20 min, a couple of times a day .* 1-2 times a day/, /pillows or a recliner/],
  ],
  ['pillow-at-night', 'checklist', 'spot', [1, 1], [], [/pillow under the ankles/, /not for the night/]],
  ['footstool-uncross', 'reminder', 'desk spot', [1, 1], [], [/footstool.* avoid crossing/]],
  ['brisk-walk', 'checklist', 'desk spot', [1, 1], [], [/30 min daily; stairs.*; swimming, cycling or yoga/]],
  ['exercise-note', 'info', '', null, [], [/not too strenuous.*doctor/, /walking or swimming/]],
  ['leg-stretch', 'guided', 'desk spot', [1, 1], [HOLD, HOLD, HOLD], [/no figures/]],
  ['morning-mobility', 'guided', 'spot desk', [1, 1], Array<string>(5).fill(MINUTE), [/no figures/]],
  [
    'breath-4-7-8',
    'guided',
    'desk spot',
    null,
    ['3 (3-3) x 4+7+8 s'],
    [/in for 4, hold for 7, out for 8, three times/],
  ],
  ['hum', 'guided', 'desk spot', null, ['10 min (5 min-10 min)'], [/10 min/]],
  ['muscle-relaxation', 'guided', 'spot', [1, 1], Array<string>(10).fill(MINUTE), [/no figures/]],
  [
    'massage-glide',
    'guided',
    'spot',
    [1, 1],
    [STROKES, STROKES],
    [/ankle towards the knee.* 5-10 a leg, always towards the heart/],
  ],
  ['massage-knead', 'guided', 'spot', [1, 1], [MINUTE, MINUTE], [/no count.* a few minutes each evening/]],
  ['massage', 'guided', 'spot', [1, 1], [STROKES, STROKES, MINUTE, MINUTE], [/5-10 strokes a leg.*no count/]],
  [
    'compression-socks',
    'reminder',
    'spot desk',
    [1, 1],
    [],
    [/graduated/, /stockings/, /knee-length, not overnight; ask a doctor/],
  ],
  ['compression-socks-off', 'reminder', 'spot', [1, 1], [], [/not overnight/]],
  [
    'water-glasses',
    'reminder',
    'desk spot',
    [1, 8],
    [],
    [/8-10 glasses a day/, /a target by body weight/, /no amount/],
  ],
  ['dry-brush', 'checklist', 'spot', [1, 1], [], [/no figures/]],
] as const;

test.each(TABLE)('%s has the figures of its source', (id, kind, stations, perDay, led, says) => {
  const protocol = of(id);
  expect([protocol.kind, protocol.stations.join(' '), protocol.perDay, figures(protocol)]).toEqual([
    ...[kind, stations, perDay, [...led]],
  ]);
  expect(protocol.source).toHaveLength(says.length);
  for (const [index, figure] of says.entries()) expect(protocol.source[index]?.says).toMatch(figure);
});

test('whoever must not do it is told so, and by which words to stop', () => {
  const told = (id: string): string => of(id).notFor.join('; ');
  for (const id of ['legs-up-short', 'legs-up-evening', 'pillow-at-night'])
    expect(told(id)).toMatch(/artery disease.*worse when the leg is raised.*heart failure.*blood clot/);
  for (const id of ['massage', 'massage-glide', 'massage-knead'])
    expect(told(id)).toMatch(/blood clot .* within 6 months.*varicose ulcer.*severe leg pain/);
  expect(of('massage').askFirst.join()).toMatch(/blood thinners/);
  expect(told('dry-brush')).toMatch(/broken or irritated skin/);
  expect(told('water-glasses')).toMatch(/heart failure.*kidney.*limit what you drink.*diuretics.*low sodium/);
  expect(of('compression-socks').askFirst.join()).toMatch(/artery disease.*diabetes with numb.*fragile skin/);
  expect(of('compression-socks').say).toMatch(/pain, numbness, or a foot that changes colour/);
  expect(of('breath-4-7-8').say).toMatch(
    /Not while driving.*[Ss]kip the hold.*pregnancy, lung or heart disease, or panic/,
  );
  for (const { id, screening, say, notFor } of protocols.filter((one) => one.screening === 'movement')) {
    expect([id, notFor.join()]).toEqual([
      id,
      expect.stringMatching(/blood clot in a leg.*doctor today.*injury/),
    ]);
    expect([id, screening, say]).toEqual([
      id,
      'movement',
      expect.stringMatching(/^.*([Ss]top|Take the pillow away) with /s),
    ]);
  }
});

/** What the sources claim and nobody has shown, and what nobody may be sold. */
const CLAIMS =
  /NAD|ketone|vascular workout|flush|proven|non-negotiable|thicker|cellulite|skin tone|game.?changing|second heart|dramatic|cure|treats?\b|prevents?\b|strengthens? vessel|capillar|detox/i;

test('the target by body weight is noted, and shown to nobody', () => {
  const { file, source } = of('water-glasses');
  expect(readFileSync(file, 'utf8')).toMatch(/^# .*half an ounce for each pound of body weight/m);
  expect(source.map(({ says }) => says).join()).not.toMatch(/ounce|pound/);
});

test('nobody is promised what nobody has shown, and water has no amount', () => {
  for (const { id, title, say, steps, items, position, evidence } of protocols) {
    const told = [title, say, position, ...items, ...steps.map((step) => step.say), evidence?.note].join(' ');
    expect([id, CLAIMS.exec(told)]).toEqual([id, null]);
  }
  const { title, say, steps, items } = of('water-glasses');
  expect(`${title} ${say ?? ''} ${items.join(' ')} ${steps.length}`).not.toMatch(/[1-9]|glass|litre|ounce/);
});

const desk = (entry: string): string =>
  `simulated: true\nstations: { desk: { kind: desk, light: { driver: zigbee2mqtt, name: lamp } } }\nschedule:\n  - { ${entry} }\n`;

test.each([
  ['reminder: water-glasses, at: [08:00, 10:00, 12:00, 14:00, 16:00, 18:00]', null],
  ['reminder: water-glasses, at: [10:00, 22:00]', 'water-glasses is for 07:00 to 21:00 alone'],
  ['reminder: water-glasses, at: 21:00', 'water-glasses is for 07:00 to 21:00 alone'],
  ['reminder: water-glasses, every: 2 h, between: 09:00-17:00', null],
  ['reminder: water-glasses, every: 4 h, between: 20:00-06:00', 'water-glasses is for 07:00 to 21:00 alone'],
  [
    'reminder: water-glasses, every: 60 min, between: 08:00-20:00',
    'water-glasses: at most 8 a day; this comes to 12',
  ],
  ['reminder: [water-glasses, calf-raises], every: 60 min, between: 08:00-20:00', null],
  ['reminder: footstool-uncross, at: [10:00, 15:00]', 'footstool-uncross: at most 1 a day; this comes to 2'],
  ['reminder: legs-up-short, at: [10:00, 15:00, 20:00]', null],
])('a schedule of { %s }: %s', (entry, why) => {
  const { problems } = checkFile(folder.write('ebb.yaml', desk(entry)), { env: {} });
  expect(problems.map(({ message }) => message)).toEqual(why === null ? [] : [why]);
});

const GUIDED = 'id: a\ntitle: A\nkind: guided\nsource: [{ document: d, says: s }]\n';
test.each([
  [
    'kind: elevate, say: Up, duration: { default: 15 min, range: [15 min, 25 min] }',
    'legs are raised for at most 20 min; found 25 min',
  ],
  [
    'kind: breathe, say: In, count: { default: 3, range: [3, 3] }, breath: { in: 1 s, hold: 7 s, out: 8 s }',
    'must be 2 s to 10 s; found 1 s',
  ],
  [
    'kind: breathe, say: In, count: { default: 3, range: [3, 3] }, breath: { in: 4 s, hold: 30 s, out: 8 s }',
    'must be 0 ms to 10 s; found 30 s',
  ],
  ['kind: breathe, say: In, count: { default: 3, range: [3, 3] }, breath: { in: 4 s, out: 8 s }', null],
  [
    'kind: breathe, say: In, breath: { in: 4 s, out: 8 s }',
    'a `breath` needs how many: `count: { default: 3, range: [3, 3] }`',
  ],
  [
    'kind: breathe, say: In, count: { default: 3, range: [3, 3] }, each: 2 s, breath: { in: 4 s, out: 8 s }',
    'a step has `each` or a `breath`, not both',
  ],
])('a step { %s }: %s', (step, why) => {
  const { problems } = loadProtocol(folder.write('p.yaml', `${GUIDED}steps:\n  - { ${step} }\n`));
  expect(problems.map(({ message }) => message)).toEqual(why === null ? [] : [why]);
});

test.each([
  ['guided', 'say: Up', 'missing: a guided protocol has steps to be led through'],
  ['checklist', 'say: Up', 'missing: a checklist has `items` to tick off'],
  ['reminder', 'items: [one]', 'missing: a reminder says what to do'],
  ['info', 'steps: [{ kind: move, say: Up }]', 'kind: info has no steps; those are led in kind: guided'],
])('of kind %s with { %s }: %s', (kind, more, why) => {
  const text = GUIDED.replace('guided', kind) + `${more}\n`;
  expect(loadProtocol(folder.write('p.yaml', text)).problems.map(({ message }) => message)).toEqual([why]);
});
