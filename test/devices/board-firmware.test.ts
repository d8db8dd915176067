/**
 * If this fails, drivers, transport and firmware of the valve board do not fit each other: the water of a controller that
 * hangs or loses its cable stays on, or hot and cold meet.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../../src/random/random.ts';
import { BoardBench } from './board-bench.ts';

const benches: BoardBench[] = [];
afterEach(() => {
  for (const bench of benches.splice(0)) bench.close();
});

function bench() {
  const made = new BoardBench();
  benches.push(made);
  const { rig } = made.body;
  const hot = made.add('hot', { valve: 1 });
  const cold = made.add('cold', { valve: 2 });
  const thermometer = made.add('thermometer', { temperature: 1 });
  made.meet();
  made.run(300);
  for (const seat of [hot, cold, thermometer]) {
    expect(seat.said).toEqual(['there']);
    seat.forget();
  }
  const lastLow = (pin: 'v1' | 'v2'): number =>
    rig.edges.findLast((edge) => edge.pin === pin && !edge.high)?.atMs ?? NaN;
  return { bench: made, rig, hot, cold, thermometer, lastLow };
}

describe('drivers on the firmware', () => {
  it('open, hold, close; the other side the moment that the interlock of the board lets it', () => {
    const { bench: board, rig, hot, cold, lastLow } = bench();
    hot.open();
    board.run(50);
    expect([rig.high('v1'), hot.statuses, hot.acks.length]).toEqual([true, ['open'], 1]);
    board.hold(hot, 2_500);
    board.run(20);
    expect([rig.high('v1'), hot.acks.length]).toEqual([true, 5]);
    hot.close();
    cold.open();
    board.run(50);
    expect([rig.high('v1'), rig.high('v2'), hot.statuses]).toEqual([false, false, ['open', 'closed']]);
    board.run(600);
    expect([rig.high('v2'), cold.statuses, cold.said]).toEqual([true, ['open'], []]);
    const opened = rig.edges.find(({ pin, high }) => pin === 'v2' && high)?.atMs ?? NaN;
    expect(opened - lastLow('v1')).toBeGreaterThanOrEqual(500);
    expect(opened - lastLow('v1')).toBeLessThan(600);
    cold.close();
    board.run(50);
    expect(rig.allLow()).toBe(true);
  });

  it('a controller that stands still: the lease closes; a longer lease than 3 s ends with the link lease', () => {
    const { bench: board, rig, hot, lastLow } = bench();
    hot.open(1_000);
    const asked = board.clock.nowMs();
    board.run(20);
    board.standStill();
    board.run(1_500);
    expect(rig.allLow()).toBe(true);
    expect(lastLow('v1') - asked).toBeLessThan(1_010);

    const other = bench();
    other.hot.open(30_000);
    other.bench.run(20);
    other.bench.standStill();
    const last = other.bench.wire.findLast(({ from }) => from === 'controller')?.atMs ?? NaN;
    other.bench.run(3_500);
    expect(other.rig.allLow()).toBe(true);
    expect(other.lastLow('v1') - last).toBeLessThan(3_010);
  });

  it('a cable that is pulled while it talks, without anybody being told: shut, known, and found again', () => {
    const { bench: board, rig, hot } = bench();
    hot.open();
    board.hold(hot, 1_000);
    board.unplug(false);
    board.run(2_010);
    expect(rig.allLow()).toBe(true);
    board.run(2_500);
    expect(hot.said).toContain('gone');
    hot.forget();
    board.plugIn();
    board.run(6_000);
    expect([hot.said.at(-1), hot.statuses]).toEqual(['there', ['closed']]);
    hot.renew();
    board.run(100);
    expect(rig.allLow()).toBe(true);
  });

  it('a line that cripples one in five lines: every acknowledgement is true, and nothing opens that nobody wants', () => {
    const { bench: board, rig, hot, cold } = bench();
    const random = new Random(7, 'noise');
    board.disturb = (_, line) => {
      if (!random.chance(0.2)) return line;
      if (random.chance(0.5)) return null;
      const at = random.int(0, line.length - 1);
      return `${line.slice(0, at)}${String.fromCharCode(random.int(33, 126))}${line.slice(at + 1)}`;
    };
    for (let i = 0; i < 4; i += 1) {
      const [one, other, pin] = i % 2 === 0 ? ([hot, cold, 'v1'] as const) : ([cold, hot, 'v2'] as const);
      other.forget();
      one.forget().open(1_500);
      board.hold(one, 2_000, 1_500);
      for (const { leaseMs } of one.acks) expect(leaseMs).toBeLessThanOrEqual(1_500);
      if (one.statuses.at(-1) === 'open') expect(rig.high(pin)).toBe(true);
      expect(other.statuses.filter((status) => status === 'open')).toEqual([]);
      one.close();
      board.run(1_500);
      expect([rig.high('v1'), rig.high('v2')]).toEqual([false, false]);
      expect(one.statuses.at(-1)).toBe('closed');
    }
  });

  it('heat at the thermistor: shut by the board first, known here within the same breath, and read', () => {
    const { bench: board, rig, hot, thermometer } = bench();
    thermometer.command({ action: 'sample', on: true });
    hot.open();
    board.hold(hot, 700);
    rig.thermistorC = 44;
    board.run(100);
    expect(rig.high('v1')).toBe(false);
    expect(hot.said).toEqual([expect.stringMatching(/too hot at its own thermometer \(4[34]\.\d\d C\)/)]);
    board.run(1_100);
    const seen = thermometer.readings.flatMap((reading) =>
      reading.kind === 'temperature' && (reading.valueC ?? 0) > 43 ? [reading] : [],
    );
    expect(seen.length).toBeGreaterThanOrEqual(2);
    for (const { atMs, takenAtMs } of seen) {
      expect(takenAtMs).toBeLessThan(atMs);
      expect(atMs - takenAtMs).toBeLessThan(100);
    }
    // A person starts again while it is hot still: the board says no.
    hot.forget().open();
    board.run(100);
    expect(hot.said).toEqual([expect.stringMatching(/does not open valve 1: hot/)]);
    rig.thermistorC = 38;
    board.run(100);
    hot.forget().open();
    board.run(100);
    expect([hot.said, rig.high('v1')]).toEqual([[], true]);
  });
});
