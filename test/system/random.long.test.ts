// As random.test.ts, for longer and from other beginnings.
import { randomRuns } from './random-suite.ts';

randomRuns({ runs: 2_000, acts: 80, seed: 1 });
randomRuns({ runs: 2_000, acts: 40, seed: 77_003 });
