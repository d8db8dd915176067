// If these fail, a press that should do nothing opens contact, a pause loses the rest of a step, or a step runs past its
// limit: the session no longer goes the way that a person was told.
import { describe, expect, test } from 'vitest';
import {
  BEGIN_MS,
  CONTINUE_MS,
  READY_AGAIN_MS,
  READY_MS,
  RETURN_TO_IDLE_MS,
} from '../../machines/envelope.ts';
import { ASK_AFTER_MS, VERIFY_MS } from '../../machines/session-run.ts';
import type { Timeless } from './support.ts';
import { SessionBench, planOf, trip } from './support.ts';

const begin: Timeless = { type: 'begin', source: 'page' };
const stop: Timeless = { type: 'stop', source: 'mqtt' };
const pause: Timeless = { type: 'pause', source: 'mqtt' };
const resume: Timeless = { type: 'resume', source: 'page', begins: true };
const closed: Timeless = { type: 'closed' };
const opened = (side: 'warm' | 'cold', sentAtMs: number): Timeless => ({ type: 'opened', side, sentAtMs });

describe('a session from start to end', () => {
  test.each(['two-valves', 'mixer'] as const)('goes through its steps on %s', (plumbing) => {
    const bench = new SessionBench(plumbing).start();
    expect([bench.state, bench.water]).toEqual(['starting.closing', null]);
    bench.send(closed, 1_000);
    expect([bench.state, bench.expected?.leg, bench.water?.side]).toEqual(['starting.proving', 0, 'warm']);
    bench.send({ type: 'steady', plateauC: 38.2 }, 20_000);
    expect([bench.expected?.leg, bench.water?.side]).toEqual([1, 'cold']);
    bench.send({ type: 'steady', plateauC: 14 }, 15_000);
    expect([bench.expected?.leg, bench.water?.side]).toEqual([2, 'warm']);
    bench.send({ type: 'steady', plateauC: 38.4 }, 15_000);
    expect([bench.state, bench.expected?.leg]).toEqual(['starting.tempering', null]);
    // Nothing can change what comes out of two valves: there the target is what was measured.
    expect(bench.water?.targetC).toBe(plumbing === 'mixer' ? 38 : 38.4);
    bench.send({ type: 'banded' }, 10_000);
    expect([bench.state, bench.expected?.exposed, bench.cues]).toEqual([
      'starting.ready',
      false,
      ['feet-in'],
    ]);
    bench.send(begin, 5_000);
    expect([bench.state, bench.expected?.exposed, bench.cues]).toEqual(['running.contact', true, ['warm']]);
    for (const side of ['cold', 'warm', 'cold'] as const) {
      bench.send({ type: 'clock' }, side === 'warm' ? 30_000 : 180_000);
      expect([bench.state, bench.expected?.exposed, bench.water?.side]).toEqual([
        'running.switching',
        true,
        side,
      ]);
      bench.send(opened(side, bench.atMs), 1_500);
      expect(bench.state).toBe('running.contact');
    }
    bench.send({ type: 'clock' }, 30_000);
    expect([bench.state, bench.expected?.exposed, bench.water]).toEqual(['completing', false, null]);
    bench.send(closed, 1_000);
    expect(bench.wants).toContainEqual({ type: 'ended', outcome: 'complete', reason: 'completed' });
    bench.send({ type: 'clock' }, RETURN_TO_IDLE_MS - 1);
    expect(bench.state).toBe('complete');
    bench.send({ type: 'clock' }, 1);
    expect([bench.state, bench.context.run]).toEqual(['idle', null]);
  });

  test('without water it goes from closing to ready, and moves on 5 s after the cue', () => {
    const bench = new SessionBench('cues').start().send(closed);
    expect([bench.state, bench.water]).toEqual(['starting.ready', undefined]);
    bench.send(begin, 1_000).send({ type: 'clock' }, 180_000);
    expect(bench.state).toBe('running.switching');
    bench.send({ type: 'clock' }, 4_999);
    expect(bench.state).toBe('running.switching');
    bench.send({ type: 'clock' }, 1);
    expect(bench.state).toBe('running.contact');
  });

  test.each([
    ['resume where somebody can begin', true, 'running.contact'],
    ['resume from afar', false, 'restarting.ready'],
  ])('without water a pause is over at once: %s', (_, begins, state) => {
    const bench = new SessionBench('cues').start().send(closed).send(begin).send(pause, 60_000).send(closed);
    expect(bench.send({ type: 'resume', source: 'page', begins }, 1_000).state).toBe(state);
    const left = bench.state === 'running.contact' ? bench : bench.send(begin);
    expect(left.context.deadlines.step).toBe(left.atMs + 120_000);
  });

  test('without water a press after nobody came begins, for there is no band to wait for', () => {
    const bench = new SessionBench('cues').start().send(closed).clockDue();
    expect(bench.state).toBe('starting.parked');
    expect(bench.send(begin, 1_000).state).toBe('running.contact');
  });

  test('without water a press before ready is enough', () => {
    expect(new SessionBench('cues').start().send(begin).send(closed, 1_000).state).toBe('running.contact');
  });
});

describe('begin', () => {
  test.each([
    ['59.9 s old', BEGIN_MS - 1, 'running.contact'],
    ['60 s old', BEGIN_MS, 'running.contact'],
    ['older than 60 s', BEGIN_MS + 1, 'starting.ready'],
  ])('a press %s when the water comes into its band', (_, ageMs, state) => {
    const bench = new SessionBench().start().prove().send(begin);
    expect(bench.state).toBe('starting.tempering');
    expect(bench.send({ type: 'banded' }, ageMs).state).toBe(state);
  });

  test('the button is not asked "still OK?" later, page and MQTT are', () => {
    for (const [source, asks] of [
      ['button', false],
      ['page', true],
      ['mqtt', true],
      ['cli', true],
    ] as const) {
      const bench = new SessionBench().toReady().send({ type: 'begin', source });
      expect([source, bench.context.run?.asks]).toEqual([source, asks]);
      expect(bench.context.deadlines.ask === undefined).toBe(!asks);
      expect(bench.expected?.sessionOverMs).toBe(bench.atMs + (asks ? 25 : 15) * 60_000);
    }
  });

  test('nobody presses: closed after 60 s; a press within 15 min prepares again', () => {
    const bench = new SessionBench().toReady();
    expect(bench.send({ type: 'clock' }, READY_MS - 1).state).toBe('starting.ready');
    bench.send({ type: 'clock' }, 1);
    expect([bench.state, bench.water, bench.expected?.active]).toEqual(['starting.parked', null, false]);
    bench.send(begin, READY_AGAIN_MS - 1);
    expect([bench.state, bench.water?.side]).toEqual(['starting.tempering', 'warm']);
    expect(bench.send({ type: 'banded' }, 20_000).state).toBe('running.contact');
  });

  test('nobody comes at all: stopped after 15 min more, and there is nothing to continue', () => {
    const bench = new SessionBench().toReady().clockDue();
    expect(bench.send({ type: 'clock' }, READY_AGAIN_MS - 1).state).toBe('starting.parked');
    expect(bench.send({ type: 'clock' }, 1).state).toBe('stopping');
    bench.send(closed);
    expect(bench.wants).toContainEqual({ type: 'ended', outcome: 'stopped', reason: 'nobody_came' });
    expect(bench.context.continuableUntilMs).toBeNull();
  });

  test('water that leaves its band while it is offered is prepared again, and no press is remembered', () => {
    const bench = new SessionBench().toReady().send({ type: 'unbanded' }, 1_000);
    expect(bench.state).toBe('starting.tempering');
    expect(bench.send({ type: 'banded' }, 10_000).state).toBe('starting.ready');
  });
});

describe('limits of a step', () => {
  test('L4 counts from the open command: a cold step at its limit ends early by the verification', () => {
    const plan = planOf();
    const long = {
      ...plan,
      steps: plan.steps.map((step) => ({ ...step, durationMs: step.kind === 'cold' ? 60_000 : 240_000 })),
    };
    const bench = new SessionBench().toContact('page', long).clockDue();
    while (bench.state === 'running.contact') bench.clockDue();
    const sentAtMs = bench.atMs + 700;
    bench.send(opened('cold', sentAtMs), 2_200);
    expect(bench.context.deadlines.step).toBe(sentAtMs + 60_000);
    expect(bench.expected?.stepOverMs).toBe(sentAtMs + 61_000);
    expect(bench.water?.untilMs).toBe(sentAtMs + 61_000);
  });

  test('L3 counts from the press where the water runs already', () => {
    const bench = new SessionBench().toContact();
    expect(bench.expected?.stepOverMs).toBe(bench.atMs + 241_000);
  });

  test('L11: a soak may last 20 min', () => {
    const bench = new SessionBench().toContact('page', planOf(1, 'soak'));
    expect(bench.expected?.stepOverMs).toBe(bench.atMs + 20 * 60_000 + 1_000);
  });

  test('the other side opening does not start the step', () => {
    const bench = new SessionBench().toContact().send({ type: 'clock' }, 180_000);
    expect(bench.send(opened('warm', 0), 100).state).toBe('running.switching');
    expect(bench.send({ type: 'clock' }, VERIFY_MS).state).toBe('aborting');
  });
});

describe('pause and resume', () => {
  test('keeps what is left of the step, and needs the band and a press again', () => {
    const bench = new SessionBench().toHeld();
    expect([bench.state, bench.context.run?.stepDoneMs]).toEqual(['held', 60_000]);
    bench.send(resume, 10_000);
    expect([bench.state, bench.expected?.exposed, bench.wants[0]?.type]).toEqual([
      'restarting.tempering',
      false,
      'release',
    ]);
    bench.send({ type: 'banded' }, 12_000);
    expect([bench.state, bench.context.deadlines.step]).toEqual(['running.contact', bench.atMs + 120_000]);
  });

  test('while the water changes takes nothing from the step that comes', () => {
    const bench = new SessionBench().toContact().send({ type: 'clock' }, 180_000);
    bench.send(pause, 500).send(closed, 1_000);
    expect([bench.state, bench.context.run?.stepDoneMs]).toEqual(['held', 0]);
    bench.send(resume, 10_000).send({ type: 'banded' }, 12_000);
    expect([bench.state, bench.context.deadlines.step]).toEqual(['running.contact', bench.atMs + 30_000]);
  });

  test('a resume from afar, or a press before the pause, begins nothing', () => {
    const bench = new SessionBench().start().prove().send(begin).send(pause, 1_000).send(closed, 1_000);
    bench.send({ type: 'resume', source: 'mqtt', begins: false }, 1_000).send({ type: 'banded' }, 12_000);
    expect(bench.state).toBe('restarting.ready');
  });

  test('L8 goes on over the pause', () => {
    const overMs = new SessionBench().toContact().expected?.sessionOverMs;
    const bench = new SessionBench().toContact().send(pause, 60_000);
    expect(bench.expected?.sessionOverMs).toBe(overMs);
  });

  test('L19: it runs out, from when it was asked for', () => {
    // The valves took 1 s to close.
    const bench = new SessionBench().toHeld();
    expect(bench.send({ type: 'clock' }, 58_999).state).toBe('held');
    bench.send({ type: 'clock' }, 1);
    expect([bench.state, bench.context.run?.reason]).toEqual(['stopping', 'pause_ran_out']);
  });

  test('before the proof test is over, it is made anew', () => {
    const bench = new SessionBench().start().send(closed).send(pause, 1_000).send(closed, 1_000).send(resume);
    expect([bench.state, bench.expected?.leg]).toEqual(['starting.proving', 0]);
  });
});

describe('a stale reading', () => {
  const stale: Timeless = { type: 'trip', trip: trip('hold', 'stale_reading') };

  test('cannot be resumed before readings are fresh, and aborts after 15 s', () => {
    const bench = new SessionBench().toContact().send(stale, 10_000).send(closed, 1_000);
    expect(bench.send(resume, 1_000).state).toBe('held');
    expect(bench.send({ type: 'clock' }, 12_999).state).toBe('held');
    bench.send({ type: 'clock' }, 1);
    expect([bench.state, bench.context.run?.reason]).toEqual(['aborting', 'stale_reading']);
  });

  test('that is over while it waits lasts as long as any pause', () => {
    const bench = new SessionBench()
      .toContact()
      .send(stale, 10_000)
      .send(closed, 1_000)
      .send({ type: 'fresh' });
    expect(bench.send({ type: 'clock' }, 30_000).state).toBe('held');
    expect(bench.send(resume).state).toBe('restarting.tempering');
  });

  test('that is over before the valves have closed is over too', () => {
    const bench = new SessionBench()
      .toContact()
      .send(stale, 10_000)
      .send({ type: 'fresh' }, 300)
      .send(closed, 1_000);
    expect(bench.send({ type: 'clock' }, 30_000).state).toBe('held');
    expect(bench.send(resume).state).toBe('restarting.tempering');
  });
});

describe('T13', () => {
  test('is asked once a cycle, and only where the answer fits in', () => {
    const bench = new SessionBench().toContact();
    const asked: number[] = [];
    for (let i = 0; i < 40 && bench.state !== 'completing'; i += 1) {
      if (bench.state === 'running.switching')
        bench.send(opened(bench.context.run?.index === 2 ? 'warm' : 'cold', bench.atMs), 1_000);
      else bench.clockDue();
      if (bench.cues.includes('ask')) {
        asked.push(bench.context.run?.index ?? -1);
        expect(bench.expected?.answerByMs).toBe(bench.atMs + 30_000);
        bench.send({ type: 'answer' }, 1_000);
        expect([bench.context.run?.prompt, bench.expected?.answerByMs]).toEqual([null, null]);
      }
    }
    expect(asked).toEqual([0, 2]);
    expect(ASK_AFTER_MS).toBe(20_000);
  });

  test('whoever is seen in the cycle is not asked, and answers where they were asked', () => {
    const bench = new SessionBench('two-valves', 'bath', true).toContact('button');
    bench.send({ type: 'seen' }, 1_000);
    expect([bench.wants, bench.context.run?.seenCycle]).toEqual([[], 1]);
    while (bench.context.deadlines.ask !== undefined) bench.clockDue();
    expect([bench.cues, bench.context.run?.prompt]).toEqual([[], null]);

    const asked = new SessionBench('two-valves', 'bath', true).toContact('button');
    while (!asked.cues.includes('ask')) asked.clockDue();
    asked.send({ type: 'seen' }, 1_000);
    expect([asked.context.run?.prompt, asked.expected?.answerByMs]).toEqual([null, null]);
  });

  test('without a sensor a press at the button is asked nothing, with one it is', () => {
    for (const presence of [false, true]) {
      const bench = new SessionBench('two-valves', 'bath', presence).toContact('button');
      expect(bench.context.run?.asks).toBe(presence);
    }
  });

  test('nobody there any more is a reason of its own', () => {
    const bench = new SessionBench()
      .toContact()
      .send({ type: 'trip', trip: trip('hold', 'nobody_there') }, 50_000);
    bench.send(closed, 1_000).clockDue();
    expect([bench.state, bench.context.run?.reason]).toEqual(['stopping', 'nobody_there']);
  });

  test('unanswered it pauses, then ends as stopped with its reason', () => {
    const bench = new SessionBench()
      .toContact()
      .send({ type: 'trip', trip: trip('hold', 'no_answer') }, 50_000);
    bench.send(closed, 1_000).clockDue();
    expect([bench.state, bench.context.run?.reason]).toEqual(['stopping', 'no_answer']);
  });
});

describe('continue', () => {
  const again: Timeless = { type: 'continue', source: 'page', id: 's1' };
  const stopped = () => new SessionBench().toContact().send(stop, 60_000).send(closed, 1_000);

  test.each([
    ['at 15 min', CONTINUE_MS, 'starting.closing'],
    ['after 15 min', CONTINUE_MS + 1, 'stopped'],
  ])('once, %s', (_, afterMs, state) => {
    const bench = stopped().send(again, afterMs);
    expect(bench.state).toBe(state);
  });

  test('goes on with what is left, through proof and band, and not a second time', () => {
    const bench = stopped().send(again, 1_000).prove();
    expect(bench.expected?.sessionOverMs).toBeNull();
    bench.send({ type: 'banded' }, 20_000);
    // The press that continued is older than 60 s by now.
    expect(bench.state).toBe('starting.ready');
    bench.send(begin);
    expect(bench.context.deadlines.step).toBe(bench.atMs + 120_000);
    bench.send(stop, 1_000).send(closed);
    expect(bench.send(again).state).toBe('stopped');
  });

  test.each([
    ['an abort, once it is cleared', trip('abort'), 'starting.closing'],
    ['a latched fault', trip('abort', 'too_warm', true), 'idle'],
  ])('after %s', (_, fault, state) => {
    const bench = new SessionBench().toContact().send({ type: 'trip', trip: fault }, 60_000).send(closed);
    expect(bench.state).toBe('aborted');
    expect(bench.send(again).state).toBe('aborted');
    expect(bench.send({ type: 'clear' }).send(again).state).toBe(state);
  });

  test('still within 15 min when the station has gone back to idle after 5', () => {
    const bench = stopped().send({ type: 'clock' }, RETURN_TO_IDLE_MS);
    expect(bench.state).toBe('idle');
    expect(bench.send(again, 1_000).state).toBe('starting.closing');
  });
});
