import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { exampleConfig, Simulation } from '../test/support/simulate.ts';
import { runSeed } from '../src/campaign/run.ts';
import { exampleHouses } from '../src/cli/sim/houses.ts';
import { planOf } from '../test/machines/support.ts';
import { coreRows } from './core-rows.ts';
import { perSecond } from './rate.ts';
import { short, table } from './table.ts';

/**
 * Simulation speed: the whole stack, faulted sessions of a campaign, and the core against a reducer written by hand.
 * How fast `--speed max` is: whole sessions through drivers, bytes, gadgets and plant, as `ebb run --sim --speed max`
 * runs them, against a loop that does only the JSON and the exponentials of one session.
 */

const EXAMPLES = ['foot-bath', 'foot-bath-mixer'] as const;
type Example = (typeof EXAMPLES)[number];
/** Runs that let the compiler settle are not counted. */
const WARM_UP = 15;
/** Faults take many ways through the code, so that it settles later. */
const CAMPAIGN_WARM_UP = 150;
const CAMPAIGN_MS = 10_000;
const MEASURE_MS = 6_000;
const PROFILE_MS = 6_000;
const SAMPLE_US = 200;

export async function simulation(): Promise<void> {
  core();
  campaigns();
  for (const example of EXAMPLES) {
    const once = oneSession(example);
    for (let seed = 1; seed <= WARM_UP; seed += 1) session(example, seed);
    const sessions = perSecond(MEASURE_MS, (round) => session(example, WARM_UP + round));
    const floor = perSecond(MEASURE_MS / 6, () => bareSession(once));
    table(`simulation: ${example}, contrast-foot-bath to its end`, [
      ['whole sessions a processor second', short(sessions.perCpuSecond)],
      ['whole sessions a wall second', short(sessions.rate)],
      ['floor, the JSON and exp() of one session, a processor second', short(floor.perCpuSecond)],
      ['a session costs, in floors', `${short(floor.perCpuSecond / sessions.perCpuSecond)}x`],
      ['simulated seconds a wall second', short(sessions.total / sessions.tookMs)],
      ['simulated seconds a session', short(sessions.total / sessions.rounds / 1_000)],
      ['messages a session', short(once.payloads.length)],
      ['exp() a session', short(once.exps)],
      ['messages a wall second', short(once.payloads.length * sessions.rate)],
      ['sessions measured', sessions.rounds],
    ]);
    const shares = await profile(example);
    table(
      `simulation: ${example}, self time by part`,
      [...shares]
        .toSorted((a, b) => b[1] - a[1])
        .map(([part, share]) => [part, `${(share * 100).toFixed(1)} %`]),
    );
  }
}

/** The core alone, against the same one with machines written by hand and against no more than a session must do. */
function core(): void {
  const { plant, stations } = configs['foot-bath'];
  const [station] = stations;
  if (station === undefined) throw new Error('the example has no station');
  coreRows(station, plant, planOf(3));
}

/** Sessions of a campaign over every house that it draws from, with all faults and with none. */
function campaigns(): void {
  for (const faults of ['none', 'all'] as const) {
    const options = {
      houses: exampleHouses(),
      mode: 'safety',
      faults,
      protocol: null,
      schedule: null,
    } as const;
    for (let seed = 1; seed <= CAMPAIGN_WARM_UP; seed += 1) runSeed(seed, options);
    let messages = 0;
    const { rate, perCpuSecond, rounds, total } = perSecond(CAMPAIGN_MS, (round) => {
      const verdict = runSeed(CAMPAIGN_WARM_UP + round, options);
      messages += verdict.messages;
      return verdict.simulatedMs;
    });
    table(`simulation: a campaign, faults: ${faults}, every invariant judged`, [
      ['sessions a processor second', short(perCpuSecond)],
      ['sessions a wall second', short(rate)],
      ['messages a session', short(messages / rounds)],
      ['seconds of its own time a session', short(total / rounds / 1_000)],
      ['sessions measured', rounds],
    ]);
  }
}

/** One session from power-up to its end. Returns how long it was in its own time, milliseconds. */
function session(example: Example, seed: number, config = configs[example]): number {
  const run = new Simulation(config, seed);
  run.start();
  const { outcome } = run.finish();
  if (outcome !== 'complete') throw new Error(`the session of seed ${seed} ended as ${outcome}`);
  return run.world.clock.nowMs();
}

const configs: Readonly<Record<Example, ReturnType<typeof exampleConfig>>> = {
  'foot-bath': exampleConfig('foot-bath'),
  'foot-bath-mixer': exampleConfig('foot-bath-mixer'),
};

interface Once {
  readonly payloads: readonly string[];
  readonly exps: number;
}

/** What passes the broker in one session, and how many exponentials it takes. */
function oneSession(example: Example): Once {
  const payloads: string[] = [];
  let exps = 0;
  const { exp } = Math;
  Math.exp = (x) => {
    exps += 1;
    return exp(x);
  };
  try {
    const run = new Simulation(configs[example], 1);
    run.world.broker.tap(({ payload }) => payloads.push(payload));
    run.start();
    run.finish();
  } finally {
    Math.exp = exp;
  }
  return { payloads, exps };
}

let sink = 0;

/** The least a session could cost: each message decoded and encoded once, each step of the plant one exponential. */
function bareSession({ payloads, exps }: Once): number {
  for (const payload of payloads) {
    const body: unknown = payload.startsWith('{') ? JSON.parse(payload) : payload;
    sink += JSON.stringify(body).length;
  }
  for (let step = 0; step < exps; step += 1) sink += Math.exp(-step / exps);
  return sink;
}

/** By path and function, the first that fits. A frame without a part (zod, Node) counts to its caller. */
const PARTS: readonly (readonly [prefix: string, part: string | null])[] = [
  ['machines/watch/', 'watch'],
  ['machines/interlock.ts', 'interlock'],
  ['machines/', 'machines'],
  ['node_modules/xstate/', 'machines'],
  ['devices/', 'drivers'],
  ['firmware-sim/', 'gadgets, plant, person'],
  ['src/transports/', 'bus'],
  ['src/controller/state-object.ts', 'state object, publishing'],
  ['src/controller/records.ts', null],
  ['src/controller/index.ts #record', 'journal'],
  ['src/controller/index.ts #tell', 'state object, publishing'],
  ['src/journal/', 'journal'],
  ['src/clock/', 'clock'],
  ['src/controller/', 'controller, the rest'],
];
const ROOT = fileURLToPath(new URL('..', import.meta.url));

function partOf({ url, functionName }: { url: string; functionName: string }): string | null {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  if (!path.startsWith(ROOT)) return null;
  const inside = `${path.slice(ROOT.length)} ${functionName}`;
  return PARTS.find(([prefix]) => inside.startsWith(prefix))?.[1] ?? null;
}

async function profile(example: Example): Promise<ReadonlyMap<string, number>> {
  const inspector = new Session();
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await inspector.post('Profiler.start');
  perSecond(PROFILE_MS, (round) => session(example, WARM_UP + round));
  const { profile: taken } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  return sharesOf(taken);
}

function sharesOf({ nodes, samples = [] }: Profiler.Profile): ReadonlyMap<string, number> {
  const parents = new Map<number, number>();
  for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const partOfNode = new Map<number, string>();
  const find = (id: number): string => {
    const known = partOfNode.get(id);
    if (known !== undefined) return known;
    const frame = frames.get(id);
    const parent = parents.get(id);
    const isCollector = frame?.functionName === '(garbage collector)';
    const part = isCollector
      ? 'garbage collection'
      : ((frame === undefined ? null : partOf(frame)) ?? (parent === undefined ? 'other' : find(parent)));
    partOfNode.set(id, part);
    return part;
  };
  const hits = new Map<string, number>();
  let counted = 0;
  for (const id of samples) {
    if (frames.get(id)?.functionName === '(idle)') continue;
    counted += 1;
    const part = find(id);
    hits.set(part, (hits.get(part) ?? 0) + 1);
  }
  return new Map([...hits].map(([part, count]) => [part, count / counted]));
}
