import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import type { Command } from 'commander';
import { z } from 'zod';
import { completedAfter, coverageOf } from '../../campaign/coverage.ts';
import { githubReport } from '../../campaign/report/github.ts';
import { toJson } from '../../campaign/report/json.ts';
import { junitReport } from '../../campaign/report/junit.ts';
import type { Find, Report } from '../../campaign/report/report.ts';
import { isGood } from '../../campaign/report/report.ts';
import { textReport } from '../../campaign/report/text.ts';
import { formatSchedule } from '../../campaign/schedule.ts';
import type { DrawOptions } from '../../campaign/draw.ts';
import type { Verdict } from '../../campaign/run.ts';
import { shrink } from '../../campaign/shrink.ts';
import type { Tally } from '../../campaign/tally.ts';
import { SystemClock } from '../../clock/system.ts';
import { VERSION } from '../../main.ts';
import { freshSeed } from '../../random/random.ts';
import { addConfig, readOptions, wholeNumber } from '../options.ts';
import type { Context } from '../output.ts';
import { watchInterrupts } from '../session/interrupts.ts';
import { universe } from './charts.ts';
import { runPool } from './pool.ts';
import { deskMeant, printDesk, simulateDesk } from './desk.ts';
import type { DeskHome } from './desk.ts';
import { commandOf, deskCommandOf } from './replay-command.ts';
import { replay } from './replay.ts';
import { drawOptions } from './request.ts';
import type { SimRequest } from './request.ts';

const FORMATS = ['text', 'json', 'junit', 'github'] as const;

const optionsSchema = z.object({
  config: z.string().optional(),
  protocol: z.string().optional(),
  station: z.string().optional(),
  days: wholeNumber(1, 3_660).optional(),
  sessions: wholeNumber(1, 100_000_000).default(1_000),
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
  random: z.boolean().default(false),
  faults: z.string().default('all'),
  mode: z.enum(['safety', 'liveness']).default('safety'),
  steady: z.boolean().default(false),
  workers: wholeNumber(1, 256).optional(),
  requireCoverage: z.boolean().default(false),
  trace: z.string().optional(),
  replay: z.boolean().default(false),
  failFast: z.boolean().default(false),
  format: z.enum(FORMATS).optional(),
});
export type SimOptions = z.infer<typeof optionsSchema>;

export function register(program: Command, context: Context): void {
  const command = program
    .command('sim')
    .description(
      'a campaign: many simulated sessions from consecutive seeds, broken in every way, judged by the invariants',
    )
    .option('-p, --protocol <id>', 'only this one (default: all that the stations can run)')
    .option('-s, --station <id>', 'only this one; without --config one of the examples, such as foot-bath')
    .option('-n, --sessions <n>', 'how many (default 1000)')
    .option(
      '--days <n>',
      'at a desk: simulated people live with its schedule for so many days, judged by budgets (default 28)',
    )
    .option('--seed <n>', 'the first seed (default 1)')
    .option('--random', 'a first seed nobody chose; it is printed')
    .option(
      '--faults <which>',
      'all, none, names separated by commas, or a schedule "ID [name=value] @ MOMENT [for N s]; …" (default all)',
    )
    .option(
      '--mode <mode>',
      'safety: whatever breaks; liveness: what breaks heals, and sessions must come to an end (default safety)',
    )
    .option(
      '--steady',
      'whoever comes may come and lets the session run, as where faults are named (default: some stop, pause, stay away)',
    )
    .option('--workers <n>', 'threads (default: one a core)')
    .option(
      '--require-coverage',
      'fail (4) where a fault, state, transition, detector or invariant was not reached',
    )
    .option(
      '--trace <file>',
      'the first session as a page of its own: temperatures, valves, leases, states, faults',
    )
    .option('--fail-fast', 'end with the first violation: that of the lowest seed')
    .option('--replay', 'the one session of --seed, with its timeline')
    .addOption(new Option('--format <format>', 'how the report is written').choices([...FORMATS]))
    .addOption(new Option('--json', 'short for --format json').implies({ format: 'json' }))
    .action(async (options: unknown) => {
      await sim(readOptions(optionsSchema, options), context);
    });
  addConfig(command);
}

async function sim(options: SimOptions, context: Context): Promise<void> {
  const config = options.config === undefined ? null : context.configFile(options.config);
  const desk = deskMeant(config, options.station, options.days);
  if (desk !== null) {
    simDesk(desk, options, context);
    return;
  }
  const request: SimRequest = {
    config,
    station: options.station ?? null,
    protocol: options.protocol ?? null,
    faults: options.faults,
    mode: options.mode,
    steady: options.steady,
  };
  const draws = drawOptions(request);
  const seed = options.seed ?? (options.random ? freshSeed() : 1);
  if (options.replay || options.trace !== undefined) {
    replay({ seed, draws, tracePath: options.trace ?? null, prints: options.replay, context });
    if (options.replay) return;
  }
  const report = await campaign(options, request, draws, seed, context);
  print(report, formatOf(options, context), context);
  // What was cut short has not shown what it was asked for.
  context.finish(!isGood(report) ? 4 : report.interrupted ? 3 : 0);
}

/** How long a desk is tried where nobody says: some weeks have each of its days, and take a second or two. */
const DESK_DAYS = 28;

function simDesk(desk: DeskHome, options: SimOptions, context: Context): void {
  const { days = DESK_DAYS, station } = options;
  const seed = options.seed ?? (options.random ? freshSeed() : 1);
  const command = deskCommandOf({ ...options, station: station ?? desk.desk.id }, days, seed);
  const report = simulateDesk(desk, { days, seed, command });
  printDesk(report, formatOf(options, context), context);
  context.finish(report.broken.length === 0 ? 0 : 4);
}

async function campaign(
  options: SimOptions,
  request: SimRequest,
  draws: ReturnType<typeof drawOptions>,
  seed: number,
  context: Context,
): Promise<Report> {
  const clock = new SystemClock();
  const fromMs = clock.nowMs();
  const workers = options.workers ?? availableParallelism();
  const interrupts = watchInterrupts(context.outputClosed);
  const ended = new AbortController();
  interrupts.onInterrupt(() => {
    ended.abort();
  });
  const progress = progressLine(options.sessions, seed, clock, context);
  let tally: Tally;
  try {
    tally = await runPool({
      request,
      seed,
      sessions: options.sessions,
      workers,
      failFast: options.failFast,
      progress: (soFar) => {
        progress.show(soFar);
      },
      signal: ended.signal,
    });
  } finally {
    progress.end();
    interrupts.close();
  }
  const coverage = coverageOf(tally, universe());
  const tookS = (clock.nowMs() - fromMs) / 1_000;
  return {
    version: VERSION,
    command: commandOf(options, { seed, sessions: options.sessions }),
    seed,
    mode: options.mode,
    workers,
    tookS,
    tally,
    coverage,
    completed: completedAfter(tally, coverage, seed),
    leftOut: draws.leftOut,
    requireCoverage: options.requireCoverage,
    finds: findsOf(tally, options, draws),
    interrupted: ended.signal.aborted,
  };
}

/** So many violations are shrunk: each takes up to some hundred replays. */
const SHRUNK = 3;

function findsOf(tally: Tally, options: SimOptions, draws: DrawOptions): readonly Find[] {
  const shrunkFew = options.failFast ? 1 : SHRUNK;
  return tally.violations.map((found, index) => {
    const house = draws.houses.find(({ name }) => name === found.scenario.house);
    const shrunk = house === undefined || index >= shrunkFew ? null : shrink(found, house);
    const { verdict, tries } = shrunk ?? { verdict: found, tries: null };
    return {
      ...{ found, shrunk: verdict, tries },
      replay: replayOf(verdict, options, draws),
      replayAsFound: replayOf(found, options, draws),
    };
  });
}

function replayOf({ seed, scenario }: Verdict, options: SimOptions, draws: DrawOptions): string {
  const faults = formatSchedule(scenario.faults);
  // Where faults are named the seed has a house that can have its own: a schedule has to be told which.
  const { house: station, protocol } = scenario;
  const place = typeof draws.faults === 'string' ? {} : { station, protocol, steady: true };
  const replayed = { ...options, ...place, faults: faults === '' ? 'none' : faults };
  return commandOf(replayed, { seed, replay: true });
}

/** How often a campaign whose progress goes to a file or a pipe tells it, milliseconds. */
const LOG_EVERY_MS = 30_000;

function progressLine(
  sessions: number,
  seed: number,
  clock: SystemClock,
  { stderr, isTTY }: Context,
): { show(tally: Tally): void; end(): void } {
  const fromMs = clock.nowMs();
  // A log is told seldom, and a campaign that is soon over not at all.
  const everyMs = isTTY ? 200 : LOG_EVERY_MS;
  let shownMs = isTTY ? -Infinity : fromMs;
  let shown = false;
  return {
    show: (tally) => {
      const nowMs = clock.nowMs();
      if (nowMs - shownMs < everyMs) return;
      shownMs = nowMs;
      const rate = (tally.sessions / (nowMs - fromMs)) * 1_000;
      const left = rate > 0 ? (sessions - tally.sessions) / rate : 0;
      const line = `seed ${seed} + ${tally.sessions} of ${sessions} · ${rate.toFixed(0)} a second · ${left.toFixed(0)} s left · ${tally.violated} violations`;
      stderr.write(isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
      shown = isTTY;
    },
    end: () => {
      if (shown) stderr.write('\r\u001b[2K');
    },
  };
}

function formatOf({ format }: SimOptions, { env }: Context): (typeof FORMATS)[number] {
  return format ?? (env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'text');
}

function print(report: Report, format: (typeof FORMATS)[number], context: Context): void {
  if (format === 'json') context.printJson(toJson(report));
  else if (format === 'junit') context.print(junitReport(report));
  else {
    for (const line of textReport(report)) context.print(line);
    if (format === 'github') for (const line of githubReport(report)) context.print(line);
  }
}
