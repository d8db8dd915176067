import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { SystemClock } from '../clock/system.ts';
import { REASON_TEXT } from '../controller/index.ts';
import { DONE_TYPES, doneOf, openHistory, sessionResults } from '../journal/index.ts';
import type { StoredRecord } from '../journal/index.ts';
import { ConfigError } from '../model/errors.ts';
import { SECOND_MS, formatDuration } from '../model/units.ts';
import { itemsOf } from '../protocols/index.ts';
import { clockText, dateAt } from '../schedule/zone.ts';
import { connectControl } from '../transports/control-client.ts';
import { addConfig, addFormat, formatOf, readOptions } from './options.ts';
import type { Context, LoadedHome } from './output.ts';
import { runningController } from './session/controller-file.ts';

const optionsSchema = z.object({ config: z.string().optional() });

export function register(program: Command, context: Context): void {
  const command = program
    .command('today')
    .description('what was done, noted and missed today, and what still comes')
    .argument('[person]', 'whose (default: everybody)')
    .action(async (person: string | undefined, raw: unknown) => {
      const { config: file } = readOptions(optionsSchema, raw);
      const home = context.loadHome(file);
      const told = await today(home, person ?? null);
      if (formatOf(raw, context.env) === 'json') context.printJson(told);
      else print(told, home, context);
    });
  addFormat(addConfig(command));
}

interface Line {
  /** ISO. */
  readonly at: string;
  readonly title: string;
  readonly text: string | null;
}

interface Today {
  readonly date: string;
  readonly person: string | null;
  readonly done: readonly Line[];
  readonly noted: readonly Line[];
  readonly not_done: readonly Line[];
  readonly next: readonly Line[];
  /** What the schedule has once a day and nobody has ticked off. */
  readonly open: readonly string[];
  /** Whether a controller runs that can say what comes. */
  readonly running: boolean;
}

/** Enough for a day of several desks and baths. */
const LOOK_BACK = 5_000;

async function today({ config, protocols }: LoadedHome, person: string | null): Promise<Today> {
  if (person !== null && !config.people.some(({ id }) => id === person)) {
    const known = config.people.map(({ id }) => id).join(', ');
    throw new ConfigError('unknown_person', `there is no person "${person}" in the config`, {
      remedy: known === '' ? 'it names nobody' : `there are ${known}`,
    });
  }
  const zone = config.timezone;
  const date = dateAt(zone, new SystemClock().wallMs());
  const isToday = (at: string): boolean => dateAt(zone, Date.parse(at)) === date;
  const title = (id: string): string => protocols.find((one) => one.id === id)?.title ?? id;
  const records = read(config.journalPath).filter(({ at }) => isToday(at));
  const ticks = records
    .map(doneOf)
    .filter((one) => one !== null)
    // At a desk nobody says who they are.
    .filter((one) => person === null || one.reminded || one.person === person)
    .map((one) => ({ ...one, at: new Date(one.wallMs).toISOString(), title: title(one.item) }));
  const sessions = sessionResults(records).filter((one) => person === null || one.person === person);
  const next = await comes(config.journalPath);
  const scheduled = new Set(
    config.desks.flatMap(({ reminders }) => reminders.flatMap((one) => one.protocols)),
  );
  const doneToday = new Set(ticks.filter(({ kind }) => kind === 'done').map(({ item }) => item));
  return {
    ...{ date, person },
    done: [
      ...ticks
        .filter(({ kind }) => kind === 'done')
        .map((one) => ({ at: one.at, title: one.title, text: one.person })),
      ...sessions
        .filter(({ outcome }) => outcome === 'complete')
        .map((one) => ({
          at: one.ended_at,
          title: title(one.protocol),
          text: `${formatDuration(one.contact_s * SECOND_MS)} of contact${one.simulated ? ' (SIMULATED)' : ''}`,
        })),
    ].sort(byTime),
    noted: ticks
      .filter(({ kind }) => kind === 'log')
      .map((one) => ({ at: one.at, title: one.title, text: one.value })),
    not_done: [
      ...records.flatMap((one) => {
        const missed = missedSchema.safeParse(one.body).data;
        if (one.type !== 'reminder' || missed === undefined) return [];
        return [{ at: one.at, title: title(missed.protocol), text: missed.event }];
      }),
      ...sessions
        .filter(({ outcome }) => outcome !== 'complete')
        .map((one) => ({ at: one.ended_at, title: title(one.protocol), text: REASON_TEXT[one.reason] })),
    ].sort(byTime),
    next: (next ?? []).filter(({ at }) => isToday(at)).sort(byTime),
    open: itemsOf(protocols)
      .filter(({ id, perDay }) => perDay === 1 && scheduled.has(id) && !doneToday.has(id))
      .map((one) => one.title),
    running: next !== null,
  };
}

const missedSchema = z.looseObject({ protocol: z.string(), event: z.enum(['skipped', 'missed']) });
const byTime = (a: Line, b: Line): number => a.at.localeCompare(b.at);

/** Read-only, so it works while a controller writes. */
function read(path: string): readonly StoredRecord[] {
  if (!existsSync(path)) return [];
  const history = openHistory(path);
  try {
    return history.records({ types: [...DONE_TYPES, 'end'], limit: LOOK_BACK });
  } finally {
    history.close();
  }
}

/** What the running controller has planned; null: none runs on this journal. */
async function comes(journalPath: string): Promise<Line[] | null> {
  const found = await runningController(journalPath);
  if (found === null) return null;
  const client = await connectControl(found.socket);
  try {
    return Object.entries(await client.states()).flatMap(([station, state]) =>
      'reminders' in state
        ? state.reminders.flatMap((one) => {
            const at = one.snoozed_until ?? one.due_at;
            return at === null ? [] : [{ at, title: one.title, text: station }];
          })
        : [],
    );
  } finally {
    client.close();
  }
}

function print(told: Today, { config }: LoadedHome, context: Context): void {
  const { date, person, done, noted, not_done: notDone, next, open, running } = told;
  context.print(`${date}${person === null ? '' : `, ${person}`} (${config.timezone})`);
  const part = (name: string, lines: readonly Line[]): void => {
    if (lines.length === 0) return;
    context.print(name);
    for (const { at, title, text } of lines)
      context.print(
        `  ${clockText(config.timezone, Date.parse(at))}  ${title}${text === null ? '' : `: ${text}`}`,
      );
  };
  part('done', done);
  part('noted', noted);
  part('not done', notDone);
  part('still comes', next);
  if (open.length > 0) context.print(`not ticked off yet: ${open.join(', ')}`);
  if (done.length + noted.length + notDone.length === 0)
    context.print('nothing has been done or noted today');
  if (!running) context.print('what still comes only a running controller knows: "ebb serve"');
}
