/**
 * If these fail, a bath on hardware that people own does not run as promised: over a real Mosquitto, with the devices
 * of each dialect in another process, a whole session must complete, and the recorded wire must show every open with
 * its deadline, renewals at a third of the lease, nothing retained that a device would take for a command, and water
 * that never runs hot and cold at once.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { DIALECTS, type DialectName } from '../support/dialects.ts';
import { openEveryday, retainedTopics, type Everyday, type TrueOpening } from '../support/everyday.ts';
import type { Seen } from '../support/house.ts';
import { cleanUp } from '../support/process.ts';
import { describeWith } from '../support/programs.ts';

const NAMES = Object.keys(DIALECTS) as DialectName[];
/** A renewal goes out at a third of the lease: most of them nearly then, none later than this much of it. */
const RENEWAL_SHARE = 0.55;
const MEDIAN_SHARE = { min: 0.28, max: 0.42 };

/** A whole session on each of these dialects, side by side; a trip that the host caused by standing still is told as that. */
export function wholeSessions(speed: number, names: readonly DialectName[] = NAMES): void {
  describeWith(['mosquitto'], `a whole contrast foot bath at ${speed}x over Mosquitto`, () => {
    afterAll(cleanUp);
    describe.concurrent('on each dialect', () => {
      it.each(names)('%s', { timeout: 300_000 }, async (name) => {
        const bathroom = await openEveryday(name, speed);
        const args = ['run', 'contrast-foot-bath', '--speed', String(speed), '--with', 'cold=15s', '--json'];
        const run = bathroom.run(args);
        const code = await run.exit;
        const stalls = bathroom.stalls();
        const told = `${name}: exit ${code}; host stalls: ${stalls.join(', ') || 'none'}\n${run.out().slice(-900)}${run.err()}`;
        expect(code, told).toBe(0);
        const result: unknown = JSON.parse(run.out().trim().split('\n').at(-1) ?? '');
        expect(result).toMatchObject({ outcome: 'complete', station: 'foot-bath', simulated: true });
        const opens = checkWire(bathroom);
        expect(bothOpenMs(bathroom.openings())).toBe(0);
        const commands = (await retainedTopics(bathroom.broker.url)).filter((topic) =>
          DIALECTS[name].commands.test(topic),
        );
        expect(commands, 'retained commands').toEqual([]);
        expect(retainedOnTheWay(bathroom), 'commands sent with retain').toEqual([]);
        console.info(`${name}: complete; ${opens} opens and renewals, ${bathroom.tap.seen.length} messages`);
        await bathroom.close();
      });
    });
  });
}

/** Every open has its deadline, within the hard lease, and while the valve stays wanted the next one comes in time. */
function checkWire({ name, tap, speed }: Everyday): number {
  const dialect = DIALECTS[name];
  const lastOpen = new Map<string, Seen>();
  let opens = 0;
  const shares: number[] = [];
  for (const message of tap.seen) {
    const opened = dialect.opens(message);
    const closed = dialect.closes(message);
    if (closed !== null) lastOpen.delete(closed);
    if (opened === null) continue;
    opens += 1;
    const { valve, leaseMs } = opened;
    expect(leaseMs, `${message.topic} ${message.payload} has no deadline`).not.toBeNull();
    expect(leaseMs).toBeGreaterThan(0);
    expect(leaseMs).toBeLessThanOrEqual(dialect.leaseMs);
    const before = lastOpen.get(valve);
    if (before !== undefined) {
      const sinceMs = (message.realMs - before.realMs) * speed;
      shares.push(sinceMs / dialect.leaseMs);
      expect(sinceMs, `renewal of ${valve} after ${Math.round(sinceMs)} ms`).toBeLessThan(
        dialect.leaseMs * RENEWAL_SHARE,
      );
    }
    lastOpen.set(valve, message);
  }
  expect(opens).toBeGreaterThan(6);
  const median = shares.toSorted((a, b) => a - b)[Math.floor(shares.length / 2)];
  expect(median).toBeGreaterThan(MEDIAN_SHARE.min);
  expect(median).toBeLessThan(MEDIAN_SHARE.max);
  return opens;
}

/** What was published with retain on a topic of commands, also what was cleared again: the broker's log has the flag. */
function retainedOnTheWay({ name, broker }: Everyday): readonly string[] {
  const published = broker.log().matchAll(/Received PUBLISH from \S+ \(d\d, q\d, r1, m\d+, '([^']+)'/g);
  return [...published]
    .map(([, topic]) => topic ?? '')
    .filter((topic) => DIALECTS[name].commands.test(topic));
}

/** How long hot and cold truly ran at once, simulated milliseconds. */
function bothOpenMs(openings: readonly TrueOpening[]): number {
  const of = (valve: string) => openings.filter((opening) => opening.valve === valve);
  expect(openings.length).toBeGreaterThan(0);
  return of('hot').reduce(
    (sum, hot) =>
      sum +
      of('cold').reduce((part, cold) => {
        const from = Math.max(hot.openedAtMs, cold.openedAtMs);
        const to = Math.min(hot.closedAtMs ?? Infinity, cold.closedAtMs ?? Infinity);
        return part + Math.max(0, to - from);
      }, 0),
    0,
  );
}
