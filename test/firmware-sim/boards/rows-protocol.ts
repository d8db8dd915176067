import { expect } from 'vitest';
import { BOARD_LIMITS, BOARD_LIMITS_HASH } from '../../../machines/envelope-hash.ts';
import { EDGE_TOLERANCE_MS, type Suite } from './conformance.ts';
import { bytesOf, crc16, fields, framed } from './talk.ts';

const SHUT = { v1: 0, v2: 0, v3: 0, v4: 0, stop: 0, hot: 0, sensor: 0, cap: 0, btn: 0 };

/** The rows of the table of verbs, and of what is no request. */
export function protocolRows({ row, rigRow }: Suite): void {
  row('HELLO says who it is, with the hash of the limits that the controller has', async ({ talk }) => {
    expect(await talk.ask('HELLO')).toMatch(
      new RegExp(
        `^ok proto=1 fw=\\d+\\.\\d+ boot=[0-9a-f]{8} valves=4 maxms=${BOARD_LIMITS.maxLeaseMs} ` +
          `limits=${BOARD_LIMITS_HASH} reset=(power|ext|brown|wdt) lights=1 buzzers=1 temps=2 buttons=1$`,
      ),
    );
    expect(await talk.ask('HELLO now')).toMatch(/^err form /);
  });

  row('BEAT tells the milliseconds since the start', async ({ talk, body }) => {
    const look = async (): Promise<readonly [number, number]> => {
      const up = fields(await talk.ask('BEAT')).get('up') ?? NaN;
      return [up, body.nowMs()];
    };
    const [fromUp, fromMs] = await look();
    await talk.pass(500);
    const [toUp, toMs] = await look();
    const offMs = toUp - fromUp - (toMs - fromMs);
    expect(Math.abs(offMs)).toBeLessThan(body.rig === null ? 300 : 5);
    expect(await talk.ask('BEAT 1')).toMatch(/^err form /);
  });

  row('STAT has everything shut after a start', async ({ talk }) => {
    expect(Object.fromEntries(await talk.stat())).toEqual(SHUT);
  });

  row('OPEN answers what it opened and STAT what is left of it', async ({ talk }) => {
    expect(await talk.ask('OPEN 3 2000')).toBe('ok v=3 ms=2000');
    const left = (await talk.stat()).get('v3') ?? 0;
    expect(left).toBeGreaterThan(1_950);
    expect(left).toBeLessThanOrEqual(2_000);
  });

  const REFUSED: readonly (readonly [request: string, code: string])[] = [
    ['OPEN 0 1000', 'range'],
    ['OPEN 5 1000', 'range'],
    ['OPEN 1 0', 'range'],
    ['OPEN 1 30001', 'range'],
    ['OPEN 1 99999', 'range'],
    ['OPEN 1 1000 70000', 'range'],
    ['OPEN', 'form'],
    ['OPEN 1', 'form'],
    ['OPEN 1 1000 1 1', 'form'],
    ['OPEN one 1000', 'form'],
    ['OPEN 1 -1000', 'form'],
    ['OPEN 1 1e3', 'form'],
    ['OPEN 1 100000', 'form'],
    ['OPEN  1 1000', 'form'],
    ['OPEN 1 1000 ', 'form'],
    ['open 1 1000', 'form'],
    ['OPENED 1 1000', 'form'],
    ['CLOSE 0', 'range'],
    ['CLOSE 5', 'range'],
    ['CLOSE all', 'range'],
    ['CLOSE', 'form'],
    ['TELE 249', 'range'],
    ['TELE 10001', 'range'],
    ['TELE', 'form'],
    ['LED 2 100 100 1 0', 'range'],
    ['LED 1 60001 100 1 0', 'range'],
    ['LED 1 0 100 1 0', 'range'],
    ['LED 1 100 100 256 0', 'range'],
    ['LED 1 100 100 1 2', 'range'],
    ['LED 1 100 100 1', 'form'],
    ['BUZZ 99 100 100 1', 'range'],
    ['BUZZ 10001 100 100 1', 'range'],
    ['BUZZ 440 100 0 1', 'range'],
    ['BUZZ 440 100 100', 'form'],
    ['REBOOT', 'form'],
  ];
  row('what is out of range or has no form is refused, and nothing opens', async ({ talk }) => {
    for (const [request, code] of REFUSED)
      expect(`${request}: ${await talk.ask(request)}`).toMatch(new RegExp(`: err ${code} `));
    expect(Object.fromEntries(await talk.stat())).toEqual(SHUT);
  });

  row('CLOSE shuts one valve or all, and one that is shut as well', async ({ talk }) => {
    await talk.ask('OPEN 3 5000');
    await talk.ask('OPEN 4 5000');
    expect(await talk.ask('CLOSE 3')).toBe('ok v=3');
    expect(await talk.stat()).toEqual(expect.objectContaining(new Map([['v3', 0]])));
    expect((await talk.stat()).get('v4')).toBeGreaterThan(4_000);
    expect(await talk.ask('CLOSE 3')).toBe('ok v=3');
    expect(await talk.ask('CLOSE ALL')).toBe('ok v=ALL');
    expect((await talk.stat()).get('v4')).toBe(0);
    expect(talk.events('closed')).toEqual([]);
  });

  row('a token that goes back is refused, and one that was never sent is not asked for', async ({ talk }) => {
    expect(await talk.ask('OPEN 3 100 7')).toMatch(/^ok /);
    expect(await talk.ask('OPEN 3 100 6')).toMatch(/^err token /);
    expect(await talk.ask('OPEN 3 100 7')).toMatch(/^ok /);
    expect(await talk.ask('OPEN 3 100')).toMatch(/^ok /);
    expect(await talk.ask('OPEN 3 100 65535')).toMatch(/^ok /);
  });

  row('TELE tells on its own, at its period, until it is switched off', async ({ talk, body }) => {
    expect(await talk.ask('TELE 250')).toBe('ok ms=250');
    await talk.pass(2_030);
    const told = talk.events('tele');
    // Where bytes carry no time of their own, they come when the computer gets to them.
    const exact = body.rig !== null;
    expect(told.length).toBeLessThanOrEqual(8);
    expect(told.length).toBeGreaterThanOrEqual(exact ? 8 : 5);
    expect(told[0]?.text).toMatch(/^!tele t1=(-?\d+\.\d\d|na) t2=(-?\d+\.\d\d|na) v=0 up=\d+$/);
    const gaps = told.slice(1).map(({ atMs }, index) => atMs - (told[index]?.atMs ?? 0));
    if (exact) for (const gap of gaps) expect(Math.abs(gap - 250)).toBeLessThan(2 * EDGE_TOLERANCE_MS);
    expect(await talk.ask('TELE 0')).toBe('ok ms=0');
    const before = talk.events('tele').length;
    await talk.pass(600);
    expect(talk.events('tele')).toHaveLength(before);
  });

  rigRow('TEMP tells both thermometers, and na for one that is not there', async ({ talk, rig }) => {
    rig.thermistorC = 36.6;
    rig.probeC = 12.25;
    await talk.live(2_000);
    const seen = fields(await talk.ask('TEMP'));
    expect(Math.abs((seen.get('t1') ?? NaN) - 36.6)).toBeLessThan(0.25);
    expect(seen.get('t2')).toBe(12.25);
    expect(seen.get('a1')).toBeLessThan(50);
    expect(seen.get('a2')).toBeGreaterThanOrEqual(750);
    expect(seen.get('a2')).toBeLessThan(2_000);
    rig.probeC = -0.5;
    await talk.live(2_000);
    expect(fields(await talk.ask('TEMP')).get('t2')).toBe(-0.5);
  });

  row('lines may end in CR LF, have a lower-case checksum and any sequence number', async ({ talk }) => {
    for (const [line, reply] of [
      [`@7 BEAT*${crc16('@7 BEAT')}\r\n`, '@7 ok up='],
      [`@8 BEAT*${crc16('@8 BEAT').toLowerCase()}\n`, '@8 ok up='],
      ['\n\r\n', null],
      [framed('@0 BEAT'), '@0 ok up='],
      [framed('@9999 BEAT'), '@9999 ok up='],
      [framed('@0012 BEAT'), '@12 ok up='],
    ] as const) {
      const before = talk.lines.length;
      talk.write(line);
      await talk.pass(20);
      const said = talk.lines.slice(before).map(({ text }) => text.slice(0, reply?.length));
      expect(said).toEqual(reply === null ? [] : [reply]);
    }
  });

  const NO_REQUESTS: readonly (readonly [line: string, complaint: string])[] = [
    [`@1 OPEN 3 1000*${crc16('@1 OPEN 3 1001')}\n`, '!bad crc'],
    ['@1 OPEN 3 1000\n', '!bad form'],
    ['@1 OPEN 3 1000*12G4\n', '!bad form'],
    [framed('1 OPEN 3 1000'), '!bad form'],
    [framed('@ OPEN 3 1000'), '!bad form'],
    [framed('@12345 OPEN 3 1000'), '!bad form'],
    [framed('@1OPEN 3 1000'), '!bad form'],
    [framed(`@1 OPEN 3 1000${' '.repeat(90)}`), '!bad long'],
    [framed('@1 OPEN 3 1000\0'), '!bad form'],
  ];
  row('what is no request does nothing, and is complained of', async ({ talk }) => {
    for (const [line, complaint] of NO_REQUESTS) {
      await talk.pass(110);
      const before = talk.lines.length;
      talk.write(line);
      await talk.pass(30);
      expect(talk.lines.slice(before).map(({ text }) => text)).toEqual([complaint]);
    }
    expect((await talk.stat()).get('v3')).toBe(0);
  });

  row('complaints come no more often than every 100 ms', async ({ talk }) => {
    for (let i = 0; i < 50; i += 1) {
      talk.write('nonsense\n');
      await talk.pass(10);
    }
    expect(talk.events('bad').length).toBeLessThanOrEqual(6);
    expect(talk.events('bad').length).toBeGreaterThanOrEqual(4);
  });

  row('a line of exactly 96 bytes is heard, one of 97 thrown away', async ({ talk }) => {
    const longest = `@1 BEAT ${'x'.repeat(96 - 6 - 8)}`;
    talk.body.send(bytesOf(framed(longest)));
    await talk.pass(30);
    expect(talk.lines.at(-1)?.text).toMatch(/^@1 err form /);
    await talk.pass(100);
    talk.body.send(bytesOf(framed(`${longest}x`)));
    await talk.pass(30);
    expect(talk.lines.at(-1)?.text).toBe('!bad long');
    expect(await talk.ask('BEAT')).toMatch(/^ok /);
  });
}
