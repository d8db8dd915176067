import { describe, expect, it } from 'vitest';
import { build } from '../../../firmware/build.ts';
import { describeWithCompiler } from '../../firmware/compiler.ts';
import { avrBody } from './body.ts';
import {
  bitFlips,
  corruptFrames,
  deadTimer,
  figure,
  flood,
  frozenCpu,
  ioFlips,
  leases,
  manifestRam,
  overTemperature,
  places,
  randomFlips,
  stopButton,
} from './campaign.ts';
import { settled, suiteFor, type RigBench, type Suite } from './conformance.ts';
import { longRows } from './rows-long.ts';
import { protocolRows } from './rows-protocol.ts';
import { senseRows } from './rows-senses.ts';
import { waterRows } from './rows-water.ts';

/*
 * The whole of what campaign.test.ts samples, and the proof that its checks can fail: each mutant of the firmware lacks
 * one of its safeguards and has to be noticed.
 */

suiteFor('its firmware in the emulator, for minutes', () => Promise.resolve(avrBody()), true, [longRows]);

describe('the committed firmware', () => {
  it('closes 400 leases within 1.5 ms', async () => {
    const { least, most, latest } = await leases(400);
    figure(`400 leases: ${least.toFixed(3)} to ${most.toFixed(3)} ms, latest ${latest.toFixed(3)} ms`);
    expect(Math.max(latest, -least)).toBeLessThan(1.5);
  });

  it('is shut by its watchdog', async () => {
    const frozen = await frozenCpu(30);
    const silent = await deadTimer(30, false);
    const chatting = await deadTimer(30, true);
    figure(
      `30 each: frozen ${frozen.toFixed(1)} ms, dead timer ${silent.toFixed(1)} and ${chatting.toFixed(1)} ms`,
    );
    expect(Math.max(frozen, silent, chatting)).toBeLessThan(66);
  });

  it('is shut by heat and by its button', async () => {
    const [hot, button] = [await overTemperature(40), await stopButton(40)];
    figure(`40 each: too hot ${hot.toFixed(1)} ms, button ${button.toFixed(2)} ms`);
    expect(hot).toBeLessThan(40);
    expect(button).toBeLessThan(1.5);
  });

  it('takes none of 10,000 crippled frames for a request', async () => {
    const { sent, accepted } = await corruptFrames(10_000);
    figure(`crippled frames: ${accepted} of ${sent} accepted`);
    expect(accepted).toBe(0);
  });

  it('keeps its lease in ten floods', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const { lateMs, resets, answersAfterwards } = await flood(seed);
      expect(Math.abs(lateMs)).toBeLessThan(1.5);
      expect([resets, answersAfterwards]).toEqual([0, true]);
    }
  });

  it('closes whatever bit of its static memory or of its stack flips: all of them', async () => {
    const { flips, escapes, worstMs } = await bitFlips(places(manifestRam()));
    figure(`bit flips: ${escapes.length} of ${flips} escaped, worst ${worstMs.toFixed(1)} ms of 276`);
    expect(escapes).toEqual([]);
  });

  it('closes whatever bit of registers, I/O, memory or program counter flips: 1,000 at random', async () => {
    const { flips, escapes, worstMs } = await randomFlips(1_000);
    figure(
      `random flips: ${escapes.length} of ${flips} escaped, worst ${worstMs.toFixed(1)} ms: ${escapes.join('; ')}`,
    );
    expect(escapes).toEqual([]);
  });

  it('closes whatever bit of its I/O registers flips: all of them', async () => {
    const { flips, escapes, worstMs } = await ioFlips();
    figure(
      `I/O flips: ${escapes.length} of ${flips} escaped, worst ${worstMs.toFixed(1)} ms: ${escapes.join('; ')}`,
    );
    expect(escapes).toEqual([]);
  });
});

/** Every row that a simulated body has, by its title. */
function rows(): ReadonlyMap<string, (bench: RigBench) => Promise<void>> {
  const all = new Map<string, (bench: RigBench) => Promise<void>>();
  const suite: Suite = { row: (name, run) => all.set(name, run), rigRow: (name, run) => all.set(name, run) };
  for (const one of [protocolRows, waterRows, senseRows, longRows]) one(suite);
  return all;
}

type Check = (hex: string) => Promise<void>;

/** The row whose title begins so has to fail. */
const row =
  (start: string): Check =>
  async (hex) => {
    const [found] = [...rows()].filter(([title]) => title.startsWith(start)).map(([, run]) => run);
    if (found === undefined) throw new Error(`there is no row "${start}"`);
    const body = avrBody(1, hex);
    await found({ body, rig: body.rig, talk: await settled(body) });
  };

const under =
  (most: number, measure: (hex: string) => Promise<number>): Check =>
  async (hex) => {
    expect(await measure(hex)).toBeLessThan(most);
  };

const LEASE_BYTES = 80;
const MUTANTS: readonly [name: string, ...checks: Check[]][] = [
  ['NO_WATCHDOG', under(66, (hex) => frozenCpu(2, hex))],
  ['FED_BY_ANYONE', under(66, (hex) => deadTimer(2, true, hex))],
  ['NO_LEASE', row('a lease closes on time')],
  ['NO_LINK', row('the link lease is 3 s')],
  ['NO_CAP', row('cold runs 6 minutes')],
  ['NO_MAX', row('what is out of range')],
  ['NO_INTERLOCK', row('hot and cold are never open together')],
  ['NO_BREAK', row('hot and cold are never open together')],
  ['NO_STOP_BYTE', row('0x18 stops')],
  ['NO_BUTTON', row('a press of the button'), under(1.5, (hex) => stopButton(1, hex))],
  ['NO_THERMAL', row('43 C at the thermistor'), under(40, (hex) => overTemperature(1, hex))],
  ['NO_SENSOR', row('a thermistor that is cut')],
  ['NO_PROBE', row('43 C at the DS18B20')],
  ['CLEAR_HOT', row('43 C at the thermistor')],
  ['NO_CRC', row('what is no request'), under(1, async (hex) => (await corruptFrames(200, hex)).accepted)],
  [
    'UNGUARDED',
    under(1, async (hex) => {
      // The valves' own numbers lie last in memory.
      const last = places(manifestRam()).filter(
        ({ at }) => at < 0x100 + manifestRam() && at >= 0x100 + manifestRam() - LEASE_BYTES,
      );
      return (await bitFlips(last, hex)).escapes.length;
    }),
  ],
];

describeWithCompiler('a firmware that lacks a safeguard is noticed', () => {
  for (const [name, ...checks] of MUTANTS) {
    it(name, async () => {
      const { hex } = build(`MUTANT_${name}`);
      for (const check of checks) await expect(check(hex)).rejects.toThrow();
    });
  }

  it('and the checks that notice it pass on the firmware as it is', async () => {
    const { hex } = build();
    for (const [name, ...checks] of MUTANTS)
      for (const check of name === 'UNGUARDED' ? [] : checks) await check(hex);
  });
});
