// If these fail, water opens that nobody may rely on being shut: without a reading, past a stop, with the other side not
// known to be closed, or without a deadline of its own.
import { describe, expect, test } from 'vitest';
import { BREAK_BEFORE_MAKE_MS, OPEN_WAIT_MS } from '../../machines/envelope.ts';
import type { InterlockInput, InterlockOutput, InterlockSettings } from '../../machines/interlock.ts';
import { interlockDeadline, interlockInit, interlockStep } from '../../machines/interlock.ts';
import { trip } from './support.ts';

const SETTINGS: InterlockSettings = {
  devices: [
    { id: 'hot', side: 'warm', leaseMs: 10_000, deadline: 'per-command' },
    { id: 'cold', side: 'cold', leaseMs: 10_000, deadline: 'per-command' },
  ],
  readingAgeMs: 3_000,
  guarded: true,
  budgetMs: { warm: 60_000, cold: 30_000 },
};
const MIXER: InterlockSettings = {
  ...SETTINGS,
  devices: [{ id: 'mixer', side: 'mixer', leaseMs: 10_000, deadline: 'per-command' }],
};
const want = (side: 'warm' | 'cold', targetC = 38, untilMs = 1e9): InterlockInput => ({
  type: 'want',
  water: { side, targetC, untilMs },
});

class Bench {
  readonly settings: InterlockSettings;
  state;
  atMs = 0;
  out: readonly InterlockOutput[] = [];

  constructor(settings: InterlockSettings = SETTINGS) {
    this.settings = settings;
    this.state = interlockInit(settings);
  }
  get said(): readonly string[] {
    return this.out.map((one) => `${one.type} ${one.device}`);
  }
  /** The devices that a step lets open; an ask only journals. */
  get opened(): readonly string[] {
    return this.said.filter((one) => one.startsWith('open'));
  }
  put(input: InterlockInput, afterMs = 0): this {
    this.atMs += afterMs;
    const step = interlockStep(this.settings, this.state, input, this.atMs);
    this.state = step.state;
    this.out = step.out;
    return this;
  }
  reading(afterMs = 0): this {
    this.atMs += afterMs;
    return this.put({ type: 'reading', takenAtMs: this.atMs });
  }
  /** Released, everything verified closed long enough, a fresh reading, nothing wanted. */
  ready(): this {
    this.put({ type: 'release' });
    for (const { id } of this.settings.devices) this.put({ type: 'verified-closed', device: id });
    return this.reading(BREAK_BEFORE_MAKE_MS);
  }
  journal(ok = true, token = this.state.asked?.token ?? -1, afterMs = 0): this {
    return this.put({ type: 'journalled', token, ok }, afterMs);
  }
  open(side: 'warm' | 'cold' = 'warm', targetC = 38): this {
    return this.ready().put(want(side, targetC)).journal();
  }
}

describe('an open', () => {
  test('is journalled, then sent with its lease', () => {
    const bench = new Bench().ready().put(want('warm'));
    expect(bench.out).toEqual([{ type: 'ask', token: 1, device: 'hot', targetC: null }]);
    bench.journal(true, 1, 300);
    expect(bench.out).toEqual([
      { type: 'open', device: 'hot', side: 'warm', leaseMs: 10_000, targetC: null },
    ]);
  });

  test('at the beginning nothing is open, wanted or not', () => {
    expect(new Bench().put(want('warm')).reading().out).toEqual([]);
  });

  const guard = { ...SETTINGS, guarded: false };
  const none = (deadline: 'none' | 'ceiling') => ({
    ...SETTINGS,
    devices: SETTINGS.devices.map((one) => ({ ...one, deadline })),
  });
  test.each<readonly [string, () => Bench]>([
    [
      'without a release',
      () =>
        new Bench()
          .put({ type: 'verified-closed', device: 'hot' })
          .put({ type: 'verified-closed', device: 'cold' })
          .reading(500),
    ],
    ['without a scald guard', () => new Bench(guard).ready()],
    ['on a device without a deadline', () => new Bench(none('none')).ready()],
    ['on a ceiling that is not proven', () => new Bench(none('ceiling')).ready()],
    ['without a fresh reading', () => new Bench().ready().put({ type: 'clock' }, 3_001)],
    [
      'with the other valve not known to be closed',
      () =>
        new Bench().put({ type: 'release' }).put({ type: 'verified-closed', device: 'hot' }).reading(1_000),
    ],
    ['with the other valve lost', () => new Bench().ready().put({ type: 'lost', device: 'cold' })],
    [
      '499 ms after the other valve closed',
      () =>
        new Bench()
          .ready()
          .put({ type: 'close-due', device: 'cold' })
          .put({ type: 'verified-closed', device: 'cold' }, 1_000)
          .put({ type: 'clock' }, 499),
    ],
    [
      'after a stop',
      () =>
        new Bench()
          .ready()
          .put({ type: 'stop' })
          .put({ type: 'verified-closed', device: 'hot' }, 900)
          .put({ type: 'verified-closed', device: 'cold' })
          .reading(600),
    ],
    [
      'after its time is over',
      () => {
        const bench = new Bench().ready();
        return bench.put(want('warm', 38, bench.atMs));
      },
    ],
  ])('is refused %s', (_, make) => {
    const bench = make();
    bench.put(bench.state.want === null ? want('warm') : { type: 'clock' });
    expect([bench.said, bench.state.asked]).toEqual([[], null]);
  });

  test('500 ms after the other valve closed it is let out, by its own deadline', () => {
    const bench = new Bench().open('warm').put(want('cold', 15));
    expect(bench.said).toEqual(['close hot']);
    bench.put({ type: 'verified-closed', device: 'hot' }, 600);
    expect([bench.said, interlockDeadline(SETTINGS, bench.state)]).toEqual([[], bench.atMs + 500]);
    expect(bench.put({ type: 'clock' }, 499).said).toEqual([]);
    expect(bench.put({ type: 'clock' }, 1).said).toEqual(['ask cold']);
  });
});

describe('while the journal writes', () => {
  const asked = () => new Bench().ready().put(want('warm'));
  test.each<readonly [string, InterlockInput]>([
    ['a stop', { type: 'stop' }],
    ['a trip', { type: 'trip', trip: trip('abort') }],
    ['a hold', { type: 'trip', trip: trip('hold') }],
    ['nothing wanted any more', { type: 'want', water: null }],
    ['the other side wanted', want('cold', 15)],
    ['the valve itself closed', { type: 'close-due', device: 'hot' }],
    ['the other valve closed again, since it reported open', { type: 'close-due', device: 'cold' }],
    ['the valve lost', { type: 'lost', device: 'hot' }],
    ['the other valve lost', { type: 'lost', device: 'cold' }],
  ])('%s drops the open', (_, input) => {
    const bench = asked();
    const token = bench.state.asked?.token ?? -1;
    bench.put(input).journal(true, token);
    expect(bench.opened).toEqual([]);
  });

  test('a stop and a new start in between do not let the old one out', () => {
    const bench = asked().put({ type: 'stop' }).ready().put(want('warm')).journal(true, 1);
    expect([bench.opened, bench.state.asked?.token]).toEqual([[], 2]);
  });

  test('readings that stop drop it', () => {
    expect(
      new Bench({ ...SETTINGS, readingAgeMs: 1_000 }).ready().put(want('warm')).journal(true, 1, 1_001)
        .opened,
    ).toEqual([]);
  });

  test.each([
    ['1.999 s', OPEN_WAIT_MS - 1, ['open hot']],
    ['2 s', OPEN_WAIT_MS, ['dropped hot']],
  ])('an answer after %s', (_, afterMs, said) => {
    expect(asked().journal(true, 1, afterMs).said).toEqual(said);
  });

  test('silence drops it by deadline, a refusal at once', () => {
    const bench = asked();
    expect(interlockDeadline(SETTINGS, bench.state)).toBe(bench.atMs + OPEN_WAIT_MS);
    expect(bench.put({ type: 'clock' }, OPEN_WAIT_MS).said).toEqual(['dropped hot']);
    expect(asked().journal(false).said).toEqual(['dropped hot']);
  });

  test('a mixer wanted at another setpoint is asked for anew', () => {
    const bench = new Bench(MIXER).ready().put(want('warm', 40)).put(want('warm', 37));
    expect(bench.said).toEqual(['ask mixer']);
    expect(bench.journal(true, 1).opened).toEqual([]);
    expect(bench.journal().out).toMatchObject([{ type: 'open', targetC: 37 }]);
  });
});

describe('an open valve', () => {
  test.each<readonly [string, InterlockInput, number]>([
    ['a stop', { type: 'stop' }, 0],
    ['a trip', { type: 'trip', trip: trip('abort') }, 0],
  ])('%s closes it and every other', (_, input, afterMs) => {
    expect(new Bench().open().put(input, afterMs).said).toEqual(['close hot', 'close cold']);
  });

  test('is closed by the deadline of a stale reading', () => {
    const bench = new Bench().open();
    expect(interlockDeadline(SETTINGS, bench.state)).toBe(bench.atMs + 3_001);
    expect(bench.put({ type: 'clock' }, 3_000).said).toEqual([]);
    expect(bench.put({ type: 'clock' }, 1).said).toEqual(['close hot']);
  });

  test('is closed by the end of the want', () => {
    const bench = new Bench().ready();
    const untilMs = bench.atMs + 2_000;
    bench.put(want('warm', 38, untilMs)).journal();
    expect(interlockDeadline(SETTINGS, bench.state)).toBe(untilMs);
    expect(bench.put({ type: 'clock' }, 2_000).said).toEqual(['close hot']);
  });

  test('is closed when its budget is used up, and opens no more', () => {
    const bench = new Bench().open('cold', 15);
    for (let second = 0; second < 30; second += 1) bench.reading(1_000);
    expect(bench.said).toEqual(['close cold']);
    bench.put({ type: 'verified-closed', device: 'cold' }).reading(1_000).put(want('cold', 15));
    expect(bench.said).toEqual([]);
  });

  test('is renewed with its lease while it may be open, and closed instead where not', () => {
    const bench = new Bench().open();
    bench.put({ type: 'renewal-due', device: 'hot' }, 1_000);
    expect(bench.out).toEqual([
      { type: 'renew', device: 'hot', side: 'warm', leaseMs: 10_000, targetC: null },
    ]);
    expect(bench.put({ type: 'renewal-due', device: 'hot' }, 3_000).said).toEqual(['close hot']);
  });

  test('a mixer is set anew without closing, and renewed at what it is set to', () => {
    const bench = new Bench(MIXER).open('warm', 38).put(want('cold', 15));
    expect(bench.said).toEqual(['ask mixer']);
    expect(bench.put({ type: 'renewal-due', device: 'mixer' }).out).toMatchObject([
      { type: 'renew', targetC: 38 },
    ]);
    expect(bench.journal().out).toMatchObject([{ type: 'open', side: 'cold', targetC: 15 }]);
  });
});

describe('a block', () => {
  const blocked = (...inputs: readonly InterlockInput[]) => {
    const bench = new Bench().open();
    for (const input of inputs) bench.put(input);
    return bench.state.block?.kind ?? null;
  };
  const abort: InterlockInput = { type: 'trip', trip: trip('abort') };
  const hold: InterlockInput = { type: 'trip', trip: trip('hold') };
  test.each<readonly [string, readonly InterlockInput[], string | null]>([
    ['a stop is lifted by a release', [{ type: 'stop' }, { type: 'release' }], null],
    ['so is a hold', [hold, { type: 'release' }], null],
    ['an end is like a stop', [{ type: 'trip', trip: trip('end') }], 'stop'],
    ['a trip is not lifted by a release', [abort, { type: 'release' }], 'trip'],
    ['nor lessened by a stop', [abort, { type: 'stop' }], 'trip'],
    ['nor by a hold', [abort, hold], 'trip'],
    ['a clear leaves a stop behind', [abort, { type: 'clear' }], 'stop'],
    ['then a release lifts it', [abort, { type: 'clear' }, { type: 'release' }], null],
  ])('%s', (_, inputs, kind) => {
    expect(blocked(...inputs)).toBe(kind);
  });
});
