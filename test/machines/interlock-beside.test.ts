// If these fail, the master stands open with nothing wanted, a heater runs dry or past its setpoint, a basin is filled
// past its level, or hot and cold run together over somebody's feet.
import { describe, expect, test } from 'vitest';
import { BREAK_BEFORE_MAKE_MS } from '../../machines/envelope.ts';
import type { InterlockInput, InterlockOutput, InterlockSettings } from '../../machines/interlock.ts';
import { interlockDeadline, interlockInit, interlockStep } from '../../machines/interlock.ts';
import type { HeatWant, WaterWant } from '../../src/model/want.ts';
import { trip } from './support.ts';

const device = (id: string, side: InterlockSettings['devices'][number]['side']) =>
  ({ id, side, leaseMs: 10_000, deadline: 'per-command' }) as const;
const SETTINGS: InterlockSettings = {
  devices: [
    device('hot', 'warm'),
    device('cold', 'cold'),
    device('master', 'master'),
    device('drain', 'drain'),
    device('heater', 'heater'),
  ],
  readingAgeMs: 10_000,
  guarded: true,
  budgetMs: { warm: 600_000, cold: 300_000 },
};

/** Answers the journal at once, as a fast disk does. */
class Bench {
  readonly settings: InterlockSettings;
  state;
  atMs = 0;
  out: InterlockOutput[] = [];

  constructor(settings: Partial<InterlockSettings> = {}) {
    this.settings = { ...SETTINGS, ...settings };
    this.state = interlockInit(this.settings);
    this.put({ type: 'release' });
    for (const { id } of this.settings.devices) this.put({ type: 'verified-closed', device: id });
    this.reading(37, BREAK_BEFORE_MAKE_MS);
  }

  put(input: InterlockInput, afterMs = 0): this {
    this.atMs += afterMs;
    this.out = [];
    this.#step(input);
    return this;
  }

  #step(input: InterlockInput): void {
    const step = interlockStep(this.settings, this.state, input, this.atMs);
    this.state = step.state;
    this.out.push(...step.out);
    for (const each of step.out)
      if (each.type === 'ask') this.#step({ type: 'journalled', token: each.token, ok: true });
  }

  reading(hottestC: number, afterMs = 0): this {
    this.atMs += afterMs;
    return this.put({ type: 'reading', takenAtMs: this.atMs, hottestC });
  }

  water(side: 'warm' | 'cold' | null, more: Partial<WaterWant> = {}): this {
    return this.put({
      type: 'want',
      water: side === null ? null : { side, targetC: 38, untilMs: 1e9, ...more },
    });
  }

  heat(heat: Partial<HeatWant> | null = {}): this {
    return this.put({ type: 'heat', heat: heat === null ? null : { targetC: 38, untilMs: 1e9, ...heat } });
  }

  level(filling: { full?: boolean; enough?: boolean } | null, afterMs = 0): this {
    this.atMs += afterMs;
    const said = filling === null ? null : { full: false, enough: true, takenAtMs: this.atMs, ...filling };
    return this.put({ type: 'level', filling: said });
  }

  get said(): readonly string[] {
    return this.out.filter(({ type }) => type !== 'ask').map((each) => `${each.type} ${each.device}`);
  }

  get open(): readonly string[] {
    return this.settings.devices
      .map(({ id }) => id)
      .filter((id) => this.state.devices[id]?.status === 'open');
  }
}

describe('a master', () => {
  test('opens just before what it feeds, and closes after it', () => {
    const bench = new Bench().water('warm');
    expect(bench.said).toEqual(['open master', 'open hot']);
    expect(bench.water(null).said).toEqual(['close hot', 'close master']);
  });

  test('stays open through a change of sides', () => {
    const bench = new Bench().water('warm').water('cold');
    expect(bench.said).toEqual(['close hot']);
    bench.put({ type: 'verified-closed', device: 'hot' }, 800).put({ type: 'clock' }, BREAK_BEFORE_MAKE_MS);
    expect([bench.said, bench.open]).toEqual([['open cold'], ['cold', 'master']]);
  });

  test('that is not known to be closed opens nothing, and neither does what is behind it', () => {
    const bench = new Bench().put({ type: 'lost', device: 'master' }).water('warm');
    expect(bench.open).toEqual([]);
  });

  test('without a deadline of its own opens nothing', () => {
    const devices = SETTINGS.devices.map((one) =>
      one.id === 'master' ? { ...one, deadline: 'none' as const } : one,
    );
    expect(new Bench({ devices }).water('warm').open).toEqual([]);
  });

  test('is renewed while water runs, and counts for no budget', () => {
    const bench = new Bench().water('warm');
    expect(bench.put({ type: 'renewal-due', device: 'master' }, 3_000).out).toEqual([
      { type: 'renew', device: 'master', side: null, leaseMs: 10_000, targetC: null },
    ]);
    expect(bench.state.usedMs).toEqual({ warm: 3_000, cold: 0 });
  });

  test.each<InterlockInput>([
    { type: 'stop' },
    { type: 'trip', trip: trip('abort', 'leak') },
    { type: 'trip', trip: trip('hold') },
  ])('is told to close by %j, whatever is known of it', (input) => {
    const bench = new Bench().put({ type: 'lost', device: 'master' }).put(input);
    expect(bench.said).toEqual(
      expect.arrayContaining(['close hot', 'close cold', 'close master', 'close heater']),
    );
  });

  test('and its water wake at the end that was asked for', () => {
    const bench = new Bench().water('warm', { untilMs: 7_000 });
    expect(interlockDeadline(bench.settings, bench.state)).toBe(7_000);
    expect(bench.put({ type: 'clock' }, 7_000 - bench.atMs).open).toEqual([]);
  });
});

describe('a heater (I26)', () => {
  test('is on with enough water, below its setpoint + 0.5 K, and off from there on', () => {
    const bench = new Bench().level({}).heat();
    expect(bench.said).toEqual(['open heater']);
    expect(bench.reading(38.4, 1_000).open).toEqual(['heater']);
    expect(bench.reading(38.5, 1_000).said).toEqual(['close heater']);
    expect(bench.put({ type: 'verified-closed', device: 'heater' }).open).toEqual([]);
    // Not on again before it is below its setpoint: a relay must not chatter about one figure.
    expect(bench.reading(38, 1_000).open).toEqual([]);
    expect(bench.reading(37.9, 1_000).open).toEqual(['heater']);
  });

  test.each<readonly [string, (bench: Bench) => Bench]>([
    ['without a level', (bench) => bench.heat()],
    ['with too little water', (bench) => bench.level({ enough: false }).heat()],
    ['without a want', (bench) => bench.level({})],
    ['past L1', (bench) => bench.level({}).heat({ targetC: 40.1 })],
    ['on a reading that is too old', (bench) => bench.level({}).put({ type: 'clock' }, 10_001).heat()],
    ['after the link was gone', (bench) => bench.level({}).put({ type: 'blind' }).heat()],
    ['after a stop', (bench) => bench.level({}).put({ type: 'stop' }).heat()],
  ])('is off %s', (_, act) => {
    expect(act(new Bench()).open).toEqual([]);
  });

  test('goes off when the water is let out, and when the level falls silent', () => {
    expect(new Bench().level({}).heat().level({ enough: false }).said).toEqual(['close heater']);
    const bench = new Bench({ levelAgeMs: 2_000 }).level({}).heat();
    const dueMs = interlockDeadline(bench.settings, bench.state);
    expect(dueMs).toBe(bench.atMs + 2_001);
    expect(bench.put({ type: 'clock' }, 2_001).said).toEqual(['close heater']);
  });
});

describe('a basin (I22)', () => {
  test('no water runs into a full one, and it stops at once when it is full', () => {
    const bench = new Bench().level({}).water('warm');
    expect(bench.level({ full: true }, 1_000).said).toEqual(['close hot', 'close master']);
    expect(bench.water('cold').open).toEqual([]);
  });

  test('nor into one whose level is needed and not told lately', () => {
    expect(new Bench({ levelAgeMs: 2_000 }).water('warm').open).toEqual([]);
    const bench = new Bench({ levelAgeMs: 2_000 }).level({}).water('warm');
    expect(interlockDeadline(bench.settings, bench.state)).toBe(bench.atMs + 2_001);
    expect(bench.put({ type: 'clock' }, 2_001).open).toEqual([]);
    expect(new Bench({ levelAgeMs: 2_000 }).level({}).water('warm').level(null).open).toEqual([]);
  });

  test('its drain is held shut until then, stays so over a pause, and falls open at a stop and a trip', () => {
    const shut = (): Bench => new Bench().put({ type: 'shut', untilMs: 60_000 });
    expect(shut().said).toEqual(['open drain']);
    expect(shut().put({ type: 'trip', trip: trip('hold') }).said).not.toContain('close drain');
    expect(
      shut()
        .put({ type: 'trip', trip: trip('hold') })
        .put({ type: 'renewal-due', device: 'drain' }).said,
    ).toEqual(['renew drain']);
    expect(shut().put({ type: 'stop' }).said).toContain('close drain');
    expect(shut().put({ type: 'trip', trip: trip('abort') }).said).toContain('close drain');
    const late = shut();
    expect(interlockDeadline(late.settings, late.state)).toBe(Math.min(60_000, 500 + 10_001));
    expect(late.put({ type: 'clock' }, 60_000 - late.atMs).said).toEqual(['close drain']);
  });
});
