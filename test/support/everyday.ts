import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SystemClock } from '../../src/clock/system.ts';
import type { SessionResult } from '../../src/model/state.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';
import { DIALECTS, type DialectName } from './dialects.ts';
import { openTap } from './house.ts';
import type { Seen } from './house.ts';
import { startMosquitto } from './mosquitto.ts';
import { newFolder, runEbb, type Child } from './process.ts';
import { resultsOf } from './results.ts';

/**
 * A bathroom as people have one: a Mosquitto, devices of one dialect in a process of their own, and a controller in
 * another. Nothing here is in the process of the test but an ear on the wire.
 */
export interface Everyday {
  readonly name: DialectName;
  /** How many simulated seconds a real one has. */
  readonly speed: number;
  readonly folder: string;
  readonly broker: Awaited<ReturnType<typeof startMosquitto>>;
  readonly tap: ReturnType<typeof openTap>;
  readonly rig: Child;
  /** The true openings of the valves so far, in simulated milliseconds. */
  openings(): readonly TrueOpening[];
  /** The simulated time of the rig's process now. */
  nowMs(): number;
  /** The same when a message was seen on the wire. */
  atMs(message: Seen): number;
  /** Where the host stood still, as the rig's process noticed it. */
  stalls(): readonly string[];
  /** `ebb …` on a config of this bathroom; `port` where the controller reaches the broker by another way. */
  run(args: readonly string[], options?: { readonly port?: number; readonly folder?: string }): Child;
  results(): readonly SessionResult[];
  close(): Promise<void>;
}

export interface TrueOpening {
  readonly valve: string;
  readonly openedAtMs: number;
  readonly closedAtMs: number | null;
}

const lineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started') }),
  z.object({ type: z.literal('up'), at_ms: z.number(), wall_ms: z.number() }),
  z.object({ type: z.literal('down'), at_ms: z.number(), wall_ms: z.number() }),
  z.object({ type: z.literal('valve'), valve: z.string(), open: z.boolean(), at_ms: z.number() }),
  z.object({ type: z.literal('stalled'), late_ms: z.number() }),
]);
type Line = z.infer<typeof lineSchema>;

const real = new SystemClock();

/** `protocol`: the text of one of its own. */
export async function openEveryday(
  name: DialectName,
  speed: number,
  { seed = 3, protocol }: { readonly seed?: number; readonly protocol?: string } = {},
): Promise<Everyday> {
  const broker = await startMosquitto();
  const folder = newFolder();
  writeConfig(folder, name, broker.port, protocol);
  const rig = runEbb(
    ['devices', 'simulate', '--json', '--speed', String(speed), '--seed', String(seed)],
    folder,
  );
  const tap = openTap(broker.url);
  await rig.waitFor(/"type":"up"/);
  const lines = (): readonly Line[] =>
    rig
      .out()
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => lineSchema.parse(JSON.parse(line)));
  const nowMs = (): number => {
    const up = lines().find((line) => line.type === 'up' || line.type === 'down');
    return up === undefined ? 0 : up.at_ms + (real.wallMs() - up.wall_ms) * speed;
  };
  return {
    name,
    speed,
    folder,
    broker,
    tap,
    rig,
    openings: () => openingsOf(lines()),
    nowMs,
    atMs: ({ realMs }) => nowMs() - (real.nowMs() - realMs) * speed,
    stalls: () => lines().flatMap((line) => (line.type === 'stalled' ? [`${line.late_ms} ms`] : [])),
    run: (args, { port = broker.port, folder: other = folder } = {}) => {
      writeConfig(other, name, port, protocol);
      return runEbb(args, other);
    },
    results: () => resultsOf(join(folder, '.ebb', 'journal.db')),
    close: async () => {
      await tap.tap.close();
      rig.kill('SIGTERM');
      await rig.exit;
      await broker.stop();
    },
  };
}

function writeConfig(folder: string, name: DialectName, port: number, protocol?: string): void {
  const { water, senses } = DIALECTS[name];
  const text = `simulated: true
mqtt: { url: "mqtt://127.0.0.1:${port}" }
http: { port: 0 }
stations:
  foot-bath:
    kind: bath
    vessel: stream
${water}
${senses}
    scald_guard: { by: valve, max: 41 C }
    begin_from: [button, page, cli, mqtt]
    prepare_from: [button, page, cli, mqtt]
sim: { plant: { hot: 55 C, cold: 12 C, guard: 38.5 C, dead_time: 0.7 s, lag: 1.5 s } }
`;
  if (protocol !== undefined) {
    mkdirSync(join(folder, 'mine'), { recursive: true });
    writeFileSync(join(folder, 'mine', 'short-contrast.yaml'), protocol);
  }
  writeFileSync(join(folder, 'ebb.yaml'), protocol === undefined ? text : `${text}library: ./mine\n`);
}

function openingsOf(lines: readonly Line[]): TrueOpening[] {
  const openings: TrueOpening[] = [];
  for (const line of lines) {
    if (line.type !== 'valve') continue;
    if (line.open) openings.push({ valve: line.valve, openedAtMs: line.at_ms, closedAtMs: null });
    else {
      const last = openings.findLastIndex(
        ({ valve, closedAtMs }) => valve === line.valve && closedAtMs === null,
      );
      const opening = openings[last];
      if (opening !== undefined) openings[last] = { ...opening, closedAtMs: line.at_ms };
    }
  }
  return openings;
}

/** Every topic that lies retained at the broker, as somebody who comes now is told. */
export async function retainedTopics(url: string): Promise<readonly string[]> {
  const bus = connectMqtt({ clientId: 'late-comer', url, clock: real });
  const topics: string[] = [];
  bus.onMessage(({ topic, retained }) => {
    if (retained) topics.push(topic);
  });
  bus.subscribe(['#']);
  await new Promise<void>((resolve) => {
    bus.onLink((up) => {
      if (up) real.at(real.nowMs() + 300, 'retained', resolve);
    });
  });
  await bus.close();
  return topics;
}
