// If these fail, a campaign reports sessions as survived whose computer never slept, whose process never died and
// whose messages were never lost: it proves nothing.
import { expect, test } from 'vitest';
import { Disk } from '../../src/campaign/injectors/disk.ts';
import { HostClock } from '../../src/campaign/injectors/host-clock.ts';
import { Process } from '../../src/campaign/injectors/process.ts';
import { Wires } from '../../src/campaign/injectors/wires.ts';
import { VirtualClock } from '../../src/clock/virtual.ts';
import { MemoryJournal } from '../../src/journal/index.ts';
import type { JournalRecord } from '../../src/journal/index.ts';
import { Random } from '../../src/random/random.ts';
import { MemoryBroker } from '../../src/transports/memory.ts';

const CLIENT = 'ebb-house';

function createWorld(seed = 7) {
  const clock = new VirtualClock();
  const broker = new MemoryBroker({ clock, random: new Random(seed, 'bus') });
  const wires = new Wires({ clock, broker, clientId: CLIENT, random: new Random(seed, 'wires') });
  const device = wires.connect({ clientId: 'device' });
  const ours = wires.connect({
    clientId: CLIENT,
    will: { topic: 'ebb/status', payload: 'offline', retain: true },
  });
  const atDevice: string[] = [];
  const links: boolean[] = [];
  device.subscribe(['cmnd/#', 'ebb/#']);
  device.onMessage(({ payload }) => atDevice.push(payload));
  ours.subscribe(['stat/#']);
  ours.onLink((up) => links.push(up));
  const wait = (ms: number): void => {
    clock.runUntil(clock.nowMs() + ms);
  };
  const command = (payload: string, topic = 'cmnd/bath/Power1'): void => {
    ours.publish({ topic, payload, qos: 1 });
  };
  wait(100);
  return { clock, broker, wires, device, ours, atDevice, links, wait, command };
}

const record = (type: string): JournalRecord => ({
  at: '2026-01-01T00:00:00Z',
  atMs: 0,
  boot: 'b',
  station: 's',
  session: null,
  type,
  body: {},
});

// --- the computer ----------------------------------------------------------------------------------------------------

test('while the loop hangs timers wait, and then run in their order with the time that it is', () => {
  const world = new VirtualClock();
  const host = new HostClock(world);
  const ran: string[] = [];
  for (const ms of [1_500, 1_000, 4_000]) host.at(ms, 'x', () => ran.push(`${ms} at ${host.nowMs()}`));
  world.runUntil(500);
  host.stall(2_000);
  world.runUntil(2_400);
  expect(ran).toEqual([]);
  world.runUntil(5_000);
  expect(ran).toEqual(['1000 at 2500', '1500 at 2500', '4000 at 4000']);
});

test('a computer that sleeps finds its own time where it was, and the wall clock further on', () => {
  const world = new VirtualClock();
  const host = new HostClock(world);
  const ran: number[] = [];
  host.at(1_000, 'x', () => ran.push(world.nowMs()));
  world.runUntil(400.3);
  const offset = host.wallMs() - host.nowMs();
  host.suspend(10_000.7);
  world.runUntil(9_000);
  expect(ran).toEqual([]);
  world.runUntil(20_000);
  expect(ran).toHaveLength(1);
  expect(ran[0]).toBeCloseTo(11_000.7, 3);
  expect(host.wallMs() - host.nowMs() - offset).toBeCloseTo(10_000.7, 3);
  host.stepWall(-3_600_000);
  expect(host.wallMs() - world.wallMs()).toBe(-3_600_000);
});

test('an early timer comes up to a millisecond early, and never when so little is left that time would stand still', () => {
  const world = new VirtualClock();
  const host = new HostClock(world);
  host.early(5);
  const ran: number[] = [];
  host.at(100, 'x', () => {
    ran.push(host.nowMs());
    host.at(100, 'again', () => ran.push(host.nowMs()));
  });
  world.runUntil(200);
  expect(ran).toEqual([99, 100]);
  host.early(0);
  host.at(300, 'x', () => ran.push(host.nowMs()));
  world.runUntil(400);
  expect(ran.at(-1)).toBe(300);
});

// --- the process -----------------------------------------------------------------------------------------------------

test('a killed process hears nothing and says nothing, and the broker says its will', () => {
  const { clock, broker, wires, device, ours, wait, atDevice } = createWorld();
  const host = new HostClock(clock);
  const process = new Process(host, () => {
    wires.died(ours);
  });
  const bus = process.bus(ours);
  const heard: string[] = [];
  bus.onMessage(({ payload }) => heard.push(payload));
  process.clock.at(clock.nowMs() + 1_000, 'x', () => heard.push('timer'));
  device.publish({ topic: 'stat/x', payload: 'one', qos: 0 });
  wait(100);
  process.kill();
  bus.publish({ topic: 'cmnd/bath/Power1', payload: 'ON', qos: 1 });
  device.publish({ topic: 'stat/x', payload: 'two', qos: 0 });
  wait(2_000);
  expect(heard).toEqual(['one']);
  expect(atDevice).toEqual(['offline']);
  expect(broker.retained('ebb/status')).toBe('offline');
});

test('it dies at the boundary that was asked for: the command before is sent, that one is not', () => {
  const run = (boundary: 'before-command' | 'after-command' | 'before-journal'): [string[], number] => {
    const { clock, wires, ours, wait, atDevice } = createWorld();
    const process = new Process(new HostClock(clock), () => {
      wires.died(ours);
    });
    const bus = process.bus(ours);
    const memory = new MemoryJournal({ clock, random: new Random(1, 'journal') });
    const journal = process.journal(memory, new Disk());
    process.doom(boundary, 2);
    for (const payload of ['one', 'two', 'three']) {
      journal.append([record('command')], { durable: () => undefined });
      bus.publish({ topic: 'ebb/x/state', payload: 'state', qos: 1 });
      bus.publish({ topic: 'cmnd/bath/TimedPower1', payload, qos: 1 });
      wait(50);
    }
    const written = memory.history.records({ limit: 100 }).length;
    return [atDevice.filter((said) => said !== 'state' && said !== 'offline'), written];
  };
  expect(run('before-journal')).toEqual([['one'], 1]);
  expect(run('before-command')).toEqual([['one'], 2]);
  expect(run('after-command')).toEqual([['one', 'two'], 2]);
});

test('what a frozen computer is told waits, and is heard in its order', () => {
  const { clock, device, ours, wait } = createWorld();
  const host = new HostClock(clock);
  const bus = new Process(host, () => undefined).bus(ours);
  const heard: string[] = [];
  bus.onMessage(({ payload }) => heard.push(payload));
  host.stall(1_000);
  for (const payload of ['a', 'b', 'c']) device.publish({ topic: 'stat/x', payload, qos: 0 });
  wait(900);
  expect(heard).toEqual([]);
  wait(200);
  expect(heard).toEqual(['a', 'b', 'c']);
});

// --- the disk --------------------------------------------------------------------------------------------------------

test('a full disk writes nothing and says so, a slow one answers late, and both can be mended', () => {
  const clock = new VirtualClock();
  const memory = new MemoryJournal({ clock, random: new Random(1, 'journal') });
  const disk = new Disk();
  const answers: string[] = [];
  const write = (): void => {
    disk.append(memory, [record('open')], {
      durable: (error) => answers.push(`${error?.message ?? 'safe'} ${Math.floor(clock.nowMs() / 1_000)}`),
    });
  };
  disk.fail('io');
  write();
  clock.runUntil(1_000);
  disk.fail(null);
  disk.slow(3_000);
  write();
  clock.runUntil(10_000);
  disk.slow(0);
  write();
  clock.runUntil(11_000);
  expect(answers).toEqual([
    'the journal could not be written: the disk gives I/O errors 0',
    'safe 4',
    'safe 10',
  ]);
  expect(memory.history.records({ limit: 10 })).toHaveLength(2);
});

test('a torn tail takes what nobody was told is safe, and nothing else', () => {
  const clock = new VirtualClock();
  const memory = new MemoryJournal({ clock, random: new Random(1, 'journal') });
  const disk = new Disk();
  disk.append(memory, [record('open')], { durable: () => undefined });
  clock.runUntil(1_000);
  for (let each = 0; each < 5; each += 1) disk.append(memory, [record('reading')], {});
  disk.tear();
  expect(disk.left(memory)).toHaveLength(1);
  const sizes = new Set(Array.from({ length: 50 }, () => disk.left(memory).length));
  expect(Math.max(...sizes)).toBe(6);
});

// --- the wires -------------------------------------------------------------------------------------------------------

const WHOLE = { drop: 0, duplicate: 0, delayMs: 0, reorder: false };

test('messages are lost, doubled, late and out of order as they are told to be, and whole again after', () => {
  const run = (how: Partial<typeof WHOLE>, waitMs: number, topics = 1): readonly string[] => {
    const { wires, command, wait, atDevice } = createWorld();
    wires.disturb(CLIENT, { ...WHOLE, ...how });
    for (let each = 0; each < 20; each += 1) command(String(each), `cmnd/bath/${each % topics}`);
    wait(waitMs);
    return [...atDevice];
  };
  const inOrder = Array.from({ length: 20 }, (_, each) => String(each));
  const lost = run({ drop: 0.5 }, 1_000);
  expect(lost.length).toBeGreaterThan(3);
  expect(lost.length).toBeLessThan(17);
  expect(run({ drop: 0.5 }, 1_000)).toEqual(lost);
  expect(run({ duplicate: 1 }, 1_000)).toHaveLength(40);
  expect(run({ delayMs: 1_000 }, 450)).toHaveLength(0);
  expect(run({ delayMs: 1_000 }, 1_500)).toEqual(inOrder);
  // Of one topic MQTT keeps the order.
  expect(run({ delayMs: 1_000, reorder: true }, 1_500)).toEqual(inOrder);
  const mixed = run({ delayMs: 1_000, reorder: true }, 1_500, 20);
  expect(mixed).not.toEqual(inOrder);
  expect(mixed.toSorted((a, b) => Number(a) - Number(b))).toEqual(inOrder);
  const { wires, command, wait, atDevice } = createWorld();
  wires.disturb(CLIENT, { ...WHOLE, drop: 1 });
  command('lost');
  wires.disturb(CLIENT, null);
  command('whole');
  wait(100);
  expect(atDevice).toEqual(['whole']);
});

test('what is late on a connection that ended meanwhile never comes', () => {
  const { wires, command, wait, atDevice, links } = createWorld();
  wires.disturb(CLIENT, { ...WHOLE, delayMs: 2_000 });
  command('open');
  wires.cut(CLIENT, { clientAfterMs: 10, brokerAfterMs: 10, backMs: 300 });
  wait(5_000);
  expect(links).toEqual([true, false, true]);
  expect(atDevice).toEqual(['offline']);
});

test('a half-open connection carries nothing until somebody notices', () => {
  const { wires, command, wait, atDevice, links } = createWorld();
  wires.cut(CLIENT, { clientAfterMs: 15_000, brokerAfterMs: 22_500, backMs: 16_000 });
  command('into the void');
  wait(14_000);
  expect([links, atDevice]).toEqual([[true], []]);
  wait(5_000);
  expect(links).toEqual([true, false, true]);
  command('after');
  wait(100);
  expect(atDevice.at(-1)).toBe('after');
});

test('a broker that restarts loses every connection, and keeps what was retained', () => {
  const { broker, wires, device, command, wait, atDevice, links } = createWorld();
  device.publish({ topic: 'tele/x', payload: 'kept', qos: 0, retain: true });
  wait(100);
  wires.restartBroker(5_000);
  command('lost');
  wait(4_000);
  expect([links, atDevice]).toEqual([[true, false], []]);
  const late = wires.connect({ clientId: 'late' });
  const atLate: string[] = [];
  late.onMessage(({ payload }) => atLate.push(payload));
  late.subscribe(['tele/#']);
  wait(3_000);
  expect(links).toEqual([true, false, true]);
  expect(atLate).toEqual(['kept']);
  command('after');
  wait(100);
  expect(atDevice).toEqual(['after']);
  expect(broker.retained('ebb/status')).toBeNull();
});

test('a thief of the client id throws us out, and we are back when it is gone', () => {
  const { wires, ours, wait, links } = createWorld();
  let taken = 0;
  ours.onTakenOver(() => (taken += 1));
  wires.takeOver(4_000);
  wait(3_000);
  expect([links, taken]).toEqual([[true, false], 1]);
  wait(4_000);
  expect([links, taken]).toEqual([[true, false, true], 1]);
});

test('a dead process is not brought back by a wire that heals', () => {
  const { wires, ours, wait, links } = createWorld();
  wires.cut(CLIENT, { clientAfterMs: 10, brokerAfterMs: 10, backMs: 3_000 });
  wires.died(ours);
  wait(10_000);
  expect(links.at(-1)).toBe(false);
});
