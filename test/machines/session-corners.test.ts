// If these fail, a session that a symptom ended may be continued, a question is asked twice or where its answer does not
// fit in, a press from long ago opens contact, or what is shown of the water is not what it is.
import { describe, expect, test } from 'vitest';
import { session } from '../../machines/session.ts';
import { BEGIN_MS } from '../../machines/envelope.ts';
import {
  deadlineOf,
  expect as expects,
  hasLine,
  runOf,
  sessionLimitOf,
  targetOf,
} from '../../machines/session-run.ts';
import type { SessionSettings } from '../../machines/session-run.ts';
import type { SessionPlan } from '../../src/model/plan.ts';
import type { Timeless } from './support.ts';
import { SessionBench, planOf, trip } from './support.ts';

const begin: Timeless = { type: 'begin', source: 'page' };
const closed: Timeless = { type: 'closed' };
const stop: Timeless = { type: 'stop', source: 'mqtt' };
const pause: Timeless = { type: 'pause', source: 'mqtt' };
const resume: Timeless = { type: 'resume', source: 'page', begins: true };
const again: Timeless = { type: 'continue', source: 'page', id: 's1' };
const report = (symptom: string): Timeless => ({ type: 'report', source: 'page', symptom });
const lasting = (warmMs: number): SessionPlan => ({
  ...planOf(2),
  steps: planOf(2).steps.map((step) => (step.kind === 'warm' ? { ...step, durationMs: warmMs } : step)),
});

describe('a symptom', () => {
  const stopped = () => new SessionBench().toContact().send(stop, 60_000).send(closed, 900);

  test('reported while the valves close belongs to the session, which is not continued', () => {
    const bench = new SessionBench().toContact().send(stop, 60_000);
    bench.send(report('dizzy'), 100).send(report('numb'), 100);
    expect([bench.state, bench.wants]).toEqual(['stopping', []]);
    expect(bench.context.run?.symptoms).toEqual(['dizzy', 'numb']);
    bench.send(closed, 100);
    expect([bench.context.continuableUntilMs, bench.context.run?.reason]).toEqual([
      null,
      'stopped_by_person',
    ]);
  });

  test.each([
    ['stopped', stopped],
    ['idle', () => stopped().clockDue()],
    [
      'aborted',
      () =>
        new SessionBench()
          .toContact()
          .send({ type: 'trip', trip: trip('abort') }, 1_000)
          .send(closed),
    ],
  ])('reported when the session is over and %s: nobody goes on', (state, make) => {
    const bench = make();
    expect(bench.state).toBe(state);
    expect(bench.context.continuableUntilMs).not.toBeNull();
    bench.send(report('dizzy'), 1_000);
    expect([bench.state, bench.context.continuableUntilMs, bench.wants]).toEqual([state, null, []]);
    expect(bench.send(again).state).toBe(state);
  });

  test('while it runs ends it, and is kept', () => {
    const bench = new SessionBench().toContact().send(report('dizzy'), 1_000);
    expect(bench.context.run).toMatchObject({ symptoms: ['dizzy'], reason: 'symptom_reported' });
  });
});

describe('what is continued', () => {
  test.each([
    ['latches', true, null],
    ['does not latch', false, 1_000_000],
  ])('a trip after the end that %s', (_, latch, untilMs) => {
    const bench = new SessionBench()
      .toContact()
      .send({ type: 'trip', trip: trip('abort') }, 1_000)
      .send(closed);
    bench.send({ type: 'trip', trip: trip('abort', 'over_temperature', latch) }, 1_000);
    expect(bench.state).toBe('aborted');
    expect(bench.context.continuableUntilMs === null).toBe(untilMs === null);
  });

  test('is proved anew, and has ended for no reason yet', () => {
    const bench = new SessionBench()
      .toContact()
      .send({ type: 'trip', trip: trip('end', 'time_was_up') }, 60_000);
    expect(bench.context.run).toMatchObject({ proved: true, reason: 'time_was_up' });
    bench.send(closed).send(again, 1_000);
    expect(bench.context.run).toMatchObject({
      proved: false,
      reason: 'completed',
      trip: null,
      leg: 0,
      continued: true,
    });
    // Before the proof test a pause goes back to it, and a stop finds nothing to continue.
    bench.send(closed, 500).send(pause, 500).send(closed, 500).send(resume, 500);
    expect(bench.state).toBe('starting.proving');
  });

  test.each(['basin', 'two-basins'] as const)('in a %s it begins with letting the water out', (vessel) => {
    const bench = basins(vessel).start().send(closed).send({ type: 'banded' }, 1_000).send(begin);
    bench.send(stop, 60_000).send(closed).send(again, 1_000);
    expect(bench.wants).toContainEqual({ type: 'basins', ask: 'empty' });
  });

  test('is nothing where nobody was in, in a dry run, or when there was no session', () => {
    expect(new SessionBench().toReady().send(stop).send(closed).context.continuableUntilMs).toBeNull();
    const dry = new SessionBench().start(planOf(), true).prove().send({ type: 'banded' }, 10_000);
    expect(dry.state).toBe('running.contact');
    expect(dry.send(stop, 1_000).send(closed).context.continuableUntilMs).toBeNull();
    expect(new SessionBench().send(again).state).toBe('idle');
  });
});

function basins(vessel: 'basin' | 'two-basins'): SessionBench {
  const bench = new SessionBench('mixer');
  bench.snapshot = session.initial({
    ...bench.context.settings,
    vessel,
    drainMs: 190_000,
    prepareMs: 700_000,
  });
  return bench;
}

describe('"still OK?"', () => {
  test.each([
    // 20 s to the question and 30 s for the answer.
    [50_000, 20_000],
    [49_999, null],
  ])('in a step of %s ms is asked after %s ms', (warmMs, askMs) => {
    const bench = new SessionBench().toContact('page', lasting(warmMs));
    expect(bench.context.deadlines.ask ?? null).toBe(askMs === null ? null : bench.atMs + askMs);
  });

  test('is not asked a second time in a cycle, also after a pause', () => {
    const bench = new SessionBench().toContact();
    while (!bench.cues.includes('ask')) bench.clockDue();
    expect(bench.context.run?.prompt).toEqual({
      id: 's1-1',
      askedAtMs: bench.atMs,
      answerByMs: bench.atMs + 30_000,
    });
    bench.send({ type: 'answer' }, 1_000).send(pause, 1_000).send(closed, 500).send(resume, 500);
    bench.send({ type: 'banded' }, 10_000);
    expect([bench.state, bench.context.deadlines.ask]).toEqual(['running.contact', undefined]);
  });

  test('an answer to nothing, and somebody seen twice, change nothing', () => {
    const bench = new SessionBench('two-valves', 'bath', true).toContact().send({ type: 'seen' }, 1_000);
    const before = bench.snapshot;
    expect(bench.send({ type: 'seen' }, 1_000).snapshot).toBe(before);
    expect(bench.send({ type: 'answer' }, 1_000).snapshot).toBe(before);
  });

  test('whoever began at the button is not asked after a pause that the page ended', () => {
    const bench = new SessionBench().toContact('button').send(pause, 10_000).send(closed).send(resume, 500);
    bench.send({ type: 'banded' }, 10_000);
    expect([bench.state, bench.context.run?.asks]).toEqual(['running.contact', false]);
  });

  test('nobody is asked in a dry run, though the press is there', () => {
    expect(runOf({ id: 's', plan: planOf(), person: null, dry: true })).toMatchObject({
      asks: false,
      banded: false,
      reason: 'completed',
    });
  });
});

test.each([
  [3_001, true],
  [3_000, false],
])('a countdown of 3 s is given in a step of %s ms: %s', (warmMs, given) => {
  const bench = new SessionBench().toContact('page', lasting(warmMs));
  expect('countdown' in bench.context.deadlines).toBe(given);
});

describe('that the water is in its band', () => {
  const isBanded = (bench: SessionBench) => bench.context.run?.banded;
  test('is said while it is offered, and at no other time', () => {
    const bench = new SessionBench().start().prove();
    expect(isBanded(bench)).toBe(false);
    expect(isBanded(bench.send({ type: 'banded' }, 10_000))).toBe(true);
    expect(isBanded(bench.send({ type: 'unbanded' }, 1_000))).toBe(false);
    expect(isBanded(bench.send({ type: 'banded' }, 10_000).clockDue())).toBe(false);
    expect(isBanded(new SessionBench().toContact().send(stop, 1_000))).toBe(false);
  });

  test('in basins too; there nothing is to be proved', () => {
    const bench = basins('basin').start().send(closed);
    expect([isBanded(bench), bench.context.run?.proved]).toEqual([false, true]);
    expect(isBanded(bench.send({ type: 'banded' }, 10_000))).toBe(true);
    expect(isBanded(bench.send({ type: 'unbanded' }, 1_000))).toBe(false);
  });
});

describe('a press', () => {
  test.each([
    [BEGIN_MS, 'running.contact'],
    [BEGIN_MS + 1, 'starting.ready'],
  ])('without water, %s ms old when it is known to be shut', (ageMs, state) => {
    const bench = new SessionBench('cues').send({ type: 'clock' }, 500).start().send(begin);
    expect(bench.send(closed, ageMs).state).toBe(state);
  });

  test('that was kept says who is asked', () => {
    const bench = new SessionBench().start().prove().send({ type: 'begin', source: 'mqtt' });
    expect(bench.send({ type: 'banded' }, 1_000).context.run?.asks).toBe(true);
  });

  test('in running water is no press', () => {
    const bench = new SessionBench().toContact();
    expect(bench.send(begin, 1_000).context.run?.press).toBeNull();
  });
});

describe('a trip', () => {
  test('that held is what the session is remembered by, whatever ends it', () => {
    const held = trip('hold', 'no_answer');
    const bench = new SessionBench().toContact().send({ type: 'trip', trip: held }, 1_000);
    expect(bench.context.run?.trip).toEqual(held);
    expect(bench.send(stop, 1_000).context.run).toMatchObject({ trip: held, reason: 'stopped_by_person' });
    const paused = new SessionBench().toContact().send({ type: 'trip', trip: held }, 1_000).send(closed);
    expect(paused.clockDue().context.run).toMatchObject({ trip: held, reason: 'no_answer' });
    expect(new SessionBench().toHeld().context.run?.trip).toBeNull();
  });

  test('that aborts is the reason', () => {
    const bench = new SessionBench().toContact().send({ type: 'trip', trip: trip('abort', 'leak') }, 1_000);
    expect(bench.context.run?.reason).toBe('leak');
  });

  test('of silence in a flush: nobody goes on before readings are fresh', () => {
    const bench = new SessionBench().start(planOf(), false, { idleMs: 9 }).send(closed);
    bench.send({ type: 'trip', trip: trip('hold', 'stale_reading') }, 1_000).send(closed, 500);
    expect(bench.send(resume, 500).state).toBe('held');
    expect(bench.send({ type: 'fresh' }, 500).send(resume, 500).state).toBe('starting.flushing');
  });
});

test('water that basins never bring is a reason of its own', () => {
  const bench = basins('basin').start().send(closed);
  bench.clockDue();
  expect([bench.state, bench.context.run?.reason]).toEqual(['aborting', 'never_in_band']);
});

describe('the numbers', () => {
  const run = runOf({ id: 's', plan: planOf(), person: null, dry: false });
  const none = { ...run, plan: { ...planOf(), steps: [] } };

  test('the nearest deadline', () => {
    const at = (deadlines: object) => deadlineOf({ ...new SessionBench().context, deadlines });
    expect([at({}), at({ step: 9, ask: 5 }), at({ ask: 5, step: 9 })]).toEqual([null, 5, 5]);
  });

  test.each([
    [run, 'warm', 'mixer', 38],
    [run, 'cold', 'mixer', 15],
    [{ ...run, warmPlateauC: 37 }, 'warm', 'two-valves', 37],
    [{ ...run, coldPlateauC: 12 }, 'cold', 'two-valves', 12],
    [{ ...run, warmPlateauC: 37 }, 'warm', 'mixer', 38],
    [
      {
        ...run,
        plan: { ...planOf(), steps: planOf().steps.map((step) => ({ ...step, targetC: step.targetC - 1 })) },
      },
      'cold',
      'mixer',
      14,
    ],
    [none, 'warm', 'mixer', 38],
    [none, 'cold', 'mixer', 15],
  ] as const)('%#: the target of %s water', (of, side, plumbing, targetC) => {
    expect(targetOf(of, side, plumbing)).toBe(targetC);
  });

  test('of nothing nothing is expected', () => {
    const told = expects(new SessionBench().context, run, null, {});
    expect(told).toMatchObject({ expectation: { active: false, side: null, targetC: null, band: null } });
    const unknown = expects(new SessionBench().context, none, 'warm', {});
    expect(unknown).toMatchObject({ expectation: { active: true, targetC: 38, band: null } });
  });

  test.each<readonly [Partial<SessionSettings>, boolean]>([
    [{ plumbing: 'two-valves', vessel: 'stream' }, true],
    [{ plumbing: 'cues', vessel: null }, false],
    [{ plumbing: 'mixer', vessel: 'basin' }, false],
    [{ plumbing: 'mixer', vessel: 'two-basins' }, false],
  ])('%j has a line that may have stood: %s', (settings, has) => {
    expect(hasLine({ ...new SessionBench().context.settings, ...settings })).toBe(has);
  });

  test('L8 is shorter where nobody can be asked', () => {
    expect([true, false].map((asks) => sessionLimitOf({ ...run, asks }) / 60_000)).toEqual([25, 15]);
    expect(sessionLimitOf({ ...run, dry: true }) / 60_000).toBe(25);
  });
});
