// If these fail, the table of single faults praises a close that came too late, or calls one late that a lease explains.
import { describe, expect, test } from 'vitest';
import { Measures } from '../../src/campaign/measures.ts';
import { Troubles } from '../../src/campaign/invariants/troubles.ts';
import type { Happening } from '../../src/campaign/trace.ts';

type Said = Happening extends infer E ? (E extends unknown ? Omit<E, 'atMs'> : never) : never;

function measured(...events: readonly (readonly [number, Said])[]) {
  const troubles = new Troubles();
  const measures = new Measures({ travelMs: { hot: 500 } }, troubles);
  for (const [atMs, said] of events) {
    const event = { ...said, atMs };
    troubles.event(event);
    measures.event(event);
  }
  return measures.measured;
}

const opened: Said = { type: 'moved', output: 'hot', open: true };
const shut: Said = { type: 'moved', output: 'hot', open: false };
const leased: Said = { type: 'leased', output: 'hot', forMs: 10_000 };
const trip: Said = { type: 'trip', detector: 'T1', code: 'too_warm', latched: true };
const fault = (id: string, args: { readonly [name: string]: number } = {}): Said => ({
  type: 'fault',
  id,
  args,
  on: true,
});

describe('from a trip to the water truly shut', () => {
  test('half a second and the travel are allowed', () => {
    const soon = measured([0, opened], [10, leased], [5_000, trip], [6_000, shut]);
    expect(soon).toMatchObject({ tripToShutMs: 1_000, boundMs: 1_000, late: false, neverShut: false });
    const late = measured([0, opened], [10, leased], [5_000, trip], [6_251, shut]);
    expect(late).toMatchObject({ tripToShutMs: 1_251, boundMs: 1_000, late: true });
  });

  test('where a fault may stop the command, what was left of the lease and the travel', () => {
    const cut: readonly (readonly [number, Said])[] = [
      [0, opened],
      [10, leased],
      [1_000, fault('bus-cut', { backMs: 20_000 })],
      [5_000, trip],
    ];
    expect(measured(...cut, [10_500, shut])).toMatchObject({ boundMs: 5_510, late: false });
    expect(measured(...cut, [10_761, shut])).toMatchObject({ boundMs: 5_510, late: true });
    // A renewal, or an open, that was still on its way when the trip came.
    expect(measured(...cut, [5_050, leased], [15_500, shut])).toMatchObject({ boundMs: 10_550, late: false });
    // The ceiling of a relay first, its countdown right after it.
    const ceiling: Said = { type: 'leased', output: 'hot', forMs: 45_000 };
    expect(measured(...cut, [5_050, ceiling], [5_050, leased], [15_500, shut])).toMatchObject({
      boundMs: 10_550,
    });
    const opens: Said = { type: 'moved', output: 'cold', open: true };
    const closes: Said = { type: 'moved', output: 'cold', open: false };
    const lease: Said = { type: 'leased', output: 'cold', forMs: 8_000 };
    expect(
      measured(
        ...cut.slice(0, 3),
        [4_990, lease],
        [5_000, trip],
        [5_050, opens],
        [5_100, shut],
        [13_000, closes],
      ),
    ).toMatchObject({ boundMs: 8_490, late: false });
    const healed = measured(
      [0, fault('bus-cut', { backMs: 1_000 })],
      [10_000, opened],
      [10_010, leased],
      [15_000, trip],
      [17_000, shut],
    );
    expect(healed).toMatchObject({ boundMs: 1_000, late: true });
    const sensor = measured(
      [0, opened],
      [10, leased],
      [1_000, fault('sensor-stuck')],
      [5_000, trip],
      [10_500, shut],
    );
    expect(sensor).toMatchObject({ boundMs: 1_000, late: true, faultToShutMs: 9_500 });
  });

  test('a valve that a fault held, and let go of, is not late', () => {
    const stuck = (on: boolean): Said => ({
      type: 'fault',
      id: 'valve-stuck-open',
      args: { valve: 'hot' },
      on,
    });
    const [opens, trips, closes] = [
      [0, opened],
      [5_000, trip],
      [20_500, shut],
    ] as const;
    const lasted = measured(opens, [1_000, stuck(true)], trips, [20_000, stuck(false)], closes);
    expect(lasted).toMatchObject({ tripToShutMs: 15_500, late: false });
    const over = measured(opens, [1_000, stuck(true)], [2_000, stuck(false)], trips, closes);
    expect(over).toMatchObject({ tripToShutMs: 15_500, late: true });
  });

  test('nothing where nothing was open, and never where it stays open', () => {
    expect(measured([5_000, trip])).toMatchObject({ tripToShutMs: null, boundMs: null, late: false });
    expect(measured([0, opened], [5_000, trip])).toMatchObject({ neverShut: true, late: false });
  });
});
