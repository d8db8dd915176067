import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { readDocument } from '../config/document.ts';
import type { Document } from '../config/document.ts';
import { parseWith } from '../config/issues.ts';
import { hasErrors, sortProblems } from '../config/problem.ts';
import type { Problem } from '../config/problem.ts';
import { Report } from '../config/report.ts';
import { ConfigError } from '../model/errors.ts';
import { checkProtocol } from './check.ts';
import type { Breath, Choosable, Protocol, ProtocolStep } from './protocol.ts';
import { protocolSchema } from './schema.ts';
import type { BreatheInput, ProtocolInput, StepInput } from './schema.ts';

/** What speaks against any exercise; an item of its own says what speaks against it beside that. */
const NOT_FOR_MOVEMENT = [
  'a blood clot in a leg or a lung, known or suspected; new swelling, warmth or pain of one leg: see a doctor today',
  'an injury of a foot or an ankle that has not healed',
] as const;

/** The library that ships: one file each. Adding a protocol is a file and a line here. */
export const BUILT_IN_PROTOCOLS = [
  'contrast-foot-bath',
  'contrast-shower',
  'contrast-buckets',
  'warm-soak',
  'calf-raises',
  'ankle-pumps',
  'ankle-circles',
  'heel-toe-lifts',
  'stand-walk',
  'legs-up-short',
  'legs-up-evening',
  'pillow-at-night',
  'footstool-uncross',
  'brisk-walk',
  'exercise-note',
  'leg-stretch',
  'morning-mobility',
  'breath-4-7-8',
  'hum',
  'muscle-relaxation',
  'massage-glide',
  'massage-knead',
  'massage',
  'compression-socks',
  'compression-socks-off',
  'water-glasses',
  'dry-brush',
] as const;

export interface LoadedProtocol {
  /** null where a problem is an error. */
  readonly protocol: Protocol | null;
  readonly problems: readonly Problem[];
}

export interface Library {
  /** Built-in ones first, then those of one's own folders, by file name. */
  readonly protocols: readonly Protocol[];
  readonly problems: readonly Problem[];
}

/** Reads a protocol file and checks it against the schema and the envelope. */
export function loadProtocol(file: string): LoadedProtocol {
  const { document, problems } = readDocument(file);
  return document === null ? { protocol: null, problems } : protocolOf(document);
}

/** The same for a document that is read already. */
export function protocolOf(document: Document): LoadedProtocol {
  const report = new Report(document);
  const input = parseWith(protocolSchema, document.value, [], report);
  if (input === null) return { protocol: null, problems: sortProblems(report.problems) };
  const protocol = fromInput(input, resolve(document.file));
  checkProtocol(protocol, input.end_with ?? null, report);
  return { protocol: hasErrors(report.problems) ? null : protocol, problems: sortProblems(report.problems) };
}

/** The library that ships, and every `*.yaml` of `folders` (absolute). Ids are unique over all of them. */
export function loadLibrary(folders: readonly string[]): Library {
  const builtIn = BUILT_IN_PROTOCOLS.map((id) => join(packageRoot(), 'protocols', `${id}.yaml`));
  const protocols = new Map<string, Protocol>();
  const problems: Problem[] = [];
  for (const file of [...builtIn, ...folders.flatMap((folder) => yamlFiles(folder))]) {
    const loaded = loadProtocol(file);
    problems.push(...loaded.problems);
    const { protocol } = loaded;
    if (protocol === null) continue;
    const other = protocols.get(protocol.id);
    if (other === undefined) protocols.set(protocol.id, protocol);
    else problems.push(duplicate(protocol, other));
  }
  return { protocols: [...protocols.values()], problems };
}

function duplicate(protocol: Protocol, other: Protocol): Problem {
  const { document } = readDocument(protocol.file);
  return {
    file: protocol.file,
    ...(document?.locate(['id']) ?? { line: 1, column: 1 }),
    path: 'id',
    code: 'duplicate_id',
    message: `"${protocol.id}" is the id of ${other.file} already; choose another`,
    severity: 'error',
  };
}

function yamlFiles(folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

const manifest = z.object({ name: z.string() });

/** The folder of Ebb's own package.json, from the sources as from `dist/`. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && manifest.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data?.name === 'ebb')
      return folder;
    if (folder === dirname(folder)) {
      throw new ConfigError(
        'config_unreadable',
        'the installation is incomplete: there is no package.json of ebb',
      );
    }
  }
}

function fromInput(input: ProtocolInput, file: string): Protocol {
  const { progression, evidence } = input;
  const isWater = input.kind === 'contrast' || input.kind === 'soak';
  const screening = input.screening ?? (isWater ? 'water' : 'none');
  return {
    file,
    id: input.id,
    title: input.title,
    kind: input.kind,
    source: input.source,
    stations: input.stations ?? [],
    position: input.position ?? null,
    say: input.say ?? null,
    items: input.items ?? [],
    cycles: input.cycles === undefined ? null : choosable(input.cycles),
    steps: (input.steps ?? []).map(stepFromInput),
    progression:
      progression === undefined
        ? null
        : {
            fromMs: progression.from,
            toMs: progression.to,
            byMs: progression.by,
            stepBackAfterDaysOff: progression.step_back_after_days_off ?? null,
          },
    perWeek: input.per_week ?? null,
    perDay: input.per_day ?? null,
    hours: input.hours ?? null,
    screening,
    notFor: [...(input.not_for ?? []), ...(screening === 'movement' ? NOT_FOR_MOVEMENT : [])],
    askFirst: input.ask_first ?? [],
    evidence: evidence === undefined ? null : { level: evidence.level, note: evidence.note ?? null },
  };
}

function stepFromInput(step: StepInput): ProtocolStep {
  if (step.kind === 'warm' || step.kind === 'cold') {
    return {
      kind: step.kind,
      waterC: choosable(step.water),
      durationMs: choosable(step.duration),
      say: step.say ?? null,
    };
  }
  return {
    kind: step.kind,
    say: step.say,
    count: step.count === undefined ? null : choosable(step.count),
    eachMs: step.each ?? null,
    durationMs: step.duration === undefined ? null : choosable(step.duration),
    breath: 'breath' in step && step.breath !== undefined ? breathOf(step.breath) : null,
  };
}

function choosable(input: {
  readonly default: number;
  readonly range: readonly [number, number];
}): Choosable {
  return { default: input.default, min: input.range[0], max: input.range[1] };
}

function breathOf({ in: inMs, hold: holdMs = 0, out: outMs }: NonNullable<BreatheInput['breath']>): Breath {
  return { inMs, holdMs, outMs };
}
