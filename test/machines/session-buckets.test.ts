// If these fail, a person steps into a bucket that nobody measured, a step of two buckets lasts longer than its limit, a
// cold shower comes without its warning, or somebody is let into the water of a dry run.
import { describe, expect, test } from 'vitest';
import { COUNTDOWNS, CUES } from '../../machines/cues.ts';
import { MOVE_MS } from '../../machines/session-run.ts';
import { READY_AGAIN_MS } from '../../machines/envelope.ts';
import { STATION_KINDS } from '../../src/model/station.ts';
import type { Timeless } from './support.ts';
import { SessionBench, planOf, trip } from './support.ts';

const begin: Timeless = { type: 'begin', source: 'button' };
const stop: Timeless = { type: 'stop', source: 'button' };
const pause: Timeless = { type: 'pause', source: 'mqtt' };
const closed: Timeless = { type: 'closed' };
const banded: Timeless = { type: 'banded' };

const buckets = () => new SessionBench('cues', 'buckets');
const toMove = () => buckets().start().send(closed).send(begin, 60_000).send({ type: 'clock' }, 180_000);

describe('two buckets', () => {
  test('are asked about first: a press from before the question begins nothing', () => {
    const bench = buckets().start().send(begin).send(closed, 1_000);
    expect([bench.state, bench.expected?.exposed, bench.cues]).toEqual(['starting.ready', false, ['ask']]);
    bench.send(begin, 1_000);
    expect([bench.state, bench.expected?.exposed, bench.cues]).toEqual(['running.contact', true, ['warm']]);
  });

  test('take their time to be filled and measured, and then nobody came', () => {
    const bench = buckets().start().send(closed);
    expect(bench.send({ type: 'clock' }, READY_AGAIN_MS - 1).state).toBe('starting.ready');
    bench.send({ type: 'clock' }, 1);
    expect([bench.state, bench.context.run?.reason]).toEqual(['stopping', 'nobody_came']);
  });

  test('the clock of a step starts 5 s after the move cue', () => {
    const bench = toMove();
    expect([bench.state, bench.cues, bench.expected?.exposed]).toEqual(['running.switching', ['cold'], true]);
    expect(bench.send({ type: 'clock' }, MOVE_MS - 1).state).toBe('running.switching');
    bench.send({ type: 'clock' }, 1);
    expect([bench.state, bench.context.deadlines.step]).toEqual(['running.contact', bench.atMs + 30_000]);
  });

  test('or at the press, at once; the next press is nothing to the machine', () => {
    const bench = toMove().send(begin, 1_200);
    expect([bench.state, bench.context.deadlines.step]).toEqual(['running.contact', bench.atMs + 30_000]);
    const before = bench.context;
    expect([bench.send(begin, 1_000).state, bench.context]).toEqual(['running.contact', before]);
  });

  test('a stop and a pause are taken in a move as in a step', () => {
    expect(toMove().send(stop, 1_000).state).toBe('stopping');
    const held = toMove().send(pause, 1_000);
    expect([held.state, held.expected?.exposed]).toEqual(['holding', false]);
  });

  test('L4 counts from the move cue: a minute of cold stands no longer than that', () => {
    const plan = planOf();
    const steps = plan.steps.map((step) => ({
      ...step,
      durationMs: step.kind === 'cold' ? 60_000 : 240_000,
    }));
    const bench = buckets()
      .start({ ...plan, steps })
      .send(closed)
      .send(begin);
    while (bench.state === 'running.contact') bench.clockDue();
    const cueMs = bench.atMs;
    bench.clockDue();
    expect([bench.state, bench.context.deadlines.step]).toEqual(['running.contact', cueMs + 60_000]);
    expect(bench.expected?.stepOverMs).toBe(cueMs + 61_000);
  });

  test('a continued session is measured anew', () => {
    const bench = toMove().send(stop, 1_000).send(closed);
    bench.send({ type: 'continue', source: 'button', id: 's1' }, 60_000).send(closed, 100);
    expect([bench.state, bench.expected?.exposed]).toEqual(['starting.ready', false]);
  });
});

test('a press is no move where valves change the water', () => {
  for (const plumbing of ['two-valves', 'mixer'] as const) {
    const bench = new SessionBench(plumbing).toContact('page').send({ type: 'clock' }, 180_000);
    expect(bench.send(begin, 1_000).state).toBe('running.switching');
  }
});

describe('the countdown', () => {
  test.each([
    ['bath', 'cold', 'countdown', 3_000],
    ['buckets', 'cold', 'countdown', 3_000],
    ['shower', 'cold', 'cold-soon', 5_000],
    ['shower', 'warm', 'countdown', 3_000],
  ] as const)('at a %s, before %s water: %s, %d ms ahead', (kind, side, cue, aheadMs) => {
    const bench = new SessionBench('two-valves', kind).toContact('button');
    if (side === 'warm') {
      bench.clockDue().clockDue();
      bench.send({ type: 'opened', side: 'cold', sentAtMs: bench.atMs }, 1_000);
    }
    const { step, countdown } = bench.context.deadlines;
    expect((step ?? 0) - (countdown ?? 0)).toBe(aheadMs);
    expect(bench.clockDue().cues).toEqual([cue]);
  });

  test('lasts as long as it is ahead, at every kind of station', () => {
    for (const kind of STATION_KINDS) {
      for (const { cue, aheadMs } of Object.values(COUNTDOWNS[kind])) {
        const { sound, light } = CUES[cue];
        for (const beat of [sound, light])
          expect((beat?.count ?? 0) * ((beat?.onMs ?? 0) + (beat?.offMs ?? 0))).toBe(aheadMs);
      }
    }
  });
});

describe('a dry run', () => {
  const dry = () => new SessionBench().start(planOf(), true);

  test('goes from the band to its steps by itself, and nobody is ever permitted', () => {
    const bench = dry();
    const seen = new Set<string>();
    const exposed: boolean[] = [];
    const cues: string[] = [];
    const look = (): void => {
      seen.add(bench.state);
      for (const want of bench.wants) {
        if (want.type === 'expect') exposed.push(want.expectation.exposed);
        if (want.type === 'cue') cues.push(want.cue);
      }
    };
    const send = (event: Timeless, afterMs: number): void => {
      bench.send(event, afterMs);
      look();
    };
    send(closed, 1_000);
    for (const _ of ['warm', 'cold', 'warm']) send({ type: 'steady', plateauC: 38 }, 15_000);
    send(begin, 1_000);
    send(banded, 10_000);
    expect([bench.state, bench.expected?.rehearsed, bench.water?.side]).toEqual([
      'running.contact',
      true,
      'warm',
    ]);
    for (const side of ['cold', 'warm', 'cold'] as const) {
      bench.clockDue();
      look();
      expect([bench.state, bench.water?.side, bench.expected?.rehearsed]).toEqual([
        'running.switching',
        side,
        true,
      ]);
      send({ type: 'opened', side, sentAtMs: bench.atMs }, 1_000);
    }
    bench.clockDue();
    look();
    send(closed, 1_000);
    expect(bench.wants).toContainEqual({ type: 'ended', outcome: 'complete', reason: 'completed' });
    expect(exposed.length).toBeGreaterThan(8);
    expect(exposed).not.toContain(true);
    expect([...seen].filter((state) => state.endsWith('ready') || state.endsWith('parked'))).toEqual([]);
    // One red light when the water begins to change by itself, and no word that could be taken for an invitation.
    expect(cues).toEqual(['step-out', 'off']);
  });

  test('goes on by itself after a pause too, asks nothing, and has the whole of L8', () => {
    const bench = dry().prove().send(banded, 10_000);
    expect(bench.context.deadlines).not.toHaveProperty('ask');
    expect(bench.expected?.sessionOverMs).toBe(bench.atMs + 25 * 60_000);
    bench.send(pause, 10_000).send(closed, 1_000);
    bench.send({ type: 'resume', source: 'button', begins: true }, 1_000).send(banded, 12_000);
    expect([bench.state, bench.expected?.exposed, bench.expected?.rehearsed]).toEqual([
      'running.contact',
      false,
      true,
    ]);
  });

  test.each([
    ['a stop', stop, 'stopping'],
    ['a trip', { type: 'trip', trip: trip('abort') }, 'aborting'],
  ] as const)('%s ends it, and it is not continued by anybody', (_, event, state) => {
    const bench = dry().prove().send(banded, 10_000).send(event, 10_000);
    expect([bench.state, bench.water]).toEqual([state, null]);
    bench.send(closed, 500);
    expect(bench.context.continuableUntilMs).toBeNull();
  });
});
