import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import { DEFAULT_PROTOCOLS } from '../main.ts';
import { ConfigError } from '../model/errors.ts';
import { idSchema } from '../model/ids.ts';
import type { DeskKind, DeskSettings, Guide } from '../model/desk.ts';
import { guideOf, loadLibrary, packageRoot } from '../protocols/index.ts';
import { freshSeed } from '../random/random.ts';
import { addConfig, addFormat, formatOf, readOptions } from './options.ts';
import type { Context, LoadedHome } from './output.ts';
import { parseChoices } from './session/choices.ts';
import type { RunRequest } from './session/request.ts';
import { runReal } from './session/real.ts';
import { runScaled, runVirtual } from './session/sim.ts';
import { guideReal, guideSimulated } from './session/guide.ts';
import { SEED, SPEED, deskOf, speedSchema, stationOf } from './session/options.ts';

const optionsSchema = z.object({
  config: z.string().optional(),
  station: z.string().optional(),
  person: idSchema.optional(),
  sim: z.boolean().default(false),
  with: z.string().optional(),
  speed: z.union([z.literal('max'), speedSchema], { error: 'a number from 0.1 to 1000, or max' }).optional(),
  seed: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  dry: z.boolean().default(false),
});
type RunOptions = z.infer<typeof optionsSchema>;

export function register(program: Command, context: Context): void {
  const command = program
    .command('run')
    .description('one session in the foreground: preview, live view, summary; Ctrl-C closes the water first')
    .argument('[protocol]', 'what to run; "ebb protocols" lists them (default: the contrast of the station)')
    .option('-s, --station <id>', 'where (default: the only one)')
    .option('-p, --person <id>', 'for whom (default: the only one, or the guest)')
    .option('--sim', 'simulated hardware and a simulated person; nothing of the config is opened')
    .option('-w, --with <choices>', 'for this session, within the protocol: cycles=4,cold=45s')
    .option(SPEED.flags, `${SPEED.description}; max (virtual time) with --sim`)
    .option(SEED.flags, SEED.description)
    .option('--dry', 'the water runs and nobody may be in it: no begin, not counted for anyone')
    .action(async (protocol: string | undefined, options: unknown) => {
      await run(protocol, options, context);
    });
  addFormat(addConfig(command));
}

async function run(protocol: string | undefined, raw: unknown, context: Context): Promise<void> {
  const options = readOptions(optionsSchema, raw);
  const { sim, speed, seed, dry, person } = options;
  if (dry && person !== undefined)
    throw new ConfigError('usage', '--dry is for nobody: leave --person out', { option: '--person' });
  if (!sim && speed === 'max')
    throw new ConfigError('usage', '--speed max needs --sim', { option: '--speed' });
  if (!sim && seed !== undefined) throw new ConfigError('usage', '--seed needs --sim', { option: '--seed' });
  const home = loadHome(options, protocol, context);
  const led = guideAsked(home, options, protocol);
  if (led !== null) {
    refuseOfWater(options);
    const request = { home, ...led, json: formatOf(raw, context.env) === 'json' };
    if (sim) await guideSimulated(request, { seed: seed ?? freshSeed(), speed: speed ?? 1 }, context);
    else await guideReal(request, context);
    return;
  }
  const station = stationOf(home.config, options.station);
  const request: RunRequest = {
    home,
    station,
    start: startOf(protocol ?? DEFAULT_PROTOCOLS[station.kind], options, home.config),
    json: formatOf(raw, context.env) === 'json',
  };
  if (!sim) await runReal(request, speed === undefined || speed === 'max' ? null : speed, context);
  else if (speed === 'max') await runVirtual(request, seed ?? freshSeed(), context);
  else await runScaled(request, { seed: seed ?? freshSeed(), speed: speed ?? 1 }, context);
}

/** A simulation needs no config: without one it is the example's foot bath, desk, or evening on the sofa. */
function loadHome({ sim, config }: RunOptions, protocol: string | undefined, context: Context): LoadedHome {
  if (!sim || context.configFile(config) !== null) return context.loadHome(config);
  const found = loadLibrary([]).protocols.find((one) => one.id === protocol);
  const isDone = (at: DeskKind): boolean => found !== undefined && guideOf(found, [at]) !== null;
  const example = isDone('desk') ? 'desk.yaml' : isDone('spot') ? 'evening.yaml' : 'foot-bath.yaml';
  return context.loadHome(join(packageRoot(), 'examples', example));
}

/** What is to be done at a desk or a spot, where it is: a protocol of that kind, or a desk that was named. */
function guideAsked(
  { config, protocols }: LoadedHome,
  { station, sim }: RunOptions,
  asked: string | undefined,
): { readonly desk: DeskSettings; readonly guide: Guide } | null {
  const named = config.desks.find(({ id }) => id === station);
  const protocol = asked ?? named?.reminders[0]?.id;
  const found = protocols.find(({ id }) => id === protocol);
  const at = (desk: DeskSettings): Guide | null => (found === undefined ? null : guideOf(found, [desk.kind]));
  if (named !== undefined && at(named) === null) {
    const known = protocols.flatMap((one) => (guideOf(one, [named.kind]) === null ? [] : [one.id]));
    const message = `nothing of that name is done at a ${named.kind}: ${protocol ?? 'none named'}`;
    throw new ConfigError('unknown_protocol', message, { remedy: `there are ${known.join(', ')}` });
  }
  if (found === undefined || guideOf(found) === null) return null;
  // Where it can be done, and better where the schedule has it; with one such place it need not be named.
  const able = config.desks.filter((desk) => at(desk) !== null);
  const due = able.filter(({ reminders }) => reminders.some(({ protocols: all }) => all.includes(found.id)));
  const desks = due.length > 0 && station === undefined ? due : able;
  const id =
    sim && station === undefined && desks[0] !== undefined ? desks[0].id : deskOf({ desks }, station);
  const desk = desks.find((one) => one.id === id);
  const guide = desk === undefined ? null : at(desk);
  return desk === undefined || guide === null ? null : { desk, guide };
}

/** What only water has. */
function refuseOfWater({ dry, person, with: choices }: RunOptions): void {
  const given = { '--dry': dry || undefined, '--person': person, '--with': choices };
  for (const [option, value] of Object.entries(given)) {
    if (value !== undefined)
      throw new ConfigError('usage', `${option} is for sessions in water; at a desk leave it out`, {
        option,
      });
  }
}

function startOf(protocol: string, options: RunOptions, config: Config): RunRequest['start'] {
  const choices = parseChoices(options.with);
  const [only] = config.people;
  const person = options.person ?? (config.people.length === 1 ? only?.id : undefined);
  return {
    command: 'start',
    protocol: idSchema.safeParse(protocol).data ?? unknownProtocol(protocol),
    ...(options.dry ? { dry: true as const } : {}),
    // Without --person a simulation has a screened guest.
    ...(person === undefined || options.dry || (options.sim && options.person === undefined)
      ? {}
      : { person }),
    ...(choices === undefined ? {} : { with: choices }),
  };
}

function unknownProtocol(given: string): never {
  throw new ConfigError('unknown_protocol', `"${given}" is no id of a protocol`, {
    remedy: '"ebb protocols" lists them',
  });
}
