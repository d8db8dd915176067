import { z } from 'zod';
import { cleanUp, runNode } from '../test/support/process.ts';
import { firstLine, programOf, writeHome } from './live-programs.ts';
import { short, table } from './table.ts';

/**
 * Memory and processor time of one process that has a controller, the simulated hardware and a broker in memory of 1,
 * 100 and 1,000 stations, in real time. The floor is a Node with mqtt.js loaded. A process of its own for each figure.
 */

/** To come up, and to come to rest or into the session. */
const SETTLE_MS = 4_000;
const SETTLE_MANY_MS = 15_000;
const MEASURE_MS = 3_000;
/** A config with more than 20,000 values is refused: 740 such stations. */
const A_FILE = 500;
const FIGURES = [
  { stations: 1, what: 'idle' },
  { stations: 1, what: 'running' },
  { stations: 100, what: 'idle' },
  { stations: 100, what: 'running' },
  { stations: 1_000, what: 'idle' },
] as const;

const loadSchema = z.object({
  rss_mb: z.number(),
  cpu: z.number(),
  messages_per_s: z.number(),
  ready: z.int(),
  running: z.int(),
});
type Load = z.infer<typeof loadSchema>;

export async function liveRss(): Promise<void> {
  const floor = await loadOf('live-bare', [String(MEASURE_MS)]);
  const rows = [];
  for (const { stations, what } of FIGURES) {
    const ids = Array.from({ length: stations }, (_, index) => `bath-${index + 1}`);
    const files = [];
    for (let from = 0; from < stations; from += A_FILE) {
      const some = ids.slice(from, from + A_FILE);
      files.push(writeHome('listen: "127.0.0.1:1883"', { simulated: true, stations: some }).file);
    }
    const settleMs = stations >= 1_000 ? SETTLE_MANY_MS : SETTLE_MS;
    const load = await loadOf('live-load', [
      JSON.stringify(files),
      what,
      String(settleMs),
      String(MEASURE_MS),
    ]);
    rows.push(rowOf(`${stations.toLocaleString('en')} ${what}`, load, floor, stations));
  }
  await cleanUp();
  table('live-rss: stations in one process', [
    ['stations', 'RSS MB', '/ floor', 'KB a station', 'CPU', 'messages/s', 'ready', 'in a session'],
    ['floor: Node, mqtt.js', short(floor.rss_mb), '1.00x', '', '', '', '', ''],
    ...rows,
  ]);
}

function rowOf(name: string, load: Load, floor: Load, stations: number): readonly (string | number)[] {
  const { rss_mb, cpu, messages_per_s, ready, running } = load;
  return [
    name,
    short(rss_mb),
    `${short(rss_mb / floor.rss_mb)}x`,
    short(((rss_mb - floor.rss_mb) * 1_024) / stations),
    `${(cpu * 100).toFixed(1)} %`,
    short(messages_per_s),
    ready,
    running,
  ];
}

async function loadOf(program: string, args: readonly string[]): Promise<Load> {
  const child = runNode([programOf(program), ...args], process.cwd());
  const load = loadSchema.parse(JSON.parse(await firstLine(child)));
  child.kill('SIGKILL');
  await child.exit;
  return load;
}
