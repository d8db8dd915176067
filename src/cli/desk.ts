import type { Command } from 'commander';
import { z } from 'zod';
import type { DeskCommand } from '../model/command.ts';
import type { DeskState, ReminderState } from '../model/desk.ts';
import { SNOOZES } from '../controller/desk/planned.ts';
import { RefusedError } from '../model/errors.ts';
import { idSchema } from '../model/ids.ts';
import { clockText, dateOf, localOf } from '../schedule/zone.ts';
import { addConfig, addFormat, formatOf, readOptions } from './options.ts';
import { table } from './output.ts';
import type { Context, LoadedHome } from './output.ts';
import { knownCode } from './session/drive.ts';
import { quietLog } from './session/foreground.ts';
import { openHouse } from './session/house.ts';
import { deskOf } from './session/options.ts';

const optionsSchema = z.object({ config: z.string().optional(), station: z.string().optional() });
type DeskOptions = z.infer<typeof optionsSchema>;

const ANSWERS = {
  ack: 'done: what is shown at the desk, or due, counts',
  snooze: 'put off what is shown, 10 min at a time and twice at most',
  skip: 'not this time',
} as const;

/** The words of a desk, said to the running controller, and what comes next. */
export function register(program: Command, context: Context): void {
  for (const [word, description] of Object.entries(ANSWERS)) {
    const command = program
      .command(word)
      .description(description)
      .argument('[reminder]', 'which one (default: what is shown, or due)')
      .action(async (reminder: string | undefined, raw: unknown) => {
        const named = reminder === undefined ? {} : { reminder: readOptions(idSchema, reminder) };
        await say({ command: wordOf(word), ...named }, readOptions(optionsSchema, raw), context);
      });
    addPlace(command);
  }
  const quiet = program
    .command('quiet')
    .description('no reminder for a while: "60 min", "until 14:00", or "off" (default: 1 h)')
    .argument('[for...]', 'how long')
    .action(async (words: readonly string[], raw: unknown) => {
      await say(quietCommand(words), readOptions(optionsSchema, raw), context);
    });
  addPlace(quiet);
  const notForMe = program
    .command('not-for-me')
    .description('leave something out from now on: it is not reminded of, and not led, until --off')
    .argument('[protocol]', 'what (default: what is shown, or due)')
    .option('--off', 'it is for me after all')
    .action(async (protocol: string | undefined, raw: unknown) => {
      const { off, ...options } = readOptions(optionsSchema.extend({ off: z.literal(true).optional() }), raw);
      const named = protocol === undefined ? {} : { protocol: readOptions(idSchema, protocol) };
      const command = { command: 'not_for_me', ...named, ...(off === true ? { off } : {}) } as const;
      await say(command, options, context);
    });
  addPlace(notForMe);
  const next = program
    .command('next')
    .description('what each desk reminds of next, and what is due now')
    .action(async (raw: unknown) => {
      await tellNext(readOptions(optionsSchema, raw), formatOf(raw, context.env) === 'json', context);
    });
  addFormat(addConfig(next));
}

function addPlace(command: Command): void {
  addConfig(command.option('-s, --station <id>', 'which desk (default: the only one)'));
}

function wordOf(word: string): keyof typeof ANSWERS {
  return z.enum(['ack', 'snooze', 'skip']).parse(word);
}

function quietCommand(words: readonly string[]): DeskCommand {
  const text = words.join(' ').trim();
  const until = /^until (?<time>.*)$/.exec(text)?.groups?.['time'];
  if (until !== undefined) return { command: 'quiet', until: readOptions(z.string().max(5), until) };
  if (text === 'off') return { command: 'quiet', off: true };
  return text === ''
    ? { command: 'quiet' }
    : { command: 'quiet', for: readOptions(z.string().max(20), text.replace(/^for /, '')) };
}

async function say(command: DeskCommand, options: DeskOptions, context: Context): Promise<void> {
  const home = { ...context.loadHome(options.config), log: quietLog(context) };
  const id = deskOf(home.config, options.station);
  const house = await openHouse(home);
  try {
    const error = await house.command(id, command);
    if (error !== null)
      throw new RefusedError(knownCode(error.code), `${error.command} was refused: ${error.message}`);
    const state = house.states.get(id);
    const next = state?.next == null ? '' : `; next: ${state.next}`;
    const quiet =
      state !== undefined && 'reminders' in state && state.quiet_until !== null
        ? `, quiet until ${clockText(home.config.timezone, Date.parse(state.quiet_until))}`
        : '';
    context.print(`${id}: ${command.command} accepted${quiet}${next}`);
  } finally {
    await house.close();
  }
}

async function tellNext(options: DeskOptions, json: boolean, context: Context): Promise<void> {
  const home = { ...context.loadHome(options.config), log: quietLog(context) };
  const house = await openHouse(home);
  try {
    const desks = [...house.states].flatMap(([station, state]) =>
      'reminders' in state ? [{ station, state }] : [],
    );
    const rows = desks.flatMap(({ station, state }) => state.reminders.map((one) => ({ station, ...one })));
    rows.sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
    if (json) context.printJson({ reminders: rows });
    else tell(rows, desks, home, context);
  } finally {
    await house.close();
  }
}

function tell(
  rows: readonly (ReminderState & { readonly station: string })[],
  desks: readonly { readonly station: string; readonly state: DeskState }[],
  { config }: LoadedHome,
  context: Context,
): void {
  if (rows.length === 0) context.print('no reminders: the config has no `schedule`');
  const zone = config.timezone;
  for (const line of table(
    rows.map((row) => [row.station, whenText(row, zone), row.title, row.state, whyText(row)]),
  ))
    context.print(line);
  for (const { station, state } of desks) {
    if (state.quiet_until !== null)
      context.print(`${station}: quiet until ${clockText(zone, Date.parse(state.quiet_until))}`);
  }
}

function timeOf({ snoozed_until, due_at }: ReminderState): string {
  return snoozed_until ?? due_at ?? '9999';
}

function whenText(row: ReminderState, zone: string): string {
  const at = row.snoozed_until ?? row.due_at;
  if (at === null) return 'never';
  const atMs = Date.parse(at);
  return `${dateOf(localOf(zone, atMs))} ${clockText(zone, atMs)}`;
}

function whyText({ state, waits_for, snoozes_left }: ReminderState): string {
  if (waits_for === 'not_for_me') return 'not for me';
  if (waits_for !== null) return `waits: ${waits_for}`;
  return state === 'cueing' || state === 'snoozed' ? `snooze: ${snoozes_left} of ${SNOOZES} left` : '';
}
