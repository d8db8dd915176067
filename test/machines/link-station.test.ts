// If these fail, a device that came back passes for one that never went, or a latched fault clears while the water that
// it was latched for is still there.
import { describe, expect, test } from 'vitest';
import type { LinkEvent } from '../../machines/link.ts';
import { link } from '../../machines/link.ts';
import type { StationEvent } from '../../machines/station.ts';
import { station } from '../../machines/station.ts';
import { trip } from './support.ts';

describe('link', () => {
  const INTO: Readonly<Record<string, readonly LinkEvent['type'][]>> = {
    down: [],
    connecting: ['broker-up'],
    up: ['broker-up', 'device-up'],
  };
  test.each<readonly [string, LinkEvent['type'], string, readonly string[]]>([
    ['down', 'broker-up', 'connecting', []],
    ['down', 'broker-down', 'down', []],
    ['down', 'device-up', 'down', []],
    ['down', 'device-down', 'down', []],
    ['connecting', 'broker-up', 'connecting', []],
    ['connecting', 'broker-down', 'down', []],
    ['connecting', 'device-up', 'up', ['up']],
    ['connecting', 'device-down', 'connecting', []],
    ['up', 'broker-up', 'up', []],
    ['up', 'broker-down', 'down', ['lost']],
    ['up', 'device-up', 'up', []],
    ['up', 'device-down', 'connecting', ['lost']],
  ])('%s, %s -> %s, %j', (from, type, to, told) => {
    let snapshot = link.initial(undefined);
    for (const one of INTO[from] ?? []) snapshot = link.step(snapshot, { type: one, atMs: 1 }).snapshot;
    expect(snapshot.value).toBe(from);
    const step = link.step(snapshot, { type, atMs: 2 });
    expect([step.snapshot.value, step.wants.map((want) => want.type)]).toEqual([to, told]);
  });
});

describe('station', () => {
  const latching: StationEvent = { type: 'trip', trip: trip('abort', 'over_temperature', true), atMs: 0 };
  const aborting: StationEvent = { type: 'trip', trip: trip('abort'), atMs: 0 };
  const fault = { code: 'over_temperature', detector: 'T1', latched: true, message: '43.2 C' };
  const restored: StationEvent = { type: 'restored', fault, atMs: 0 };
  const holds = (atMs: number, is: boolean): StationEvent => ({ type: 'condition', holds: is, atMs });
  const clear = (atMs: number): StationEvent => ({ type: 'clear', atMs });

  test.each<readonly [string, readonly StationEvent[], string, readonly string[]]>([
    ['a trip that only holds is no fault', [{ type: 'trip', trip: trip('hold'), atMs: 0 }], 'usable', []],
    ['nor one that ends', [{ type: 'trip', trip: trip('end'), atMs: 0 }], 'usable', []],
    ['an abort waits for a clear', [aborting], 'faulted', []],
    ['and is cleared', [aborting, clear(1)], 'usable', ['cleared']],
    ['nothing to clear', [clear(1)], 'usable', []],
    ['a latch takes the place of an abort', [aborting, latching], 'latched', []],
    ['not cleared while nothing was measured', [latching, clear(60_000)], 'latched', []],
    ['not cleared while it holds', [latching, holds(1, true), clear(60_000)], 'latched', []],
    ['not cleared 4.999 s after', [latching, holds(1, false), clear(5_000)], 'latched', []],
    ['cleared 5 s after', [latching, holds(1, false), clear(5_001)], 'usable', ['cleared']],
    [
      'false readings in between do not begin anew',
      [latching, holds(1, false), holds(3_000, false), clear(5_001)],
      'usable',
      ['cleared'],
    ],
    [
      'one reading that holds does',
      [latching, holds(1, false), holds(3_000, true), holds(4_000, false), clear(8_999)],
      'latched',
      [],
    ],
    [
      'a lesser trip does not take its place',
      [latching, holds(1, false), aborting, clear(6_000)],
      'usable',
      ['cleared'],
    ],
    ['a lesser trip is no way out of a latch', [latching, aborting], 'latched', []],
    ['and no clear without a measurement either', [latching, aborting, clear(60_000)], 'latched', []],
    ['another latch begins anew', [latching, holds(1, false), latching, clear(6_000)], 'latched', []],
    ['it survives a restart', [restored], 'latched', []],
    ['after a restart nothing has been measured yet', [restored, clear(60_000)], 'latched', []],
    [
      'after a restart it is measured, then cleared',
      [restored, holds(1, false), clear(5_001)],
      'usable',
      ['cleared'],
    ],
  ])('%s', (_, events, state, told) => {
    let step = { snapshot: station.initial(undefined), wants: [] as readonly { type: string }[] };
    for (const event of events) step = station.step(step.snapshot, event);
    expect([step.snapshot.value, step.wants.map(({ type }) => type)]).toEqual([state, told]);
  });

  test('keeps what is shown: the fault, since when it is false, and what was cleared', () => {
    let { snapshot } = { snapshot: station.initial(undefined) };
    expect(snapshot.context).toEqual({ fault: null, falseSinceMs: null });
    const say = (event: StationEvent) => {
      const step = station.step(snapshot, event);
      ({ snapshot } = step);
      return step.wants;
    };
    expect(say(latching)).toEqual([]);
    const told = {
      ...{ code: 'over_temperature', detector: 'T9', latched: true, message: 'as a test says' },
      clearsAtC: null,
    };
    expect(snapshot.context).toEqual({ fault: told, falseSinceMs: null });
    expect(say(holds(1_000, false))).toEqual([]);
    expect(snapshot.context).toEqual({ fault: told, falseSinceMs: 1_000 });
    say(aborting);
    expect(snapshot.context).toEqual({ fault: told, falseSinceMs: 1_000 });
    expect(say(restored)).toEqual([]);
    expect(snapshot.context).toEqual({ fault, falseSinceMs: null });
    say(holds(2_000, false));
    expect(say(clear(7_000))).toEqual([{ type: 'cleared', fault }]);
    expect(snapshot.context).toEqual({ fault: null, falseSinceMs: null });
    say(aborting);
    expect(snapshot.context.fault).toMatchObject({ code: 'out_of_band', latched: false });
  });

  test('what it waits for is the coolest of what latched, and nothing is known where one did not say', () => {
    const waits = (...atMost: readonly (number | undefined)[]) => {
      let snapshot = station.initial(undefined);
      for (const clearsAtC of atMost) {
        const { trip } = latching;
        snapshot = station.step(snapshot, {
          type: 'trip',
          trip: { ...trip, ...(clearsAtC === undefined ? {} : { clearsAtC }) },
          atMs: 0,
        }).snapshot;
      }
      return snapshot.context.fault?.clearsAtC;
    };
    expect([waits(39.5), waits(39.5, 41.5), waits(41.5, 39.5)]).toEqual([39.5, 39.5, 39.5]);
    expect([waits(undefined), waits(39.5, undefined), waits(undefined, 39.5)]).toEqual([null, null, null]);
  });
});

test('a link says since when it has been as it is', () => {
  let snapshot = link.initial(undefined);
  expect(snapshot.context).toEqual({ since: 0 });
  for (const [type, atMs] of [
    ['broker-up', 1],
    ['device-up', 2],
  ] as const)
    ({ snapshot } = link.step(snapshot, { type, atMs }));
  expect(snapshot.context).toEqual({ since: 2 });
  expect(link.step(snapshot, { type: 'device-down', atMs: 3 }).snapshot.context).toEqual({ since: 3 });
});
