import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { FIRMWARES, type Firmware } from '../../firmware-sim/boards/firmata/index.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { meetDevices } from '../../src/cli/session/meeting.ts';
import { composeReal } from '../../src/main.ts';
import type { FromFirmata, ToFirmata } from '../../src/model/firmata.ts';
import { fromFirmataSchema } from '../../src/model/firmata.ts';
import { silentLog } from '../../src/model/log.ts';
import { loadLibrary } from '../../src/protocols/index.ts';
import { Random } from '../../src/random/random.ts';
import { startBroker } from '../../src/transports/broker.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';
import { withPorts } from '../../src/transports/port-dialects.ts';
import { SerialPorts } from '../../src/transports/serial/index.ts';
import { configOf, Folder } from '../config/support.ts';
import { cleanUp, freePort } from '../support/process.ts';
import { until } from '../support/until.ts';
import { listenToNoise } from './firmata-noise-suite.ts';
import { TtyBoard } from './firmata-support.ts';

/*
 * If these fail, what holds on a simulated wire does not hold on a serial port: through the kernel, serialport and real
 * time, with johnny-five as a person would use it.
 */

const folder = mkdtempSync(join(tmpdir(), 'ebb-firmata-'));
const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  await cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

function boardOf(firmware: Firmware): TtyBoard {
  const home = mkdtempSync(join(tmpdir(), 'ebb-tty-'));
  const board = new TtyBoard(home, firmware);
  endings.push(() => {
    board.unplug();
    rmSync(home, { recursive: true, force: true });
  });
  return board;
}

/** The board behind serialport, and what is said to it and heard of it. */
async function bench(firmware: Firmware) {
  const board = boardOf(firmware);
  const clock = new SystemClock();
  const bus = withPorts(
    new MemoryBroker({ clock, random: new Random(1, 'bus') }).connect({ clientId: 'ebb' }),
    { ports: new SerialPorts(clock), clock, random: new Random(1, 'ports'), log: silentLog },
  );
  endings.push(() => bus.close());
  const topic = `port:${board.path}/firmata`;
  const heard: FromFirmata[] = [];
  const links: string[] = [];
  bus.onMessage((message) => {
    if (message.topic === topic) heard.push(fromFirmataSchema.parse(JSON.parse(message.payload)));
    else links.push(message.payload);
  });
  bus.subscribe([topic]);
  await board.met(() => heard.some((message) => 'firmware' in message));
  links.splice(0);
  const say = (message: ToFirmata): void => {
    bus.publish({ topic, payload: JSON.stringify(message), qos: 0 });
  };
  const use = async (message: Extract<ToFirmata, { do: 'use' }>): Promise<void> => {
    say(message);
    await until('the pin is ready', () =>
      heard.some((word) => 'is' in word && word.is === 'ready' && word.pin === message.pin),
    );
    board.edges.splice(0);
  };
  return { board, say, use, heard, links };
}

const { StandardFirmata, FirmataExpress, ConfigurableFirmata } = FIRMWARES;

describe('johnny-five over a real tty: each part on recorded pins', () => {
  test('Led, active buzzer and Relay switch their pins; Piezo swings its own', async () => {
    const { board, say, use } = await bench(StandardFirmata);
    await use({ do: 'use', as: 'led', pin: 13 });
    await use({ do: 'use', as: 'buzzer', pin: 9, active: 'high' });
    await use({ do: 'use', as: 'relay', pin: 7, active: 'high', held: false });
    await use({ do: 'use', as: 'piezo', pin: 8 });
    for (const pin of [13, 9, 7]) {
      say({ do: 'set', pin, on: true });
      say({ do: 'set', pin, on: false });
    }
    await until('all have fallen', () => board.edges.length === 6);
    for (const pin of [13, 9, 7]) expect(board.levels(pin)).toEqual([1, 0]);
    say({ do: 'set', pin: 8, on: true });
    await until('it swings', () => board.edges.length > 20);
    say({ do: 'set', pin: 8, on: false });
    const quietMs = (): number => board.clock.nowMs() - (board.edges.at(-1)?.atMs ?? Infinity);
    await until('it has come to rest', () => board.board.levelOf(8) === 0 && quietMs() > 50);
    // Up and down in turn, from the first to the last: it began low and ends low.
    const wave = board.levels(8);
    expect(wave).toEqual(wave.map((_, place) => (place % 2 === 0 ? 1 : 0)));
    expect([wave.length % 2, board.board.levelOf(8)]).toEqual([0, 0]);
  });

  test('Button and Switch tell what their contacts do; an analogue Thermometer reads 40 C', async () => {
    const { board, use, heard } = await bench(StandardFirmata);
    await use({ do: 'use', as: 'button', pin: 2, active: 'low' });
    await use({ do: 'use', as: 'switch', pin: 12, active: 'low' });
    await use({ do: 'use', as: 'thermometer', pin: 'A0', sensor: 'TMP36', address: null, everyMs: 300 });
    const contacts = (pin: number) =>
      heard.flatMap((word) => ('contact' in word && word.pin === pin ? [word.contact] : []));
    await until('the switch was looked at', () => contacts(12).length > 0);
    board.button.set(true);
    board.mat.set(true);
    await until('both are closed', () => contacts(2).includes('closed') && contacts(12).includes('closed'));
    board.button.set(false);
    await until('it is let go', () => contacts(2).includes('open'));
    expect([contacts(2), contacts(12)]).toEqual([
      ['closed', 'open'],
      ['open', 'closed'],
    ]);
    await until('a temperature', () => heard.some((word) => 'celsius' in word && word.celsius === 40));
  });

  test('a DS18B20 on ConfigurableFirmata, and the tones and the watch of FirmataExpress', async () => {
    const wire = await bench(ConfigurableFirmata);
    await wire.use({ do: 'use', as: 'thermometer', pin: 3, sensor: 'DS18B20', address: null, everyMs: 800 });
    await until('a temperature', () => wire.heard.some((word) => 'celsius' in word && word.celsius === 38));
    const express = await bench(FirmataExpress);
    expect(express.heard).toContainEqual({ firmware: 'FirmataExpress.ino 2.5', watches: true });
    await express.use({ do: 'use', as: 'piezo', pin: 8 });
    express.say({ do: 'set', pin: 8, on: true });
    await until('a tone', () => express.board.beeps.includes('1 x 10000'));
  });

  test('pulled out while it talks, it is told to be gone; plugged in again, it works as before', async () => {
    const { board, use, say, links } = await bench(StandardFirmata);
    await use({ do: 'use', as: 'thermometer', pin: 'A0', sensor: 'TMP36', address: null, everyMs: 100 });
    board.unplug();
    await until('it is gone', () => links.length > 0, 6_000);
    expect(links[0]).toMatch(/went away|does not answer any more/);
    board.plugIn();
    await board.met(() => links.includes('{"up":true}'));
    await use({ do: 'use', as: 'led', pin: 13 });
    say({ do: 'set', pin: 13, on: true });
    await until('the lamp is on', () => board.board.levelOf(13) === 1);
  });

  test('noise at full speed costs little, presses nothing, and it recovers without a restart', async () => {
    await listenToNoise(3_000);
  });
});

test('`ebb devices` without a controller meets the board, its lamp and a valve that it will not do for', async () => {
  const board = boardOf(StandardFirmata);
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const files = new Folder();
  const config = configOf(
    files.load(`
mqtt: { url: "${broker.url}" }
simulated: true
stations:
  foot-bath:
    kind: bath
    vessel: stream
    hot: { driver: firmata, port: ${board.path}, pin: 4 }
    cold: { driver: firmata, port: ${board.path}, pin: 5 }
    thermometer: { driver: firmata, port: ${board.path}, pin: 3 }
    light: { driver: firmata, port: ${board.path}, pin: 13 }
    scald_guard: { by: valve, max: 41 C }
`),
  );
  const { protocols } = loadLibrary([]);
  const meeting = meetDevices({ config, protocols, log: silentLog });
  // Pin 13 has been made an output.
  await board.met(() => board.heard.includes('F4 0D 01'));
  const met = await meeting;
  const told = Object.fromEntries(met.report().map(({ id, link, why }) => [id, { link, why }]));
  expect(told['foot-bath-light']).toEqual({ link: 'up', why: null });
  expect(told['foot-bath-cold']?.why).toContain('flash FirmataExpress');
  expect(told['foot-bath-thermometer']?.why).toContain('ConfigurableFirmata');
  await met.close();
  await broker.close();
  files.dispose();
});

const UNFIT = 'StandardFirmata.ino 2.5: it leaves its pins as they are';

describe('a whole controller on real ports', () => {
  test('a valve on StandardFirmata is refused with the remedy, while its lamp on the same board works', async () => {
    const board = boardOf(StandardFirmata);
    const files = new Folder();
    const config = configOf(
      files.load(`
mqtt: { listen: "127.0.0.1:${await freePort()}" }
journal: { path: journal.sqlite }
stations:
  foot-bath:
    kind: bath
    vessel: stream
    hot: { driver: firmata, port: ${board.path}, pin: 4 }
    cold: { driver: firmata, port: ${board.path}, pin: 5 }
    thermometer: { driver: tasmota, topic: bath, sensor: DS18B20 }
    light: { driver: firmata, port: ${board.path}, pin: 13 }
    scald_guard: { by: valve, max: 41 C }
`),
    );
    const { protocols } = loadLibrary([]);
    const running = await composeReal({ config, protocols, log: silentLog });
    endings.push(async () => {
      await running.close();
      files.dispose();
    });
    const equipment = running.controller.station('foot-bath')?.core.water.equipment;
    // What is said before it is met names StandardFirmata, too: as what to flash.
    await board.met(() => equipment?.whyNot('foot-bath-hot')?.includes(UNFIT) === true);
    const error = await running.controller.command('foot-bath', { command: 'start' }, 'cli');
    expect(error?.code).toBe('not_ready');
    expect(error?.message).toMatch(
      /StandardFirmata\.ino 2\.5: it leaves its pins as they are.*flash FirmataExpress/,
    );
    expect([board.levels(4), board.levels(5)]).toEqual([[], []]);
  });
});
