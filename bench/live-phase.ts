import { writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SystemClock } from '../src/clock/system.ts';
import { loadConfig } from '../src/config/index.ts';
import { composeScaled } from '../src/main.ts';
import { silentLog } from '../src/model/log.ts';
import { loadLibrary } from '../src/protocols/index.ts';
import { cleanUp } from '../test/support/process.ts';
import { writeHome } from './live-programs.ts';
import { percentile, short, table } from './table.ts';

/**
 * How exactly a phase ends: real milliseconds from the moment a step was to end to the close that ends it being sent,
 * and to the new phase being told. The floor is a bare `setTimeout` for the same moment in the same process. Sessions
 * of short steps, side by side, each with a broker on a socket and simulated hardware; the water is prepared fast, and
 * what is measured runs in real time.
 */

const STATIONS = 8;
const PREPARE_SPEED = 20;
const BUDGET_MS = 50_000;
/** Time stands still within a turn of the loop; where it is most ahead it has just been read. */
const LOOK_MS = 50;
/** By then it is known how the two clocks stand to each other. */
const ARM_BEFORE_MS = 1_500;

/** The shortest steps that the limits let through. */
const PROTOCOL = `id: short-steps
title: Short steps
kind: contrast
source: [{ document: bench, says: "many boundaries in little time" }]
stations: [bath]
cycles: { default: 5, range: [3, 5] }
end_with: cold
steps:
  - { kind: warm, water: { default: 38 C, range: [98 F, 104 F] }, duration: { default: 5 s, range: [5 s, 10 s] } }
  - { kind: cold, water: { default: 15 C, range: [50 F, 60 F] }, duration: { default: 5 s, range: [5 s, 10 s] } }
screening: water
evidence: { level: low, note: "none: a benchmark" }
`;

const real = new SystemClock();

interface Boundaries {
  /** What comes now is the end of the benchmark, not of a step. */
  over: boolean;
  /** A bare timer for the same moments. */
  readonly floor: number[];
  readonly closed: number[];
  readonly told: number[];
}

export async function livePhase(): Promise<void> {
  const home = homeOfShortSteps();
  const found: Boundaries = { over: false, floor: [], closed: [], told: [] };
  const untilMs = real.nowMs() + BUDGET_MS;
  const runs = await Promise.all(
    home.config.stations.map(async (station, index) => {
      const options = { seed: index + 1, speed: PREPARE_SPEED, port: 0 };
      const running = await composeScaled(home, station, options);
      return { running, end: runSession(running, station.id, found) };
    }),
  );
  const late = wait(untilMs - real.nowMs());
  await Promise.race([Promise.all(runs.map(({ end }) => end)), late]);
  found.over = true;
  await Promise.all(runs.map(({ running }) => running.close()));
  await cleanUp();
  tell(found);
}

function tell({ floor, closed, told }: Boundaries): void {
  const row = (name: string, of: (values: readonly number[]) => number): readonly string[] => [
    name,
    ...[floor, closed, told].map((values) => of(values).toFixed(2)),
    name === 'min' ? '' : `${short(of(closed) / of(floor))}x`,
  ];
  table('live-phase: from the planned end of a step', [
    ['ms late', 'floor: setTimeout', 'close sent', 'phase told', 'close/floor'],
    row('min', (values) => Math.min(...values)),
    row('p50', (values) => percentile(values, 0.5)),
    row('p99', (values) => percentile(values, 0.99)),
    row('max', (values) => Math.max(...values)),
    ['boundaries', floor.length, closed.length, told.length, ''],
  ]);
}

function homeOfShortSteps() {
  const stations = Array.from({ length: STATIONS }, (_, index) => `bath-${index + 1}`);
  const more = 'library: [library]\nsim: { plant: { hot: 55 C, cold: 12 C, guard: 38.5 C } }\n';
  const { file } = writeHome('listen: "127.0.0.1:1883"', { simulated: true, stations, more });
  const folder = join(dirname(file), 'library');
  mkdirSync(folder);
  writeFileSync(join(folder, 'short-steps.yaml'), PROTOCOL);
  const { config } = loadConfig(file, { env: {} });
  if (config === null) throw new Error('the config of the benchmark is wrong');
  const { protocols } = loadLibrary([folder]);
  return { config, protocols, log: silentLog };
}

type Running = Awaited<ReturnType<typeof composeScaled>>;

/** One session, its boundaries measured. Resolves at its end. */
async function runSession({ controller, clock }: Running, id: string, found: Boundaries): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    let due: Due | null = null;
    controller.listen(id, (news) => {
      if (news.type === 'result') resolve();
      if (news.type === 'command' && news.action === 'close') due?.onClose();
      if (news.type !== 'state') return;
      const { phase } = news.state;
      if (phase === 'ready') clock.speed = 1;
      if (phase === 'warm' || phase === 'cold') due ??= watchDue(dueMsOf(controller, id), clock, found);
      else {
        due?.onTold();
        due = null;
      }
    });
  });
  while ((await controller.command(id, { command: 'start', protocol: 'short-steps' }, 'cli')) !== null)
    await wait(20);
  await ended;
}

function dueMsOf(controller: Running['controller'], id: string): number {
  const dueMs = controller.station(id)?.core.session.context.deadlines.step;
  if (dueMs === undefined) throw new Error('a step without an end');
  return dueMs;
}

interface Due {
  onClose(): void;
  onTold(): void;
}

/** Waits for `dueMs` of the session's clock, beside a bare timer for the same moment. */
function watchDue(dueMs: number, clock: Running['clock'], found: Boundaries): Due {
  let aheadMs = -Infinity;
  let dueRealMs: number | null = null;
  let closed = false;
  const look = (): void => {
    aheadMs = Math.max(aheadMs, clock.nowMs() - real.nowMs());
    if (dueMs - aheadMs - real.nowMs() > ARM_BEFORE_MS) {
      setTimeout(look, LOOK_MS);
      return;
    }
    const atMs = dueMs - aheadMs;
    dueRealMs = atMs;
    setTimeout(
      () => {
        if (!found.over) found.floor.push(real.nowMs() - atMs);
      },
      Math.ceil(atMs - real.nowMs()),
    );
  };
  setTimeout(look, LOOK_MS);
  return {
    onClose: () => {
      if (closed || found.over || dueRealMs === null) return;
      closed = true;
      found.closed.push(real.nowMs() - dueRealMs);
    },
    onTold: () => {
      if (!found.over && dueRealMs !== null) found.told.push(real.nowMs() - dueRealMs);
    },
  };
}

function wait(forMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, forMs).unref();
  });
}
