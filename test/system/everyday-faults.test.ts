/**
 * If these fail, a plug can be pulled and warm water goes on running: in a warm step the controller is killed with -9,
 * the broker is killed with -9, the network between them goes dead without a word, the controller is frozen and thawed,
 * and a second controller starts. Each on every dialect, with the devices in another process over a real Mosquitto:
 * the true valve must be shut within its lease, nothing may open by itself afterwards, and the journal says why.
 */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { DIALECTS, type DialectName } from '../support/dialects.ts';
import { openEveryday, type Everyday } from '../support/everyday.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { cleanUp, newFolder, type Child } from '../support/process.ts';
import { describeWith } from '../support/programs.ts';
import { startProxy } from '../support/proxy.ts';

const SPEED = Number(process.env['EBB_TEST_SPEED'] ?? 5);
const NAMES = ['tasmota', 'esphome'] as DialectName[];
/** What the way to the device, its loop and the valve's travel add to a lease, simulated milliseconds. */
const MARGIN_MS = 1_500;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(cleanUp);

describeWith(['mosquitto'], `a plug pulled in a warm step at ${SPEED}x`, () => {
  describe.each(NAMES)('%s', { timeout: 120_000 }, (name) => {
    it('kill -9 of the controller: the lease closes it, the restart closes first and records the abort', async () => {
      const { bathroom, run } = await warm(name);
      const atMs = bathroom.nowMs();
      run.kill('SIGKILL');
      await run.exit;
      await closedByLease(bathroom, atMs, 'kill -9 of the controller');
      const from = bathroom.tap.seen.length;
      const again = bathroom.run(['serve', '--speed', String(SPEED)]);
      await again.waitFor(/ebb serves/);
      await expect.poll(() => bathroom.results(), { timeout: 20_000, interval: 100 }).toHaveLength(1);
      const moves = bathroom.tap.seen.slice(from).filter((message) => {
        const dialect = DIALECTS[name];
        return dialect.opens(message) !== null || dialect.closes(message) !== null;
      });
      expect(moves[0] === undefined ? null : DIALECTS[name].closes(moves[0])).not.toBeNull();
      expectNoOpen(bathroom, from);
      expect(bathroom.results()[0]).toMatchObject({ outcome: 'aborted', reason: 'controller_restarted' });
      again.kill('SIGTERM');
      await again.exit;
    });

    it('kill -9 of the broker: the lease closes it, the session is aborted, and nothing opens when it is back', async () => {
      const { bathroom, run } = await warm(name);
      const atMs = bathroom.nowMs();
      bathroom.broker.signal('SIGKILL');
      await closedByLease(bathroom, atMs, 'kill -9 of the broker');
      const { port } = bathroom.broker;
      await bathroom.broker.stop();
      open.push(await brokerAgain(port));
      const from = bathroom.tap.seen.length;
      await expectAborted(run, bathroom, 'link_lost');
      expectNoOpen(bathroom, from);
    });

    it('a dead network: the lease closes it, the controller finds out by the silence and aborts', async () => {
      const { bathroom, run, proxy } = await warm(name);
      const atMs = bathroom.nowMs();
      proxy.cut();
      await closedByLease(bathroom, atMs, 'a dead network');
      await run.waitFor(/"type":"result"/);
      const from = bathroom.tap.seen.length;
      proxy.mend();
      await expectAborted(run, bathroom, 'lease_not_acknowledged');
      expectNoOpen(bathroom, from);
    });

    it('a frozen controller: the lease closes it, and thawed it aborts and opens nothing', async () => {
      const { bathroom, run } = await warm(name);
      const atMs = bathroom.nowMs();
      run.kill('SIGSTOP');
      await closedByLease(bathroom, atMs, 'a frozen controller');
      const from = bathroom.tap.seen.length;
      run.kill('SIGCONT');
      await expectAborted(run, bathroom, null);
      expectNoOpen(bathroom, from);
    });

    it('a second controller: the water closes, one session ends as aborted, and there is no fight', async () => {
      const { bathroom, run } = await warm(name);
      const atMs = bathroom.nowMs();
      const other = bathroom.run(['serve', '--speed', String(SPEED)], { folder: newFolder() });
      await closedByLease(bathroom, atMs, 'a second controller');
      const from = bathroom.tap.seen.length;
      await expectAborted(run, bathroom, null);
      expectNoOpen(bathroom, from);
      other.kill('SIGTERM');
      await other.exit;
    });
  });
});

/** A session in its warm step, some renewals in, with a proxy between the controller and the broker. */
async function warm(name: DialectName) {
  const bathroom = await openEveryday(name, SPEED);
  open.push(bathroom);
  const proxy = await startProxy(bathroom.broker.port);
  open.push(proxy);
  const args = ['run', 'contrast-foot-bath', '--speed', String(SPEED), '--json'];
  const run = bathroom.run(args, { port: proxy.port });
  await run.waitFor(/"phase":"warm"/);
  for (let renewals = 0; renewals < 2; renewals += 1)
    await bathroom.tap.sees((message) => DIALECTS[name].opens(message) !== null, bathroom.tap.seen.length);
  return { bathroom, proxy, run };
}

/** Every true valve is shut within the lease of the last open that can have reached the device. */
async function closedByLease(bathroom: Everyday, atMs: number, what: string): Promise<void> {
  const { name } = bathroom;
  const { leaseMs } = DIALECTS[name];
  const shut = (): boolean => bathroom.openings().every(({ closedAtMs }) => closedAtMs !== null);
  await expect.poll(shut, { timeout: (leaseMs / SPEED) * 2 + 10_000, interval: 20 }).toBe(true);
  const lastMs = Math.max(...bathroom.openings().map(({ closedAtMs }) => closedAtMs ?? Infinity));
  const tookMs = Math.max(0, Math.round(lastMs - atMs));
  const stalls = bathroom.stalls();
  console.info(
    `${name}: ${what}: shut after ${tookMs} ms (lease ${leaseMs} ms)${stalls.length === 0 ? '' : `; host stalls ${stalls.join(', ')}`}`,
  );
  expect(tookMs).toBeLessThanOrEqual(leaseMs + MARGIN_MS);
}

function expectNoOpen({ name, tap }: Everyday, from: number): void {
  const opens = tap.seen.slice(from).filter((message) => DIALECTS[name].opens(message) !== null);
  expect(opens.map(({ topic, payload }) => `${topic} ${payload}`)).toEqual([]);
}

/** The controller says so itself, ends with 4, and the journal has one session with that end. */
async function expectAborted(run: Child, bathroom: Everyday, reason: string | null): Promise<void> {
  expect(await run.exit, run.err()).toBe(4);
  const results = bathroom.results();
  expect(results).toHaveLength(1);
  expect(results[0]?.outcome).toBe('aborted');
  if (reason !== null) expect(results[0]?.reason).toBe(reason);
  else console.info(`${bathroom.name}: recorded as aborted, ${results[0]?.reason ?? ''}`);
}

async function brokerAgain(port: number): Promise<{ close(): Promise<void> }> {
  const broker = await startMosquitto({ port });
  return { close: () => broker.stop() };
}
