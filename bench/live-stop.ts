import { Socket } from 'node:net';
import { connectAsync } from 'mqtt';
import { z } from 'zod';
import { SystemClock } from '../src/clock/system.ts';
import { Random } from '../src/random/random.ts';
import { cleanUp, runNode } from '../test/support/process.ts';
import {
  ended,
  firstLine,
  programOf,
  startBrokerProgram,
  startDevices,
  startServe,
  writeHome,
} from './live-programs.ts';
import { percentile, short, table } from './table.ts';

/**
 * STOP over MQTT as a page or a hub sends it: from publishing it to the close of the hot valve on the wire, while hot
 * water runs. The floor is a message to a bare mqtt.js and its answer, over the same broker and seen by the same client.
 * Both are taken in turn, so that other work of the computer falls on both.
 */

/** The rig and the controller are two processes in one simulated time: faster, a busy host would pass for a dead sensor. */
const SPEED = 5;
const STOPS = 200;
const BUDGET_MS = 48_000;
/** Echoes a stop, before it and while the same water runs. */
const ECHOES = 3;
/** The first rounds load and compile what the later ones use, on both sides. Counted apart. */
const WARM_UP = 5;
/** The promise: STOP costs no more than this many echoes. */
const BOUNDS = { p50: 1.5, p99: 2 } as const;

const ASK = 'bench/live/ask';
const ANSWER = 'bench/live/answer';
const SET = 'ebb/bath/set';
const STATE = 'ebb/bath/state';
const VALVE_SAYS = 'stat/bath-valves/POWER1';
const VALVE_HEARS = 'cmnd/bath-valves/POWER1';

const real = new SystemClock();
const stateSchema = z.object({ state: z.string(), valves: z.object({ hot: z.string(), cold: z.string() }) });
const pauses = new Random(1, 'bench-live-stop');

export async function liveStop(): Promise<void> {
  const broker = await startBrokerProgram();
  const { folder } = writeHome(`url: "${broker.url}"`, { simulated: true });
  const devices = await startDevices(folder, SPEED);
  const serve = await startServe(folder, SPEED);
  const bare = runNode([programOf('live-echo'), broker.url, ASK, ANSWER], folder);
  await firstLine(bare);
  const ear = await openEar(broker.url, [ANSWER, STATE, VALVE_SAYS, VALVE_HEARS]);
  const echoes: number[] = [];
  const stops: number[] = [];
  const untilMs = real.nowMs() + BUDGET_MS;
  while (stops.length < STOPS + WARM_UP && real.nowMs() < untilMs) {
    await ear.sees(isResting);
    ear.publish(SET, JSON.stringify({ command: 'start', protocol: 'contrast-foot-bath' }));
    await ear.sees(isHot, 15_000);
    for (let round = 0; round < ECHOES; round += 1) {
      await pause();
      echoes.push(await ear.answer(ASK, String(echoes.length), (topic) => topic === ANSWER));
    }
    await pause();
    stops.push(await ear.answer(SET, JSON.stringify({ command: 'stop' }), isClose));
  }
  await ear.end();
  await ended(serve, devices, bare);
  await broker.stop();
  await cleanUp();
  tell(broker.name, echoes.slice(WARM_UP * ECHOES), stops.slice(WARM_UP), stops[0] ?? NaN);
}

function tell(broker: string, echoes: readonly number[], stops: readonly number[], first: number): void {
  const row = (name: string, share: number, bound: number | null): readonly string[] => {
    const [floor, took] = [percentile(echoes, share), percentile(stops, share)];
    const ratio = took / floor;
    const verdict = bound === null ? '' : `${ratio <= bound ? 'holds' : 'DOES NOT HOLD'}: <= ${bound}x`;
    return [name, short(floor), short(took), `${short(ratio)}x`, verdict];
  };
  const count = stops.length < STOPS ? `${stops.length} of ${STOPS} fitted the time` : String(stops.length);
  table(`live-stop: over MQTT to the close on the wire, ${broker}`, [
    ['ms', 'floor: MQTT echo', 'stop', 'ratio', 'bound'],
    row('p50', 0.5, BOUNDS.p50),
    row('p90', 0.9, null),
    row('p99', 0.99, BOUNDS.p99),
    row('max', 1, null),
    ['count', echoes.length, count],
    ['the first', '', short(first)],
  ]);
}

/** A bare mqtt.js, as the floor has it: publishes, and says when it saw what. */
async function openEar(url: string, topics: string[]) {
  const client = await connectAsync(url, { clientId: 'bench-live-ear' });
  if (client.stream instanceof Socket) client.stream.setNoDelay(true);
  const last = new Map<string, string>();
  const looks = new Set<(topic: string, payload: string) => void>();
  client.on('message', (topic, bytes) => {
    const payload = bytes.toString();
    last.set(topic, payload);
    for (const look of [...looks]) look(topic, payload);
  });
  await client.subscribeAsync(topics, { qos: 1 });
  const publish = (topic: string, payload: string): void => {
    client.publish(topic, payload, { qos: 1 });
  };
  /** The real time at which something fits. */
  const waits = (fits: (topic: string, payload: string) => boolean, limitMs: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const late = real.at(real.nowMs() + limitMs, 'late', () => {
        looks.delete(look);
        reject(new Error(`nothing within ${limitMs} ms; last: ${JSON.stringify([...last])}`));
      });
      const look = (topic: string, payload: string): void => {
        if (!fits(topic, payload)) return;
        const atMs = real.nowMs();
        late.cancel();
        looks.delete(look);
        resolve(atMs);
      };
      looks.add(look);
    });
  return {
    publish,
    end: () => client.endAsync(),
    /** Waits until the last of each topic fits. */
    sees: async (fits: (last: ReadonlyMap<string, string>) => boolean, limitMs = 10_000): Promise<void> => {
      if (!fits(last)) await waits(() => fits(last), limitMs);
    },
    /** Real milliseconds from publishing to the first message that fits. */
    answer: async (
      topic: string,
      payload: string,
      fits: (topic: string, payload: string) => boolean,
    ): Promise<number> => {
      const seen = waits(fits, 10_000);
      const sentMs = real.nowMs();
      publish(topic, payload);
      return (await seen) - sentMs;
    },
  };
}

type Last = ReadonlyMap<string, string>;

/** Somewhere between two turns of whatever else runs, as a person's press would be. */
function pause(): Promise<void> {
  return new Promise((resolve) => real.at(real.nowMs() + pauses.between(3, 25), 'pause', resolve));
}

function stateOf(last: Last): z.infer<typeof stateSchema> | null {
  const text = last.get(STATE);
  return text === undefined ? null : stateSchema.parse(JSON.parse(text));
}

function isResting(last: Last): boolean {
  const now = stateOf(last);
  return (
    now !== null &&
    ['idle', 'stopped', 'complete'].includes(now.state) &&
    now.valves.hot === 'closed' &&
    now.valves.cold === 'closed'
  );
}

/** The valve itself says that it is open, and the controller knows. */
function isHot(last: Last): boolean {
  return last.get(VALVE_SAYS) === 'ON' && stateOf(last)?.valves.hot === 'open';
}

const isClose = (topic: string, payload: string): boolean => topic === VALVE_HEARS && payload === 'OFF';
