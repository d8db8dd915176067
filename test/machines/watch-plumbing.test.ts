// If these fail, water runs where nobody wants it (a valve that does not shut, a basin that runs over, a hose that has
// come off) and nobody closes the master; or a healthy meter ends a session.
import { describe, expect, test } from 'vitest';
import type { BasinExpectation } from '../../src/model/basin.ts';
import type { SenseReading } from '../../src/model/device.ts';
import type { WatchSenses } from '../../machines/watch/facts.ts';
import { IN_WARM, WatchBench } from './support.ts';

const SENSES: WatchSenses = { flowAgeMs: 5_000, travelMs: 500, float: 'overflow', mostLitres: null };
const bench = (senses: Partial<WatchSenses> = {}): WatchBench =>
  new WatchBench({ senses: { ...SENSES, ...senses }, beside: ['master'] });

type Said = SenseReading extends infer R
  ? R extends unknown
    ? Omit<R, 'device' | 'takenAtMs'>
    : never
  : never;
const sense = (to: WatchBench, said: Said, afterMs = 1_000, device = 's'): WatchBench => {
  to.to(to.atMs + afterMs);
  const reading = { ...said, device, takenAtMs: to.atMs } as SenseReading;
  return to.input({ type: 'sense', device, reading });
};
const flows = (to: WatchBench, lpm: number | null, seconds: number): WatchBench => {
  for (let second = 0; second < seconds; second += 1) sense(to, { kind: 'flow', valueLpm: lpm });
  return to;
};
const filling = (to: WatchBench, operation: BasinExpectation['operation']): WatchBench => {
  const none = { side: null, targetC: null, band: null, toL: null, filledAtMs: null };
  return to.expect({ basin: { ...none, operation } });
};

describe('T7, flow with everything closed', () => {
  test('at rest, before anything was ever opened: after 5 s', () => {
    const at = flows(bench(), 0, 5);
    flows(at, 2, 8);
    expect(at.firstMs('flow_while_closed')).toBe(6_000 + 5_000);
  });

  test('after a close that the valve did not follow: 5 s after its travel, whatever it reports', () => {
    const at = flows(bench().open('warm'), 6, 10);
    const closedMs = at.atMs;
    at.close('hot');
    flows(at, 6, 8);
    expect(at.firstMs('flow_while_closed')).toBe(closedMs + 500 + 5_000);
  });

  test.each([0, 0.1, 0.29])('%d l/min are a meter at rest', (lpm) => {
    expect(flows(bench(), lpm, 60).said).toEqual([]);
  });

  test('not during a change of sides, when both are told to close for a moment', () => {
    const at = flows(bench().open('warm'), 6, 10);
    at.close('hot').open('cold');
    expect(flows(at, 6, 20).said).toEqual([]);
  });

  test('not for water that runs out of the pipe for 3 s after the close', () => {
    const at = flows(bench().open('warm'), 6, 10);
    at.close('hot');
    expect(flows(flows(at, 2, 3), 0, 20).said).toEqual([]);
  });

  test('a master that opens or closes is no water of its own', () => {
    const at = flows(bench().open('warm'), 6, 5);
    at.input({ type: 'sent', device: 'master', action: 'close', side: null, leaseMs: 0, targetC: null });
    at.input({ type: 'verified', device: 'master', status: 'closed' });
    expect(at.state.facts.open).toEqual(['hot']);
    expect(at.state.facts.closedSinceMs).toBeNull();
  });
});

describe('T7, no flow with a valve open', () => {
  test('after 5 s, by deadline', () => {
    const at = flows(bench(), 0, 3);
    at.expect(IN_WARM).open('warm');
    const verifiedMs = at.atMs;
    flows(at, 0, 8);
    expect(at.firstMs('no_flow')).toBe(verifiedMs + 5_000);
  });

  test('not where the meter needs 3 s to see it', () => {
    const at = flows(bench(), 0, 3).open('warm');
    expect(flows(flows(at, 0, 3), 6, 20).said).toEqual([]);
  });
});

describe('a meter that falls silent', () => {
  test('is told once, trips nothing, and says when it is back', () => {
    const at = flows(bench().open('warm'), 6, 3).to(60_000);
    expect([at.said, at.told]).toEqual([[], ['flow-silent']]);
    flows(at, 6, 2);
    expect(at.told).toEqual(['flow-silent', 'flow-heard']);
  });

  test('one that has never spoken is missed when a session begins', () => {
    expect(bench().input({ type: 'session', cycles: 3, doseBefore: 0 }, 1_000).told).toEqual(['flow-silent']);
  });

  test('one that says it has gone is silent at once', () => {
    expect(flows(flows(bench(), 0, 3), null, 1).told).toEqual(['flow-silent']);
  });

  test('an answer that is no flow is none, and not zero', () => {
    expect(flows(bench().open('warm'), null, 20).said).toEqual([]);
  });
});

describe('T7, leak', () => {
  test('at once, with nothing wanted', () => {
    const at = sense(bench(), { kind: 'leak', leaking: true });
    expect(at.said).toEqual(['T7 leak']);
  });

  test('and again for a session that begins while it is wet; a sensor that has gone is not dry', () => {
    const at = sense(bench(), { kind: 'leak', leaking: true });
    sense(at, { kind: 'leak', leaking: null });
    at.trips = [];
    at.input({ type: 'session', cycles: 3, doseBefore: 0 });
    expect(at.said).toEqual(['T7 leak']);
    sense(at, { kind: 'leak', leaking: false });
    at.trips = [];
    expect(at.input({ type: 'session', cycles: 3, doseBefore: 0 }).said).toEqual([]);
  });

  test('one dry sensor does not speak for a wet one', () => {
    const at = sense(bench(), { kind: 'leak', leaking: true }, 0, 'a');
    at.trips = [];
    sense(at, { kind: 'leak', leaking: false }, 1_000, 'b');
    expect(at.said).toEqual(['T7 leak']);
  });
});

describe('T7, overfill', () => {
  const float = (to: WatchBench, high: boolean, afterMs = 0) =>
    sense(to, { kind: 'level', level: { by: 'float', high } }, afterMs);
  const volume = (to: WatchBench, litres: number) =>
    sense(to, { kind: 'level', level: { by: 'volume', litres } });

  test('on a stream a float that is up is a blocked drain: at once', () => {
    expect(float(bench(), true).said).toEqual(['T7 overfull']);
  });

  test('in a basin it stops the filling, and trips only if water still runs in 2 s later', () => {
    const full = bench({ float: 'full' });
    full.open('warm');
    const upMs = float(full, true).atMs;
    expect(full.to(upMs + 30_000).firstMs('overfull')).toBe(upMs + 2_000);
    const good = bench({ float: 'full' });
    float(good.open('warm'), true).close('hot');
    expect(float(good, true, 30_000).said).toEqual([]);
  });

  test('litres above what may be in it, two samples running', () => {
    const at = filling(bench({ float: 'full', mostLitres: 8.8 }), 'fill');
    volume(volume(volume(at, 8.9), 8.7), 8.9);
    expect(at.said).toEqual([]);
    expect(volume(at, 9).said).toEqual(['T7 overfull']);
  });

  test('once it is filled, two feet may push up 2 l more', () => {
    const at = filling(bench({ float: 'full', mostLitres: 8.8 }), 'hold');
    volume(volume(at, 10.8), 10.8);
    expect(at.said).toEqual([]);
    volume(volume(at, 10.9), 10.9);
    expect(at.said).toEqual(['T7 overfull']);
  });
});

describe('T13, presence', () => {
  const seen = (): WatchBench => new WatchBench({ plumbing: 'cues', thermometers: [] });
  const there = (to: WatchBench, present: boolean | null, afterMs = 0, device = 's') =>
    sense(to, { kind: 'presence', present }, afterMs, device);

  test('lost for 10 s during contact: a pause', () => {
    const at = there(seen().expect(IN_WARM), true, 1_000);
    const goneMs = there(at, false, 20_000).atMs;
    const [first] = at.to(at.atMs + 15_000).trips;
    expect(first).toMatchObject({
      atMs: goneMs + 10_000,
      trip: { detector: 'T13', response: 'hold', reason: 'nobody_there' },
    });
  });

  test('back within 10 s, or seen by another sensor: nothing', () => {
    const at = there(seen().expect(IN_WARM), true, 1_000);
    there(there(there(at, false, 20_000), true, 9_900), false, 1_000);
    there(at, true, 5_000, 'other');
    expect(at.to(at.atMs + 60_000).said).toEqual([]);
  });

  test('nobody there before contact counts from its beginning', () => {
    const at = there(seen(), false).expect(IN_WARM, 60_000);
    expect(at.to(at.atMs + 30_000).firstMs('nobody_there')).toBe(70_000);
  });

  test('a sensor that has gone says neither', () => {
    const at = there(seen().expect(IN_WARM), true, 1_000);
    there(there(at, false, 5_000), null, 1_000);
    expect(at.to(at.atMs + 60_000).said).toEqual([]);
  });

  test('outside contact it is nobody’s affair', () => {
    expect(there(seen().expect({ ...IN_WARM, exposed: false }), false).to(60_000).said).toEqual([]);
  });

  test('whoever is seen is told at each word and at each step', () => {
    const at = there(seen().expect(IN_WARM), true, 1_000).expect(IN_WARM, 1_000);
    expect(at.told).toEqual(['seen', 'seen']);
  });
});

describe('two thermometers', () => {
  const two = (): WatchBench => new WatchBench({ thermometers: ['a', 'b'] });

  test('the good one does not speak for the one that is out of the band (L15, T9)', () => {
    const at = two().expect(IN_WARM).open('warm');
    for (let second = 0; second < 40; second += 1) at.reading(38, 500, 'a').reading(35, 500, 'b');
    expect(at.state.facts.inBandSinceMs).toBeNull();
    expect(at.told).not.toContain('banded');
  });

  test('one that is stuck is found though the other moves, both ways', () => {
    for (const [from, to, side] of [
      [15, 38, 'warm'],
      [38, 15, 'cold'],
    ] as const) {
      const at = two();
      at.reading(from, 0, 'a')
        .reading(from, 0, 'b')
        .expect({ ...IN_WARM, side, targetC: to, band: null });
      at.open(side);
      const verifiedMs = at.atMs;
      for (let second = 0; second < 14; second += 1) at.reading(to, 500, 'a').reading(from, 500, 'b');
      expect(at.firstMs('stuck_thermometer')).toBe(verifiedMs + 10_000);
    }
  });

  test('the cold one counts for the distance below the band, the warm one for that above (T9)', () => {
    const at = two()
      .expect({ ...IN_WARM, band: { minC: 37, maxC: 39 } })
      .open('warm');
    at.reading(38, 500, 'a').reading(38, 0, 'b');
    // 1.6 K below with one of them, and the other in the band: 60 K s after some 38 s.
    for (let second = 0; second < 60; second += 1) at.reading(37.2, 500, 'a').reading(35.4, 500, 'b');
    expect(at.said).toContain('T9 out_of_band');
  });
});
