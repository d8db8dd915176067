// If this fails, simulated sessions run over a bus that behaves unlike MQTT, and campaigns prove nothing about the
// real one: stale retained commands, missed last wills and lost messages would go unnoticed.
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/clock/virtual.ts';
import type { Bus, BusMessage } from '../../src/model/bus.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker, type TappedMessage } from '../../src/transports/memory.ts';

function world(seed = 1) {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, random: new Random(seed, 'bus') });
  const join = (clientId: string, filters: string[] = []) => {
    const bus = broker.connect({
      clientId,
      will: { topic: `will/${clientId}`, payload: 'gone', retain: false },
    });
    const got: BusMessage[] = [];
    const links: boolean[] = [];
    bus.onMessage((message) => got.push(message));
    bus.onLink((up) => links.push(up));
    bus.subscribe(filters);
    return { bus, got, links };
  };
  const settle = (ms = 50): void => {
    clock.runUntil(clock.nowMs() + ms);
  };
  return { clock, broker, join, settle };
}

const say = (bus: Bus, topic: string, payload: string, retain = false): void => {
  bus.publish({ topic, payload, qos: 0, retain });
};

describe('the memory broker', () => {
  it('brings the link up through the clock, never at once', () => {
    const { join, settle } = world();
    const { links } = join('a');
    expect(links).toEqual([]);
    settle();
    expect(links).toEqual([true]);
  });

  it('tells a late listener the link at once', () => {
    const { join, settle } = world();
    const { bus } = join('a');
    settle();
    const links: boolean[] = [];
    bus.onLink((up) => links.push(up));
    expect(links).toEqual([true]);
  });

  it('delivers after 1 to 8 ms, never from within publish, and in order', () => {
    const { clock, join, settle } = world();
    const a = join('a');
    const b = join('b');
    settle();
    const delays: number[] = [];
    b.bus.subscribe(['x']);
    settle();
    const sentAtMs = clock.nowMs();
    b.bus.onMessage(() => delays.push(clock.nowMs() - sentAtMs));
    for (let i = 0; i < 200; i += 1) say(a.bus, 'x', String(i));
    expect(b.got).toEqual([]);
    settle();
    expect(b.got.map(({ payload }) => payload)).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...delays)).toBeLessThanOrEqual(8);
  });

  it('gives a retained message to new subscribers, marked, and live ones unmarked', () => {
    const { join, settle, broker } = world();
    const a = join('a', ['state/#']);
    settle();
    say(a.bus, 'state/x', 'old', true);
    settle();
    const b = join('b', ['state/+']);
    settle();
    expect(a.got).toEqual([{ topic: 'state/x', payload: 'old', retained: false }]);
    expect(b.got).toEqual([{ topic: 'state/x', payload: 'old', retained: true }]);
    say(a.bus, 'state/x', '', true);
    settle();
    expect(broker.retained('state/x')).toBeNull();
    const c = join('c', ['state/#']);
    settle();
    expect(c.got).toEqual([]);
  });

  it('delivers once where several filters match', () => {
    const { join, settle } = world();
    const a = join('a', ['x/#', 'x/+', 'x/y']);
    settle();
    say(a.bus, 'x/y', '1');
    settle();
    expect(a.got).toHaveLength(1);
  });

  it('says the will of a client that is dropped, and not of one that says goodbye', async () => {
    const { broker, join, settle } = world();
    const watcher = join('watcher', ['will/#']);
    join('a');
    const b = join('b', []);
    settle();
    broker.drop('a');
    say(b.bus, 'last', 'words');
    const tapped: TappedMessage[] = [];
    broker.tap((message) => tapped.push(message));
    await b.bus.close();
    settle();
    expect(watcher.got.map(({ topic }) => topic)).toEqual(['will/a']);
    expect(tapped.map(({ topic, will }) => [topic, will])).toContainEqual(['last', false]);
  });

  it('loses what is under way when a connection dies, and what is said until it is restored', () => {
    const { broker, join, settle } = world();
    const a = join('a');
    const b = join('b', ['x']);
    settle();
    say(a.bus, 'x', 'under way');
    broker.drop('a', { clientAfterMs: 1_000, brokerAfterMs: 2_000 });
    settle();
    say(a.bus, 'x', 'believes it is connected');
    settle(2_000);
    expect(a.links).toEqual([true, false]);
    say(a.bus, 'x', 'knows better');
    broker.restore('a');
    settle();
    expect(a.links).toEqual([true, false, true]);
    expect(b.got).toEqual([]);
    say(a.bus, 'x', 'back');
    settle();
    expect(b.got.map(({ payload }) => payload)).toEqual(['back']);
  });

  it('subscribes again on its own, and tells of a loss that was over before it was noticed', () => {
    const { broker, join, settle } = world();
    const a = join('a');
    const b = join('b', ['x']);
    settle();
    broker.drop('b', { clientAfterMs: 10_000 });
    settle();
    broker.restore('b');
    settle();
    expect(b.links).toEqual([true, false, true]);
    say(a.bus, 'x', '1');
    settle(20_000);
    expect(b.got).toHaveLength(1);
    expect(b.links).toEqual([true, false, true]);
  });

  it('a second client of the same id throws the first one out', () => {
    const { join, settle } = world();
    const watcher = join('watcher', ['will/#']);
    const first = join('a', ['x']);
    settle();
    const second = join('a', ['x']);
    settle();
    expect(first.links).toEqual([true, false]);
    expect(second.links).toEqual([true]);
    expect(watcher.got).toHaveLength(1);
    say(watcher.bus, 'x', '1');
    settle();
    expect([first.got.length, second.got.length]).toEqual([0, 1]);
  });

  it('hears nothing after close', async () => {
    const { join, settle } = world();
    const a = join('a');
    const b = join('b', ['x']);
    settle();
    say(a.bus, 'x', '1');
    await b.bus.close();
    settle();
    expect(b.got).toEqual([]);
  });

  it('the same seed gives the same times', () => {
    const run = (seed: number): number[] => {
      const { broker, join, settle } = world(seed);
      const times: number[] = [];
      broker.tap(({ atMs }) => times.push(atMs));
      const a = join('a');
      settle();
      for (let i = 0; i < 10; i += 1) say(a.bus, 'x', '');
      settle();
      return times;
    };
    expect(run(4)).toEqual(run(4));
    expect(run(4)).not.toEqual(run(5));
  });

  it('takes a wildcard in a publish for our own mistake', () => {
    const { join } = world();
    const { bus } = join('a');
    expect(() => {
      say(bus, 'a/#', '');
    }).toThrow('a/#');
    expect(() => {
      bus.subscribe(['a#']);
    }).toThrow('a#');
  });
});
