// If this fails, there is a place on earth where a reminder is lost, doubled or comes in a burst when the clocks are set.
import { expect, test } from 'vitest';
import { checkTurn } from './turns.ts';
import { ZONES, turnsOf } from './zones.ts';

test('every zone, each turn of its clocks in ten years', { timeout: 900_000 }, () => {
  let turns = 0;
  for (const zone of ZONES) {
    for (const turn of turnsOf(
      zone,
      Date.parse('2020-01-01T00:00:00Z'),
      Date.parse('2030-01-01T00:00:00Z'),
    )) {
      checkTurn(turn);
      turns += 1;
    }
  }
  console.info(`${ZONES.length} zones, ${turns} turns of their clocks`);
  expect(turns).toBeGreaterThan(1_000);
});
