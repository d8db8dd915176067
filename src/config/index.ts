import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DRIVERS } from '../../devices/index.ts';
import type { Choices } from '../model/command.ts';
import type { DeskSettings } from '../model/desk.ts';
import type { PersonId } from '../model/ids.ts';
import type { PlantSettings, StationSettings } from '../model/station.ts';
import { brokerOf } from './broker.ts';
import type { BrokerSettings } from './broker.ts';
import { DeviceBook } from './devices.ts';
import type { Drivers } from './devices.ts';
import { readDocument } from './document.ts';
import { substitute, variablesFor } from './env.ts';
import type { Environment } from './env.ts';
import { checkSwitches, checkTokens } from './homeassistant.ts';
import { parseWith } from './issues.ts';
import { hasErrors, sortProblems } from './problem.ts';
import type { Problem } from './problem.ts';
import type { Report } from './report.ts';
import { configSchema } from './schema.ts';
import type { ConfigInput } from './schema.ts';
import { resolveDesks } from './desk.ts';
import { isWaterStation, resolveStation } from './station.ts';

export type { Drivers } from './devices.ts';
export type { Environment } from './env.ts';
export { formatProblem, hasErrors } from './problem.ts';
export type { Problem, ProblemCode } from './problem.ts';

/** By protocol id. */
export type ProtocolDefaults = Readonly<Record<string, Choices>>;

export interface Person {
  readonly id: PersonId;
  readonly name: string;
  readonly defaults: ProtocolDefaults;
}

/** Where the page and its API listen. */
export interface HttpSettings {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Further names that browsers reach it by. */
  readonly hosts: readonly string[];
}

/** A checked `ebb.yaml`: defaults filled in, units converted, paths absolute. */
export interface Config {
  /** Absolute. */
  readonly file: string;
  /** The folder of the file. */
  readonly dir: string;
  readonly site: string;
  readonly timezone: string;
  readonly mqtt: BrokerSettings;
  readonly temperatureUnit: 'celsius' | 'fahrenheit';
  readonly simulated: boolean;
  /** Absolute. */
  readonly journalPath: string;
  readonly http: HttpSettings;
  /** Absolute folders of one's own protocol files. */
  readonly library: readonly string[];
  readonly defaults: ProtocolDefaults;
  readonly people: readonly Person[];
  /** Where water is, or buckets. */
  readonly stations: readonly StationSettings[];
  readonly desks: readonly DeskSettings[];
  readonly plant: PlantSettings;
  /** null: not said, so the simulation decides. */
  readonly simPerson: { readonly presses: boolean | null; readonly answers: boolean | null };
}

export interface LoadOptions {
  /** What `${NAME}` takes after the `.env` beside the file. */
  readonly env: Environment;
  /** The drivers a device may name; those of `devices/index.ts` unless a test has its own. */
  readonly drivers?: Drivers;
}

export interface Loaded {
  /** null where a problem is an error. */
  readonly config: Config | null;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
}

/**
 * Reads, checks and resolves a config file. Never throws for what the file holds.
 * @throws ConfigError `config_unreadable` where the `.env` beside it cannot be read.
 */
export function loadConfig(file: string, { env, drivers = DRIVERS }: LoadOptions): Loaded {
  const { document, problems } = readDocument(file);
  if (document === null) return { config: null, problems };
  const { value, report } = substitute(document, variablesFor(file, env));
  if (hasErrors(report.problems)) return { config: null, problems: sortProblems(report.problems) };
  const input = parseWith(configSchema, value, [], report);
  const config = input === null ? null : resolveConfig(resolve(file), input, report, drivers);
  return { config: hasErrors(report.problems) ? null : config, problems: sortProblems(report.problems) };
}

function resolveConfig(file: string, input: ConfigInput, report: Report, drivers: Drivers): Config {
  const dir = dirname(file);
  const simulated = input.simulated ?? false;
  const book = new DeviceBook(drivers, report);
  book.addNamed(input.devices ?? {});
  if (Object.keys(input.stations).length === 0) {
    report.error(['stations'], 'missing_key', 'there is no station: at least one is required', 'key');
  }
  const stations = Object.entries(input.stations).flatMap(([id, station]) =>
    isWaterStation(station) ? [resolveStation(id, station, { book, report, simulated })] : [],
  );
  const zone = input.timezone ?? new Intl.DateTimeFormat('en').resolvedOptions().timeZone;
  const desks = resolveDesks(input, { book, report, zone, dir });
  book.warnUnused();
  book.checkTopics();
  checkTokens(book.placed, report);
  checkSwitches(book.placed, report);
  const mqtt = brokerOf(
    input,
    dir,
    [...stations, ...desks].flatMap(({ devices }) => devices),
    report,
  );
  return {
    file,
    dir,
    site: input.site ?? 'home',
    timezone: zone,
    mqtt,
    temperatureUnit: input.units?.temperature ?? 'celsius',
    simulated,
    journalPath: resolve(dir, input.journal?.path ?? '.ebb/journal.db'),
    http: httpOf(input),
    library: folders(dir, input, report),
    defaults: input.defaults ?? {},
    people: Object.entries(input.people ?? {}).map(([id, person]) => ({
      id,
      name: person.name ?? id,
      defaults: person.defaults ?? {},
    })),
    stations,
    desks,
    ...simulation(input),
  };
}

function httpOf({ http }: ConfigInput): HttpSettings {
  const hosts = http?.hosts ?? [];
  return {
    host: http?.host?.replace(/^\[|\]$/g, '') ?? '127.0.0.1',
    port: http?.port ?? 7373,
    hosts: typeof hosts === 'string' ? [hosts] : hosts,
  };
}

function simulation(input: ConfigInput): Pick<Config, 'plant' | 'simPerson'> {
  const { plant, person } = input.sim ?? {};
  return {
    plant: {
      hotC: plant?.hot ?? null,
      coldC: plant?.cold ?? null,
      guardC: plant?.guard ?? null,
      flowLpm: plant?.flow ?? null,
      deadTimeMs: plant?.dead_time ?? null,
      lagMs: plant?.lag ?? null,
    },
    simPerson: { presses: person?.presses ?? null, answers: person?.answers ?? null },
  };
}

function folders(dir: string, { library }: ConfigInput, report: Report): string[] {
  const written = library === undefined ? [] : Array.isArray(library) ? library : [library];
  return written.map((folder, index) => {
    const absolute = resolve(dir, folder);
    if (!existsSync(absolute) || !statSync(absolute).isDirectory()) {
      const path = Array.isArray(library) ? ['library', index] : ['library'];
      report.error(path, 'unknown_id', `there is no folder "${folder}" beside the file`);
    }
    return absolute;
  });
}
