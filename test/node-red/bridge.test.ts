/**
 * If these fail, a board on another computer is deaf or mute behind Node-RED, obeys what lay at the broker for a week,
 * or keeps its water open when the bridge dies: the example flow in a real Node-RED, a real tty, a real broker, and the
 * model of the valve board at the other end.
 */
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwinBoard } from '../../firmware-sim/boards/twin/index.ts';
import { SystemClock } from '../../src/clock/system.ts';
import { Random } from '../../src/random/random.ts';
import { Bench } from '../../src/cli/doctor/bench.ts';
import { silentLog } from '../../src/model/log.ts';
import { connectMqtt } from '../../src/transports/mqtt.ts';
import { MqttPorts } from '../../src/transports/mqtt-ports.ts';
import { withPorts } from '../../src/transports/port-dialects.ts';
import { SerialPorts } from '../../src/transports/serial/index.ts';
import { startBroker } from '../../src/transports/broker.ts';
import { Folder, configOf } from '../config/support.ts';
import { TestRig } from '../firmware-sim/boards/body.ts';
import { framed } from '../firmware-sim/boards/talk.ts';
import { openTap } from '../support/house.ts';
import { cleanUp, newFolder } from '../support/process.ts';
import { openPty } from '../support/pty.ts';
import type { Pty } from '../support/pty.ts';
import { until } from '../support/until.ts';
import { exampleFlow, runNodeRed } from './runtime.ts';

/** A board of its own at a tty, in real time. */
function boardAt(pty: Pty) {
  const rig = new TestRig();
  const clock = new SystemClock();
  const board = new TwinBoard({ clock, wiring: rig.wiring, random: new Random(1, 'board') });
  board.onByte((byte) => {
    pty.write(Uint8Array.of(byte));
  });
  pty.onData((bytes) => {
    board.send(bytes);
  });
  return board;
}

async function bridge() {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 });
  const { seen, sees, tap } = openTap(broker.url);
  // A name that stays, as those under /dev/serial/by-id do.
  const port = join(newFolder(), 'usb-board');
  const plugged: { pty: Pty; board: TwinBoard }[] = [];
  const plugIn = (): void => {
    const pty = openPty();
    plugged.push({ pty, board: boardAt(pty) });
    symlinkSync(pty.path, port);
  };
  const mute = (): void => {
    plugged.at(-1)?.board.close();
  };
  const unplug = (): void => {
    const last = plugged.at(-1);
    last?.board.close();
    last?.pty.hangUp();
    rmSync(port, { force: true });
  };
  plugIn();
  // What somebody retained by mistake, long ago: it would open the water at each start.
  await until('the tap is there', () => {
    tap.publish({ topic: 'serial/bath/tx', payload: framed('@7 OPEN 1 20000').trim(), qos: 1, retain: true });
    return seen.some(({ topic }) => topic === 'serial/bath/tx');
  });
  const red = await runNodeRed(
    exampleFlow('serial-bridge', {
      'mqtt-broker': { broker: '127.0.0.1', port: new URL(broker.url).port },
      'serial-port': { serialport: port },
    }),
  );
  const close = async (): Promise<void> => {
    await red.end();
    unplug();
    await cleanUp();
    await tap.close();
    await broker.close();
  };
  let seq = 100;
  /** One request over the bridge, and its answer. */
  const ask = async (text: string): Promise<string> => {
    seq += 1;
    const from = seen.length;
    const line = framed(`@${seq} ${text}`).trim();
    tap.publish({ topic: 'serial/bath/tx', payload: line, qos: 0 });
    const { payload } = await sees(
      (one) => one.topic === 'serial/bath/rx' && one.payload.startsWith(`@${seq} `),
      from,
    );
    return payload;
  };
  const high = () => plugged.at(-1)?.board.high('v1');
  return { url: broker.url, seen, sees, tap, plugIn, mute, unplug, high, red, ask, close };
}

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});
const ELSEWHERE = `
mqtt: { url: "mqtt://broker.local" }
stations:
  bath:
    kind: bath
    vessel: stream
    hot: { driver: board, port: "mqtt:serial/bath", valve: 1 }
    cold: { driver: board, port: "mqtt:serial/bath", valve: 2 }
    thermometer: { driver: board, port: "mqtt:serial/bath", temperature: 1 }
    scald_guard: { by: valve, max: 41 C }
`;

let at: Awaited<ReturnType<typeof bridge>>;
beforeAll(async () => {
  at = await bridge();
}, 60_000);
afterAll(async () => {
  await at.close();
});

describe('the example flow that bridges a serial board', () => {
  it('runs with the serial nodes of the palette', () => {
    expect(at.red.versions['node-red-node-serialport']).toBe('2.0.3');
    expect(at.red.errors).toEqual([]);
  });

  it('carries lines both ways, says that the port is there, and sends nothing that lay at the broker', async () => {
    await at.sees(({ topic, payload }) => topic === 'serial/bath/status' && payload === 'online');
    expect(await at.ask('HELLO')).toMatch(
      /^@101 ok proto=1 fw=1\.0 boot=[0-9a-f]{8} valves=4 .*\*[0-9A-F]{4}$/,
    );
    expect(await at.ask('STAT')).toMatch(/ v1=0 v2=0 v3=0 v4=0 /);
    expect(at.high()).toBe(false);
    expect(at.seen.filter(({ topic, retained }) => topic === 'serial/bath/rx' && retained)).toEqual([]);
  });

  it('water: the lease of the board holds whoever dies between', async () => {
    await at.ask('BEAT');
    expect(await at.ask('OPEN 1 30000')).toContain(' ok v=1 ms=30000');
    expect(at.high()).toBe(true);
    // Nobody beats any more: 3 s, whatever the 30 s of the open say.
    const closed = await at.sees(
      ({ topic, payload }) => topic === 'serial/bath/rx' && payload.startsWith('!closed v=1 why=link'),
    );
    expect(closed.payload).toMatch(/\*[0-9A-F]{4}$/);
    expect(at.high()).toBe(false);
  });

  it('an Ebb elsewhere meets the board by its driver, opens a valve under a lease, and sees it end', async () => {
    const { stations, desks } = configOf(folder.load(ELSEWHERE));
    const clock = new SystemClock();
    const mqtt = connectMqtt({ clientId: 'ebb-elsewhere', url: at.url, clock });
    const ports = new MqttPorts(mqtt, new SerialPorts(clock));
    const bus = withPorts(mqtt, { ports, clock, random: new Random(1, 'ports'), log: silentLog });
    const bench = new Bench({ stations, desks }, bus, clock, true, () => undefined);
    const hot = bench.seats.find(({ device }) => device.role === 'hot');
    if (hot === undefined) throw new Error('the config has one');
    await until('every part of the board is there', () => bench.seats.every(({ up }) => up));
    await until('its valves rest', () => bench.outputs.every(({ held }) => held?.held === false));
    bench.command(hot, { action: 'open', leaseMs: 1_500, targetC: null });
    await until('it says that it opened', () => hot.held?.held === true);
    expect(at.high()).toBe(true);
    expect(hot.grants.at(-1)?.leaseMs).toBe(1_500);
    const openedMs = hot.held?.atMs ?? 0;
    await until('it says that it closed', () => hot.held?.held === false);
    expect((hot.held?.atMs ?? 0) - openedMs).toBeGreaterThan(1_000);
    expect(at.high()).toBe(false);
    bench.end();
    await bus.close();
  });

  it('finds out that nobody answers any more, closes the port, and takes the next board', async () => {
    // The serial library hears nothing of a plug that is pulled right after a byte, and reads on for ever: to the flow
    // that is a port which is open and says nothing.
    at.mute();
    const from = at.seen.length;
    at.tap.publish({ topic: 'serial/bath/tx', payload: framed('@99 BEAT').trim(), qos: 0 });
    await at.sees(({ topic, payload }) => topic === 'serial/bath/status' && payload === 'offline', from);
    at.unplug();
    const before = at.seen.length;
    at.plugIn();
    await at.sees(({ topic, payload }) => topic === 'serial/bath/status' && payload === 'online', before);
    expect(await at.ask('HELLO')).toContain(' ok proto=1');
  });

  it('says so when Node-RED dies', async () => {
    const before = at.seen.length;
    at.red.kill();
    await at.sees(
      ({ topic, payload }) => topic === 'serial/bath/status' && payload === 'offline',
      before,
      30_000,
    );
  });
});
