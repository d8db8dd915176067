// If these fail, a basin runs over or stands half empty with the supply open, its drain is believed shut when it is not,
// or feet stay in water that has stood too long: what the watch sees of a level (L17, T7).
import { describe, expect, test } from 'vitest';
import type { BasinExpectation } from '../../src/model/basin.ts';
import type { Level } from '../../src/model/device.ts';
import type { Expectation } from '../../src/model/want.ts';
import { IN_COLD, IN_WARM, WatchBench } from './support.ts';

const AT_REST: BasinExpectation = {
  operation: 'rest',
  side: 'warm',
  targetC: 38,
  band: null,
  toL: null,
  filledAtMs: null,
};
/** A basin of 8 l whose drain is held shut by `drain`; its level and temperature are told by the rows. */
class Basin extends WatchBench {
  constructor(drain: string | null = 'drain') {
    super({
      basin: { volumeL: 8, drain, heater: null },
      beside: drain === null ? [] : [drain],
      thermometers: ['t', 'u'],
      readingAgeMs: 1e9,
    });
  }
  does(
    operation: BasinExpectation['operation'],
    more: Partial<BasinExpectation> = {},
    rest: Partial<Expectation> = {},
  ): this {
    const basin = { ...AT_REST, operation, ...more };
    return this.expect({ active: operation !== 'rest', side: 'warm', targetC: 38, ...rest, basin });
  }
  litres(litres: number, afterMs = 0): this {
    return this.#level({ by: 'volume', litres }, afterMs);
  }
  float(high: boolean, afterMs = 0): this {
    return this.#level({ by: 'float', high }, afterMs);
  }
  /** Another sense of the vessel has something to say. */
  seen(afterMs = 0): this {
    const reading = { kind: 'presence', device: 'p', present: true, takenAtMs: this.atMs } as const;
    return this.input({ type: 'sense', device: 'p', reading }, afterMs);
  }
  silent(afterMs = 0): this {
    return this.#level(null, afterMs);
  }
  #level(level: Level | null, afterMs: number): this {
    this.to(this.atMs + afterMs);
    const reading = { kind: 'level', device: 'level', level, takenAtMs: this.atMs } as const;
    return this.input({ type: 'sense', device: 'level', reading });
  }
  drain(does: 'opens' | 'shuts', afterMs = 0): this {
    const device = 'drain';
    if (does === 'opens') return this.input({ type: 'verified', device, status: 'closed' }, afterMs);
    this.input({ type: 'sent', device, action: 'open', side: null, leaseMs: 1e9, targetC: null }, afterMs);
    this.input({ type: 'ack', device, leaseMs: 1e9 });
    return this.input({ type: 'verified', device, status: 'open' });
  }
  get edge(): unknown {
    return this.edges.at(-1);
  }
}
const told = (bench: Basin) => bench.told.filter((type) => type !== 'fresh');

describe('an emptying', () => {
  const emptying = (more = {}) => new Basin().litres(7).does('empty', { toL: 0.3, ...more });

  test('ends when only a film has been left for 2 s, and that is found by deadline', () => {
    const bench = emptying().drain('opens', 1_000).litres(0.31, 1_000);
    expect(told(bench.to(60_000))).toEqual([]);
    bench.litres(0.3);
    expect(told(bench.to(61_999))).toEqual([]);
    expect(bench.to(62_000).edge).toEqual({ atMs: 62_000, edge: { type: 'emptied' } });
    expect(told(bench.litres(0.2, 5_000))).toEqual(['emptied']);
  });

  test('a wave begins those 2 s anew', () => {
    const bench = emptying().drain('opens').litres(0.2, 1_000).litres(0.5, 1_000).litres(0.2, 500);
    expect(told(bench.to(4_499))).toEqual([]);
    expect(told(bench.to(4_500))).toEqual(['emptied']);
  });

  test.each<readonly [string, (bench: Basin) => Basin]>([
    ['the drain is not known to stand open', (bench) => bench.litres(0.1, 1_000)],
    [
      'another valve is seen shut',
      (bench) => bench.input({ type: 'verified', device: 'hot', status: 'closed' }).litres(0.1, 1_000),
    ],
    ['the drain has been shut again', (bench) => bench.drain('opens').drain('shuts').litres(0.1, 1_000)],
    [
      'the drain is told to shut',
      (bench) =>
        bench
          .drain('opens')
          .input({ type: 'sent', device: 'drain', action: 'open', side: null, leaseMs: 1e9, targetC: null })
          .litres(0.1, 1_000),
    ],
    ['nothing was read', (bench) => bench.drain('opens').silent(1_000)],
    [
      'nothing has been read since',
      (bench) => bench.litres(0.1).to(600).does('empty', { toL: 0.3 }).drain('opens', 10),
    ],
  ])('does not end while %s', (_, act) => {
    const bench = emptying().to(500);
    expect(told(act(bench).to(60_000))).toEqual([]);
  });

  test('an open drain counts from when it opened first, and a renewal of its hold is no shutting', () => {
    const bench = new Basin().drain('opens', 1_000).drain('opens', 5_000);
    bench.input({ type: 'sent', device: 'drain', action: 'renew', side: null, leaseMs: 1e9, targetC: null });
    bench.does('empty', { toL: 0.3 }).litres(0.2);
    expect(told(bench.to(7_999))).toEqual([]);
    expect(told(bench.to(8_000))).toEqual(['emptied']);
  });

  test('what another sense says takes nothing from what the level has come to', () => {
    const bench = emptying().drain('opens').litres(0.2, 1_000).seen(500).seen(500);
    expect(told(bench.to(3_000))).toEqual(['emptied']);
  });

  test('without a drain of its own, nobody says that it is empty', () => {
    const bench = new Basin(null)
      .does('empty', { toL: 0.3 })
      .input({ type: 'verified', device: 'drain', status: 'closed' });
    expect(told(bench.litres(0.1).to(60_000))).toEqual([]);
  });
});

describe('a filling', () => {
  const filling = () => new Basin().litres(0.2).does('fill', { toL: 7.6 }).to(1_000);

  test('ends at its level', () => {
    const bench = filling().litres(7.59);
    expect(told(bench)).toEqual([]);
    expect(bench.litres(7.6, 100).edge).toEqual({ atMs: 1_100, edge: { type: 'filled' } });
    expect(told(bench.litres(7.7, 100))).toEqual(['filled']);
  });

  test('of a portion more ends at its level as well, and what rests is filled by nobody', () => {
    const does = (operation: 'top' | 'rest') =>
      new Basin().litres(6).does(operation, { toL: 7.6 }).litres(7.6, 100);
    expect([told(does('top')), told(does('rest'))]).toEqual([['filled'], []]);
  });

  test('a level that nobody has heard yet is none that stands still', () => {
    const bench = new Basin().does('fill', { toL: 7.6 }).open('warm');
    expect(bench.to(60_000).said).toEqual([]);
  });

  test('not by a float, which nobody measures a basin by', () => {
    expect(told(filling().float(false).float(true))).toEqual([]);
  });

  test('not by what was read before it began', () => {
    const bench = new Basin().litres(7.7).to(1_000).does('fill', { toL: 7.6 }).reading(38);
    expect(told(bench)).toEqual([]);
    expect(told(bench.litres(7.7))).toEqual(['filled']);
  });

  test('a level that stands still for 6 s while the valve is open trips', () => {
    const bench = filling().open('warm', 500).litres(1, 500);
    bench.litres(1.07, 3_000).litres(1.07, 2_999);
    expect(bench.said).toEqual([]);
    expect(bench.to(8_000).trips[0]).toMatchObject({
      atMs: 8_000,
      trip: {
        detector: 'T7',
        reason: 'basin_not_filling',
        response: 'abort',
        latch: false,
        message:
          'the supply is open and the level stays at 1.1 l: no water comes, the drain is not shut, or the level sensor is stuck',
      },
    });
  });

  test('so does one that says nothing more, by deadline, and it begins anew after that', () => {
    const bench = filling().open('warm', 500).litres(1, 500);
    expect(bench.to(7_999).said).toEqual([]);
    expect(bench.to(8_000).said).toEqual(['T7 basin_not_filling']);
    expect(bench.litres(1, 100).said).toHaveLength(1);
  });

  test('0.08 l are a rise, whenever they come', () => {
    const bench = filling().open('warm', 500).litres(1, 500);
    for (let turn = 1; turn <= 20; turn += 1) bench.litres(1 + turn * 0.081, 5_900);
    expect(bench.said).toEqual([]);
  });

  test('nothing has to rise before the valve is seen open, nor after it was closed', () => {
    const bench = filling().litres(1);
    bench.input({ type: 'sent', device: 'hot', action: 'open', side: 'warm', leaseMs: 1e9, targetC: null });
    bench.input({ type: 'ack', device: 'hot', leaseMs: 1e9 });
    expect(bench.litres(1, 20_000).said).toEqual([]);
    const shut = filling().open('warm', 500).litres(1, 500).close('hot', 500);
    shut.litres(1, 60_000).open('warm', 500).litres(1.01, 500);
    expect(shut.to(shut.atMs + 5_499).said).toEqual([]);
  });
});

describe('a portion out', () => {
  test('ends at its level, with the drain open', () => {
    const bench = new Basin().litres(7.6).does('let', { toL: 7 }).drain('opens', 500);
    expect(told(bench.litres(7.01, 1_000))).toEqual([]);
    expect(told(bench.litres(7, 1_000))).toEqual(['let-out']);
    // A wave before that, or a sensor that read too little, lets nothing out.
    const shut = new Basin().litres(7.6).does('let', { toL: 7 }).litres(6.9, 1_000);
    expect(told(shut)).toEqual([]);
    expect(told(shut.drain('opens', 1_000).reading(38))).toEqual([]);
    expect(told(shut.litres(6.9))).toEqual(['let-out']);
  });

  test('nothing is out where no level is known', () => {
    expect(told(new Basin().does('let', { toL: 7 }).drain('opens', 500).to(60_000))).toEqual([]);
  });
});

describe('water that is in', () => {
  const two = (side: 'warm' | 'cold') =>
    new Basin().does('settle', {}, { side }).reading(38, 100, 't').reading(37, 100, 'u');

  test.each([
    ['warm', 38],
    ['cold', 37],
  ] as const)('has settled after 8 s, %s at the dangerous one of two readings', (side, valueC) => {
    const bench = two(side);
    expect(told(bench.to(7_999))).toEqual([]);
    expect(bench.to(8_000).edge).toEqual({ atMs: 8_000, edge: { type: 'settled', valueC } });
    expect(told(bench.reading(39, 1_000))).toEqual(['settled']);
  });

  test('has not settled without a reading', () => {
    const bench = new Basin().does('settle').to(20_000);
    expect(told(bench)).toEqual([]);
    expect(told(bench.reading(38))).toEqual(['settled']);
  });

  test.each([
    ['warm', 37.5, null],
    ['warm', 37.4, 'warm'],
    ['warm', 38.5, null],
    ['warm', 38.6, 'cold'],
    ['cold', 37, null],
    ['cold', 36.9, 'warm'],
    ['cold', 39, null],
    ['cold', 39.1, 'cold'],
  ] as const)('that is held %s at 38 and reads %s drifts: %s', (side, valueC, toward) => {
    const bench = new Basin().does('hold', {}, { side }).reading(valueC, 7_999);
    expect(told(bench)).toEqual([]);
    bench.reading(valueC, 1);
    const drift = { atMs: 8_000, edge: { type: 'drift', toward, valueC } };
    expect(bench.edges.filter(({ edge }) => edge.type === 'drift')).toEqual(toward === null ? [] : [drift]);
    // It is said again: an exchange may not have been enough.
    bench.reading(valueC, 1_000);
    expect(told(bench)).toHaveLength(toward === null ? 0 : 2);
  });

  test('is judged by the reading on the dangerous side', () => {
    const held = (side: 'warm' | 'cold', a: number, b: number) =>
      told(new Basin().does('hold', {}, { side }).to(8_000).reading(a, 0, 't').reading(b, 0, 'u')).length;
    expect([held('warm', 38, 37), held('cold', 38, 39.5), held('cold', 38, 36.5)]).toEqual([0, 0, 1]);
  });

  test('drifts by what is read and not by time, and from a target only', () => {
    expect(told(new Basin().does('hold').to(1).reading(30).to(60_000))).toEqual([]);
    expect(told(new Basin().does('hold', {}, { targetC: null }).reading(30, 9_000))).toEqual([]);
    expect(told(new Basin().does('hold', {}, { side: null }).reading(30, 9_000))).toEqual([]);
    expect(told(new Basin().does('rest').reading(30, 9_000).litres(0.1))).toEqual([]);
  });
});

describe('a basin that loses water', () => {
  const held = () => new Basin().litres(7.6).does('hold');

  test('is found below 70 % on two readings running', () => {
    const bench = held().litres(5.59, 1_000);
    expect(bench.said).toEqual([]);
    expect(bench.litres(5.59, 1_000).trips[0]).toMatchObject({
      atMs: 2_000,
      trip: {
        detector: 'T7',
        reason: 'basin_leaks',
        response: 'abort',
        message: 'the basin holds 5.6 l and loses water; look at its drain',
      },
    });
  });

  test.each<readonly [string, (bench: Basin) => Basin]>([
    ['at 70 %', (bench) => bench.litres(5.6, 1_000).litres(5.6, 1_000)],
    ['with a good reading between', (bench) => bench.litres(5, 1_000).litres(5.6, 1_000).litres(5, 1_000)],
    ['with other readings between', (bench) => bench.litres(5, 1_000).reading(38, 100).reading(38, 100)],
    ['while a portion is out', (bench) => bench.does('let', { toL: 5 }).litres(5, 1_000).litres(5, 1_000)],
    ['over a new operation', (bench) => bench.litres(5, 1_000).does('hold').litres(5, 1_000)],
    ['with another sense between', (bench) => bench.litres(5, 1_000).seen(100).seen(100)],
    ['by silence', (bench) => bench.silent(1_000).silent(1_000)],
    ['by a float', (bench) => bench.float(false, 1_000).float(false, 1_000)],
  ])('and not %s', (_, act) => {
    expect(act(held()).said).toEqual([]);
  });

  test('is told again after two readings more', () => {
    const bench = held().litres(5, 1_000).litres(5, 1_000).litres(5, 1_000);
    expect(bench.said).toHaveLength(1);
    expect(bench.litres(5, 1_000).said).toHaveLength(2);
  });

  test('its temperature is still looked after between two levels', () => {
    const bench = held().reading(36, 9_000).litres(5, 100);
    expect(told(bench)).toEqual(['drift']);
  });
});

describe('water that has stood for 30 min (L17)', () => {
  const FILLED = { filledAtMs: 60_000 };
  test.each([
    ['warm', IN_WARM],
    ['cold', IN_COLD],
  ])('ends a session, by deadline, in a %s step', (_, step) => {
    const bench = new Basin().does('hold', FILLED, { ...step, targetC: null });
    expect(bench.to(1_859_999).firstMs('water_too_old')).toBeNull();
    bench.to(1_860_000);
    expect(bench.trips.at(-1)).toMatchObject({
      atMs: 1_860_000,
      trip: {
        detector: 'T7',
        reason: 'water_too_old',
        response: 'end',
        latch: false,
        message: 'the water in the basin has stood for 30 min; step out, it is let out',
      },
    });
  });

  test('with nobody in it is nobody’s affair, and neither is water without an age', () => {
    expect(new Basin().does('hold', FILLED).to(3e6).firstMs('water_too_old')).toBeNull();
    expect(
      new Basin()
        .does('hold', {}, { ...IN_WARM, targetC: null })
        .to(3e6)
        .firstMs('water_too_old'),
    ).toBeNull();
  });

  test('a nearer deadline of its own comes first', () => {
    const bench = new Basin().does('settle', { filledAtMs: 0 }, IN_WARM).reading(38);
    expect(bench.to(8_000).told).toContain('settled');
  });
});

test('on a stream a level means nothing of this', () => {
  const bench = new WatchBench().expect({ ...IN_WARM, basin: { ...AT_REST, operation: 'fill', toL: 1 } });
  bench.input({
    type: 'sense',
    device: 'level',
    reading: { kind: 'level', device: 'level', level: { by: 'volume', litres: 2 }, takenAtMs: 0 },
  });
  expect(bench.told).toEqual([]);
});
