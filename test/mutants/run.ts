/**
 * Hunts for the planted defects and prints the table of docs/mutation.md:
 * `node test/mutants/run.ts [--seed N] [--sessions N] [--workers N] [NAME…]`, names by their beginning.
 */
import { parseArgs } from 'node:util';
import { hunt } from './hunt.ts';
import { readMutants } from './mutant.ts';
import { rowOf } from './table.ts';

const { values, positionals } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    sessions: { type: 'string', default: '5000' },
    workers: { type: 'string', default: '2' },
  },
  allowPositionals: true,
});
const [seed, sessions, workers] = [Number(values.seed), Number(values.sessions), Number(values.workers)];
const named = readMutants().filter(
  ({ id }) => positionals.length === 0 || positionals.some((name) => id.startsWith(name)),
);
for (const mutant of named) {
  const caught = await hunt(mutant, { seed, sessions, workers });
  console.log(rowOf(caught));
  if (caught.trouble !== '') console.error(caught.trouble);
}
