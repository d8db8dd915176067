import { join } from 'node:path';
import { DESK_PEOPLE } from '../../../firmware-sim/people/desk-person.ts';
import type { DeskReport } from '../../campaign/desk/budgets.ts';
import { simulatedDevices } from '../../campaign/desk/devices.ts';
import { liveAtDesk } from '../../campaign/desk/live.ts';
import { deskGithub, deskJson, deskJunit, deskText } from '../../campaign/desk/report.ts';
import { SystemClock } from '../../clock/system.ts';
import { hasErrors, loadConfig } from '../../config/index.ts';
import { controllerOf } from '../../main.ts';
import type { Home } from '../../main.ts';
import type { DeskSettings } from '../../model/desk.ts';
import { ConfigError } from '../../model/errors.ts';
import { silentLog } from '../../model/log.ts';
import { loadLibrary, packageRoot } from '../../protocols/index.ts';
import type { Context } from '../output.ts';

export interface DeskSimOptions {
  readonly days: number;
  readonly seed: number;
  /** What runs this again. */
  readonly command: string;
}

export interface DeskHome {
  readonly home: Home;
  readonly desk: DeskSettings;
}

/** The desk that is meant; null: none, the campaign is about water. `days` alone means a desk. */
export function deskMeant(
  config: string | null,
  station: string | undefined,
  days: number | undefined,
): DeskHome | null {
  if (config === null && station !== 'desk' && days === undefined) return null;
  const home = homeOf(config);
  const { desks, stations } = home.config;
  const found = desks.find(({ id }) => id === station);
  const only = desks.length === 1 ? desks[0] : undefined;
  // With water beside it a desk is named, or meant by its days.
  const desk =
    found ?? (station === undefined && (days !== undefined || stations.length === 0) ? only : undefined);
  if (desk !== undefined) return { home, desk };
  if (days === undefined) return null;
  throw new ConfigError('usage', '--days is for a desk: which one?', {
    option: '--days',
    remedy:
      desks.length === 0
        ? 'the config has none'
        : `name one with --station: ${desks.map(({ id }) => id).join(', ')}`,
  });
}

/** Simulated people live with a desk of this schedule; its devices are plain ones, and nothing of the config is opened. */
export function simulateDesk({ home, desk }: DeskHome, { days, seed, command }: DeskSimOptions): DeskReport {
  if (desk.reminders.length === 0)
    throw new ConfigError(
      'usage',
      `there are no reminders at ${desk.id}: the config has no \`schedule\` for it`,
    );
  const clock = new SystemClock();
  const fromMs = clock.nowMs();
  const lived = DESK_PEOPLE.map((habits) =>
    liveAtDesk({
      desk: { ...desk, devices: simulatedDevices(desk.id, habits), calendars: [] },
      ...{ habits, days, seed },
      controller: (settings, parts) =>
        controllerOf(home, [], { ...parts, desks: [settings], simulated: true }),
    }),
  );
  return {
    ...{ station: desk.id, days, seed, command },
    rows: lived.map(({ row }) => row),
    broken: lived.flatMap(({ broken }) => broken),
    tookS: (clock.nowMs() - fromMs) / 1_000,
  };
}

export function printDesk(
  report: DeskReport,
  format: 'text' | 'json' | 'junit' | 'github',
  context: Context,
): void {
  if (format === 'json') context.printJson(deskJson(report));
  else if (format === 'junit') context.print(deskJunit(report));
  else {
    for (const line of deskText(report)) context.print(line);
    if (format === 'github') for (const line of deskGithub(report)) context.print(line);
  }
}

function homeOf(config: string | null): Home {
  const file = config ?? join(packageRoot(), 'examples', 'desk.yaml');
  const loaded = loadConfig(file, { env: process.env });
  if (loaded.config === null || hasErrors(loaded.problems))
    throw new ConfigError('config_invalid', loaded.problems.map(({ message }) => message).join('; '), {
      file,
    });
  const { protocols } = loadLibrary(loaded.config.library);
  return { config: loaded.config, protocols, log: silentLog };
}
