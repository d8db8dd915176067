import { afterEach, test } from 'vitest';
import { cleanUp } from '../support/process.ts';
import { listenToNoise } from './firmata-noise-suite.ts';

/* If it fails, a bad cable at an Arduino keeps the computer busy, or starts a bath. */

afterEach(cleanUp);

test('ten seconds of noise cost less than 5 % of a processor, and nothing is pressed by them', async () => {
  await listenToNoise(10_000);
});
