// If these fail, some order of events that nobody thought of opens water: two sides at once, past a trip, on an old
// reading, or for longer than its lease.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BREAK_BEFORE_MAKE_MS } from '../../machines/envelope.ts';
import type { InterlockInput, InterlockSettings } from '../../machines/interlock.ts';
import { interlockInit, interlockStep } from '../../machines/interlock.ts';
import { trip } from './support.ts';

/** What the world knows by itself, from inputs and outputs only: the test never asks the interlock's own state. */
interface World {
  readonly closedAtMs: Map<string, number | null>;
  readonly open: Set<string>;
  blocked: boolean;
  latched: boolean;
  wantedUntilMs: number;
  wantedSide: 'warm' | 'cold' | null;
  readingAtMs: number;
  /** The journal's tokens that may still open: forgotten by anything that closes. */
  asked: Map<number, { readonly atMs: number; readonly device: string }>;
}

const device = fc.constantFrom('hot', 'cold');
const input = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('warm' as const, 'cold' as const)
      .chain((side) =>
        fc.integer({ min: 500, max: 20_000 }).map((forMs) => ({ does: 'want' as const, side, forMs })),
      ),
  },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(0, 0, 0, 500, 2_900, 3_001)
      .map((ageMs) => ({ does: 'reading' as const, ageMs })),
  },
  { weight: 8, arbitrary: device.map((id) => ({ does: 'closed' as const, id })) },
  { weight: 1, arbitrary: device.map((id) => ({ does: 'lost' as const, id })) },
  { weight: 1, arbitrary: device.map((id) => ({ does: 'close-due' as const, id })) },
  { weight: 3, arbitrary: device.map((id) => ({ does: 'renewal-due' as const, id })) },
  {
    weight: 12,
    arbitrary: fc
      .record({ back: fc.constantFrom(0, 0, 0, 1, 2), ok: fc.constantFrom(true, true, true, false) })
      .map((more) => ({ does: 'journalled' as const, ...more })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('abort' as const, 'hold' as const, 'end' as const)
      .map((response) => ({ does: 'trip' as const, response })),
  },
  { weight: 1, arbitrary: fc.constant({ does: 'stop' as const }) },
  { weight: 4, arbitrary: fc.constant({ does: 'release' as const }) },
  { weight: 1, arbitrary: fc.constant({ does: 'clear' as const }) },
  { weight: 3, arbitrary: fc.constant({ does: 'clock' as const }) },
  { weight: 1, arbitrary: fc.constant({ does: 'unwant' as const }) },
);
type Act = typeof input extends fc.Arbitrary<infer T> ? T : never;
const acts = fc.array(fc.record({ act: input, afterMs: fc.constantFrom(0, 1, 200, 500, 900, 2_100) }), {
  minLength: 20,
  maxLength: 120,
});

function inputOf(act: Act, atMs: number, tokens: readonly number[]): InterlockInput {
  switch (act.does) {
    case 'want':
      return {
        type: 'want',
        water: { side: act.side, targetC: act.side === 'warm' ? 38 : 15, untilMs: atMs + act.forMs },
      };
    case 'unwant':
      return { type: 'want', water: null };
    case 'reading':
      return { type: 'reading', takenAtMs: atMs - act.ageMs };
    case 'closed':
      return { type: 'verified-closed', device: act.id };
    case 'lost':
    case 'close-due':
    case 'renewal-due':
      return { type: act.does, device: act.id };
    case 'journalled':
      return { type: 'journalled', token: tokens.at(-1 - act.back) ?? 0, ok: act.ok };
    case 'trip':
      return { type: 'trip', trip: trip(act.response) };
    case 'stop':
    case 'release':
    case 'clear':
    case 'clock':
      return { type: act.does };
  }
}

/** Every list begins where something may open. */
const READY: readonly { readonly act: Act; readonly afterMs: number }[] = [
  { act: { does: 'release' }, afterMs: 0 },
  { act: { does: 'closed', id: 'hot' }, afterMs: 0 },
  { act: { does: 'closed', id: 'cold' }, afterMs: 0 },
  { act: { does: 'reading', ageMs: 0 }, afterMs: 500 },
];

/** What an input means, before the interlock answers it. */
function learn(world: World, given: InterlockInput): void {
  switch (given.type) {
    case 'want':
      world.wantedUntilMs = given.water?.untilMs ?? -Infinity;
      world.wantedSide = given.water?.side ?? null;
      return;
    case 'reading':
      world.readingAtMs = Math.max(world.readingAtMs, given.takenAtMs);
      return;
    case 'lost':
      // Out of reach: its lease closes it, and nothing else opens before it has said that it is closed.
      world.closedAtMs.set(given.device, null);
      world.open.delete(given.device);
      world.asked.clear();
      return;
    case 'close-due':
      world.asked.clear();
      return;
    case 'trip':
    case 'stop':
      world.blocked = true;
      world.latched ||= given.type === 'trip' && given.trip.response === 'abort';
      world.wantedUntilMs = -Infinity;
      world.asked.clear();
      return;
    case 'release':
      if (!world.latched) world.blocked = false;
      return;
    case 'clear':
      world.latched = false;
      world.blocked = true;
      return;
    default:
      return;
  }
}

test.each([true, false])(
  'no order of events opens what may not be open (scald guard declared: %s)',
  (guarded) => {
    const settings: InterlockSettings = {
      devices: [
        { id: 'hot', side: 'warm', leaseMs: 30_000, deadline: 'per-command' },
        { id: 'cold', side: 'cold', leaseMs: 10_000, deadline: 'per-command' },
      ],
      readingAgeMs: 3_000,
      guarded,
      budgetMs: { warm: 60_000, cold: 30_000 },
    };
    let opens = 0;
    fc.assert(
      fc.property(acts, (list) => {
        let state = interlockInit(settings);
        let atMs = 0;
        const tokens: number[] = [];
        const world: World = {
          closedAtMs: new Map([
            ['hot', null],
            ['cold', null],
          ]),
          open: new Set(),
          blocked: true,
          latched: false,
          wantedUntilMs: -Infinity,
          wantedSide: null,
          readingAtMs: -Infinity,
          asked: new Map(),
        };
        for (const { act, afterMs } of [...READY, ...list]) {
          atMs += afterMs;
          // A valve reports that it is closed only where it was told to close, or was never open.
          if (act.does === 'closed' && world.open.has(act.id)) continue;
          const wasLatched = world.latched;
          const given = inputOf(act, atMs, tokens);
          learn(world, given);
          if (given.type === 'verified-closed') world.closedAtMs.set(given.device, atMs);
          const step = interlockStep(settings, state, given, atMs);
          state = step.state;
          const closes = step.out.filter(({ type }) => type === 'close').map(({ device: id }) => id);
          if ((given.type === 'stop' || given.type === 'trip') && !wasLatched)
            expect(closes).toEqual(['hot', 'cold']);
          for (const out of step.out) {
            if (out.type === 'ask') {
              tokens.push(out.token);
              world.asked.set(out.token, { atMs, device: out.device });
            }
            if (out.type === 'close') {
              world.open.delete(out.device);
              world.closedAtMs.set(out.device, null);
            }
            if (out.type === 'open' || out.type === 'renew') {
              expect(guarded).toBe(true);
              expect(world.blocked).toBe(false);
              expect(atMs).toBeLessThan(world.wantedUntilMs);
              expect(atMs - world.readingAtMs).toBeLessThanOrEqual(3_000);
              expect(out.leaseMs).toBeLessThanOrEqual(30_000);
              expect(out.side).toBe(world.wantedSide);
            }
            if (out.type === 'open') {
              opens += 1;
              const other = out.device === 'hot' ? 'cold' : 'hot';
              expect(world.open.has(other)).toBe(false);
              expect(atMs - (world.closedAtMs.get(other) ?? Infinity)).toBeGreaterThanOrEqual(
                BREAK_BEFORE_MAKE_MS,
              );
              expect(world.closedAtMs.get(out.device)).not.toBeNull();
              const ask = given.type === 'journalled' && given.ok ? world.asked.get(given.token) : undefined;
              expect(ask?.device).toBe(out.device);
              expect(atMs - (ask?.atMs ?? -Infinity)).toBeLessThan(2_000);
              world.open.add(out.device);
            }
          }
          expect(world.open.size).toBeLessThanOrEqual(1);
          if (world.blocked) expect([...world.open]).toEqual([]);
        }
      }),
      { numRuns: 1_000, seed: 7 },
    );
    // The property says nothing where nothing ever opens.
    if (guarded) expect(opens).toBeGreaterThan(100);
    else expect(opens).toBe(0);
  },
);
