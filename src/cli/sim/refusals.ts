import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ENVELOPE } from '../../../machines/envelope.ts';
import { parseMoment } from '../../campaign/moment.ts';
import type { ScheduledFault } from '../../campaign/scenario.ts';
import type { Tally } from '../../campaign/tally.ts';
import { ConfigError } from '../../model/errors.ts';
import type { SimOptions } from './options.ts';

/** What does not go together: an option that would be taken and do nothing. @throws ConfigError `usage` */
export function refuseMixed({
  replay,
  sessions,
  workers,
  failFast,
  requireCoverage,
  format,
}: SimOptions): void {
  if (!replay) return;
  const refuse = (option: string, remedy: string): never => {
    throw new ConfigError(
      'usage',
      `${option} does nothing with --replay, which is the one session of --seed`,
      {
        option,
        remedy,
      },
    );
  };
  if (sessions !== undefined && sessions !== 1)
    refuse('--sessions', 'leave it out, or leave out --replay for a campaign of so many sessions');
  if (workers !== undefined) refuse('--workers', 'leave it out: one session has one thread');
  if (failFast) refuse('--fail-fast', 'leave it out');
  if (requireCoverage) refuse('--require-coverage', 'leave it out');
  if (format !== undefined && format !== 'text')
    refuse(
      '--format',
      'leave it out, or take --sessions 1 in place of --replay for the report of one session',
    );
}

/** A desk is tried by days, and has no water to break. @throws ConfigError `usage` */
export function refuseAtDesk(options: SimOptions): void {
  const given = [
    { option: '--sessions', is: options.sessions !== undefined },
    { option: '--workers', is: options.workers !== undefined },
    { option: '--protocol', is: options.protocol !== undefined },
    { option: '--faults', is: options.faults !== 'all' },
    { option: '--mode', is: options.mode !== 'safety' },
    { option: '--steady', is: options.steady },
    { option: '--require-coverage', is: options.requireCoverage },
    { option: '--trace', is: options.trace !== undefined },
    { option: '--fail-fast', is: options.failFast },
    { option: '--replay', is: options.replay },
  ].find(({ is }) => is);
  if (given === undefined) return;
  throw new ConfigError('usage', `${given.option} is for sessions of water, and this is a desk`, {
    option: given.option,
    remedy:
      options.days === undefined
        ? 'at a desk say --days and --seed; for water name another station'
        : 'leave it out for a desk, or leave out --days for water',
  });
}

/** A page that could not be written is told before anything runs. @throws ConfigError `usage` */
export function refuseUnwritable(path: string, shown: string): void {
  const refuse = (what: string, remedy: string): never => {
    throw new ConfigError('usage', `--trace ${shown}: ${what}`, { option: '--trace', path, remedy });
  };
  if (isFolder(path)) refuse('that is a folder', 'name a file in it, such as session.html');
  const folder = dirname(path);
  if (!isFolder(folder))
    refuse(`there is no folder ${folder}`, `make it (mkdir -p), or name a file elsewhere`);
  try {
    accessSync(existsSync(path) ? path : folder, constants.W_OK);
  } catch {
    refuse('that may not be written', 'name a file in a folder of your own');
  }
}

/** A folder, or a way that goes through a file: then there is none. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** So many of each a plan can have at most; pauses aside, nothing else is counted in cycles. */
const AT_MOST: Readonly<Record<string, number>> = {
  warm: ENVELOPE.cyclesMax,
  cold: ENVELOPE.cyclesMax,
  change: 2 * ENVELOPE.cyclesMax,
};

/** A moment that no session can come to is a slip of the pen. @throws ConfigError `usage` */
export function refuseUnreachable(schedule: readonly ScheduledFault[] | null): void {
  for (const { at } of schedule ?? []) {
    const { from = 'at', nth = 1 } = parseMoment(at) ?? {};
    const most = AT_MOST[from];
    if (most === undefined || nth <= most) continue;
    throw new ConfigError('usage', `no session comes to "${at}"`, {
      option: '--faults',
      remedy: `a session has ${ENVELOPE.cyclesMax} cycles at most: ${from} 1 to ${from} ${most}`,
    });
  }
}

/** The moments of a schedule to which no session came. */
export function neverCame(
  schedule: readonly ScheduledFault[] | null,
  { sessions, came }: Tally,
): readonly string[] {
  if (sessions === 0) return [];
  const moments = new Set((schedule ?? []).map(({ at }) => at));
  return [...moments].filter((at) => came[at] === undefined);
}
