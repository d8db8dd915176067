// If this fails, simulated boards hang on a wire that no real one has: bytes that come at once, ports that two may
// hold, a plug that can be pulled without anybody hearing of it. What campaigns show of them is worth nothing then.
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { Plug, Port, PortFailure } from '../../src/model/port.ts';
import { MemoryPorts } from '../../src/transports/memory-ports.ts';

const PATH = '/dev/ttyUSB0';
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

function bench() {
  const clock = new VirtualClock();
  const ports = new MemoryPorts(clock);
  const settle = (ms = 1_000): void => {
    clock.runUntil(clock.nowMs() + ms);
  };
  const open = (): { port: Port | undefined; failure: PortFailure | undefined } => {
    let result: ReturnType<typeof open> | undefined;
    ports.open(PATH, 115_200, ({ port, failure }) => {
      result = { port, failure };
    });
    expect(result, 'told from within the call').toBeUndefined();
    settle(1);
    return result ?? { port: undefined, failure: undefined };
  };
  const connected = (): { plug: Plug; port: Port } => {
    const plug = ports.plug(PATH);
    const { port } = open();
    if (port === undefined) throw new Error('not opened');
    return { plug, port };
  };
  return { clock, ports, settle, open, connected };
}

describe('a simulated serial port', () => {
  it('is not there until something is plugged in, and is open once', () => {
    const { ports, open } = bench();
    expect(open().failure?.problem).toBe('missing');
    ports.plug(PATH);
    expect(open().port).toBeDefined();
    expect(open().failure?.problem).toBe('in_use');
  });

  it('carries 96 bytes to the device in 8.3 ms and not sooner', () => {
    const { clock, connected, settle } = bench();
    const { plug, port } = connected();
    const heard: { length: number; atMs: number }[] = [];
    plug.onData(({ length }) => heard.push({ length, atMs: clock.nowMs() }));
    const sentAtMs = clock.nowMs();
    port.write(bytes('x'.repeat(96)));
    expect(heard).toEqual([]);
    settle();
    expect(heard.map(({ length }) => length)).toEqual([96]);
    expect((heard[0]?.atMs ?? 0) - sentAtMs).toBeCloseTo(96 * (10 / 115.2), 3);
  });

  it('brings what a device says byte by byte in frames of a millisecond, in order and at the speed of the wire', () => {
    const { clock, connected, settle } = bench();
    const { plug, port } = connected();
    let text = '';
    const frames: number[] = [];
    port.onData((piece) => {
      text += String.fromCharCode(...piece);
      frames.push(piece.length);
    });
    const sentAtMs = clock.nowMs();
    const said = 'abcdefghijklmnopqrstuvwxyz';
    // At once, as a burst: the wire takes its time all the same.
    for (const char of said) plug.write(bytes(char));
    settle(1);
    expect(text.length).toBeGreaterThan(5);
    expect(text.length).toBeLessThanOrEqual(12);
    settle(10);
    expect(text).toBe(said);
    expect(frames.length).toBeLessThanOrEqual(3);
    expect(clock.nowMs() - sentAtMs).toBeLessThan(12);
  });

  it('tells the device of an opening, and the computer half a second after the plug was pulled', () => {
    const { connected, settle, open } = bench();
    const { plug, port } = connected();
    const gone: string[] = [];
    port.onClose(({ problem }) => gone.push(problem));
    plug.unplug();
    settle(400);
    expect(gone).toEqual([]);
    settle(200);
    expect(gone).toEqual(['gone']);
    expect(open().failure?.problem).toBe('missing');
  });

  it('can be pulled without a word, and nothing comes from it any more', () => {
    const { connected, settle } = bench();
    const { plug, port } = connected();
    const heard: number[] = [];
    port.onData(({ length }) => heard.push(length));
    port.onClose(() => heard.push(-1));
    plug.unplug({ noticed: false });
    plug.write(bytes('ghost'));
    settle();
    expect(heard).toEqual([]);
  });

  it('is free again once it was closed, and says nothing to whoever closed it', () => {
    const { connected, open, settle } = bench();
    const { plug, port } = connected();
    const opened: boolean[] = [];
    plug.onOpen((is) => opened.push(is));
    const late: number[] = [];
    port.onData(({ length }) => late.push(length));
    port.write(bytes('last words'));
    plug.write(bytes('too late'));
    const heard: string[] = [];
    plug.onData((piece) => heard.push(String.fromCharCode(...piece)));
    port.close();
    settle();
    expect(heard).toEqual(['last words']);
    expect(late).toEqual([]);
    expect(open().port).toBeDefined();
    expect(opened).toEqual([false, true]);
  });
});
