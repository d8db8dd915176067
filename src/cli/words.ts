import type { Command } from 'commander';
import { z } from 'zod';
import type { CommandWord, SetCommand } from '../model/command.ts';
import { LinkError, RefusedError } from '../model/errors.ts';
import { idSchema } from '../model/ids.ts';
import type { PlaceState } from '../model/desk.ts';
import { guideOf } from '../protocols/index.ts';
import { addConfig, readOptions } from './options.ts';
import type { Context } from './output.ts';
import { parseChoices } from './session/choices.ts';
import { knownCode } from './session/drive.ts';
import { quietLog } from './session/foreground.ts';
import { openHouse } from './session/house.ts';
import type { House } from './session/house.ts';
import { deskOf, placeOf } from './session/options.ts';

const WORDS: Readonly<Record<Exclude<CommandWord, 'start' | 'report'>, string>> = {
  begin: 'feet in: the press that lets contact begin, at most 60 s before the water is ready',
  pause: 'close the water and wait, a minute by default',
  resume: 'prepare the water again after a pause',
  continue: 'take up a session that ended early, once, within 15 min',
  stop: 'close the water now; never refused',
  clear: 'put a fault behind, once its cause has been gone for 5 s',
  answer: 'answer "still OK?"',
};

const optionsSchema = z.object({
  config: z.string().optional(),
  station: z.string().optional(),
  person: idSchema.optional(),
  with: z.string().optional(),
});
type WordOptions = z.infer<typeof optionsSchema>;

/** The words of `ebb/<station>/set`, said to the running controller. */
export function register(program: Command, context: Context): void {
  const start = program
    .command('start')
    .description('prepare a session at the running controller; it begins with a press')
    .argument('[protocol]', 'default: contrast-foot-bath')
    .option('-p, --person <id>', 'for whom (default: the only one, or the guest)')
    .option('-w, --with <choices>', 'for this session, within the protocol: cycles=4,cold=45s')
    .action(async (protocol: string | undefined, raw: unknown) => {
      const options = readOptions(optionsSchema, raw);
      await say(startCommand(protocol, options), options, context);
    });
  addPlace(start);
  const symptom = program
    .command('symptom')
    .description('report a symptom: what runs stops, and no water for 24 h')
    .argument('[what...]', 'what it is, in a few words, for the record')
    .option('-p, --person <id>', 'whose (default: whoever is, or was last, in the water there)')
    .action(async (what: readonly string[], raw: unknown) => {
      const options = readOptions(optionsSchema, raw);
      await say(reportCommand(what.join(' '), options), options, context);
    });
  addPlace(symptom);
  for (const [word, description] of Object.entries(WORDS)) {
    const command = program.command(word).description(description);
    command.action(async (raw: unknown) => {
      await say({ command: wordOf(word) }, readOptions(optionsSchema, raw), context);
    });
    addPlace(command);
  }
}

function addPlace(command: Command): void {
  addConfig(command.option('-s, --station <id>', 'where (default: the only one)'));
}

function wordOf(word: string): Exclude<CommandWord, 'start' | 'report'> {
  return z.enum(['begin', 'pause', 'resume', 'continue', 'stop', 'clear', 'answer']).parse(word);
}

function reportCommand(symptom: string, { person }: WordOptions): SetCommand {
  return {
    command: 'report',
    ...(symptom === '' ? {} : { symptom: readOptions(z.string().max(200), symptom) }),
    ...(person === undefined ? {} : { person }),
  };
}

function startCommand(protocol: string | undefined, options: WordOptions): SetCommand {
  const choices = parseChoices(options.with);
  return {
    command: 'start',
    ...(protocol === undefined ? {} : { protocol: readOptions(idSchema, protocol) }),
    ...(options.person === undefined ? {} : { person: options.person }),
    ...(choices === undefined ? {} : { with: choices }),
  };
}

/** From the stop to the valves having said that they are closed: travel and report of the slowest. */
const CLOSED_MS = 6_000;

async function say(command: SetCommand, options: WordOptions, context: Context): Promise<void> {
  const home = { ...context.loadHome(options.config), log: quietLog(context) };
  const led =
    command.command === 'start' ? home.protocols.find((one) => one.id === command.protocol) : undefined;
  const desks = home.config.desks.filter(({ kind }) => led !== undefined && guideOf(led, [kind]) !== null);
  const id = desks.length > 0 ? deskOf({ desks }, options.station) : placeOf(home.config, options.station);
  const house = await openHouse(home);
  try {
    const error = await house.command(id, command);
    if (error !== null) {
      throw new RefusedError(knownCode(error.code), `${error.command} was refused: ${error.message}`);
    }
    const desk = home.config.desks.some((one) => one.id === id);
    if (command.command === 'stop' && !desk) await tellClosed(house, id, context);
    else context.print(lineOf(command, id, house.states.get(id)));
  } finally {
    await house.close();
  }
}

/** A stop is done once the water is closed, not once it was said. */
async function tellClosed(house: House, id: string, context: Context): Promise<void> {
  const closed = (): boolean => {
    const state = house.states.get(id);
    return (
      state !== undefined &&
      !state.exposed &&
      Object.values(state.valves).every((valve) => valve === 'closed')
    );
  };
  if (await house.until(closed, CLOSED_MS)) {
    context.print(`${id}: stopped, the water is closed${simulated(house.states.get(id))}`);
    return;
  }
  const valves = Object.entries(house.states.get(id)?.valves ?? {}).map(
    ([name, value]) => `${name} ${value}`,
  );
  throw new LinkError(
    'controller_unreachable',
    `${id}: the stop was sent, but not every valve has reported closed yet (${valves.join(', ')})`,
    { remedy: 'close the tap by hand if water still runs; a valve with a lease closes by itself' },
  );
}

function lineOf(command: SetCommand, id: string, state: PlaceState | undefined): string {
  const now =
    state === undefined ? '' : `: ${state.phase}${state.message === null ? '' : `, ${state.message}`}`;
  return `${id}: ${command.command} accepted${now}${simulated(state)}`;
}

function simulated(state: PlaceState | undefined): string {
  return state?.simulated === true ? ' (SIMULATED)' : '';
}
