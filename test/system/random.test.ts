// If this fails, some order of presses, commands and breakdowns that nobody thought of opens both sides, leaves water on
// after STOP or past its lease, or lets somebody in who did not ask.
import { randomRuns } from './random-suite.ts';

randomRuns({ runs: 60, acts: 40, seed: 20_261 });
