// If these fail, the frozen controller of the demonstration still hears or says something, and what it shows is a lie.
import { expect, it } from 'vitest';
import { Freezer } from '../../src/cli/session/freezer.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';

function frozenWorld() {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, random: new Random(1, 'bus') });
  const freezer = new Freezer();
  const own = freezer.clock(clock);
  const bus = freezer.bus(broker.connect({ clientId: 'controller' }));
  const outside = broker.connect({ clientId: 'device' });
  const wire: string[] = [];
  broker.tap(({ topic, payload }) => wire.push(`${topic} ${payload}`));
  const heard: string[] = [];
  bus.subscribe(['told']);
  bus.onMessage(({ payload }) => heard.push(`message ${payload}`));
  clock.runUntil(1_000);
  return { clock, freezer, own, bus, outside, wire, heard };
}

it('nothing comes in and nothing goes out, and time goes on', () => {
  const { clock, freezer, own, bus, outside, wire, heard } = frozenWorld();
  own.at(2_000, 'due', () => heard.push('timer'));
  freezer.freeze();
  outside.publish({ topic: 'told', payload: 'a', qos: 0 });
  bus.publish({ topic: 'said', payload: 'b', qos: 0 });
  clock.runUntil(5_000);
  expect(heard).toEqual([]);
  expect(wire).toEqual(['told a']);
  expect(own.nowMs()).toBe(5_000);
});

it('thawed it gets everything in its order, and what was cancelled by then does not happen', () => {
  const { clock, freezer, own, bus, outside, wire, heard } = frozenWorld();
  own.at(2_000, 'first', () => {
    heard.push('first');
    second.cancel();
  });
  const second = own.at(2_500, 'second', () => heard.push('second'));
  freezer.freeze();
  bus.publish({ topic: 'said', payload: 'b', qos: 0 });
  clock.runUntil(3_000);
  outside.publish({ topic: 'told', payload: 'a', qos: 0 });
  clock.runUntil(4_000);
  freezer.thaw();
  expect(heard).toEqual(['first', 'message a']);
  clock.runUntil(5_000);
  expect(wire).toEqual(['told a', 'said b']);
});

it('without ice it is not there', () => {
  const { clock, own, bus, outside, wire, heard } = frozenWorld();
  own.at(2_000, 'due', () => heard.push('timer'));
  own.at(2_100, 'never', () => heard.push('never')).cancel();
  bus.publish({ topic: 'said', payload: 'b', qos: 0 });
  clock.runUntil(3_000);
  outside.publish({ topic: 'told', payload: 'a', qos: 0 });
  clock.runUntil(4_000);
  expect(heard).toEqual(['timer', 'message a']);
  expect(wire).toEqual(['said b', 'told a']);
});
