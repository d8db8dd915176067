import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AvrBoard } from '../../firmware-sim/boards/avr/index.ts';
import type { BoardPin } from '../../firmware-sim/boards/board.ts';
import { createRig } from '../../firmware-sim/rig.ts';
import { ScaledClock } from '../../src/clock/scaled.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { loadConfig } from '../../src/config/index.ts';
import { startBroker } from '../../src/transports/broker.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';
import { PseudoPorts } from '../../src/transports/pseudo-ports.ts';
import { HEX } from '../firmware-sim/boards/body.ts';
import { openTap } from './house.ts';
import { newFolder } from './process.ts';

/** As short as a contrast may be that still has everything: one cycle, a few seconds of each. */
const SHORT = `id: short-contrast
title: Short contrast
kind: contrast
source:
  - document: the test
    says: short steps
stations: [bath]
cycles: { default: 1, range: [1, 2] }
end_with: cold
steps:
  - kind: warm
    water: { default: 38 C, range: [37 C, 40 C] }
    duration: { default: 15 s, range: [10 s, 2 min] }
  - kind: cold
    water: { default: 15 C, range: [10 C, 16 C] }
    duration: { default: 10 s, range: [10 s, 60 s] }
screening: water
`;

/**
 * A foot bath on a valve board, as `ebb.yaml` in a folder of its own. Its port is a path in that folder, where nothing is
 * yet.
 */
export function writeBoardHome(
  simulated: boolean,
  mqtt: string,
): { folder: string; file: string; port: string } {
  const folder = newFolder();
  const file = join(folder, 'ebb.yaml');
  const port = join(folder, 'board');
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine', 'short-contrast.yaml'), SHORT);
  writeFileSync(
    file,
    `simulated: ${simulated}
mqtt: { ${mqtt} }
http: { port: 0 }
library: ./mine
stations:
  foot-bath:
    kind: bath
    vessel: stream
    hot: { driver: board, port: ${port}, valve: 1 }
    cold: { driver: board, port: ${port}, valve: 2 }
    thermometer: { driver: board, port: ${port}, temperature: 1 }
    stop: { driver: board, port: ${port}, button: 1 }
    light: { driver: board, port: ${port}, light: 1 }
    buzzer: { driver: board, port: ${port}, buzzer: 1 }
    scald_guard: { by: valve, max: 41 C }
    begin_from: [button, page, cli${simulated ? ', mqtt' : ''}]
    prepare_from: [button, page, cli${simulated ? ', mqtt' : ''}]
sim: { plant: { hot: 55 C, cold: 12 C, guard: 38.5 C, dead_time: 0.7 s, lag: 1.5 s } }
`,
  );
  return { folder, file, port };
}

const real = new SystemClock();

/**
 * A foot bath whose valves hang on the committed firmware, in the emulated chip, at a tty of the kernel; a broker, and
 * somebody who writes down what passes there. The controller comes from elsewhere.
 */
export async function openBoardBath(speed: number) {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const home = writeBoardHome(true, `url: "${broker.url}"`);
  const { config } = loadConfig(home.file, { env: {} });
  const [station] = config?.stations ?? [];
  if (config === null || station === undefined) throw new Error('the config of the test is wrong');
  const clock = new ScaledClock(speed);
  const ports = new PseudoPorts(real);
  const edges: { pin: BoardPin; high: boolean; atMs: number }[] = [];
  /** The last line that the board heard of each verb, in its own time. */
  const heard = new Map<string, number>();
  let board: AvrBoard | null = null;
  const rig = createRig({
    clock,
    seed: 3,
    connect: (options) => connectMqtt({ ...options, url: broker.url, clock: real }),
    plug: (path) => {
      const plug = ports.plug(path);
      plug.onData((bytes) => {
        for (const [, verb = ''] of String.fromCharCode(...bytes).matchAll(/@\d+ ([A-Z]+)/g))
          heard.set(verb, clock.nowMs());
      });
      return plug;
    },
    makeBoard: (setup) => {
      board = new AvrBoard({ ...setup, hex: HEX });
      board.onEdge((pin, high, atMs) => {
        edges.push({ pin, high, atMs });
      });
      return board;
    },
    station,
    plant: config.plant,
    person: { presses: true, answers: true, begins: 'button' },
  });
  const { seen, sees, tap } = openTap(broker.url);
  await new Promise<void>((resolve) => {
    tap.onLink((up) => {
      if (up) resolve();
    });
  });
  tap.publish({ topic: 'ebb/simulated', payload: JSON.stringify({ speed, seed: 3 }), qos: 1, retain: true });
  const high = (pin: BoardPin): boolean => board?.high(pin) ?? false;
  const close = async (): Promise<void> => {
    clock.speed = 1;
    await Promise.all([rig.close(), tap.close()]);
    ports.close();
    await broker.close();
  };
  return { ...home, config, clock, rig, edges, heard, high, seen, sees, close };
}
