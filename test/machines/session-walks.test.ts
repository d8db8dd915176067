// If these fail, a session asks for other water, for longer, or tells the watch and the people something else than it did
// on the same way before: every word that leaves the machine, on whole ways through it. Each line is an event, where it
// leads, what is due when, and what is asked for; times are seconds since the start.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { session } from '../../machines/session.ts';
import { stateName } from '../../machines/engine.ts';
import type { SessionSettings } from '../../machines/session-run.ts';
import type { Want } from '../../src/model/want.ts';
import { NOTHING_EXPECTED } from '../../src/model/want.ts';
import type { Timeless } from './support.ts';
import { planOf, trip } from './support.ts';

const seconds = (ms: number | null): string => (ms === null ? '-' : String(ms / 1_000));

/** Only what differs from expecting nothing. */
function told(expectation: object): string {
  const usual: Readonly<Record<string, unknown>> = { ...NOTHING_EXPECTED };
  const said = Object.entries(expectation).filter(([key, value]) => value !== usual[key]);
  return said.map(([key, value]) => valued(key, value)).join(' ');
}
function valued(key: string, value: unknown): string {
  if (value === true) return key;
  if (typeof value === 'number') return `${key}:${key.endsWith('Ms') ? seconds(value) : String(value)}`;
  return `${key}:${JSON.stringify(value)}`;
}

function said(want: Want): string {
  switch (want.type) {
    case 'expect':
      return `expect(${told(want.expectation)})`;
    case 'water':
      if (want.water === null) return 'no water';
      return `${want.water.side} ${want.water.targetC} until ${seconds(want.water.untilMs)}`;
    case 'cue':
      return `cue ${want.cue}`;
    default: {
      const { type, ...rest } = want;
      const more = Object.entries(rest).map(([key, value]) => valued(key, value));
      return [type, ...more].join(' ');
    }
  }
}

type Step = readonly [event: Timeless | 'due', afterMs?: number];

function walk(settings: Partial<SessionSettings>, steps: readonly Step[]): string {
  let snapshot = session.initial({
    kind: 'bath',
    plumbing: 'two-valves',
    vessel: 'stream',
    drainMs: 0,
    prepareMs: 0,
    purgeMs: 180_000,
    pauseMs: 60_000,
    presence: false,
    ...settings,
  });
  let atMs = 0;
  const lines: string[] = [];
  for (const [event, afterMs = 0] of steps) {
    const dueMs = Math.min(...Object.values(snapshot.context.deadlines));
    atMs = event === 'due' ? dueMs : atMs + afterMs;
    const given: Timeless = event === 'due' ? { type: 'clock' } : event;
    const step = session.step(snapshot, { ...given, atMs });
    ({ snapshot } = step);
    const { deadlines, continuableUntilMs } = snapshot.context;
    const due = Object.entries(deadlines).map(([name, at]) => `${name} ${seconds(at)}`);
    if (continuableUntilMs !== null) due.push(`continuable ${seconds(continuableUntilMs)}`);
    lines.push(
      `${seconds(atMs)} ${given.type} > ${stateName(snapshot)} [${due.join(', ')}]`,
      ...step.wants.map((want) => `    ${said(want)}`),
    );
  }
  return `${lines.join('\n')}\n`;
}

const start = (more: object = {}): Timeless => ({
  type: 'start',
  source: 'page',
  request: { id: 's1', plan: planOf(1), person: 'guest', dry: false, ...more },
});
const begin: Timeless = { type: 'begin', source: 'page' };
const press: Timeless = { type: 'begin', source: 'button' };
const closed: Timeless = { type: 'closed' };
const banded: Timeless = { type: 'banded' };
const stop: Timeless = { type: 'stop', source: 'mqtt' };
const opened = (side: 'warm' | 'cold', sentAtMs: number): Timeless => ({ type: 'opened', side, sentAtMs });
const steady = (plateauC: number): Timeless => ({ type: 'steady', plateauC });
const prove: readonly Step[] = [
  [closed, 1_000],
  [steady(38.2), 20_000],
  [steady(15.1), 12_000],
  [steady(38.4), 11_000],
];
const due: Step = ['due'];
const soak = planOf(1, 'soak');
const hold = trip('hold', 'stale_reading');
const dry = { person: null, dry: true };
const TWO_BASINS = { plumbing: 'mixer', vessel: 'two-basins', drainMs: 190_000, prepareMs: 700_000 } as const;
const heldAt = (side: 'warm' | 'cold', targetC: number): Step => [{ type: 'held-at', side, targetC }, 1_000];

const WALKS: Readonly<Record<string, readonly [Partial<SessionSettings>, readonly Step[]]>> = {
  // Asked, answered, counted down, through a change and to the end.
  'two-valves': [
    {},
    [
      [start()],
      ...prove,
      [banded, 10_000],
      [begin, 5_000],
      due,
      [{ type: 'answer' }, 4_000],
      due,
      due,
      [opened('warm', 0), 500],
      [opened('cold', 233_700), 1_500],
      due,
      due,
      [closed, 900],
      due,
    ],
  ],
  // A press before the water is ready, at the button; nobody is asked, and L11 is the limit.
  'mixer-soak': [
    { plumbing: 'mixer' },
    [[start({ plan: soak })], ...prove, [press, 1_000], [banded, 10_000], due, due, [closed, 500]],
  ],
  // Nobody is permitted, asked or counted down for, and a red light says so once.
  'dry-run': [
    { plumbing: 'mixer' },
    [
      [start(dry)],
      ...prove,
      [banded, 10_000],
      due,
      [opened('cold', 260_000), 2_000],
      [{ type: 'pause', source: 'mqtt' }, 5_000],
      [closed, 700],
      [{ type: 'resume', source: 'mqtt', begins: false }, 9_000],
      [banded, 11_000],
      due,
      [closed, 700],
      due,
    ],
  ],
  // The band is lost and found, nobody comes, somebody comes late, and then does not.
  'nobody-came': [
    {},
    [
      [start()],
      ...prove,
      [banded, 10_000],
      [{ type: 'unbanded' }, 20_000],
      [banded, 15_000],
      due,
      [press, 100_000],
      [banded, 61_000],
      due,
      due,
      [closed, 900],
      due,
    ],
  ],
  // Silence of the readings, fresh again, a press to go on, a stop, a continuation, and a symptom in it.
  'pauses-and-ends': [
    { presence: true },
    [
      [start()],
      ...prove,
      [banded, 10_000],
      [press, 5_000],
      [{ type: 'seen' }, 3_000],
      due,
      [{ type: 'trip', trip: hold }, 40_000],
      [{ type: 'fresh' }, 800],
      [closed, 600],
      [{ type: 'resume', source: 'page', begins: true }, 9_000],
      [banded, 12_000],
      [stop, 20_000],
      [closed, 900],
      [{ type: 'continue', source: 'button', id: 's1' }, 60_000],
      ...prove,
      [banded, 11_000],
      [press, 1_000],
      due,
      [opened('cold', 0), 900],
      [{ type: 'report', source: 'page', symptom: 'dizzy' }, 8_000],
      [closed, 700],
      [{ type: 'report', source: 'page', symptom: 'numb' }, 700],
    ],
  ],
  // Each way of aborting, and what is due on it.
  aborts: [
    {},
    [
      [start()],
      due,
      due,
      [{ type: 'clear' }, 1_000],
      [start(), 1_000],
      [closed, 900],
      due,
      [closed, 900],
      [{ type: 'clear' }, 1_000],
      [start(), 1_000],
      ...prove,
      [banded, 10_000],
      [begin, 2_000],
      [{ type: 'trip', trip: trip('end', 'cold_water_too_cold') }, 9_000],
      [closed, 800],
      [start(), 1_000],
      ...prove,
      [{ type: 'pause', source: 'mqtt' }, 1_000],
      [closed, 900],
      [{ type: 'trip', trip: hold }, 100],
      due,
      [closed, 900],
    ],
  ],
  // Hot and cold each run a minute from when they were seen open, before anything is measured.
  flush: [
    { plumbing: 'mixer' },
    [
      [start({ flush: { idleMs: 700_000_000 } })],
      [closed, 1_000],
      [opened('cold', 0), 300],
      [opened('warm', 900), 700],
      due,
      [opened('cold', 62_000), 1_300],
      [{ type: 'pause', source: 'page' }, 5_000],
      [closed, 900],
      [{ type: 'resume', source: 'page', begins: true }, 5_000],
      [opened('warm', 0), 700],
      due,
      [opened('cold', 0), 700],
      due,
      [steady(38), 20_000],
      due,
    ],
  ],
  // The feet move, the water stays; a pause keeps it, the end lets it out.
  'two-basins': [
    TWO_BASINS,
    [
      [start({ plan: planOf(2) })],
      [closed, 1_000],
      heldAt('warm', 37.6),
      heldAt('cold', 14),
      [banded, 400_000],
      [{ type: 'unbanded' }, 20_000],
      [banded, 60_000],
      [begin, 5_000],
      due,
      [{ type: 'seen' }, 1_000],
      due,
      due,
      due,
      [{ type: 'pause', source: 'mqtt' }, 9_000],
      [closed, 900],
      [{ type: 'resume', source: 'page', begins: true }, 5_000],
      [banded, 1_000],
      due,
      due,
      [begin, 2_000],
      [stop, 4_000],
      due,
    ],
  ],
  // One basin, and nobody comes to it.
  basin: [
    { ...TWO_BASINS, vessel: 'basin', plumbing: 'two-valves' },
    [
      [start({ plan: soak })],
      [closed, 1_000],
      heldAt('warm', 37.6),
      [banded, 300_000],
      due,
      [closed, 100_000],
      due,
    ],
  ],
  // What people carry: asked first, cued on, and nothing runs.
  buckets: [
    { kind: 'buckets', plumbing: 'cues', vessel: null },
    [
      [start()],
      [begin, 100],
      [closed, 100],
      [begin, 30_000],
      due,
      due,
      due,
      due,
      [{ type: 'pause', source: 'page' }, 5_000],
      [closed],
      [{ type: 'resume', source: 'mqtt', begins: false }, 5_000],
      [begin, 8_000],
      due,
      due,
      [closed],
    ],
  ],
};

const written = (name: string): string => readFileSync(new URL(`walks/${name}.txt`, import.meta.url), 'utf8');

/** Read what has changed before it is put into the file: that is the test. */
test.each(Object.entries(WALKS))('%s', (name, [settings, steps]) => {
  expect(walk(settings, steps)).toBe(written(name));
});
