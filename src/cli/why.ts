import type { Command } from 'commander';
import { z } from 'zod';
import { SystemClock } from '../clock/system.ts';
import type { Config } from '../config/index.ts';
import { openHistory } from '../journal/index.ts';
import type { PlaceState } from '../model/desk.ts';
import { ConfigError, LinkError } from '../model/errors.ts';
import { connectControl } from '../transports/control-client.ts';
import { Times, explain, momentMeant } from '../why/index.ts';
import type { Explanation, Question, Sentence } from '../why/index.ts';
import { addConfig, addFormat, formatOf, readOptions, wholeNumber } from './options.ts';
import type { Context } from './output.ts';
import { runningController } from './session/controller-file.ts';

const optionsSchema = z.object({
  config: z.string().optional(),
  station: z.string().optional(),
  at: z.string().optional(),
  limit: wholeNumber(1, 1_000),
});

export function register(program: Command, context: Context): void {
  const command = program
    .command('why')
    .description(
      'why a reminder did or did not come, a command was or was not accepted, a valve did or did not open: from the journal',
    )
    .argument('[what]', 'a station, a reminder of a desk, or a valve (default: the only station)')
    .option('-s, --station <id>', 'which desk, where two have that reminder')
    .option('--at <time>', 'at that time: 14:00, "2026-03-02 14:00", or ISO 8601 (default: now)')
    .option('-n, --limit <count>', 'how many sentences at most before it, and after it', '10')
    .action(async (what: string | undefined, raw: unknown) => {
      await why(what, raw, context);
    });
  addFormat(addConfig(command));
}

async function why(what: string | undefined, raw: unknown, context: Context): Promise<void> {
  const { config: file, station, at, limit } = readOptions(optionsSchema, raw);
  const { config, protocols } = context.loadHome(file);
  const about = aboutOf(config, what, station);
  const live = await liveOf(config, about.station);
  const nowMs = live?.wallMs ?? new SystemClock().wallMs();
  const zone = config.timezone;
  const question: Question = { ...about, atMs: at === undefined ? null : momentOf(at, zone, nowMs) };
  const history = openHistory(config.journalPath);
  try {
    const answer = explain(history, question, {
      ...{ zone, nowMs, limit, runningSinceMs: live?.sinceMs ?? null },
      title: (id) => protocols.find((one) => one.id === id)?.title ?? id,
    });
    if (formatOf(raw, context.env) === 'json') context.printJson(asJson(question, answer, live));
    else print(question, answer, live, new Times(zone), context);
  } finally {
    history.close();
  }
}

function momentOf(text: string, zone: string, nowMs: number): number {
  const atMs = momentMeant(text, zone, nowMs);
  // Nobody had a journal before 1970; a year like 0000 is a slip.
  if (atMs !== null && atMs >= 0) return atMs;
  const message = `--at takes 14:00, "2026-03-02 14:00" or an ISO 8601 time; found "${text}"`;
  throw new ConfigError('usage', message, { option: '--at' });
}

/** @throws ConfigError usage, unknown_station: what is asked about is not in the config, or several things are */
function aboutOf(
  config: Config,
  what: string | undefined,
  station: string | undefined,
): Omit<Question, 'atMs'> {
  const { stations, desks } = config;
  const water = (id: string, device: string | null) =>
    ({ station: id, kind: 'water', reminder: null, device }) as const;
  const desk = (id: string, reminder: string | null) =>
    ({ station: id, kind: 'desk', reminder, device: null }) as const;
  const all: readonly (Omit<Question, 'atMs'> & { readonly names: readonly string[] })[] = [
    ...stations.map(({ id }) => ({ ...water(id, null), names: [id] })),
    ...desks.map(({ id }) => ({ ...desk(id, null), names: [id] })),
    ...desks.flatMap(({ id, reminders }) =>
      reminders.map((one) => ({ ...desk(id, one.id), names: [one.id, ...one.protocols] })),
    ),
    ...stations.flatMap(({ id, devices }) =>
      devices.map((one) => ({ ...water(id, one.id), names: [one.id] })),
    ),
  ];
  const places = all.filter(({ reminder, device }) => reminder === null && device === null);
  const meant = what === undefined ? places : all.filter(({ names }) => names.includes(what));
  const found = meant.filter((one) => station === undefined || one.station === station);
  // A desk whose reminder has its own name is asked about as a whole.
  const first = found.find((one) => one.reminder === null && one.device === null) ?? found[0];
  if (first !== undefined && (found.length === 1 || what === first.station)) {
    const { names: _names, ...about } = first;
    return about;
  }
  const known = [...new Set(all.map(({ names: [name] }) => name ?? ''))].join(', ');
  if (what === undefined) throw new ConfigError('usage', 'why what?', { remedy: `name one of ${known}` });
  if (found.length === 0)
    throw new ConfigError('unknown_station', `there is no station, reminder or valve "${what}" here`, {
      remedy: `there are ${known}`,
    });
  const where = found.map((one) => one.station).join(', ');
  throw new ConfigError('usage', `"${what}" is at several places`, {
    remedy: `name one with --station: ${where}`,
  });
}

interface Live {
  readonly sinceMs: number;
  readonly wallMs: number;
  readonly state: PlaceState | null;
}

/** What the running controller says of it; null: none runs on this journal, or it is not up yet. */
async function liveOf({ journalPath }: Config, station: string): Promise<Live | null> {
  const found = await runningController(journalPath);
  if (found === null) return null;
  try {
    const client = await connectControl(found.socket);
    try {
      const state = (await client.states())[station] ?? null;
      return { sinceMs: Date.parse(found.started_at), wallMs: client.time().wallMs, state };
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof LinkError) return null;
    throw error;
  }
}

function asJson({ atMs, ...about }: Question, answer: Explanation, live: Live | null): unknown {
  const state = live?.state ?? null;
  const now = state === null ? null : { state: state.state, message: state.message, next: state.next };
  return { about, asked_at: atMs === null ? null : answer.at, now, ...answer };
}

function print(
  question: Question,
  { at, held, before, after }: Explanation,
  live: Live | null,
  times: Times,
  context: Context,
): void {
  const { station, reminder, device, atMs } = question;
  const what = reminder === null ? (device ?? station) : `${reminder} at ${station}`;
  context.print(`${what}, ${atMs === null ? 'now' : 'at'} ${times.full(at)} (${times.zone})`);
  const state = live?.state ?? null;
  const said = [state?.message, state?.next == null ? null : `next: ${state.next}`].filter(
    (one) => one != null,
  );
  if (atMs === null && live === null) context.print('  No controller runs on this journal now.');
  if (atMs === null && said.length > 0) context.print(`  The controller says: ${said.join('; ')}`);
  for (const one of held) context.print(`  ${one.text}${refs(one)}`);
  const part = (title: string, sentences: readonly Sentence[]): void => {
    if (sentences.length === 0) return;
    context.print();
    context.print(title);
    for (const one of sentences) context.print(`  ${times.full(one.at)}  ${one.text}${refs(one)}`);
  };
  part('Within an hour after it', after);
  part('Before it', before);
}

/** The records that it rests on, by their number in the journal. */
function refs({ records }: Sentence): string {
  return records.length === 0 ? '' : `  [${records.map(({ seq, type }) => `${type} ${seq}`).join(', ')}]`;
}
