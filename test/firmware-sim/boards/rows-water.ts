import { expect } from 'vitest';
import { BOARD_LIMITS } from '../../../machines/envelope-hash.ts';
import type { BoardPin } from '../../../firmware-sim/boards/board.ts';
import type { Rig } from './body.ts';
import { EDGE_TOLERANCE_MS, type Suite } from './conformance.ts';
import { framed } from './talk.ts';

/** How long a pin was high, each time. */
export function spans(rig: Rig, pin: BoardPin): { fromMs: number; ms: number }[] {
  const edges = rig.edges.filter((edge) => edge.pin === pin);
  return edges.flatMap(({ high, atMs }, index) => {
    const next = edges[index + 1];
    return high && next !== undefined ? [{ fromMs: atMs, ms: next.atMs - atMs }] : [];
  });
}

const low = (rig: Rig): boolean => (['v1', 'v2', 'v3', 'v4'] as const).every((pin) => !rig.high(pin));

/** Leases, link, interlock, stops, resets. */
export function waterRows({ row, rigRow }: Suite): void {
  rigRow('a lease closes on time, whenever it was asked for', async ({ talk, rig }) => {
    for (const [index, ms] of [1, 2, 7, 20, 55, 133, 400, 777, 1_000].entries()) {
      await talk.pass(3 + index * 0.37);
      const heardMs = talk.tell(`OPEN 3 ${ms}`);
      await talk.pass(ms + 15);
      const span = spans(rig, 'v3').at(-1);
      expect(Math.abs((span?.fromMs ?? NaN) - heardMs)).toBeLessThan(EDGE_TOLERANCE_MS);
      expect(Math.abs((span?.ms ?? NaN) - ms)).toBeLessThan(EDGE_TOLERANCE_MS);
      expect(talk.lines.at(-1)?.text).toBe('!closed v=3 why=lease');
    }
  });

  rigRow('each lease that it accepts is told to what hangs on the output', async ({ talk, rig }) => {
    await talk.ask('OPEN 3 700');
    await talk.ask('OPEN 9 700');
    await talk.ask('OPEN 3 1200');
    expect(rig.leases).toEqual(['v3 700', 'v3 1200']);
  });

  row('a lease that ran out is told, and STAT knows', async ({ talk }) => {
    await talk.ask('OPEN 4 300');
    await talk.pass(350);
    expect(talk.events('closed').map(({ text }) => text)).toEqual(['!closed v=4 why=lease']);
    expect((await talk.stat()).get('v4')).toBe(0);
  });

  rigRow('renewals keep it open without a gap, and the last one counts', async ({ talk, rig }) => {
    for (let i = 0; i < 30; i += 1) {
      await talk.ask('OPEN 1 500');
      await talk.pass(96);
    }
    const heardMs = talk.tell('OPEN 1 200');
    await talk.pass(300);
    const all = spans(rig, 'v1');
    expect(all).toHaveLength(1);
    expect(Math.abs((all[0]?.fromMs ?? 0) + (all[0]?.ms ?? 0) - heardMs - 200)).toBeLessThan(
      EDGE_TOLERANCE_MS,
    );
  });

  row('hot and cold are never open together, and rest between', async ({ talk }) => {
    for (const [first, second] of [
      [1, 2],
      [2, 1],
    ]) {
      await talk.pass(600);
      expect(await talk.ask(`OPEN ${first} 2000`)).toMatch(/^ok /);
      expect(await talk.ask(`OPEN ${second} 2000`)).toMatch(/^err interlock /);
      expect(await talk.ask('OPEN 3 1000')).toMatch(/^ok /);
      await talk.ask(`CLOSE ${first}`);
      expect(await talk.ask(`OPEN ${second} 2000`)).toMatch(/^err interlock /);
      expect(await talk.ask(`OPEN ${first} 100`)).toMatch(/^ok /);
      await talk.ask(`CLOSE ${first}`);
      await talk.pass(BOARD_LIMITS.breakBeforeMakeMs - 60);
      expect(await talk.ask(`OPEN ${second} 2000`)).toMatch(/^err interlock /);
      await talk.pass(80);
      expect(await talk.ask(`OPEN ${second} 2000`)).toMatch(/^ok /);
      await talk.ask('CLOSE ALL');
    }
  });

  rigRow('the rest counts from a lease that ran out as well, and from the start', async ({ talk, rig }) => {
    await talk.ask('OPEN 1 200');
    await talk.pass(250);
    expect(await talk.ask('OPEN 2 1000')).toMatch(/^err interlock /);
    await talk.pass(500);
    expect(await talk.ask('OPEN 2 1000')).toMatch(/^ok /);
    rig.reset();
    await talk.pass(60);
    expect(await talk.ask('OPEN 1 1000')).toMatch(/^err interlock /);
  });

  row(
    '3 s without a request close everything; the next one brings the link back, not the water',
    async ({ talk }) => {
      await talk.ask('OPEN 1 20000');
      await talk.ask('OPEN 3 20000');
      await talk.pass(BOARD_LIMITS.linkLeaseMs - 100);
      expect(talk.events('lost')).toEqual([]);
      await talk.pass(200);
      expect(talk.events('lost')).toHaveLength(1);
      expect(talk.events('closed').map(({ text }) => text)).toEqual([
        '!closed v=1 why=link',
        '!closed v=3 why=link',
      ]);
      await talk.pass(4_000);
      expect(talk.events('lost')).toHaveLength(1);
      expect((await talk.stat()).get('v1')).toBe(0);
      expect(await talk.ask('OPEN 1 1000')).toMatch(/^ok /);
    },
  );

  rigRow(
    'the link lease is 3 s to the millisecond, and only a valid request renews it',
    async ({ talk, rig }) => {
      const heardMs = talk.tell('OPEN 1 30000');
      await talk.pass(100);
      for (let i = 0; i < 31; i += 1) {
        talk.write(i % 3 === 0 ? framed('@1 HULLO') : i % 3 === 1 ? '@1 BEAT*0000\n' : framed('1 BEAT'));
        await talk.pass(100);
      }
      const [span] = spans(rig, 'v1');
      const closedMs = (span?.fromMs ?? NaN) + (span?.ms ?? NaN);
      expect(Math.abs(closedMs - heardMs - BOARD_LIMITS.linkLeaseMs)).toBeLessThan(EDGE_TOLERANCE_MS);
    },
  );

  row('0x18 stops, also inside a line, which is forgotten; it latches until CLEAR', async ({ talk }) => {
    for (const [before, after] of [
      ['', ''],
      ['@1 OPEN 4 20', '00*ABCD\n'],
      [framed('@1 OPEN 4 2000').slice(0, -1), '\n'],
      ['x'.repeat(150), '\n'],
    ]) {
      await talk.ask('OPEN 1 20000');
      await talk.ask('OPEN 3 20000');
      const stops = talk.events('stop').length;
      talk.write(`${before ?? ''}\x18${after ?? ''}`);
      await talk.pass(40);
      const stat = await talk.stat();
      expect(['v1', 'v2', 'v3', 'v4', 'stop'].map((key) => stat.get(key))).toEqual([0, 0, 0, 0, 1]);
      expect(
        talk
          .events('stop')
          .slice(stops)
          .map(({ text }) => text),
      ).toEqual(['!stop why=host']);
      expect(await talk.ask('OPEN 3 1000')).toMatch(/^err stop /);
      expect(await talk.ask('CLEAR')).toBe('ok');
      expect((await talk.stat()).get('stop')).toBe(0);
    }
    expect(await talk.ask('OPEN 3 1000')).toMatch(/^ok /);
  });

  rigRow('0x18 has the pins low within its own millisecond', async ({ talk, rig, body }) => {
    await talk.ask('OPEN 1 20000');
    await talk.ask('OPEN 4 20000');
    const sentMs = body.nowMs();
    talk.write('\x18');
    await talk.pass(5);
    expect(low(rig)).toBe(true);
    for (const { atMs } of rig.edges.slice(-2)) expect(atMs - sentMs).toBeLessThan(0.5);
  });

  rigRow(
    'a press of the button while something is open stops it, without the host',
    async ({ talk, rig, body }) => {
      await talk.ask('OPEN 1 20000');
      const pressedMs = body.nowMs();
      rig.press(true);
      await talk.pass(50);
      expect((rig.edges.at(-1)?.atMs ?? NaN) - pressedMs).toBeLessThan(EDGE_TOLERANCE_MS);
      const told = talk.lines.map(({ text }) => text).filter((text) => text.startsWith('!'));
      expect(told.slice(-3)).toEqual(['!stop why=button', '!closed v=1 why=stop', '!btn n=1 down']);
      expect((await talk.stat()).get('btn')).toBe(1);
      expect(await talk.ask('OPEN 1 1000')).toMatch(/^err stop /);
      expect(await talk.ask('CLEAR')).toMatch(/^err stop /);
      rig.press(false);
      await talk.pass(50);
      expect(talk.events('btn').at(-1)?.text).toBe('!btn n=1 up');
      expect(await talk.ask('CLEAR')).toBe('ok');
      expect(await talk.ask('OPEN 1 1000')).toMatch(/^ok /);
    },
  );

  rigRow(
    'a press while all is shut only tells; held for 2 s it stops what was opened meanwhile',
    async ({ talk, rig }) => {
      rig.press(true);
      await talk.pass(40);
      expect(talk.events('btn').map(({ text }) => text)).toEqual(['!btn n=1 down']);
      expect(await talk.ask('OPEN 1 20000')).toMatch(/^ok /);
      await talk.pass(1_500);
      expect(rig.high('v1')).toBe(true);
      await talk.pass(600);
      expect(rig.high('v1')).toBe(false);
      expect((await talk.stat()).get('stop')).toBe(1);
    },
  );

  rigRow('a button that bounces is one press', async ({ talk, rig }) => {
    for (let i = 0; i < 9; i += 1) {
      rig.press(i % 2 === 0);
      await talk.pass(3);
    }
    await talk.pass(40);
    rig.press(false);
    await talk.pass(40);
    expect(talk.events('btn').map(({ text }) => text)).toEqual(['!btn n=1 down', '!btn n=1 up']);
  });

  rigRow('a reset or a power cut shuts everything, and it is another boot', async ({ talk, rig }) => {
    const boots = new Set<string>();
    for (const break_ of [
      () => {
        rig.reset();
      },
      () => {
        rig.power(false);
        rig.power(true);
      },
      () => {
        rig.reset();
      },
    ]) {
      expect(await talk.ask('OPEN 1 20000')).toMatch(/^ok /);
      break_();
      expect(low(rig)).toBe(true);
      await talk.pass(700);
      expect(low(rig)).toBe(true);
      boots.add(/boot=(\w+)/.exec(await talk.ask('HELLO'))?.[1] ?? '');
    }
    expect(boots.size).toBe(3);
    expect(talk.events('boot').map(({ text }) => text.slice(-9).trim())).toEqual([
      'set=power',
      'reset=ext',
      'set=power',
      'reset=ext',
    ]);
  });
}
