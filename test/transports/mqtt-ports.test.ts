// If this fails, a board on another computer hears a line that nobody means any more, or that lay at the broker; a stop
// waits for the end of a line; or a bridge that died goes on counting as a board that is there.
import { describe, expect, it } from 'vitest';
import { TwinBoard } from '../../firmware-sim/boards/twin/index.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { Port, PortFailure, Ports } from '../../src/model/port.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';
import { MemoryPorts } from '../../src/transports/memory-ports.ts';
import { MqttPlug } from '../../src/transports/mqtt-plug.ts';
import { MqttPorts } from '../../src/transports/mqtt-ports.ts';
import { TestRig } from '../firmware-sim/boards/body.ts';
import { framed } from '../firmware-sim/boards/talk.ts';

const PATH = 'mqtt:serial/bath';
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

function bench() {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, random: new Random(1, 'bus') });
  const ports = new MqttPorts(broker.connect({ clientId: 'ebb' }), new MemoryPorts(clock));
  const bridge = broker.connect({ clientId: 'bridge' });
  const told: string[] = [];
  bridge.onMessage(({ payload, retained }) => told.push(retained ? `kept ${payload}` : payload));
  bridge.subscribe(['serial/bath/tx']);
  const wait = (ms = 500): void => {
    clock.runUntil(clock.nowMs() + ms);
  };
  const say = (part: string, payload: string, retain = false): void => {
    bridge.publish({ topic: `serial/bath/${part}`, payload, qos: 0, retain });
    wait();
  };
  wait(2_000);
  return { broker, clock, ports, told, say, wait };
}

/** Opens, and keeps what comes of it. */
async function opened(ports: Ports, path = PATH) {
  const got = await new Promise<{ port?: Port | undefined; failure?: PortFailure | undefined }>((resolve) => {
    ports.open(path, 115_200, resolve);
  });
  const heard: string[] = [];
  const gone: string[] = [];
  got.port?.onData((piece) => heard.push(Buffer.from(piece).toString('latin1')));
  got.port?.onClose(({ message }) => gone.push(message));
  return { ...got, heard, gone };
}

describe('a port behind a bridge', () => {
  it('carries lines both ways, each a message of its own', async () => {
    const { ports, told, say, wait } = bench();
    const { port, heard } = await opened(ports);
    wait();
    port?.write(bytes('@1 HELLO*0000\n@2 BE'));
    port?.write(bytes('AT*0000\n\n'));
    wait();
    expect(told).toEqual(['@1 HELLO*0000', '@2 BEAT*0000']);
    say('rx', '@1 ok*0000');
    expect(heard).toEqual(['@1 ok*0000\n']);
  });

  it('lets a stop out at once, in the middle of a line', async () => {
    const { ports, told, wait } = bench();
    const { port } = await opened(ports);
    port?.write(bytes('@3 OPE\u0018'));
    wait();
    expect(told).toEqual(['@3 OPE\u0018']);
  });

  it('hears nothing that lay at the broker, and no line that is none', async () => {
    const { ports, say, wait } = bench();
    say('rx', '!boot boot=00000001 reset=ext*0000', true);
    const { heard } = await opened(ports);
    wait();
    say('rx', 'x'.repeat(10_000));
    expect(heard).toEqual([]);
  });

  it('is gone when its bridge says so, and cannot be opened until it is back', async () => {
    const { ports, told, say, wait } = bench();
    const first = await opened(ports);
    expect((await opened(ports)).failure?.problem).toBe('in_use');
    wait();
    say('status', 'offline', true);
    expect(first.gone.join()).toContain('its bridge says that it is not there');
    first.port?.write(bytes('@4 OPEN 1 2000*0000\n'));
    wait();
    expect(told).toEqual([]);
    expect((await opened(ports)).failure?.problem).toBe('gone');
    say('status', 'online', true);
    expect((await opened(ports)).port).toBeDefined();
  });

  it('is gone with the broker, and what was said meanwhile is said never', async () => {
    const { broker, ports, told, wait } = bench();
    const { port, gone } = await opened(ports);
    wait();
    broker.drop('ebb');
    wait(100);
    expect(gone.join()).toContain('the link to the broker is down');
    port?.write(bytes('@5 OPEN 1 2000*0000\n'));
    expect((await opened(ports)).failure?.message).toContain('the link to the broker is down');
    broker.restore('ebb');
    wait(60_000);
    expect(told).toEqual([]);
    expect((await opened(ports)).port).toBeDefined();
  });

  it('a simulated board at the other end of it boots, answers, and ends its lease by itself', async () => {
    const { broker, clock, ports, wait } = bench();
    const rig = new TestRig();
    const board = new TwinBoard({ clock, wiring: rig.wiring, random: new Random(1, 'board') });
    const plug = new MqttPlug('serial/bath', (options) => broker.connect(options));
    board.onByte((byte) => {
      plug.write(Uint8Array.of(byte));
    });
    plug.onData((piece) => {
      board.send(piece);
    });
    plug.onOpen((open) => {
      if (open) board.reset();
    });
    const { port, heard, gone } = await opened(ports);
    wait(1_000);
    expect(heard.join('')).toMatch(/!boot boot=[0-9a-f]{8} reset=ext\*[0-9A-F]{4}\n/);
    port?.write(bytes(framed('@5 OPEN 1 1000')));
    wait(500);
    expect(heard.at(-1)).toMatch(/^@5 ok v=1 ms=1000/);
    expect(board.high('v1')).toBe(true);
    wait(1_000);
    expect(board.high('v1')).toBe(false);
    expect(heard.at(-1)).toMatch(/^!closed v=1 why=lease/);
    plug.unplug();
    wait();
    expect(gone).toHaveLength(1);
    board.close();
  });

  it('another path is a port of this computer', async () => {
    const { ports, wait } = bench();
    const asked = opened(ports, '/dev/ttyUSB0');
    wait();
    expect((await asked).failure?.problem).toBe('missing');
  });
});
