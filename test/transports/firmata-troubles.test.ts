import theProcess from 'node:process';
import { describe, expect, test } from 'vitest';
import { FIRMWARES } from '../../firmware-sim/boards/firmata/index.ts';
import { Random } from '../../src/random/random.ts';
import { met, PATH } from './firmata-bench.ts';

/*
 * If these fail, a board that is pulled or restarts is taken for one that is there, a valve outlives its lease, or
 * johnny-five leaves timers, listeners or a dead process behind.
 */

const { FirmataExpress } = FIRMWARES;

describe('what goes wrong', () => {
  test('pulled out: told within a second, met again when it is plugged in, and its pins have to be named anew', () => {
    const { say, wait, links, levels, unplug, plugIn, heard } = met();
    say({ do: 'use', as: 'led', pin: 13 });
    wait(20);
    unplug();
    wait(1_000);
    expect(links()).toEqual([
      `{"up":false,"why":"${PATH} was unplugged"}`,
      `{"up":false,"why":"there is no ${PATH}"}`,
    ]);
    say({ do: 'set', pin: 13, on: true });
    plugIn();
    wait(10_000);
    expect(links()).toEqual(['{"up":true}']);
    expect(levels()).toEqual([]);
    expect(heard().at(-1)).toEqual({ firmware: 'StandardFirmata.ino 2.5', watches: false });
  });

  test('pulled out while it talks, and nobody is told: silence is noticed', () => {
    const { say, wait, links, unplug } = met();
    say({ do: 'use', as: 'thermometer', pin: 'A0', sensor: 'TMP36', address: null, everyMs: 1_000 });
    wait(2_050);
    unplug(false);
    wait(4_500);
    expect(links()[0]).toBe(
      `{"up":false,"why":"${PATH}: the board does not answer any more; look at the cable and its power"}`,
    );
  });

  test('a board that restarts by itself is gone and met again, without a reset', () => {
    const { say, wait, links, board } = met();
    say({ do: 'use', as: 'led', pin: 13 });
    say({ do: 'set', pin: 13, on: true });
    wait(100);
    board.reset();
    wait(2_500);
    expect(links()).toEqual([`{"up":false,"why":"${PATH}: the board restarted"}`, '{"up":true}']);
    expect(board.levelOf(13)).toBe(0);
  });

  test.each([20, 60, 90])(
    'a stray byte each %i ms for longer than a second: the port is given up',
    (everyMs) => {
      const { say, wait, links, noise } = met();
      say({ do: 'use', as: 'button', pin: 2, active: 'low' });
      wait(50);
      for (let ms = 0; ms <= 1_200; ms += everyMs) {
        noise([0x05]);
        wait(everyMs);
      }
      expect(links()[0]).toBe(
        `{"up":false,"why":"${PATH}: what comes is noise and no Firmata; look for a bad cable, or another program on the port"}`,
      );
    },
  );

  test.each([110, 200])('a stray byte each %i ms: a press is told between two of them', (everyMs) => {
    const { say, wait, heard, button, noise, links } = met();
    say({ do: 'use', as: 'button', pin: 2, active: 'low' });
    wait(50);
    heard();
    button.set(true);
    for (let ms = 0; ms <= 3_000; ms += everyMs) {
      noise([0x05]);
      wait(everyMs);
    }
    expect(heard()).toContainEqual({ pin: 2, contact: 'closed', first: false });
    expect(links()).toEqual([]);
  });

  test('a few made-up bytes press no button, and a true press among them is not lost', () => {
    const { say, wait, heard, button, noise, links } = met();
    say({ do: 'use', as: 'button', pin: 2, active: 'low' });
    wait(50);
    heard();
    // 0x90 0x00 0x00 is "all inputs are low".
    noise([0x05, 0x90, 0x00, 0x00]);
    wait(300);
    expect(heard()).not.toContainEqual(expect.objectContaining({ contact: 'closed' }));
    noise([0x05]);
    button.set(true);
    wait(300);
    expect(heard()).toEqual([{ pin: 2, contact: 'closed', first: false }]);
    expect(links()).toEqual([]);
  });

  test('ten seconds of noise at full speed close the port, press nothing and end by themselves', () => {
    const { say, wait, heard, noise, links } = met();
    say({ do: 'use', as: 'button', pin: 2, active: 'low' });
    wait(50);
    heard();
    const random = new Random(3, 'noise');
    for (let ms = 0; ms < 10_000; ms += 10) {
      noise(Array.from({ length: 57 }, () => random.int(0, 255)));
      wait(10);
    }
    expect(links()[0]).toContain('what comes is noise and no Firmata');
    expect(heard().filter((message) => 'contact' in message)).toEqual([]);
    wait(30_000);
    expect(links().at(-1)).toBe('{"up":true}');
  });

  test('a message that firmata-io cannot bear closes the port, not the program', () => {
    const { wait, links, noise } = met();
    // The state of a pin that the board does not have.
    noise([0xf0, 0x6e, 0x7f, 0x01, 0x01, 0xf7]);
    wait(100);
    expect(links()).toEqual([
      `{"up":false,"why":"${PATH}: what the board says makes no sense; it is opened again"}`,
    ]);
    wait(5_000);
    expect(links()).toEqual(['{"up":true}']);
  });

  test('what is no message for it is not sent', () => {
    const { bus, wait, heard, levels } = met();
    for (const payload of ['', 'on', '{"do":"set","pin":13}', '{"do":"set","pin":200,"on":true}'])
      bus.publish({ topic: `port:${PATH}/firmata`, payload, qos: 0 });
    wait(100);
    expect([heard(), levels()]).toEqual([[], []]);
  });
});

describe('leases, on a board that watches over its host', () => {
  const held = { do: 'use', as: 'relay', pin: 4, active: 'high', held: true } as const;

  test('armed, opened, confirmed; renewed it stays on, and without renewals the board lets it fall at its time', () => {
    const { say, wait, heard, edges, clock } = met(FirmataExpress);
    say(held);
    wait(50);
    expect(heard()).toEqual([
      { pin: 4, is: 'ready' },
      { pin: 4, driven: false },
    ]);
    say({ do: 'hold', pin: 4, forMs: 3_000, opens: true });
    wait(50);
    expect(heard()).toEqual([
      { pin: 4, heldMs: 3_000 },
      { pin: 4, driven: true },
    ]);
    wait(950);
    const renewedMs = clock.nowMs();
    say({ do: 'hold', pin: 4, forMs: 3_000, opens: false });
    // Whoever else is alive on the board prolongs no lease.
    wait(1_000);
    say({ do: 'alive' });
    wait(1_500);
    say({ do: 'alive' });
    wait(1_500);
    const fell = edges.find(({ pin, level }) => pin === 4 && level === 0);
    expect((fell?.atMs ?? 0) - renewedMs).toBeGreaterThan(2_990);
    expect((fell?.atMs ?? 0) - renewedMs).toBeLessThan(3_050);
  });

  test('a host that dies: the board lets go by itself, within the lease and a sample', () => {
    const { say, wait, edges, clock, board } = met(FirmataExpress);
    say(held);
    wait(50);
    const openedMs = clock.nowMs();
    say({ do: 'hold', pin: 4, forMs: 3_000, opens: true });
    wait(500);
    // The wire is cut both ways: nothing of the host reaches the board any more.
    board.send = () => undefined;
    wait(4_000);
    const fell = edges.find(({ pin, level }) => pin === 4 && level === 0);
    expect((fell?.atMs ?? 0) - openedMs).toBeLessThan(3_050);
  });

  test('of two the board is told the lease that ends first', () => {
    const { say, wait, edges, clock, board } = met(FirmataExpress);
    say(held);
    say({ ...held, pin: 5 });
    wait(50);
    const openedMs = clock.nowMs();
    say({ do: 'hold', pin: 4, forMs: 4_000, opens: true });
    wait(1_900);
    say({ do: 'hold', pin: 5, forMs: 9_000, opens: true });
    board.send = () => undefined;
    wait(6_000);
    const fell = edges.find(({ pin, level }) => pin === 4 && level === 0);
    expect((fell?.atMs ?? 0) - openedMs).toBeLessThan(4_050);
  });

  test('opened in the same breath as it was closed, the last word is that it is on', () => {
    const { say, wait, heard } = met(FirmataExpress);
    say(held);
    say({ do: 'set', pin: 4, on: false });
    say({ do: 'hold', pin: 4, forMs: 3_000, opens: true });
    wait(100);
    expect(
      heard()
        .filter((message) => 'driven' in message)
        .at(-1),
    ).toEqual({ pin: 4, driven: true });
  });

  test('a renewal never opens, `set` never opens, and a close waits for nothing', () => {
    const { say, wait, levels } = met(FirmataExpress);
    say(held);
    wait(50);
    say({ do: 'hold', pin: 4, forMs: 3_000, opens: false });
    say({ do: 'set', pin: 4, on: true });
    wait(50);
    expect(levels()).toEqual([]);
    say({ do: 'hold', pin: 4, forMs: 3_000, opens: true });
    say({ do: 'set', pin: 4, on: false });
    wait(50);
    expect(levels()).toEqual(['4 1', '4 0']);
    say({ do: 'hold', pin: 4, forMs: 3_000, opens: false });
    wait(50);
    expect(levels()).toEqual([]);
  });

  test('once everything is closed the rest of a lease restarts nothing', () => {
    const { say, wait, links } = met(FirmataExpress);
    say(held);
    wait(50);
    say({ do: 'hold', pin: 4, forMs: 2_000, opens: true });
    wait(500);
    say({ do: 'set', pin: 4, on: false });
    wait(9_000);
    expect(links()).toEqual([]);
    // Nobody has said that he lives for ten seconds.
    wait(4_000);
    expect(links()).toEqual([`{"up":false,"why":"${PATH}: the board restarted"}`, '{"up":true}']);
  });

  test('a firmware without a watch holds nothing', () => {
    const { say, wait, heard, levels } = met();
    say(held);
    wait(50);
    heard();
    say({ do: 'hold', pin: 4, forMs: 3_000, opens: true });
    wait(50);
    expect(heard()).toContainEqual({
      pin: 4,
      is: 'refused',
      why: expect.stringContaining('host dies') as string,
    });
    expect(levels()).toEqual([]);
  });
});

describe('johnny-five, tamed', () => {
  test('it listens to no signal and ends no process, however many boards there were', () => {
    const before = ['SIGINT', 'SIGTERM', 'exit'].map((name) => process.listenerCount(name));
    for (let each = 0; each < 5; each += 1) {
      const { board, wait } = met();
      board.reset();
      wait(5_000);
    }
    expect(['SIGINT', 'SIGTERM', 'exit'].map((name) => process.listenerCount(name))).toEqual(before);
    // Theirs never takes the place of the true one.
    expect(globalThis.process).toBe(theProcess);
  });

  test('after the end nothing of it runs any more, and every pin has fallen', async () => {
    const { say, wait, bus, clock, board } = met();
    say({ do: 'use', as: 'led', pin: 13 });
    say({ do: 'use', as: 'piezo', pin: 8 });
    say({ do: 'use', as: 'button', pin: 2, active: 'low' });
    say({ do: 'use', as: 'thermometer', pin: 'A0', sensor: 'TMP36', address: null, everyMs: 1_000 });
    say({ do: 'set', pin: 13, on: true });
    say({ do: 'set', pin: 8, on: true });
    wait(50);
    expect(board.levelOf(13)).toBe(1);
    const closing = bus.close();
    wait(100);
    await closing;
    expect(board.levelOf(13)).toBe(0);
    board.powerOff();
    wait(1_000);
    expect(clock.nextAtMs()).toBeNull();
  });

  test('the same seed does the same, edge by edge', () => {
    const run = () => {
      const { say, wait, edges } = met();
      say({ do: 'use', as: 'piezo', pin: 8 });
      say({ do: 'set', pin: 8, on: true });
      wait(500);
      return edges.map(({ pin, level, atMs }) => `${pin} ${level} ${atMs}`);
    };
    expect(run()).toEqual(run());
  });
});
