import type { Command } from 'commander';
import { z } from 'zod';
import type { CommandError } from '../model/command.ts';
import { LinkError, RefusedError } from '../model/errors.ts';
import { idSchema } from '../model/ids.ts';
import type { TickCommand } from '../controller/ticks.ts';
import { addConfig, readOptions } from './options.ts';
import type { Context } from './output.ts';
import { tickByHand } from './session/by-hand.ts';
import { runningController } from './session/controller-file.ts';
import { knownCode } from './session/drive.ts';
import { quietLog } from './session/foreground.ts';
import { openHouse } from './session/house.ts';
import type { House } from './session/house.ts';

const optionsSchema = z.object({ config: z.string().optional(), person: idSchema.optional() });
type TickOptions = z.infer<typeof optionsSchema>;

/** What no device sees: ticked off, or noted. */
export function register(program: Command, context: Context): void {
  const done = program
    .command('done')
    .description(
      'tick off what no device sees: a walk, socks on, a pillow at night; a reminder of it is done',
    )
    .argument('<item>', 'its protocol ("ebb protocols" lists them)')
    .action(async (item: string, raw: unknown) => {
      const options = readOptions(optionsSchema, raw);
      await tick(
        { command: 'done', item: readOptions(idSchema, item), ...personOf(options) },
        options,
        context,
      );
    });
  addConfig(addPerson(done));
  const log = program
    .command('log')
    .description('note something beside a protocol: ebb log brisk-walk 25 min')
    .argument('<item>', 'its protocol')
    .argument('[value...]', 'what to note')
    .action(async (item: string, words: readonly string[], raw: unknown) => {
      const options = readOptions(optionsSchema, raw);
      const text = words.join(' ').trim();
      const value = text === '' ? {} : { value: readOptions(z.string().max(200), text) };
      await tick(
        { command: 'log', item: readOptions(idSchema, item), ...value, ...personOf(options) },
        options,
        context,
      );
    });
  addConfig(addPerson(log));
}

function addPerson(command: Command): Command {
  return command.option('-p, --person <id>', 'whose (default: the only one)');
}

function personOf({ person }: TickOptions): { readonly person?: string } {
  return person === undefined ? {} : { person };
}

/** Through the running controller, wherever it is; with none on this journal, straight into it. */
async function tick(command: TickCommand, options: TickOptions, context: Context): Promise<void> {
  const home = { ...context.loadHome(options.config), log: quietLog(context) };
  const { config, protocols } = home;
  const title = protocols.find(({ id }) => id === command.item)?.title ?? command.item;
  const place = [...config.desks, ...config.stations][0]?.id;
  const error =
    (place === undefined ? null : await said(home, place, command)) ?? (await tickByHand(home, command));
  if (error === 'accepted') {
    context.print(`${title}: ${command.command === 'done' ? 'done' : 'noted'}`);
    return;
  }
  if (error.code === 'already_done') {
    context.print(error.message);
    return;
  }
  throw new RefusedError(knownCode(error.code), `${command.command} was refused: ${error.message}`);
}

/** Asks the controller that runs on this journal, or at the config's broker; null: there is none. */
async function said(
  home: Parameters<typeof openHouse>[0],
  place: string,
  command: TickCommand,
): Promise<Pick<CommandError, 'code' | 'message'> | 'accepted' | null> {
  const { journalPath, mqtt } = home.config;
  if ((await runningController(journalPath)) === null && mqtt.url === null) return null;
  let house: House;
  try {
    house = await openHouse(home);
  } catch (error) {
    if (error instanceof LinkError) return null;
    throw error;
  }
  try {
    return (await house.command(place, command)) ?? 'accepted';
  } finally {
    await house.close();
  }
}
