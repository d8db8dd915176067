import { SystemClock } from '../src/clock/system.ts';
import { connectMqtt } from '../src/transports/mqtt.ts';
import { cleanUp, freePort, runEbb, runNode } from '../test/support/process.ts';
import { ended, programOf, startBrokerProgram, writeHome } from './live-programs.ts';
import { percentile, short, table } from './table.ts';

/**
 * From a process being started to its first answer: `ebb serve` on MQTT and on HTTP, `ebb status` at a running
 * controller. The floors are a Node that does nothing, and a bare mqtt.js that subscribes and says that it is there.
 * All are taken in turn, each in a process of its own.
 */

const ROUNDS = 25;
const BUDGET_MS = 50_000;
const POLL_MS = 2;
const LIMIT_MS = 20_000;
const FLOOR_TOPIC = 'bench/live/there';
const STATUS = 'ebb/status';

const real = new SystemClock();

type What = 'node' | 'mqtt' | 'status' | 'online' | 'healthz';
const ROWS: readonly (readonly [What, string])[] = [
  ['node', 'floor: node -e 0, to its end'],
  ['mqtt', 'floor: bare mqtt.js, to its message'],
  ['status', 'ebb status, to its answer'],
  ['online', `ebb serve, to ${STATUS} online`],
  ['healthz', 'ebb serve, to the first answer of /healthz'],
];

export async function liveStart(): Promise<void> {
  const broker = await startBrokerProgram();
  const http = await freePort();
  const { folder } = writeHome(`url: "${broker.url}"`, { simulated: false, http });
  const ear = await openEar(broker.url);
  const took: Record<What, number[]> = { node: [], mqtt: [], status: [], online: [], healthz: [] };
  const untilMs = real.nowMs() + BUDGET_MS;
  for (let round = 0; round < ROUNDS && real.nowMs() < untilMs; round += 1) {
    took.node.push(await timed(() => runNode(['-e', '0'], folder).exit));
    const there = ear.hears(FLOOR_TOPIC, 'online');
    const startedMs = real.nowMs();
    const bare = runNode([programOf('live-connect'), broker.url, FLOOR_TOPIC], folder);
    took.mqtt.push((await there) - startedMs);
    await ended(bare);
    const online = ear.hears(STATUS, 'online');
    const servedMs = real.nowMs();
    const serve = runEbb(['serve'], folder);
    const answered = firstAnswer(`http://127.0.0.1:${http}/healthz`);
    took.online.push((await online) - servedMs);
    took.healthz.push((await answered) - servedMs);
    took.status.push(await timed(() => runEbb(['status'], folder).waitFor(/\S/)));
    await ended(serve);
  }
  await ear.close();
  await broker.stop();
  await cleanUp();
  tell(took, broker.name);
}

function tell(took: Readonly<Record<What, readonly number[]>>, broker: string): void {
  const ratio = (what: What, floor: What): string =>
    `${short(percentile(took[what], 0.5) / percentile(took[floor], 0.5))}x`;
  table(`live-start: from the start of a process, ${broker}`, [
    ['ms', 'p50', 'p90', 'max', 'p50 / node', 'p50 / mqtt.js'],
    ...ROWS.map(([what, name]) => {
      const figures = [0.5, 0.9, 1].map((share) => short(percentile(took[what], share)));
      return [name, ...figures, ratio(what, 'node'), ratio(what, 'mqtt')];
    }),
    ['rounds', took.node.length, '', '', '', ''],
  ]);
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const fromMs = real.nowMs();
  await act();
  return real.nowMs() - fromMs;
}

/** Asks again and again until somebody answers; the time of the answer. */
async function firstAnswer(url: string): Promise<number> {
  const untilMs = real.nowMs() + LIMIT_MS;
  while (real.nowMs() < untilMs) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) {
      await answer.text();
      return real.nowMs();
    }
    await new Promise<void>((resolve) => real.at(real.nowMs() + POLL_MS, 'poll', resolve));
  }
  throw new Error(`no answer from ${url} within ${LIMIT_MS} ms`);
}

async function openEar(url: string) {
  const bus = connectMqtt({ clientId: 'bench-live-ear', url, clock: real });
  const looks = new Set<(topic: string, payload: string) => void>();
  bus.onMessage(({ topic, payload, retained }) => {
    // What lies there is of the round before.
    if (!retained) for (const look of [...looks]) look(topic, payload);
  });
  bus.subscribe([FLOOR_TOPIC, STATUS]);
  await new Promise<void>((resolve) => {
    bus.onLink((up) => {
      if (up) resolve();
    });
  });
  const hears = (wanted: string, word: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const late = real.at(real.nowMs() + LIMIT_MS, 'late', () => {
        looks.delete(look);
        reject(new Error(`nothing on ${wanted} within ${LIMIT_MS} ms`));
      });
      const look = (topic: string, payload: string): void => {
        if (topic !== wanted || payload !== word) return;
        late.cancel();
        looks.delete(look);
        resolve(real.nowMs());
      };
      looks.add(look);
    });
  return { hears, close: () => bus.close() };
}
