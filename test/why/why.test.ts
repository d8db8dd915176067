/*
 * If these fail, whoever asks why nothing happened is told a guess, or something else than the journal says: the day below
 * was recorded by the controller itself, over simulated hardware, and each answer is known beforehand.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { main } from '../../src/cli/index.ts';
import { MemoryJournal } from '../../src/journal/index.ts';
import type { StoredRecord } from '../../src/journal/index.ts';
import { JournalStore } from '../../src/journal/store.ts';
import { Random } from '../../src/random/random.ts';
import { explain } from '../../src/why/index.ts';
import { Folder } from '../config/support.ts';
import { HOME, recordedDay } from './day.ts';

let home = new Folder();
let records: readonly StoredRecord[] = [];

beforeAll(async () => {
  records = await recordedDay();
  home = new Folder();
  home.write('ebb.yaml', HOME);
  mkdirSync(join(home.path, '.ebb'));
  const store = new JournalStore(join(home.path, '.ebb', 'journal.db'));
  store.add(records, false);
  store.write(true);
  store.close();
});
afterAll(() => {
  home.dispose();
});

async function ebb(...argv: readonly string[]) {
  let [out, err] = ['', ''];
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const code = await main(argv, { stdin: process.stdin, stdout, stderr, env: {}, cwd: home.path });
  return { code, out, err };
}

const sentenceSchema = z.object({
  at: z.string(),
  text: z.string(),
  records: z.array(z.object({ seq: z.int(), type: z.string(), at: z.string() })),
});
const answerSchema = z.object({
  held: z.array(sentenceSchema),
  before: z.array(sentenceSchema),
  after: z.array(sentenceSchema),
});

async function answer(what: string, time: string) {
  const { code, out, err } = await ebb('why', what, '--at', `2026-03-02 ${time}`, '--json');
  expect(err).toBe('');
  expect(code).toBe(0);
  return answerSchema.parse(JSON.parse(out));
}

/** [question, what, when, the answer, the types of the records that it rests on]. */
const QUESTIONS: readonly (readonly [string, string, string, RegExp, readonly string[]])[] = [
  [
    'why is there no light at half past nine?',
    ...(['calf-raises', '09:30'] as const),
    /not due: Calf raises was planned for 10:00, 1 h after 09:00, when its hours begin/,
    ['planned'],
  ],
  [
    'why did the light go out?',
    ...(['calf-raises', '10:03'] as const),
    /at 10:02: Calf raises was done: so the button said/,
    ['reminder'],
  ],
  [
    'why does nothing come while it is due?',
    ...(['calf-raises', '11:10'] as const),
    /was due and was not shown: quiet had been asked for until 11:20, by the command line at 10:50/,
    ['reminder', 'quiet'],
  ],
  [
    'why did it stop before I was done?',
    ...(['calf-raises', '11:25'] as const),
    /was put off until 11:31 by the button; it could be put off once more/,
    ['reminder'],
  ],
  [
    'why not while I am on the telephone?',
    ...(['calf-raises', '12:32:10'] as const),
    /not shown: a device had said that nobody wanted to be disturbed \(desk-busy at 12:20\)/,
    ['reminder', 'busy'],
  ],
  [
    'why does it count although nobody pressed?',
    ...(['calf-raises', '12:40'] as const),
    /at 12:38: Calf raises counted as done: nobody was there for five minutes/,
    ['reminder'],
  ],
  [
    'why so late?',
    ...(['calf-raises', '13:30'] as const),
    /planned for 14:00, 1 h after 13:00, when somebody came back/,
    ['planned'],
  ],
  [
    'why not at two?',
    ...(['calf-raises', '14:03'] as const),
    /went on waiting: somebody had come back less than five minutes before/,
    ['reminder'],
  ],
  [
    'why is it gone?',
    ...(['calf-raises', '14:35'] as const),
    /at 14:30: Calf raises was missed: it was shown, and nobody answered/,
    ['reminder'],
  ],
  [
    'why not in the bath?',
    ...(['calf-raises', '15:30:30'] as const),
    /not shown: a session was under way at a bath \(foot-bath since 15:26\)/,
    ['reminder', 'start'],
  ],
  [
    'why was nothing shown then?',
    ...(['calf-raises', '16:15'] as const),
    /No controller was running: it had been ended at 2026-03-02 16:00:00, and the next one began at 2026-03-02 16:30:00/,
    ['halt', 'boot'],
  ],
  [
    'why does it not come any more?',
    ...(['calf-raises', '17:00'] as const),
    /not due: .* not planned any more: somebody had said that it is not for them\. That was said by the command line at 16:45/,
    ['planned', 'not_for_me'],
  ],
  [
    'why did the start from Home Assistant do nothing?',
    ...(['foot-bath', '15:20:00.2+01:00'] as const),
    /"start" from a program over MQTT was refused: start is not taken from mqtt here; prepare_from lists .* \(not_local\)/,
    ['refused'],
  ],
  [
    'why did the warm water stop?',
    ...(['foot-bath-hot', '15:24:10'] as const),
    /foot-bath-hot was told to close: STOP came from the button/,
    ['close', 'stop'],
  ],
  [
    'why was the warm valve open?',
    ...(['foot-bath-hot', '15:21:30'] as const),
    /foot-bath-hot was about to be opened\. What the session had come to: (leg 2 of 3 of the proof test was over|begin came from the page)/,
    ['open'],
  ],
  [
    'why did the water close in the middle of a step?',
    ...(['foot-bath-hot', '15:31:30'] as const),
    /foot-bath-hot was told to close: T1 closed the water: the water is 45\.0 C; at 43\.0 C everything closes/,
    ['close', 'trip'],
  ],
  [
    'why does it not open again?',
    ...(['foot-bath', '15:45'] as const),
    /A fault was latched since 15:31 and kept all water shut: the water is 45\.0 C/,
    ['trip'],
  ],
  [
    'why was the second start refused?',
    ...(['foot-bath', '15:45'] as const),
    /not accepted, at 15:32: "start" from the page was refused: .* \((bad_state|latched)\)/,
    ['refused'],
  ],
];

describe('a recorded day', () => {
  test.each(QUESTIONS)('%s (%s at %s)', async (_question, what, time, expected, types) => {
    const { held } = await answer(what, time);
    const right = held.find(({ text }) => expected.test(text));
    expect(held.map(({ text }) => text).join('\n')).toMatch(expected);
    const seqs = new Map(records.map((one) => [one.seq, one]));
    // What it rests on is there, is of that kind, and is nothing from after the moment but a later beginning.
    for (const type of types) expect(right?.records.map((one) => one.type)).toContain(type);
    for (const { seq, type, at } of right?.records ?? []) expect(seqs.get(seq)).toMatchObject({ type, at });
  });
});

test('what is not for somebody, and what is again, are told with whoever said so', async () => {
  const { before } = await answer('calf-raises', '17:16');
  const told = before.filter(({ records: [first] }) => first?.type === 'not_for_me').map(({ text }) => text);
  expect(told.sort()).toEqual([
    'That Calf raises is not for them was said by the command line.',
    'That Calf raises is not for them was taken back by the page.',
  ]);
});

describe('what the journal does not say', () => {
  /** The same day, with some of its records lost. */
  function without(lost: (record: StoredRecord) => boolean, what: string, time: string): string {
    const kept = records.filter((one) => !lost(one));
    const random = new Random(1, 'journal');
    const { history: reader } = new MemoryJournal({ clock: new VirtualClock(), random, records: kept });
    const isDesk = what === 'calf-raises';
    const { held, before } = explain(
      reader,
      {
        station: isDesk ? 'desk' : 'foot-bath',
        kind: isDesk ? 'desk' : 'water',
        reminder: isDesk ? what : null,
        device: isDesk ? null : what,
        atMs: Date.parse(`2026-03-02T${time}+01:00`),
      },
      { zone: 'Europe/Berlin', nowMs: 0, runningSinceMs: null, title: (id) => id, limit: 3 },
    );
    return [...held, ...before].map(({ text }) => text).join('\n');
  }

  test('is not made up: a close without its stop, quiet without whoever asked, a controller that left no end', () => {
    const close = without(
      ({ type }) => ['stop', 'exposed', 'step', 'end'].includes(type),
      'foot-bath-hot',
      '15:24:10',
    );
    expect(close).toContain('foot-bath-hot was told to close: the journal does not say why');
    const quiet = without(({ type }) => type === 'quiet', 'calf-raises', '11:10:00');
    expect(quiet).toContain('was not shown: quiet had been asked for.');
    const killed = without(({ type }) => type === 'halt', 'calf-raises', '16:15:00');
    expect(killed).toContain('The journal does not say whether a controller was still running');
    const nothing = without(() => true, 'calf-raises', '10:01:00');
    expect(nothing).toContain('The journal has nothing of it from before this moment');
  });
});

describe('ebb why', () => {
  test('tells the latest first, each with its time and its record', async () => {
    const { out } = await ebb('why', 'calf-raises', '--at', '2026-03-02 11:40', '-n', '4');
    const lines = out.split('\n');
    expect(lines[0]).toBe('calf-raises at desk, at 2026-03-02 11:40:00 (Europe/Berlin)');
    expect(out.slice(out.indexOf('Before it')).split('\n').slice(0, 5)).toEqual([
      'Before it',
      expect.stringMatching(
        /^ {2}2026-03-02 11:32:00 {2}Calf raises was planned for 12:32, .* \[planned \d+\]$/,
      ),
      expect.stringMatching(
        /^ {2}2026-03-02 11:32:00 {2}Calf raises was done: so the button said\. {2}\[reminder \d+\]$/,
      ),
      expect.stringMatching(/^ {2}2026-03-02 11:32:00 {2}Calf raises was sounded/),
      expect.stringMatching(/^ {2}2026-03-02 11:31:00 {2}Calf raises was shown again after it was put off\./),
    ]);
  });

  test('what nobody knows, and a time that is none, are told with what there is', async () => {
    const unknown = await ebb('why', 'calf-rises');
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('there are foot-bath, desk, calf-raises, foot-bath-hot');
    expect((await ebb('why')).err).toContain('why what?');
    expect(await ebb('why', 'desk', '--at', 'noon')).toMatchObject({ code: 2 });
  });
});
