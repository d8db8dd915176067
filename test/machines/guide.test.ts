// If these fail, an exercise is led too fast or too slow, somebody waits for an end that never comes, or is told to hold
// their breath for longer than the protocol says.
import { expect, test } from 'vitest';
import { guide, lengthOfStep } from '../../machines/guide.ts';
import type { GuideStep, GuideWant } from '../../src/model/desk.ts';
import { guideOf, loadLibrary } from '../../src/protocols/index.ts';

/** `ms cue (fade)` of each cue of steps that are led to their end and answered after a second. */
function led(steps: readonly GuideStep[], delayMs = 0): { readonly told: string[]; readonly led: number } {
  const told: string[] = [];
  const note = (atMs: number, wants: readonly GuideWant[]): void => {
    for (const want of wants)
      told.push(
        want.type === 'cue'
          ? `${atMs} ${want.cue}${want.fadeMs === undefined ? '' : ` (${want.fadeMs})`}`
          : `${atMs} ${want.reason}`,
      );
  };
  const exercise = { protocol: 'x', title: 'X', say: 'x', steps, notFor: [], askFirst: [], hours: null };
  let { snapshot, wants } = guide.step(guide.initial(undefined), {
    ...{ type: 'start', id: 's', guide: exercise, atMs: 0 },
  });
  note(0, wants);
  let repetitions = 0;
  while (snapshot.name !== 'answering') {
    const dueMs = snapshot.context.nextMs;
    if (dueMs === null) throw new Error(`nothing is due in ${snapshot.name}`);
    // A clock that comes early changes nothing.
    expect(guide.step(snapshot, { type: 'clock', atMs: dueMs - 1 }).snapshot).toEqual(snapshot);
    ({ snapshot, wants } = guide.step(snapshot, { type: 'clock', atMs: dueMs + delayMs }));
    note(dueMs + delayMs, wants);
    repetitions = snapshot.context.run?.led ?? 0;
  }
  const endMs = (snapshot.context.nextMs ?? 0) - 5 * 60_000 + 1_000;
  note(endMs, guide.step(snapshot, { type: 'ack', source: 'button', atMs: endMs }).wants);
  return { told, led: repetitions };
}

test('a count has a beat for each, a timer its middle, and each ends with the next one, or the end', () => {
  const steps: readonly GuideStep[] = [
    { part: 'move', say: 'a', kind: 'count', count: 3, eachMs: 2_000 },
    { part: 'elevate', say: 'b', kind: 'timer', durationMs: 900_000 },
  ];
  expect(led(steps)).toEqual({
    led: 4,
    told: [
      '0 get-ready',
      '5000 beat',
      '7000 beat',
      '9000 beat',
      '11000 get-ready',
      '16000 beat',
      '466000 halfway',
      '916000 end',
      '917000 off',
      '917000 completed',
    ],
  });
});

test('a breath comes up in 4 s, stays for 7, goes in 8, three times: 57 s', () => {
  const breath = {
    part: 'breathe',
    say: 'a',
    kind: 'breath',
    count: 3,
    inMs: 4_000,
    holdMs: 7_000,
    outMs: 8_000,
  } as const;
  expect(lengthOfStep(breath)).toBe(57_000);
  expect(led([breath]).told.slice(0, 8)).toEqual([
    '0 get-ready',
    '5000 breathe-in (4000)',
    '9000 breathe-hold',
    '16000 breathe-out (8000)',
    '24000 breathe-in (4000)',
    '28000 breathe-hold',
    '35000 breathe-out (8000)',
    '43000 breathe-in (4000)',
  ]);
  expect(led([breath]).told).toContain('62000 end');
  expect(led([{ ...breath, count: 1, holdMs: 0 }]).told.slice(1, 4)).toEqual([
    '5000 breathe-in (4000)',
    '9000 breathe-out (8000)',
    '17000 end',
  ]);
});

test('a clock that comes late does not add up', () => {
  const { told } = led([{ part: 'move', say: 'a', kind: 'count', count: 10, eachMs: 2_000 }], 30);
  expect(told.at(-4)).toBe('23030 beat');
});

/** From the first cue to the end, seconds, with 5 s to get ready for each step. */
const LENGTHS = {
  'calf-raises': 25,
  'ankle-pumps': 25,
  'ankle-circles': 100,
  'heel-toe-lifts': 25,
  'stand-walk': 125,
  'legs-up-short': 970,
  'legs-up-evening': 970,
  'leg-stretch': 375,
  'morning-mobility': 325,
  'breath-4-7-8': 62,
  hum: 605,
  'muscle-relaxation': 650,
  'massage-glide': 90,
  'massage-knead': 130,
  massage: 220,
};

test('everything in the library that is led takes as long as it says', () => {
  const lengths = loadLibrary([]).protocols.flatMap((protocol) => {
    const steps = guideOf(protocol)?.steps ?? [];
    if (steps.length === 0) return [];
    const end = led(steps).told.find((one) => one.endsWith(' end')) ?? '';
    return [[protocol.id, Number.parseInt(end, 10) / 1_000]];
  });
  expect(Object.fromEntries(lengths)).toEqual(LENGTHS);
});
