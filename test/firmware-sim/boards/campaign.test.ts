import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/random/random.ts';
import {
  bitFlips,
  corruptFrames,
  deadTimer,
  figure,
  flood,
  frozenCpu,
  leases,
  manifestRam,
  overTemperature,
  places,
  stopButton,
} from './campaign.ts';

/*
 * If this fails, the board keeps water open when its computer, its own processor, its timer, its memory or its wire fails.
 * A few trials of each; campaign.long.test.ts has the whole. It is shown on the committed firmware under a model of the
 * chip, not on silicon.
 */

/** 64 ms of the watchdog and what led up to it. */
const WATCHDOG_MS = 66;

describe('the committed firmware', () => {
  it('closes every lease within 1.5 ms', async () => {
    const { least, most, latest } = await leases(25);
    figure(
      `lease: ${least.toFixed(3)} to ${most.toFixed(3)} ms of it, ${latest.toFixed(3)} ms after last byte + lease`,
    );
    expect(least).toBeGreaterThan(-1.5);
    expect(latest).toBeLessThan(1.5);
  });

  it('is shut by its watchdog when the processor stands still', async () => {
    const worst = await frozenCpu(6);
    figure(`frozen processor: ${worst.toFixed(1)} ms`);
    expect(worst).toBeLessThan(WATCHDOG_MS);
  });

  it.each([false, true])(
    'is shut by its watchdog when its timer dies, host chatting: %s',
    async (chatting) => {
      const worst = await deadTimer(4, chatting);
      figure(`dead timer, host ${chatting ? 'chatting' : 'silent'}: ${worst.toFixed(1)} ms`);
      expect(worst).toBeLessThan(WATCHDOG_MS);
    },
  );

  it('is shut soon after it is too hot, and at once by its button', async () => {
    const [hot, button] = [await overTemperature(6), await stopButton(6)];
    figure(`too hot: ${hot.toFixed(1)} ms; button: ${button.toFixed(2)} ms`);
    expect(hot).toBeLessThan(40);
    expect(button).toBeLessThan(1.5);
  });

  it('takes no crippled frame for a request', async () => {
    const { sent, accepted } = await corruptFrames(300);
    figure(`crippled frames: ${accepted} of ${sent} accepted`);
    expect(accepted).toBe(0);
  });

  it('keeps its lease while the wire is flooded, and answers afterwards', async () => {
    const { lateMs, resets, answersAfterwards } = await flood(1);
    expect(Math.abs(lateMs)).toBeLessThan(1.5);
    expect([resets, answersAfterwards]).toEqual([0, true]);
  });

  it('closes whatever bit of its memory flips: a sample', async () => {
    const random = new Random(5, 'sample');
    const all = places(manifestRam());
    const sample = Array.from({ length: 40 }, () => all[random.int(0, all.length - 1)]).filter(
      (place) => place !== undefined,
    );
    const { escapes, worstMs } = await bitFlips(sample);
    figure(`bit flips, a sample of ${sample.length}: worst ${worstMs.toFixed(1)} ms of 276`);
    expect(escapes).toEqual([]);
  });
});
