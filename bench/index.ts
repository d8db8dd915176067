/**
 * `npm run bench [NAME...]`. Each benchmark measures a floor in the same run and prints ratios against it: the wall
 * times alone say more about the computer than about Ebb. Each takes less than a minute.
 */
import { cpus } from 'node:os';
import { simulation } from './simulation.ts';
import { stopLocked, stopSocket } from './stop.ts';
import { stopSignal } from './stop-signal.ts';

interface Benchmark {
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

const BENCHMARKS: readonly Benchmark[] = [
  { name: 'simulation', run: simulation },
  { name: 'stop', run: stopSocket },
  { name: 'stop-locked', run: stopLocked },
  { name: 'stop-signal', run: stopSignal },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BENCHMARKS.some((one) => one.name === name));
if (unknown.length > 0) {
  const known = BENCHMARKS.map(({ name }) => name).join(', ');
  console.error(`there is no benchmark "${unknown.join('", "')}"; there are ${known}`);
  process.exitCode = 2;
} else {
  console.log(`Node ${process.versions.node}, ${cpus().length} cores, ${process.platform} ${process.arch}\n`);
  for (const { name, run } of BENCHMARKS) if (wanted.length === 0 || wanted.includes(name)) await run();
}
