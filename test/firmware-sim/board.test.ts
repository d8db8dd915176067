// If these fail, a simulated station with a valve board is not wired like a real one: its water does not follow the
// board's pins, its thermometers feel other water, or a cable that is pulled closes nothing.
import { describe, expect, test } from 'vitest';
import { AvrBoard } from '../../firmware-sim/boards/avr/index.ts';
import { createRig, type RigOptions } from '../../firmware-sim/rig.ts';
import type { Port } from '../../src/model/port.ts';
import type { DeviceSettings } from '../../src/model/station.ts';
import { MemoryPorts } from '../../src/transports/memory-ports.ts';
import { HEX } from './boards/body.ts';
import { bytesOf, fields, framed } from './boards/talk.ts';
import { ALL_DRAWN, createWorld, device } from './support.ts';

const PATH = '/dev/ttyUSB0';
const DEVICES: readonly DeviceSettings[] = [
  device('hot', 'hot', 'board', { port: PATH, valve: 1 }),
  device('cold', 'cold', 'board', { port: PATH, valve: 2 }),
  device('water', 'thermometer', 'board', { port: PATH, temperature: 1 }),
  device('water-2', 'thermometer', 'board', { port: PATH, temperature: 2 }),
  device('lamp', 'light', 'board', { port: PATH, light: 1 }),
  device('buzzer', 'buzzer', 'board', { port: PATH, buzzer: 1 }),
  device('button', 'button', 'board', { port: PATH, button: 1 }),
];

function build(more: Partial<RigOptions> = {}) {
  const world = createWorld();
  const { clock, wait } = world;
  const ports = new MemoryPorts(clock);
  const rig = createRig({
    clock,
    seed: 5,
    connect: world.broker.connect,
    plug: (path) => ports.plug(path),
    station: { id: 'foot-bath', devices: DEVICES, plumbing: 'two-valves' },
    plant: ALL_DRAWN,
    person: null,
    ...more,
  });
  const lines: string[] = [];
  let port: Port | null = null;
  let closed = '';
  const open = (): void => {
    ports.open(PATH, 115_200, ({ port: opened, failure }) => {
      if (opened === undefined) throw new Error(failure.message);
      port = opened;
      let heard = '';
      opened.onData((bytes) => {
        const parts = (heard + String.fromCharCode(...bytes)).split('\n');
        heard = parts.pop() ?? '';
        lines.push(...parts);
      });
      opened.onClose(({ problem }) => (closed = problem));
    });
    wait(700);
  };
  open();
  let seq = 0;
  /** The reply, or '' where none came. */
  const ask = (request: string, withinMs = 60): string => {
    seq += 1;
    port?.write(bytesOf(framed(`@${seq} ${request}`)));
    wait(withinMs);
    const reply = lines.findLast((line) => line.startsWith(`@${seq} `)) ?? '';
    return reply.replace(/^@\d+ /, '').replace(/\*[0-9A-F]{4}$/, '');
  };
  const keep = (ms: number, request: string): void => {
    for (let left = ms; left > 0; left -= 1_000) {
      ask(request);
      wait(940);
    }
  };
  return { rig, wait, lines, ask, keep, open, port: () => port, closed: () => closed };
}

describe('a valve board in a rig', () => {
  test('opens the water of its pins, and feels it at both of its thermometers', () => {
    const { rig, ask, keep } = build();
    keep(30_000, 'OPEN 1 2000');
    expect([rig.plant.isOpen('hot'), rig.plant.isOpen('cold')]).toEqual([true, false]);
    const seen = fields(ask('TEMP'));
    expect(Math.abs((seen.get('t1') ?? NaN) - rig.plant.waterC())).toBeLessThan(0.5);
    expect(Math.abs((seen.get('t2') ?? NaN) - rig.plant.waterC())).toBeLessThan(0.5);
    expect(ask('CLOSE 1')).toBe('ok v=1');
    keep(2_000, 'BEAT');
    expect(rig.plant.isOpen('hot')).toBe(false);
  });

  test('tells the plant each lease that it accepted', () => {
    const { rig, ask } = build();
    const leases: string[] = [];
    rig.plant.onLeased((output, forMs) => leases.push(`${output} ${forMs}`));
    ask('OPEN 1 1500');
    ask('OPEN 2 1500');
    ask('OPEN 1 900');
    expect(leases).toEqual(['hot 1500', 'hot 900']);
  });

  test('closes by itself when its cable is pulled, and is another boot once somebody opens it again', () => {
    const { rig, ask, wait, open, closed } = build();
    const boot = /boot=\w+/.exec(ask('HELLO'))?.[0];
    ask('OPEN 1 30000');
    wait(600);
    rig.faults.disconnect('hot');
    expect(rig.plant.isOpen('hot')).toBe(true);
    wait(3_600);
    expect([rig.plant.isOpen('hot'), closed()]).toEqual([false, 'gone']);
    rig.faults.reconnect('hot');
    open();
    expect(/boot=\w+/.exec(ask('HELLO'))?.[0]).not.toBe(boot);
  });

  test('a dead line is not told, and the board closes all the same', () => {
    const { rig, ask, wait, closed } = build();
    ask('OPEN 1 30000');
    rig.faults.port(PATH)?.unplug(false);
    wait(3_600);
    expect([rig.plant.isOpen('hot'), closed(), ask('BEAT')]).toEqual([false, '', '']);
  });

  test('garbage and lost bytes are answered by complaints, never by water', () => {
    const { rig, ask, wait, lines } = build();
    const noise = { drop: 0.3, flip: 0.2, delayMs: 20, garbage: 3_000 };
    rig.faults.port(PATH)?.disturb({ ...noise, way: 'to-board' });
    for (let i = 0; i < 20; i += 1) ask('OPEN 1 5000');
    expect(lines.some((line) => line.startsWith('!bad '))).toBe(true);
    rig.faults.port(PATH)?.disturb({ ...noise, way: 'both' });
    for (let i = 0; i < 50; i += 1) ask('OPEN 1 5000');
    rig.faults.port(PATH)?.disturb(null);
    ask('\n');
    wait(200);
    expect(ask('BEAT')).toMatch(/^ok up=/);
    expect(rig.plant.isOpen('hot')).toBe(false);
  });

  test('hangs with its water on, until the watchdog', () => {
    const { rig, ask, wait, lines } = build();
    ask('OPEN 1 30000');
    wait(600);
    rig.faults.port(PATH)?.hang();
    expect([ask('BEAT', 40), rig.plant.isOpen('hot')]).toEqual(['', true]);
    wait(600);
    expect(rig.plant.isOpen('hot')).toBe(false);
    expect(lines.some((line) => line.includes(' reset=wdt'))).toBe(true);
  });

  test('a power cut shuts everything, and it is told as one', () => {
    const { rig, ask, wait, lines } = build();
    ask('OPEN 1 30000');
    rig.faults.reboot('hot');
    wait(600);
    expect(rig.plant.isOpen('hot')).toBe(false);
    expect(lines.at(-1)).toMatch(/^!boot boot=\w+ reset=power/);
  });

  test('a thermistor that lies hot shuts hot at once; one that is cut, or of which nothing is heard, as well', () => {
    for (const [how, why] of [
      [() => 44, 'hot'],
      [() => NaN, 'sensor'],
    ] as const) {
      const { rig, ask, wait, lines } = build();
      ask('OPEN 1 30000');
      rig.faults.probe('water', how);
      wait(50);
      expect(lines.at(-1)).toMatch(new RegExp(`^!closed v=1 why=${why}`));
    }
    const { rig, ask, wait } = build();
    rig.faults.hang('water', true);
    wait(50);
    expect(ask('TEMP')).toMatch(/t1=na /);
  });

  test('answers badly where it is told to: not at all, late, or no', () => {
    const { rig, ask, wait, lines } = build();
    rig.faults.answers('hot', { type: 'silent' });
    expect(ask('OPEN 1 1000')).toBe('');
    expect(ask('STAT')).toMatch(/ v1=\d{3} /);
    ask('CLOSE 1');
    rig.faults.answers('hot', { type: 'late', byMs: 400 });
    const before = lines.length;
    expect(ask('OPEN 1 1000')).toBe('');
    wait(400);
    expect(lines.slice(before).some((line) => / ok v=1 ms=1000/.test(line))).toBe(true);
    ask('CLOSE 1', 600);
    rig.faults.answers('hot', { type: 'refuses' });
    expect(ask('OPEN 1 1000')).toMatch(/^err range /);
    expect(ask('OPEN 3 1000')).toBe('ok v=3 ms=1000');
    rig.faults.answers('hot', null);
    expect(ask('OPEN 1 1000')).toBe('ok v=1 ms=1000');
  });

  test('a finger on the button stops, light and tone are what a person sees and hears', () => {
    const { rig, ask, wait, lines } = build();
    ask('LED 1 100 100 2 1');
    ask('BUZZ 2000 200 100 2');
    wait(900);
    expect(rig.indicators.get('lamp')?.shown.map(({ what }) => what)).toEqual([
      'on',
      'off',
      'on',
      'off',
      'on',
    ]);
    expect(rig.indicators.get('buzzer')?.shown.map(({ what }) => what)).toEqual(['on', 'off', 'on', 'off']);
    ask('OPEN 1 30000');
    rig.press();
    wait(200);
    expect(lines.some((line) => line.startsWith('!stop why=button'))).toBe(true);
    expect(lines.filter((line) => line.startsWith('!btn ')).length).toBe(2);
  });

  test('the committed firmware can stand in for its twin', () => {
    const { rig, ask, wait } = build({
      makeBoard: (setup) => new AvrBoard({ ...setup, hex: HEX }),
    });
    expect(ask('OPEN 1 1000')).toBe('ok v=1 ms=1000');
    wait(600);
    expect(rig.plant.isOpen('hot')).toBe(true);
    wait(1_200);
    expect(rig.plant.isOpen('hot')).toBe(false);
  });
});

test('where its port is taken there is no board, and nothing of it goes on', () => {
  const { clock, wait, broker } = createWorld();
  const taken = new Error('there is something at that path already');
  const station = { id: 'foot-bath', devices: DEVICES, plumbing: 'two-valves' as const };
  expect(() =>
    createRig({
      ...{ clock, seed: 5, connect: broker.connect, station, plant: ALL_DRAWN, person: null },
      plug: () => {
        throw taken;
      },
    }),
  ).toThrow(taken);
  expect(() => {
    wait(5_000);
  }).not.toThrow();
});
