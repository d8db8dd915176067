/**
 * If these fail, a judge of valves looks away: one that is open too long, too soon, or beside the other one passes; or one
 * that is shut in time is accused. Each is shown the last moment that is promised, and the next.
 */
import { describe, expect, test } from 'vitest';
import {
  asked,
  BASIN,
  booted,
  cleared,
  command,
  CONTRAST,
  deviceOf,
  died,
  fault,
  feet,
  journal,
  judge,
  leased,
  moved,
  objects,
  permit,
  pressed,
  reading,
  scenarioWith,
  state,
  STREAM,
  tick,
  ticks,
  water,
} from './bench.ts';
import type { Moment } from './bench.ts';

const HOT = { open: { hot: true } };
const STUCK = { valve: 'hot', device: 'hot' };

describe('I1: what is let out to devices', () => {
  const started = journal(0, 'start');

  test('nothing before a session was accepted, and after a restart not until one is', () => {
    expect(objects('I1', [command(10, 'hot', 'open')])).toEqual([
      10,
      'hot was told to open, and no session was accepted',
    ]);
    expect(objects('I1', [command(10, 'hot', 'close')])).toBeNull();
    for (const record of ['start', 'continue'])
      expect(objects('I1', [journal(0, record), command(10, 'hot', 'open')])).toBeNull();
    expect(objects('I1', [journal(0, 'stop'), command(10, 'hot', 'open')])?.[0]).toBe(10);
    expect(objects('I1', [started, booted(5), command(10, 'hot', 'renew')])?.[0]).toBe(10);
  });

  test('setpoints of 10 to 40 C, leases of 30 s', () => {
    const set = (targetC: number | null, leaseMs: number | null): readonly [number, string] | null =>
      objects('I1', [started, command(10, 'mixer', 'open', targetC, leaseMs)]);
    expect(set(40, 30_000)).toBeNull();
    expect(set(10, null)).toBeNull();
    expect(set(null, 1)).toBeNull();
    expect(set(40.1, null)).toEqual([10, 'mixer was set to 40.1 C']);
    expect(set(9.9, null)).toEqual([10, 'mixer was set to 9.9 C']);
    expect(set(38, 30_001)).toEqual([10, 'mixer has a lease of 30001 ms']);
  });

  test('a plan that was accepted is looked at once, when the session begins', () => {
    const begun = (plan: typeof CONTRAST): ReturnType<typeof judge> =>
      judge('I1', [state(0, 'idle'), { plan }, state(10, 'preparing'), state(20, 'warm')], { plan: null });
    expect(begun(CONTRAST)).toEqual({ at: null, judged: 1 });
    expect(begun({ ...CONTRAST, cycles: 6 })).toEqual({
      at: [10, 'a plan was accepted with 6 cycles (L5)'],
      judged: 1,
    });
    expect(judge('I1', [state(0, 'idle')], { plan: { ...CONTRAST, cycles: 6 } }).judged).toBe(0);
  });
});

describe('I2: hot water', () => {
  const two = [reading(1_000, 43), reading(2_000, 43)];
  // 0.5 s, 0.5 s of travel, one look.
  test('two samples of 43.0 C in a row on somebody in the water: shut within 0.5 s + travel', () => {
    const hot = (...before: readonly Moment[]): readonly [number, string] | null =>
      objects('I2', [...before, ...ticks(2_250, 6_000, HOT)]);
    expect(hot(feet(0, 'stream'), ...two)).toEqual([
      3_500,
      'hot is open though two samples were at 43 C or more',
    ]);
    expect(hot(permit(0), ...two)?.[0]).toBe(3_500);
    expect(hot(...two)).toBeNull();
    expect(hot(permit(0), permit(500, false), ...two)).toBeNull();
    expect(hot(feet(0, 'stream'), feet(500, null), ...two)).toBeNull();
    expect(hot(permit(0), reading(1_000, 43), reading(2_000, 42.9))).toBeNull();
    expect(hot(permit(0), reading(1_000, 43), reading(1_500, 42.9), reading(2_000, 43))).toBeNull();
    expect(hot(permit(0), reading(1_000, 43), reading(2_000, 43, 'other'))).toBeNull();
    // One that said nothing is neither.
    expect(hot(permit(0), reading(1_000, 43), reading(1_500, null), reading(2_000, 43))?.[0]).toBe(3_500);
    // The bound counts from the second one, and not from a third.
    expect(objects('I2', [permit(0), ...two, reading(3_000, 44), ...ticks(3_250, 6_000, HOT)])?.[0]).toBe(
      3_500,
    );
    expect(judge('I2', [permit(0), ...two, reading(3_000, 44)]).judged).toBe(1);
  });

  test('each valve that lets hot water in, and no other', () => {
    for (const valve of ['hot', 'mixer', 'warm-hot', 'warm-mixer'])
      expect(objects('I2', [permit(0), ...two, tick(3_251, { open: { [valve]: true } })])?.[1]).toMatch(
        new RegExp(`^${valve} is open`),
      );
    expect(objects('I2', [permit(0), ...two, tick(9_000, { open: { cold: true, drain: true } })])).toBeNull();
    expect(objects('I2', [permit(0), ...two, tick(3_250, HOT)])).toBeNull();
    expect(objects('I2', [permit(0), ...two, tick(3_550, HOT)], { travelMs: { hot: 800 } })).toBeNull();
    expect(objects('I2', [permit(0), ...two, tick(3_551, HOT)], { travelMs: { hot: 800 } })).not.toBeNull();
  });

  test('it stays shut until it is cleared', () => {
    // What was on its way is told in the same half second.
    expect(objects('I2', [permit(0), ...two, command(2_500, 'hot', 'renew')])).toBeNull();
    expect(objects('I2', [permit(0), ...two, command(2_501, 'hot', 'renew')])).toEqual([
      2_501,
      'hot was told to renew before the fault was cleared',
    ]);
    expect(objects('I2', [permit(0), ...two, command(2_501, 'hot', 'close')])).toBeNull();
    expect(objects('I2', [permit(0), ...two, command(2_501, 'cold', 'open')])).toBeNull();
    expect(objects('I2', [permit(0), ...two, cleared(2_400), command(9_000, 'hot', 'open')])).toBeNull();
    expect(objects('I2', [permit(0), ...two, cleared(2_400), ...ticks(2_500, 9_000, HOT)])).toBeNull();
    const station = { ...STREAM, devices: [deviceOf('mixer'), deviceOf('thermometer')] };
    expect(objects('I2', [permit(0), ...two, command(5_000, 'mixer', 'open')], { station })?.[0]).toBe(5_000);
  });

  test('a valve that a fault holds is not judged', () => {
    const stuck = fault(0, 'valve-stuck-open', STUCK);
    expect(objects('I2', [permit(0), stuck, ...two, ...ticks(2_250, 9_000, HOT)])).toBeNull();
  });
});

describe('I3: the dose', () => {
  const at43 = (forMs: number): readonly Moment[] => [
    ...ticks(0, forMs, { feet: 'stream', vessels: water(43) }),
  ];
  // At 43 C a second adds 1 / exp(113.4 - 28.3 ln 43).
  const perSecond = 1 / Math.exp(113.4 - 28.3 * Math.log(43));
  const dueMs = Math.ceil(0.5 / perSecond / 0.25) * 250;

  test('of 0.50 at most', () => {
    expect(objects('I3', at43(dueMs - 250))).toBeNull();
    expect(objects('I3', at43(dueMs))).toEqual([dueMs, 'the true dose of the session is 0.50']);
    expect(judge('I3', at43(1_000)).judged).toBe(5);
  });

  test('only water above 36 C, and only on feet', () => {
    expect(judge('I3', ticks(0, 1_000, { feet: 'stream', vessels: water(36) })).judged).toBe(0);
    expect(judge('I3', ticks(0, 1_000, { feet: 'stream', vessels: water(36.1) })).judged).toBe(5);
    expect(judge('I3', ticks(0, 1_000, { vessels: water(50) })).judged).toBe(0);
    expect(judge('I3', ticks(0, 1_000, { feet: 'cold', vessels: water(50, 'warm') })).judged).toBe(0);
    // The time before feet came in is not theirs.
    expect(
      objects('I3', [tick(0), tick(9e6), tick(9e6 + 250, { feet: 'stream', vessels: water(43) })]),
    ).toBeNull();
  });

  test('a session that starts has none yet', () => {
    const half = Math.round(dueMs / 500) * 250;
    const again = (record: string): readonly Moment[] => [
      ...at43(half + 500),
      journal(half + 600, record),
      ...ticks(half + 750, 2 * half + 1_500, { feet: 'stream', vessels: water(43) }),
    ];
    expect(objects('I3', again('start'))).toBeNull();
    expect(objects('I3', again('continue'))).not.toBeNull();
  });

  test('is promised under any one fault but that of the guard', () => {
    const broken = (...ids: readonly string[]): readonly [number, string] | null =>
      objects('I3', at43(dueMs), {
        scenario: scenarioWith({
          faults: ids.map((id) => ({ id, args: {}, at: { plusMs: 0 }, forMs: null })) as never,
        }),
      });
    expect(broken('sensor-stuck')).not.toBeNull();
    expect(broken('supply-guard-60')).toBeNull();
    expect(broken('supply-mixing-60')).toBeNull();
    expect(broken('sensor-stuck', 'valve-slow')).toBeNull();
  });
});

describe('I4: hot and cold', () => {
  test('never both open, and half a second between them', () => {
    const then = (closedMs: number, openedMs: number): readonly Moment[] => [
      moved(0, 'hot', true),
      moved(closedMs, 'hot', false),
      moved(openedMs, 'cold', true),
    ];
    expect(objects('I4', then(1_000, 1_500))).toBeNull();
    expect(objects('I4', then(1_000, 1_499))).toEqual([1_499, 'cold opened 499 ms after hot had closed']);
    expect(objects('I4', [moved(0, 'hot', true), moved(900, 'cold', true)])).toEqual([
      900,
      'cold opened while hot was open',
    ]);
    expect(objects('I4', [moved(0, 'cold', true), moved(900, 'hot', true)])?.[0]).toBe(900);
    expect(objects('I4', [moved(0, 'hot', true), moved(900, 'master', true)])).toBeNull();
    expect(judge('I4', then(1_000, 1_500)).judged).toBe(2);
  });

  test('nor told to be', () => {
    const told = [command(0, 'hot', 'open'), command(5, 'cold', 'open')];
    expect(objects('I4', told)).toEqual([5, 'cold was told to open while hot was']);
    expect(
      objects('I4', [command(0, 'hot', 'open'), command(3, 'hot', 'close'), command(5, 'cold', 'open')]),
    ).toBeNull();
    expect(objects('I4', [command(0, 'hot', 'open'), booted(3), command(5, 'cold', 'open')])).toBeNull();
    expect(objects('I4', [command(0, 'thermometer', 'open'), command(5, 'cold', 'open')])).toBeNull();
    expect(objects('I4', told, { station: BASIN })).toBeNull();
  });

  test('but in a basin that is tempered with nobody in it, and in two basins', () => {
    const both = (...before: readonly Moment[]): readonly [number, string] | null =>
      objects('I4', [...before, moved(10, 'hot', true), moved(20, 'cold', true)], { station: BASIN });
    expect(both(state(0, 'preparing'))).toBeNull();
    expect(both()?.[0]).toBe(20);
    expect(both(state(0, 'preparing'), permit(5))?.[0]).toBe(20);
    expect(both(state(0, 'preparing'), permit(5), permit(6, false))).toBeNull();
    expect(both(state(0, 'preparing'), state(5, 'warm'))?.[0]).toBe(20);
    const pair = [state(0, 'preparing'), moved(10, 'hot', true), moved(20, 'cold', true)];
    expect(objects('I4', pair)?.[0]).toBe(20);
    expect(
      objects('I4', [moved(10, 'hot', true), moved(20, 'cold', true)], {
        station: { ...STREAM, vessel: 'two-basins' },
      }),
    ).toBeNull();
  });

  test.each(['hot', 'cold'])('beside %s, which a fault holds, only what is told is judged', (valve) => {
    const held = fault(0, 'valve-stuck-open', { valve, device: valve });
    expect(objects('I4', [held, moved(10, 'hot', true), moved(20, 'cold', true)])).toBeNull();
    expect(objects('I4', [held, command(10, 'hot', 'open'), command(20, 'cold', 'open')])?.[0]).toBe(20);
  });
});

describe('I7: where contact is permitted', () => {
  const at = (name: string, what: Parameters<typeof tick>[1] = {}): readonly [number, string] | null =>
    objects('I7', [tick(0, { permitted: true, state: name, ...what })]);

  test('in a step and in a change, and nowhere else', () => {
    for (const name of ['running', 'running.warm', 'running.switching']) expect(at(name)).toBeNull();
    for (const name of [
      'idle',
      'starting.proving',
      'holding',
      'held',
      'restarting.purging',
      'completing',
      'runningly',
      'not.running',
    ])
      expect(at(name)).toEqual([0, `contact is permitted in ${name}`]);
  });

  test('not latched, not locked, and only while there is a controller', () => {
    expect(at('running.warm', { latched: true })).toEqual([
      0,
      'contact is permitted in running.warm, latched',
    ]);
    expect(at('running.warm', { locked: true })).toEqual([0, 'contact is permitted in running.warm, locked']);
    expect(at('idle', { alive: false })).toBeNull();
    expect(
      judge('I7', [
        tick(0, { state: 'idle' }),
        tick(250),
        tick(500, { state: '' }),
        tick(750, { alive: false, state: 'idle' }),
      ]).judged,
    ).toBe(1);
  });
});

describe('I9: after a stop', () => {
  // 250 ms, 500 ms of travel, one look.
  test.each(['page', 'cli'])('from the %s every valve is shut within 250 ms + travel', (source) => {
    const stop = asked(1_000, 'stop', source);
    expect(objects('I9', [stop, tick(2_000, HOT)])).toBeNull();
    expect(objects('I9', [stop, tick(2_001, HOT)])).toEqual([2_001, 'hot is open 1001 ms after a stop']);
    expect(objects('I9', [stop, tick(2_400, HOT)], { travelMs: { hot: 900 } })).toBeNull();
    expect(objects('I9', [stop, tick(2_401, HOT)], { travelMs: { hot: 900 } })).not.toBeNull();
    expect(objects('I9', [stop, tick(9_000, { open: { drain: true } })])).toBeNull();
    // Once, and only where water ran.
    expect(judge('I9', [tick(750, HOT), stop, journal(1_100, 'stop')]).judged).toBe(1);
    expect(judge('I9', [stop]).judged).toBe(0);
    expect(judge('I9', [tick(750, { open: { drain: true } }), stop]).judged).toBe(0);
  });

  test('from the bus it counts once it is on record', () => {
    expect(objects('I9', [asked(1_000, 'stop', 'mqtt'), tick(9_000, HOT)])).toBeNull();
    expect(objects('I9', [journal(1_000, 'stop'), tick(2_001, HOT)])?.[0]).toBe(2_001);
    expect(objects('I9', [journal(1_000, 'start'), tick(2_001, HOT)])).toBeNull();
    // The first of two counts.
    expect(objects('I9', [asked(1_000, 'stop'), journal(1_500, 'stop'), tick(2_001, HOT)])?.[0]).toBe(2_001);
  });

  test('nothing is told to open any more', () => {
    expect(objects('I9', [asked(1_000, 'stop'), command(1_000, 'hot', 'open')])).toBeNull();
    expect(objects('I9', [asked(1_000, 'stop'), command(1_001, 'hot', 'renew')])).toEqual([
      1_001,
      'hot was told to renew after a stop',
    ]);
    expect(objects('I9', [asked(1_000, 'stop'), command(1_001, 'hot', 'close')])).toBeNull();
  });

  test.each(['start', 'begin', 'resume', 'continue'])('until somebody says %s at the station', (word) => {
    const opens = command(3_000, 'hot', 'open');
    expect(objects('I9', [asked(1_000, 'stop'), asked(2_000, word), opens, tick(9_000, HOT)])).toBeNull();
    expect(objects('I9', [asked(1_000, 'stop'), asked(2_000, word, 'mqtt'), opens])?.[0]).toBe(3_000);
    expect(objects('I9', [asked(1_000, 'stop'), asked(2_000, 'pause'), opens])?.[0]).toBe(3_000);
    expect(objects('I9', [asked(1_000, 'stop'), pressed(2_000), opens, tick(9_000, HOT)])).toBeNull();
    const station = { ...STREAM, prepareFrom: ['mqtt' as const], beginFrom: ['page' as const] };
    expect(objects('I9', [asked(1_000, 'stop'), asked(2_000, word, 'mqtt'), opens], { station })).toBeNull();
  });

  test('a finger on a stop button: a second on its way', () => {
    const press = pressed(1_000, 'stop');
    expect(objects('I9', [press, ...ticks(1_250, 3_000, HOT)])).toBeNull();
    expect(objects('I9', [press, ...ticks(1_250, 3_500, HOT)])?.[0]).toBe(3_250);
    expect(objects('I9', [press, pressed(1_500), ...ticks(1_250, 9_000, HOT)])).toBeNull();
    expect(objects('I9', [died(500), press, ...ticks(1_250, 9_000, HOT)])).toBeNull();
    expect(
      objects('I9', [
        died(400),
        booted(500),
        ...ticks(5_000, 5_000),
        pressed(6_000, 'stop'),
        ...ticks(6_250, 9_000, HOT),
      ])?.[0],
    ).toBe(8_250);
    // Broken on its way, or a valve that is: then the record of it counts.
    expect(
      objects('I9', [fault(900, 'bus-cut', { backMs: 500 }), press, ...ticks(1_250, 9_000, HOT)]),
    ).toBeNull();
    expect(
      objects('I9', [press, fault(1_500, 'bus-cut', { backMs: 500 }), ...ticks(1_250, 9_000, HOT)]),
    ).toBeNull();
    expect(objects('I9', [fault(0, 'valve-no-ack', STUCK), press, ...ticks(1_250, 9_000, HOT)])).toBeNull();
    expect(judge('I9', [tick(750, HOT), press, tick(2_000), tick(2_001), tick(2_250)]).judged).toBe(1);
    expect(judge('I9', [tick(750), press, tick(2_000), tick(2_001), tick(2_250)]).judged).toBe(0);
  });

  test('where a command may not arrive the lease closes, and a fault holds what it holds', () => {
    const cut = fault(900, 'bus-cut', { backMs: 60_000 });
    const stop = [leased(800, 'hot', 5_000), cut, asked(1_000, 'stop')];
    // 5 s from 0.8 s on, half a second of travel, 1.1 s of a timer, one look.
    expect(objects('I9', [...stop, tick(7_650, HOT)])).toBeNull();
    expect(objects('I9', [...stop, tick(7_651, HOT)])?.[0]).toBe(7_651);
    expect(
      objects('I9', [fault(0, 'valve-stuck-open', STUCK), asked(1_000, 'stop'), tick(9_000, HOT)]),
    ).toBeNull();
  });
});
