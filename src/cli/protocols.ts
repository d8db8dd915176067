import type { Command } from 'commander';
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import type { Choices } from '../model/command.ts';
import { ConfigError } from '../model/errors.ts';
import type { SessionPlan } from '../model/plan.ts';
import { STATION_KINDS } from '../model/station.ts';
import type { StationSettings } from '../model/station.ts';
import { SECOND_MS } from '../model/units.ts';
import { compile, loadLibrary, timeline } from '../protocols/index.ts';
import type { CompileInput, Protocol } from '../protocols/index.ts';
import { suggestion } from '../config/issues.ts';
import { addConfig, addFormat, formatOf, readOptions } from './options.ts';
import { table } from './output.ts';
import type { Context } from './output.ts';
import { parseChoices } from './session/choices.ts';
import { starterAsked } from './view/permit.ts';
import { guideJson, guideLines } from './view/guide.ts';
import { protocolLines } from './view/protocol.ts';
import type { ShownRefusal } from './view/protocol.ts';

const listSchema = z.object({ config: z.string().optional() });
const showSchema = listSchema.extend({
  station: z.string().optional(),
  person: z.string().optional(),
  with: z.string().optional(),
});
type ShowOptions = z.infer<typeof showSchema>;

export function register(program: Command, context: Context): void {
  const group = program
    .command('protocols')
    .description('the library of protocols; "show ID" for one of them')
    .argument('[word]')
    .usage('[options] | show [options] <id>')
    .action((word: unknown, options: unknown) => {
      const stray = z.string().optional().parse(word);
      if (stray !== undefined) throw unknownWord(stray);
      listProtocols(options, context);
    });
  addFormat(addConfig(group));
  const show = group
    .command('show')
    .description(
      'one protocol: its timeline, totals beside the limits, dose, and what would be refused and why',
    )
    .argument('<id>', 'the id of the protocol')
    .option('-s, --station <station>', 'at this station of the config')
    .option('-p, --person <person>', 'for this person of the config')
    .option('-w, --with <choices>', 'choices for one session, such as cycles=4,cold=45s')
    .action((id: unknown, options: unknown) => {
      showProtocol(z.string().parse(id), options, context);
    });
  addFormat(addConfig(show));
}

function unknownWord(word: string): ConfigError {
  return new ConfigError('usage', `"ebb protocols" knows no "${word}"${suggestion(word, ['show'])}`, {
    remedy: `ebb protocols show ${word} shows a protocol of that id`,
  });
}

interface Source {
  readonly config: Config | null;
  readonly protocols: readonly Protocol[];
}

/** The library works without a config; one that is there is used, and must then be right. */
function sourceOf(option: string | undefined, context: Context): Source {
  if (context.configFile(option) === null) return { config: null, protocols: loadLibrary([]).protocols };
  return context.loadHome(option);
}

function listProtocols(options: unknown, context: Context): void {
  const { protocols } = sourceOf(readOptions(listSchema, options).config, context);
  if (formatOf(options, context.env) === 'json') {
    context.printJson({
      protocols: protocols.map(({ id, title, kind, stations, evidence }) => ({
        id,
        title,
        kind,
        stations,
        evidence: evidence?.level ?? null,
      })),
    });
    return;
  }
  const rows = protocols.map(({ id, kind, title, evidence }) => [
    id,
    kind,
    title,
    evidence === null ? '' : `evidence: ${evidence.level}`,
  ]);
  for (const line of table(rows)) context.print(line);
  context.print('\nebb protocols show ID tells what one of them does');
}

function showProtocol(id: string, options: unknown, context: Context): void {
  const asked = readOptions(showSchema, options);
  const { config, protocols } = sourceOf(asked.config, context);
  const protocol = protocols.find((one) => one.id === id);
  if (protocol === undefined) {
    const names = protocols.map((one) => one.id);
    const known = suggestion(id, names) || `; there are ${names.join(', ')}`;
    throw new ConfigError('unknown_protocol', `there is no protocol "${id}"${known}`);
  }
  if (protocol.kind !== 'contrast' && protocol.kind !== 'soak') {
    if (formatOf(options, context.env) === 'json') context.printJson(guideJson(protocol));
    else for (const line of guideLines(protocol)) context.print(line);
    return;
  }
  const station = stationOf(config, asked.station);
  const starter = starterAsked(config, asked.person, station);
  const compiled = compile(protocol, {
    person: starter,
    layers: layersOf(config, asked, id),
    ...placeOf(protocol, station),
    flowLpm: config?.plant.flowLpm ?? null,
  });
  const refusals = [...starter.refusals, ...(compiled.problems ?? [])];
  if (formatOf(options, context.env) === 'json') {
    context.printJson(jsonOf(protocol, station, compiled.plan, refusals));
  } else {
    const unit = config?.temperatureUnit ?? 'celsius';
    for (const line of protocolLines({
      protocol,
      station: station?.name ?? null,
      plan: compiled.plan,
      refusals,
      unit,
    }))
      context.print(line);
  }
  context.finish(compiled.plan === null ? 2 : 0);
}

/** null: no config, so two valves are assumed. */
function stationOf(config: Config | null, name: string | undefined): StationSettings | null {
  if (config === null) {
    if (name === undefined) return null;
    throw new ConfigError('unknown_station', `there is no config here, so no station "${name}"`, {
      remedy: 'name the config with --config, or leave --station out',
    });
  }
  const names = config.stations.map(({ id }) => id);
  const found = name === undefined ? config.stations[0] : config.stations.find(({ id }) => id === name);
  if (found !== undefined) return found;
  const known = suggestion(name, names) || `; there are ${names.join(', ')}`;
  throw new ConfigError('unknown_station', `there is no station "${name ?? ''}"${known}`);
}

/** Where it would run: at the station asked for, else at one that the protocol names, with two valves if it has any. */
function placeOf(
  { stations }: Protocol,
  station: StationSettings | null,
): Pick<CompileInput, 'kind' | 'plumbing' | 'vessel'> {
  if (station !== null) return { kind: station.kind, plumbing: station.plumbing, vessel: station.vessel };
  const kind = STATION_KINDS.find((one) => stations.includes(one)) ?? 'bath';
  return { kind, plumbing: kind === 'buckets' ? 'cues' : 'two-valves' };
}

/** This session's choices first, then the person's, then the config's. */
function layersOf(config: Config | null, asked: ShowOptions, protocol: string): readonly Choices[] {
  const person = config?.people.find(({ id }) => id === asked.person);
  return [parseChoices(asked.with) ?? {}, person?.defaults[protocol] ?? {}, config?.defaults[protocol] ?? {}];
}

function jsonOf(
  protocol: Protocol,
  station: StationSettings | null,
  plan: SessionPlan | null,
  refusals: readonly ShownRefusal[],
): object {
  const { id, title, kind, source, evidence, perWeek, position, say } = protocol;
  const totals = plan?.totals ?? null;
  return {
    ...{ id, title, kind, source, evidence, per_week: perWeek, position, say, station: station?.id ?? null },
    cycles: plan?.cycles ?? null,
    steps: (plan === null ? [] : timeline(plan)).map((row) => ({
      kind: row.kind,
      cycle: row.cycle,
      start_s: row.startMs / SECOND_MS,
      duration_s: row.durationMs / SECOND_MS,
      target_c: row.targetC,
      range_c: [row.minC, row.maxC],
    })),
    totals:
      totals === null
        ? null
        : {
            warm_s: totals.warmMs / SECOND_MS,
            cold_s: totals.coldMs / SECOND_MS,
            contact_s: totals.contactMs / SECOND_MS,
            dose: Math.round(totals.dose * 10_000) / 10_000,
            litres: totals.litres,
          },
    notes: plan?.notes ?? [],
    refused: refusals.map(({ code, message }) => ({ code, message })),
  };
}
