import { expect } from 'vitest';
import { BOARD_LIMITS } from '../../../machines/envelope-hash.ts';
import type { Suite } from './conformance.ts';

/** From too hot to shut: a sample, a second one that makes the middle of three, and two looks. */
const HOT_WITHIN_MS = 2 * BOARD_LIMITS.sampleMs + 2 * BOARD_LIMITS.lookMs + 2;
/** Two conversions and their transfers, on top of the one under way. */
const PROBE_WITHIN_MS = 3 * (BOARD_LIMITS.probeConvertMs + 150);

/** What the board sees of the water, and does about it by itself; light and sound. */
export function senseRows({ row, rigRow }: Suite): void {
  rigRow('43 C at the thermistor shuts hot and holds it; cold goes on', async ({ talk, rig, body }) => {
    await talk.ask('OPEN 1 20000');
    await talk.ask('OPEN 3 20000');
    const fromMs = body.nowMs();
    rig.thermistorC = 43.2;
    await talk.pass(60);
    expect((rig.edges.at(-1)?.atMs ?? NaN) - fromMs).toBeLessThan(HOT_WITHIN_MS);
    expect([rig.high('v1'), rig.high('v3')]).toEqual([false, true]);
    const told = talk.lines.map(({ text }) => text).filter((text) => text.startsWith('!'));
    expect(told.slice(-2)).toEqual([
      expect.stringMatching(/^!trip why=hot t=43\.\d\d$/),
      '!closed v=1 why=hot',
    ]);
    expect(await talk.ask('OPEN 1 1000')).toMatch(/^err hot /);
    await talk.pass(500);
    expect(await talk.ask('OPEN 2 1000')).toMatch(/^ok /);
    expect(await talk.ask('CLEAR')).toMatch(/^err hot /);
    rig.thermistorC = 42.3;
    await talk.pass(100);
    expect(await talk.ask('CLEAR')).toMatch(/^err hot /);
    rig.thermistorC = 38;
    await talk.pass(100);
    expect(await talk.ask('OPEN 1 1000')).toMatch(/^err hot /);
    expect(await talk.ask('CLEAR')).toBe('ok');
    await talk.ask('CLOSE 2');
    await talk.pass(600);
    expect(await talk.ask('OPEN 1 1000')).toMatch(/^ok /);
  });

  rigRow('42.7 C is not too hot, and neither is a spike of one sample', async ({ talk, rig }) => {
    await talk.ask('OPEN 1 20000');
    rig.thermistorC = 42.7;
    await talk.live(2_000);
    for (let i = 0; i < 20; i += 1) {
      rig.thermistorC = 60;
      await talk.pass(7);
      rig.thermistorC = 42.7;
      await talk.pass(41);
    }
    expect(talk.events('trip')).toEqual([]);
    expect(rig.high('v1')).toBe(true);
  });

  for (const [what, tempC] of [
    ['cut', NaN],
    ['shorted', Infinity],
  ] as const) {
    rigRow(
      `a thermistor that is ${what} shuts hot until it reads again and is cleared`,
      async ({ talk, rig, body }) => {
        await talk.ask('OPEN 1 20000');
        const fromMs = body.nowMs();
        rig.thermistorC = tempC;
        await talk.pass(60);
        expect((rig.edges.at(-1)?.atMs ?? NaN) - fromMs).toBeLessThan(HOT_WITHIN_MS);
        expect(talk.events('trip').map(({ text }) => text)).toEqual(['!trip why=sensor t=na']);
        expect(talk.events('closed').map(({ text }) => text)).toEqual(['!closed v=1 why=sensor']);
        expect(await talk.ask('TEMP')).toMatch(/t1=na /);
        expect(await talk.ask('OPEN 1 1000')).toMatch(/^err sensor /);
        expect(await talk.ask('CLEAR')).toMatch(/^err sensor /);
        rig.thermistorC = 38;
        await talk.pass(100);
        expect(await talk.ask('OPEN 1 1000')).toMatch(/^err sensor /);
        expect(await talk.ask('CLEAR')).toBe('ok');
        expect(await talk.ask('OPEN 1 1000')).toMatch(/^ok /);
      },
    );
  }

  rigRow('a board that was never given a thermistor opens no hot water', async ({ talk, rig }) => {
    rig.thermistorC = NaN;
    rig.power(false);
    rig.power(true);
    await talk.pass(700);
    expect(await talk.ask('OPEN 1 1000')).toMatch(/^err sensor /);
    expect(await talk.ask('OPEN 2 1000')).toMatch(/^ok /);
  });

  rigRow('43 C at the DS18B20, twice running, shuts hot as well', async ({ talk, rig, body }) => {
    await talk.live(2_000);
    await talk.ask('OPEN 1 30000');
    const fromMs = body.nowMs();
    rig.probeC = 43;
    await talk.live(PROBE_WITHIN_MS);
    expect(talk.events('trip').map(({ text }) => text)).toEqual(['!trip why=hot t=43.00']);
    expect((rig.edges.at(-1)?.atMs ?? NaN) - fromMs).toBeLessThan(PROBE_WITHIN_MS);
    expect(await talk.ask('CLEAR')).toMatch(/^err hot /);
    rig.probeC = 38;
    await talk.live(PROBE_WITHIN_MS);
    expect(await talk.ask('CLEAR')).toBe('ok');
  });

  rigRow('no DS18B20 is no fault; one that is gone is', async ({ talk, rig }) => {
    rig.probeC = NaN;
    rig.power(false);
    rig.power(true);
    await talk.pass(700);
    expect(await talk.ask('OPEN 1 30000')).toMatch(/^ok /);
    await talk.live(4_000);
    expect(await talk.ask('TEMP')).toMatch(/t2=na /);
    expect([talk.events('trip').length, rig.high('v1')]).toEqual([0, true]);
    rig.probeC = 37;
    await talk.live(2_500);
    expect(await talk.ask('TEMP')).toMatch(/t2=37\.00 /);
    rig.probeC = NaN;
    await talk.live(5_000);
    expect(talk.events('trip').map(({ text }) => text)).toEqual(['!trip why=sensor t=na']);
    expect(rig.high('v1')).toBe(false);
    expect(await talk.ask('CLEAR')).toMatch(/^err sensor /);
    rig.probeC = 37;
    await talk.live(2_500);
    expect(await talk.ask('CLEAR')).toBe('ok');
  });

  rigRow('a DS18B20 whose checksum is wrong, or that says 85 C, has said nothing', async ({ talk, rig }) => {
    await talk.live(2_000);
    rig.corruptProbe(true);
    rig.probeC = 60;
    await talk.live(1_000);
    expect(await talk.ask('TEMP')).toMatch(/t2=38\.00 /);
    rig.corruptProbe(false);
    rig.probeC = 85;
    await talk.live(5_000);
    expect(talk.events('trip').map(({ text }) => text)).toEqual(['!trip why=sensor t=na']);
  });

  rigRow(
    'the board blinks by itself, as often as it was asked to, and stays as it was asked to',
    async ({ talk, rig }) => {
      const light = (): number[] => {
        const edges = rig.edges.filter(({ pin }) => pin === 'light');
        return edges.slice(1).map(({ atMs }, index) => Math.round(atMs - (edges[index]?.atMs ?? 0)));
      };
      expect(await talk.ask('LED 1 100 50 3 1')).toBe('ok n=1');
      await talk.pass(600);
      const wanted = [100, 50, 100, 50, 100, 50];
      expect(light()).toHaveLength(wanted.length);
      for (const [at, ms] of light().entries()) expect(Math.abs(ms - (wanted[at] ?? 0))).toBeLessThan(3);
      expect(rig.high('light')).toBe(true);
      await talk.ask('LED 1 0 0 0 0');
      expect(rig.high('light')).toBe(false);
      await talk.ask('LED 1 1 0 0 0');
      expect(rig.high('light')).toBe(true);
      await talk.ask('LED 1 20 20 2 0');
      await talk.pass(150);
      expect(rig.high('light')).toBe(false);
    },
  );

  rigRow('the buzzer plays its tone, or is switched, and is silent afterwards', async ({ talk, rig }) => {
    const rises = (): number => rig.edges.filter(({ pin, high }) => pin === 'buzzer' && high).length;
    await talk.ask('BUZZ 1000 200 100 2');
    await talk.pass(700);
    // 2 times 200 ms at 1000 Hz.
    expect(Math.abs(rises() - 400)).toBeLessThan(10);
    expect(rig.high('buzzer')).toBe(false);
    const before = rises();
    await talk.ask('BUZZ 0 100 50 3');
    await talk.pass(600);
    expect(rises() - before).toBe(3);
    expect(rig.high('buzzer')).toBe(false);
    await talk.ask('BUZZ 0 5000 50 3');
    expect(rig.high('buzzer')).toBe(true);
    await talk.ask('BUZZ 0 0 0 0');
    expect(rig.high('buzzer')).toBe(false);
  });

  row('a pattern neither opens nor closes anything', async ({ talk }) => {
    await talk.ask('OPEN 3 2000');
    await talk.ask('LED 1 50 50 5 0');
    await talk.ask('BUZZ 440 50 50 5');
    await talk.pass(700);
    expect((await talk.stat()).get('v3')).toBeGreaterThan(1_000);
  });
}
