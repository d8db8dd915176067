/**
 * Kills the real thing: `ebb serve` or its broker is gone with -9 after a chosen record of the journal, and what must
 * hold afterwards is looked at from outside: the true valves, the wire, and the journal on disk.
 */
import { expect } from 'vitest';
import { sessionResults, type StoredRecord } from '../../src/journal/index.ts';
import { Disturbed, type CrashHouse } from '../support/crash-house.ts';
import type { Point, Victim } from '../support/crash-point.ts';
import { points, SCRIPTS, type ScriptName } from '../support/crash-script.ts';
import { DIALECTS } from '../support/dialects.ts';

/** What the way to the device, its loop, the valve's travel and the looking add to a lease, simulated milliseconds. */
const MARGIN_MS = 2_000;
/** How long after a restart nothing may open by itself, simulated milliseconds. */
const QUIET_MS = 15_000;
/** A host that stands still makes devices look dead; the same point is tried again. */
const TRIES = 6;

/** One point; null where the script is over before its n-th record. */
export async function killAt(
  house: CrashHouse,
  victim: Victim,
  script: ScriptName,
  n: number,
): Promise<Point | null> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await (victim === 'restarting controller'
        ? killRestart(house, n)
        : kill(house, victim, script, n));
    } catch (error) {
      if (!(error instanceof Disturbed) || tried === TRIES) throw error;
      console.info(`${victim}, ${script} ${n}: again, since ${error.message}`);
      await house.rest();
    }
  }
}

async function kill(
  house: CrashHouse,
  victim: 'controller' | 'broker',
  script: ScriptName,
  n: number,
): Promise<Point | null> {
  const begun = house.seenCount;
  const base = house.lastSeq();
  const before = await house.play(SCRIPTS[script], n);
  const counted = points(before);
  if (counted.length < n) return null;
  const atMs = house.nowRealMs;
  const stalls = house.everyday.stalls().length;
  if (victim === 'broker') house.killBroker();
  else await house.killController();
  const shutMs = await house.shutAfterMs(atMs);
  const gone = house.seenCount;
  const opensOnWire = house.freshOpens(begun);
  const valves = house.everyday.openings().length;
  if (victim === 'broker') await house.restartBroker();
  else await house.serveWithPage();
  await allEnded(house, counted);
  await house.pass(QUIET_MS);
  const all = house.allRecords();
  const lost = lostOf(before, all) + Math.max(0, opensOnWire - countOf(all, base, 'open'));
  const moves = house.moves(gone);
  const opened = moves.filter((move) => move === 'open').length + (house.everyday.openings().length - valves);
  // A start that has opened nothing yet waits for its valves, for ten seconds at most: nothing is resumed where they
  // come back in that time.
  const waited = victim === 'broker' && countOf(before, base, 'open') === 0;
  const resumed = waited ? 0 : opened;
  const point: Point = {
    victim,
    script,
    n: counted.length,
    after: nameOf(counted.at(-1)),
    shutMs,
    lost,
    resumed,
  };
  if (victim === 'controller') expect(moves[0], `${label(point)}: the first word to a valve`).toBe('close');
  // By the journal: whoever listens at the broker comes back to it later than the controller, and misses the closes.
  if (waited && opened > 0)
    expect(firstWordOf(all, before), `${label(point)}: the first word to a valve`).toBe('close');
  check(house, point, stalls);
  oneEndEach(all, base, counted, point);
  latchedIfItWas(house, before, point);
  return point;
}

/** A controller killed in a warm step, restarted at once, and killed again after the n-th record of the restart. */
async function killRestart(house: CrashHouse, n: number): Promise<Point | null> {
  const script = 'whole';
  const base = house.lastSeq();
  const begun = await house.play(
    { ...SCRIPTS[script], over: (all) => all.some(isContact), fits: () => true },
    Infinity,
  );
  const started = house.lastSeq();
  // Looked at all the while: the controller that restarts may close sooner than the lease.
  const stalls = house.everyday.stalls().length;
  const shut = house.shutAfterMs(house.nowRealMs);
  await house.killController();
  shut.catch(() => undefined);
  await house.serve();
  let before: readonly StoredRecord[] = [];
  const quietMs = house.nowRealMs + 5_000;
  while (before.length < n && house.nowRealMs < quietMs) {
    const since = house.records(started);
    const boot = since.findIndex(({ type }) => type === 'boot');
    before = boot < 0 ? [] : since.slice(boot).filter(({ type }) => type !== 'reading');
    await house.pass(1);
  }
  await house.killController();
  const shutMs = await shut;
  const gone = house.seenCount;
  const valves = house.everyday.openings().length;
  await house.serveWithPage();
  await allEnded(house, points(begun));
  if (before.length < n) return null;
  await house.pass(QUIET_MS);
  const all = house.allRecords();
  const moves = house.moves(gone);
  const resumed =
    moves.filter((move) => move === 'open').length + (house.everyday.openings().length - valves);
  const after = nameOf(before.at(-1));
  const lost = lostOf([...begun, ...before], all);
  const point: Point = {
    victim: 'restarting controller',
    script,
    n: before.length,
    after,
    shutMs,
    lost,
    resumed,
  };
  expect(moves[0], `${label(point)}: the first word to a valve`).toBe('close');
  check(house, point, stalls);
  oneEndEach(all, base, points(begun), point);
  return point;
}

/** Of what was said to valves after that. */
function firstWordOf(all: readonly StoredRecord[], before: readonly StoredRecord[]): string | undefined {
  const since = before.at(-1)?.seq ?? 0;
  return all.find(({ seq, type }) => seq > since && (type === 'open' || type === 'close'))?.type;
}

const isContact = ({ type, body }: StoredRecord): boolean => type === 'exposed' && body['on'] === true;
const label = ({ victim, script, n, after }: Point): string => `${victim}, ${script}, ${n} (${after})`;

function nameOf(record: StoredRecord | undefined): string {
  if (record === undefined) return 'nothing';
  const { on } = record.body;
  if (record.type === 'step') return on === true ? 'step (begins)' : 'step (ends)';
  if (record.type === 'exposed') return on === true ? 'exposed (in)' : 'exposed (out)';
  return record.type;
}

/** `before`: how often the host had stood still until the kill. The devices' time stands still with it. */
function check(house: CrashHouse, point: Point, before: number): void {
  const { name } = house.everyday;
  const stalls = house.everyday.stalls().slice(before);
  console.info(
    `${name}: ${label(point)}: ${point.shutMs === null ? 'nothing open' : `shut after ${point.shutMs} ms`}` +
      (stalls.length === 0 ? '' : `; host stalls ${stalls.join(', ')}`),
  );
  const late = point.shutMs !== null && point.shutMs > DIALECTS[name].leaseMs + MARGIN_MS;
  if (late && stalls.length > 0) throw new Disturbed('the host stood still while the lease ran');
  if (point.shutMs !== null)
    expect(point.shutMs, label(point)).toBeLessThanOrEqual(DIALECTS[name].leaseMs + MARGIN_MS);
  expect(point.lost, `${label(point)}: records lost`).toBe(0);
  expect(point.resumed, `${label(point)}: opened by itself`).toBe(0);
}

/** Every session that was begun has its end on disk. */
async function allEnded(house: CrashHouse, counted: readonly StoredRecord[]): Promise<void> {
  const endMs = house.nowRealMs + 40_000;
  const ids = new Set(counted.map(({ session }) => session));
  while (house.nowRealMs < endMs) {
    const all = house.allRecords().filter(({ session }) => ids.has(session));
    if (parts(all) === all.filter(({ type }) => type === 'end').length) return;
    await house.pass(100);
  }
  throw new Error('a session that was cut off has no end');
}

/** A session ends once for its start, and once more for each time it was continued. */
const parts = (records: readonly StoredRecord[]): number =>
  records.filter(({ type }) => type === 'start' || type === 'continue').length;

function oneEndEach(
  all: readonly StoredRecord[],
  base: number,
  counted: readonly StoredRecord[],
  point: Point,
): void {
  const own = all.filter(({ seq }) => seq > base);
  const ends = own.filter(({ type }) => type === 'end');
  expect(ends.length, `${label(point)}: ends`).toBe(parts(own));
  const known = counted.filter(({ type }) => type === 'end').length;
  const [result] = sessionResults(ends.slice(known));
  if (ends.length === known || result === undefined || point.victim === 'broker') return;
  expect(result, label(point)).toMatchObject({ outcome: 'aborted', reason: 'controller_restarted' });
}

/** What waited for a clear before waits for it afterwards. */
function latchedIfItWas(house: CrashHouse, before: readonly StoredRecord[], point: Point): void {
  const trip = before.findLast(({ type, body }) => type === 'trip' && body['latched'] === true);
  if (trip === undefined || before.some(({ type }) => type === 'clear')) return;
  expect(house.shown()?.fault, `${label(point)}: the latch`).toMatchObject({ latched: true });
}

/** Records that were read before the kill and are not there, or are another, after it. */
function lostOf(before: readonly StoredRecord[], all: readonly StoredRecord[]): number {
  const kept = new Map(all.map((record) => [record.seq, JSON.stringify(record)]));
  return before.filter((record) => kept.get(record.seq) !== JSON.stringify(record)).length;
}

function countOf(all: readonly StoredRecord[], base: number, type: string): number {
  return all.filter((record) => record.seq > base && record.type === type).length;
}
