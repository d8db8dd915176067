import type { Command } from 'commander';
import { z } from 'zod';
import { runSeed } from '../../campaign/run.ts';
import type { DrawOptions } from '../../campaign/scenario.ts';
import { SystemClock } from '../../clock/system.ts';
import { addFormat, readOptions, wholeNumber } from '../options.ts';
import type { Context } from '../output.ts';
import { exampleHouses } from './houses.ts';

const optionsSchema = z.object({
  sessions: wholeNumber(1, 100_000_000).default(1_000),
  seed: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(1),
  faults: z.string().default('all'),
});

export function register(program: Command, context: Context): void {
  const command = program
    .command('sim')
    .description(
      'many simulated sessions from consecutive seeds, broken in every way, judged by the invariants',
    )
    .option('-n, --sessions <n>', 'how many (default 1000)')
    .option('--seed <n>', 'the first seed (default 1)')
    .option('--faults <which>', 'all, none, or names separated by commas (default all)')
    .action((options: unknown) => {
      sim(options, context);
    });
  addFormat(command);
}

function sim(raw: unknown, context: Context): void {
  const { sessions, seed, faults } = readOptions(optionsSchema, raw);
  const clock = new SystemClock();
  const fromMs = clock.nowMs();
  const options: DrawOptions = {
    houses: exampleHouses(),
    mode: 'safety',
    faults: faults === 'all' || faults === 'none' ? faults : faults.split(','),
    protocol: null,
  };
  const outcomes = new Map<string, number>();
  let violations = 0;
  for (let n = seed; n < seed + sessions; n += 1) {
    const verdict = runSeed(n, options);
    const key = `${verdict.outcome} ${verdict.reason ?? ''}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    for (const { invariant, what, atMs } of verdict.violations) {
      violations += 1;
      context.print(`${invariant} seed ${n} at ${(atMs / 1_000).toFixed(3)} s: ${what}`);
      context.print(JSON.stringify(verdict.scenario));
    }
  }
  const tookS = (clock.nowMs() - fromMs) / 1_000;
  for (const [outcome, count] of [...outcomes].toSorted((a, b) => b[1] - a[1]))
    context.print(`${String(count).padStart(8)}  ${outcome}`);
  context.print(`${sessions} sessions, ${violations} violations, ${(sessions / tookS).toFixed(1)} a second`);
  context.finish(violations === 0 ? 0 : 4);
}
