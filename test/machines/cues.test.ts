// If these fail, warm and cold can no longer be told apart with eyes closed, something flashes too fast, or nobody under
// a shower is told of the cold 5 s ahead.
import { expect, test } from 'vitest';
import { COUNTDOWNS, CUES, tuned } from '../../machines/cues.ts';
import { refuseBeat } from '../../src/model/beat.ts';
import type { Beat } from '../../src/model/device.ts';

const said = (beat: Beat): string => `${beat.count} x ${beat.onMs}+${beat.offMs}`;

/** Sound, then light. */
test('every pattern is the one that people have learnt', () => {
  const patterns = Object.entries(CUES).map(([name, cue]) => [
    name === cue.name ? name : `${name} is called ${cue.name}`,
    cue.sound === null ? 'silent' : said(cue.sound),
    cue.light === null ? 'dark' : `${said(cue.light)} ${cue.light.colour}, then ${cue.light.then}`,
  ]);
  expect(patterns).toEqual([
    ['feet-in', '2 x 300+300', '2 x 300+300 warm, then on'],
    ['countdown', '3 x 200+800', '3 x 500+500 white, then on'],
    ['cold-soon', '5 x 200+800', '5 x 500+500 cold, then on'],
    ['warm', '1 x 800+200', '1 x 800+200 warm, then on'],
    ['cold', '3 x 300+200', '3 x 300+200 cold, then on'],
    ['end', '4 x 600+400', '4 x 600+400 white, then on'],
    ['pause', '2 x 600+400', '2 x 600+400 white, then on'],
    ['ask', '2 x 200+300', '5 x 500+500 white, then on'],
    ['step-out', '5 x 500+500', '5 x 500+500 red, then on'],
    ['towel', '5 x 500+500', '5 x 500+500 cold, then on'],
    ['remind', 'silent', '5 x 1000+1000 white, then on'],
    ['remind-again', '2 x 200+400', '5 x 500+500 white, then on'],
    ['get-ready', '2 x 150+350', '3 x 500+500 white, then off'],
    ['beat', '1 x 150+350', '1 x 500+500 white, then off'],
    ['halfway', '1 x 800+200', '2 x 500+500 white, then off'],
    ['breathe-in', '1 x 100+400', '0 x 500+500 warm, then on'],
    ['breathe-hold', '2 x 100+400', 'dark'],
    ['breathe-out', '1 x 400+100', '0 x 500+500 warm, then off'],
    ['off', 'silent', '0 x 500+500 white, then off'],
  ]);
});

test('a change is told 3 s ahead, cold water under a shower 5 s', () => {
  const short = { cue: 'countdown', aheadMs: 3_000 };
  expect(COUNTDOWNS).toEqual({
    bath: { warm: short, cold: short },
    shower: { warm: short, cold: { cue: 'cold-soon', aheadMs: 5_000 } },
    buckets: { warm: short, cold: short },
  });
});

test.each([
  [{ count: 2, onMs: 200, offMs: 134 }, null],
  [{ count: 2, onMs: 200, offMs: 133 }, 'it flashes or beeps more than 3 times a second'],
  [{ count: 1, onMs: 100, offMs: 100 }, null],
  [{ count: 10, onMs: 500, offMs: 500 }, null],
  [{ count: 10, onMs: 501, offMs: 500 }, 'it lasts longer than 10 s'],
])('%j: %s', (beat, why) => {
  expect(refuseBeat(beat)).toBe(why);
});

test("a light and a sound of one's own, and never one that is out of bounds", () => {
  const slow = { count: 2, onMs: 2_000, offMs: 1_000 };
  const again = CUES['remind-again'];
  expect(tuned(again, { light: slow, sound: null })).toEqual({
    ...{ name: 'remind-again', sound: null },
    light: { ...slow, colour: 'white', then: 'on' },
  });
  expect(tuned(again, { light: slow }).sound).toEqual(again.sound);
  expect(tuned(again, undefined)).toEqual(again);
  const flicker = { count: 10, onMs: 50, offMs: 50 };
  expect(tuned(again, { light: flicker, sound: flicker })).toEqual(again);
});
