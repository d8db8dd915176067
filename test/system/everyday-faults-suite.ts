/**
 * What goes wrong in a warm step: the controller is killed with -9, the broker is killed with -9, the network between
 * them goes dead without a word, the controller is frozen and thawed, and a second controller starts. The devices are in
 * another process over a real Mosquitto: the true valve must be shut within its lease, nothing may open by itself
 * afterwards, and the journal says why.
 */
import { afterAll, describe, expect, it, type TestContext } from 'vitest';
import { z } from 'zod';
import type { BusMessage } from '../../src/model/bus.ts';
import { DIALECTS, type DialectName } from '../support/dialects.ts';
import { openEveryday, type Everyday } from '../support/everyday.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { cleanUp, newFolder } from '../support/process.ts';
import { describeWith } from '../support/programs.ts';
import { startProxy } from '../support/proxy.ts';
import { Seats, until } from '../support/until.ts';

const SPEED = 5;
/** What the way to the device, its loop and the valve's travel add to a lease, simulated milliseconds. */
const MARGIN_MS = 1_500;

/** More at once, and a host of two cores gives them too little time to be real devices. */
const seats = new Seats(3);

afterAll(cleanUp);

/** What a test has opened, closed with it in turn. */
class Opened {
  readonly #all: (() => Promise<void>)[] = [];

  constructor({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
    onTestFinished(async () => {
      for (const close of this.#all.splice(0).reverse()) await close();
    });
  }

  add(close: () => Promise<void>): void {
    this.#all.push(close);
  }
}

/** What is broken, and what must come of it. */
const FAULTS = {
  'controller killed': {
    title: 'kill -9 of the controller: the lease closes it, the restart closes first and records the abort',
    run: async (name, context) => {
      const opened = new Opened(context);
      const { bathroom, serve } = await warm(name, opened);
      const atMs = bathroom.nowMs();
      serve.kill('SIGKILL');
      await serve.exit;
      await closedByLease(bathroom, atMs, 'kill -9 of the controller');
      const from = bathroom.tap.seen.length;
      const again = await startServe(bathroom, opened, bathroom.broker.port);
      await aborted(bathroom, 'controller_restarted');
      const dialect = DIALECTS[name];
      const moves = bathroom.tap.seen
        .slice(from)
        .filter((message) => dialect.opens(message) !== null || dialect.closes(message) !== null);
      expect(
        moves[0] === undefined ? null : dialect.closes(moves[0]),
        'the first word to a valve',
      ).not.toBeNull();
      await staysShut(bathroom, from);
      await expectPage(again.page, 'idle');
    },
  },
  'broker killed': {
    title:
      'kill -9 of the broker: the lease closes it, the session is aborted, nothing opens when it is back',
    run: async (name, context) => {
      const opened = new Opened(context);
      const { bathroom, page } = await warm(name, opened);
      const atMs = bathroom.nowMs();
      bathroom.broker.signal('SIGKILL');
      await closedByLease(bathroom, atMs, 'kill -9 of the broker');
      await aborted(bathroom, null);
      const from = bathroom.tap.seen.length;
      const { port } = bathroom.broker;
      await bathroom.broker.stop();
      const broker = await startMosquitto({ port });
      opened.add(() => broker.stop());
      await bathroom.tap.sees(isStateOf('aborted'), from, 40_000);
      await staysShut(bathroom, from);
      await expectPage(page, 'aborted');
    },
  },
  'network dead': {
    title: 'a dead network: the lease closes it, the controller finds out by the silence and aborts',
    run: async (name, context) => {
      const opened = new Opened(context);
      const { bathroom, proxy, page } = await warm(name, opened);
      const atMs = bathroom.nowMs();
      proxy.cut();
      await closedByLease(bathroom, atMs, 'a dead network');
      await aborted(bathroom, null);
      const from = bathroom.tap.seen.length;
      proxy.mend();
      await expectPage(page, 'aborted');
      await staysShut(bathroom, from);
    },
  },
  'controller frozen': {
    title: 'a frozen controller: the lease closes it, and thawed it aborts and opens nothing',
    run: async (name, context) => {
      const opened = new Opened(context);
      const { bathroom, serve, page } = await warm(name, opened);
      const atMs = bathroom.nowMs();
      serve.kill('SIGSTOP');
      await closedByLease(bathroom, atMs, 'a frozen controller');
      const from = bathroom.tap.seen.length;
      serve.kill('SIGCONT');
      await aborted(bathroom, null);
      await staysShut(bathroom, from);
      await expectPage(page, 'aborted');
    },
  },
  'second controller': {
    title:
      'a second controller of the same site: the water closes, one session ends as aborted, nobody opens',
    run: async (name, context) => {
      const opened = new Opened(context);
      const { bathroom, page } = await warm(name, opened);
      const before = bathroom.tap.seen.length;
      await startServe(bathroom, opened, bathroom.broker.port, newFolder());
      const joined = await bathroom.tap.sees(({ topic }) => topic.startsWith('ebb/owner'), before);
      const from = bathroom.tap.seen.indexOf(joined);
      await closedByLease(bathroom, bathroom.atMs(joined), 'a second controller');
      await aborted(bathroom, null);
      await staysShut(bathroom, from);
      await expectPage(page, 'aborted');
    },
  },
} satisfies Record<string, Fault>;

interface Fault {
  readonly title: string;
  readonly run: (name: DialectName, context: Pick<TestContext, 'onTestFinished'>) => Promise<void>;
}
export type FaultName = keyof typeof FAULTS;
/** Every fault. */
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** Breaks these on these dialects. */
export function pullPlugs(which: Readonly<Record<DialectName, readonly FaultName[]>>): void {
  const names = Object.keys(which) as DialectName[];
  describeWith(['mosquitto'], `a plug pulled in a warm step at ${SPEED}x`, () => {
    describe.concurrent.each(names)('%s', { timeout: 150_000 }, (name) => {
      for (const fault of which[name]) it(FAULTS[fault].title, (context) => FAULTS[fault].run(name, context));
    });
  });
}

const isStateOf =
  (state: string) =>
  ({ topic, payload }: BusMessage): boolean =>
    topic === 'ebb/foot-bath/state' && payload.includes(`"state":"${state}"`);

async function startServe(bathroom: Everyday, opened: Opened, port: number, folder?: string) {
  const args = ['serve', '--speed', String(SPEED)];
  const serve = bathroom.run(args, { port, ...(folder === undefined ? {} : { folder }) });
  opened.add(async () => {
    serve.kill('SIGCONT');
    serve.kill('SIGTERM');
    await serve.exit;
  });
  await serve.waitFor(/ebb serves/);
  await serve.waitFor(/http:\/\/\S+/);
  return { serve, page: /http:\/\/[^\s/]+/.exec(serve.out())?.[0] ?? '' };
}

/** A session in its warm step, some renewals in, with a proxy between the controller and the broker. */
async function warm(name: DialectName, opened: Opened) {
  const leave = await seats.take();
  opened.add(() => {
    leave();
    return Promise.resolve();
  });
  const bathroom = await openEveryday(name, SPEED);
  opened.add(() => bathroom.close());
  const proxy = await startProxy(bathroom.broker.port);
  opened.add(() => proxy.close());
  const { serve, page } = await startServe(bathroom, opened, proxy.port);
  const { tap } = bathroom;
  // Devices need a moment to be met; a start before that is refused, and asked for again.
  const start = async (): Promise<boolean> => {
    const answer = await fetch(`${page}/api/v1/stations/foot-bath/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ command: 'start' }),
    });
    return answer.status === 202;
  };
  await until('a start is taken', start, 30_000);
  await tap.sees(
    ({ topic, payload }) => topic === 'ebb/foot-bath/state' && payload.includes('"phase":"warm"'),
    0,
    60_000,
  );
  for (let renewals = 0; renewals < 2; renewals += 1)
    await tap.sees((message) => DIALECTS[name].opens(message) !== null, tap.seen.length, 20_000);
  return { bathroom, proxy, serve, page };
}

/** Every true valve is shut within its lease after `atMs` of the rig's time. */
async function closedByLease(bathroom: Everyday, atMs: number, what: string): Promise<void> {
  const { name } = bathroom;
  const { leaseMs } = DIALECTS[name];
  const shut = (): boolean => bathroom.openings().every(({ closedAtMs }) => closedAtMs !== null);
  await until('every valve shut', shut, (leaseMs / SPEED) * 2 + 15_000);
  const lastMs = Math.max(...bathroom.openings().map(({ closedAtMs }) => closedAtMs ?? Infinity));
  const tookMs = Math.max(0, Math.round(lastMs - atMs));
  const stalls = bathroom.stalls();
  const stalled = stalls.length === 0 ? '' : `; host stalls ${stalls.join(', ')}`;
  console.info(`${name}: ${what}: shut after ${tookMs} ms (lease ${leaseMs} ms)${stalled}`);
  expect(tookMs).toBeLessThanOrEqual(leaseMs + MARGIN_MS);
}

/** How long after the end nothing may open, simulated milliseconds. */
const QUIET_MS = 15_000;

/** Neither a word on the wire that opens, from `from` on, nor a true valve that moves. */
async function staysShut(bathroom: Everyday, from: number): Promise<void> {
  const { name, tap } = bathroom;
  const count = bathroom.openings().length;
  const endMs = bathroom.nowMs() + QUIET_MS;
  await until('some time has passed', () => bathroom.nowMs() >= endMs, 30_000);
  const opens = tap.seen.slice(from).filter((message) => DIALECTS[name].opens(message) !== null);
  expect(opens.map(({ topic, payload }) => `${topic} ${payload}`)).toEqual([]);
  expect(bathroom.openings().length).toBe(count);
  expect(bathroom.openings().every(({ closedAtMs }) => closedAtMs !== null)).toBe(true);
}

/** One session in the journal, which ended as aborted; why is said where it can only be one thing. */
async function aborted(bathroom: Everyday, reason: string | null): Promise<void> {
  await until('the journal has the end', () => bathroom.results().length === 1, 60_000);
  const [result] = bathroom.results();
  expect(result?.outcome).toBe('aborted');
  expect(result?.contact_s).toBeGreaterThan(0);
  if (reason !== null) expect(result?.reason).toBe(reason);
  else console.info(`${bathroom.name}: recorded as aborted, ${result?.reason ?? ''}`);
}

const stationSchema = z.object({
  state: z.object({ state: z.string(), exposed: z.boolean(), message: z.string().nullable() }),
});

/** What a person reads on the page afterwards. */
async function expectPage(page: string, state: string): Promise<void> {
  const ask = async () =>
    stationSchema.parse(await (await fetch(`${page}/api/v1/stations/foot-bath`)).json());
  await until(`the page shows ${state}`, async () => (await ask()).state.state === state, 20_000);
  const { state: shown } = await ask();
  expect(shown.exposed).toBe(false);
  if (state === 'aborted') expect(shown.message).not.toBeNull();
  console.info(`the page says: ${shown.state}${shown.message === null ? '' : `, ${shown.message}`}`);
}
