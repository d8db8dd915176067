/**
 * `npm run bench [NAME...]`; `live` names all of those that begin so. Each benchmark measures a floor in the same run
 * and prints ratios against it: the wall times alone say more about the computer than about Ebb. Each takes a
 * minute or two.
 */
import { cpus } from 'node:os';
import { firmware } from './firmware.ts';
import { livePhase } from './live-phase.ts';
import { liveRss } from './live-rss.ts';
import { liveStart } from './live-start.ts';
import { liveStop } from './live-stop.ts';
import { simulation } from './simulation.ts';
import { stopLocked, stopSocket } from './stop.ts';
import { stopSignal } from './stop-signal.ts';

interface Benchmark {
  readonly name: string;
  /** Names several at once. */
  readonly group?: string;
  readonly run: () => Promise<void> | void;
}

const BENCHMARKS: readonly Benchmark[] = [
  { name: 'simulation', run: simulation },
  { name: 'firmware', run: firmware },
  { name: 'stop', run: stopSocket },
  { name: 'stop-locked', run: stopLocked },
  { name: 'stop-signal', run: stopSignal },
  { name: 'live-stop', group: 'live', run: liveStop },
  { name: 'live-phase', group: 'live', run: livePhase },
  { name: 'live-start', group: 'live', run: liveStart },
  { name: 'live-rss', group: 'live', run: liveRss },
];

const wanted = process.argv.slice(2);
const fits = ({ name, group }: Benchmark, word: string): boolean => word === name || word === group;
const unknown = wanted.filter((word) => !BENCHMARKS.some((one) => fits(one, word)));
if (unknown.length > 0) {
  const known = [...BENCHMARKS.map(({ name }) => name), 'live'].join(', ');
  console.error(`there is no benchmark "${unknown.join('", "')}"; there are ${known}`);
  process.exitCode = 2;
} else {
  console.log(`Node ${process.versions.node}, ${cpus().length} cores, ${process.platform} ${process.arch}\n`);
  for (const one of BENCHMARKS)
    if (wanted.length === 0 || wanted.some((word) => fits(one, word))) await one.run();
}
