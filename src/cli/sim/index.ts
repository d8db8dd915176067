import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
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
import { addConfig, readOptions } from '../options.ts';
import type { Context } from '../output.ts';
import { watchInterrupts } from '../session/interrupts.ts';
import { universe } from './charts.ts';
import { runPool } from './pool.ts';
import { FORMATS, optionsSchema } from './options.ts';
import type { SimOptions } from './options.ts';
import { progressLine } from './progress.ts';
import { deskMeant, printDesk, simulateDesk } from './desk.ts';
import type { DeskHome } from './desk.ts';
import { commandOf, deskCommandOf } from './replay-command.ts';
import { replay } from './replay.ts';
import { neverCame, refuseAtDesk, refuseMixed, refuseUnreachable, refuseUnwritable } from './refusals.ts';
import { drawOptions } from './request.ts';
import type { SimRequest } from './request.ts';

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
    refuseAtDesk(options);
    simDesk(desk, options, context);
    return;
  }
  refuseMixed(options);
  if (options.trace !== undefined) refuseUnwritable(resolve(context.cwd, options.trace), options.trace);
  const request: SimRequest = {
    config,
    station: options.station ?? null,
    protocol: options.protocol ?? null,
    faults: options.faults,
    mode: options.mode,
    steady: options.steady,
  };
  const draws = drawOptions(request);
  refuseUnreachable(draws.schedule);
  const seed = options.seed ?? (options.random ? freshSeed() : 1);
  if (options.replay || options.trace !== undefined) {
    replay({ seed, draws, tracePath: options.trace ?? null, prints: options.replay, context });
    if (options.replay) return;
  }
  const report = await campaign(options, request, draws, seed, context);
  for (const at of report.neverCame)
    context.stderr.write(`no session came to "${at}": what was to begin there was not tried\n`);
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

/** Where nobody says. */
const SESSIONS = 1_000;

async function campaign(
  options: SimOptions,
  request: SimRequest,
  draws: ReturnType<typeof drawOptions>,
  seed: number,
  context: Context,
): Promise<Report> {
  const clock = new SystemClock();
  const fromMs = clock.nowMs();
  const { sessions = SESSIONS, workers = availableParallelism() } = options;
  const interrupts = watchInterrupts(context.outputClosed);
  const ended = new AbortController();
  interrupts.onInterrupt(() => {
    ended.abort();
  });
  const progress = progressLine(sessions, seed, clock, context);
  let tally: Tally;
  let interrupted: boolean;
  let finds: readonly Find[];
  try {
    tally = await runPool({
      request,
      seed,
      sessions,
      workers,
      failFast: options.failFast,
      progress: (soFar) => {
        progress.show(soFar);
      },
      signal: ended.signal,
    });
    interrupted = ended.signal.aborted;
    progress.end();
    finds = await findsOf(tally, options, draws, { signal: ended.signal, clock });
  } finally {
    progress.end();
    interrupts.close();
  }
  const coverage = coverageOf(tally, universe());
  const tookS = (clock.nowMs() - fromMs) / 1_000;
  return {
    version: VERSION,
    command: commandOf(options, { seed, sessions }),
    seed,
    mode: options.mode,
    workers,
    tookS,
    tally,
    coverage,
    completed: completedAfter(tally, coverage, seed),
    leftOut: draws.leftOut,
    requireCoverage: options.requireCoverage,
    neverCame: neverCame(draws.schedule, tally),
    finds,
    interrupted,
  };
}

/** So many violations are shrunk: each takes up to some hundred replays. */
const SHRUNK = 3;

/** Whoever does not want to wait for the shrinking either gets what was found as it was found. */
async function findsOf(
  tally: Tally,
  options: SimOptions,
  draws: DrawOptions,
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: SystemClock },
): Promise<readonly Find[]> {
  const shrunkFew = options.failFast ? 1 : SHRUNK;
  const finds: Find[] = [];
  for (const [index, found] of tally.violations.entries()) {
    // An interrupt is heard only where this thread rests for a moment.
    if (index < shrunkFew) await new Promise<void>((done) => clock.at(clock.nowMs(), 'shrink', done));
    const house = draws.houses.find(({ name }) => name === found.scenario.house);
    const wanted = index < shrunkFew && !signal.aborted;
    const shrunk = house === undefined || !wanted ? null : shrink(found, house);
    const { verdict, tries } = shrunk ?? { verdict: found, tries: null };
    finds.push({
      ...{ found, shrunk: verdict, tries },
      replay: replayOf(verdict, options, draws),
      replayAsFound: replayOf(found, options, draws),
    });
  }
  return finds;
}

function replayOf({ seed, scenario }: Verdict, options: SimOptions, draws: DrawOptions): string {
  const faults = formatSchedule(scenario.faults);
  // Where faults are named the seed has a house that can have its own: a schedule has to be told which.
  const { house: station, protocol } = scenario;
  const place = typeof draws.faults === 'string' ? {} : { station, protocol, steady: true };
  const replayed = { ...options, ...place, faults: faults === '' ? 'none' : faults };
  return commandOf(replayed, { seed, replay: true });
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
