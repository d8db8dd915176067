import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import { z } from 'zod';
import { drawPlant } from '../../campaign/draw-plant.ts';
import { judge } from '../../campaign/expectations.ts';
import type { House } from '../../campaign/house.ts';
import { formatSchedule } from '../../campaign/schedule.ts';
import type { Landmarks } from '../../campaign/landmarks.ts';
import { runScenario } from '../../campaign/run.ts';
import type { Scenario } from '../../campaign/scenario.ts';
import { Timeline } from '../../campaign/timeline.ts';
import type { Problem } from '../../config/index.ts';
import { readDocument } from '../../config/document.ts';
import { parseWith } from '../../config/issues.ts';
import { Report } from '../../config/report.ts';
import { ConfigError, messageOf } from '../../model/errors.ts';
import { packageRoot } from '../../protocols/index.ts';
import { Random } from '../../random/random.ts';
import { readOptions } from '../options.ts';
import { shownName } from '../output.ts';
import type { Context } from '../output.ts';
import { drawOptions } from '../sim/request.ts';
import { junitOfTests, githubOfTests } from './reports.ts';
import type { Tested } from './reports.ts';
import { expectationOf, faultsOf, scenarioSchema, wishText } from './schema.ts';
import type { ScenarioInput } from './schema.ts';

const FORMATS = ['text', 'json', 'junit', 'github'] as const;
const optionsSchema = z.object({ format: z.enum(FORMATS).optional() });

export function register(program: Command, context: Context): void {
  program
    .command('test')
    .description('scenario files: one simulated session each, what happens in it, and what has to come of it')
    .argument('<files...>', 'scenario files (YAML)')
    .addOption(new Option('--format <format>', 'how the report is written').choices([...FORMATS]))
    .addOption(new Option('--json', 'short for --format json').implies({ format: 'json' }))
    .action((files: unknown, options: unknown) => {
      test(z.array(z.string()).parse(files), readOptions(optionsSchema, options).format, context);
    });
}

function test(files: readonly string[], asked: (typeof FORMATS)[number] | undefined, context: Context): void {
  const format = asked ?? (context.env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'text');
  const results = files.map((file) => testFile(shownName(context.cwd, resolve(context.cwd, file)), context));
  if (format === 'json')
    context.printJson({ ok: results.every(({ failures }) => failures.length === 0), results });
  else if (format === 'junit') context.print(junitOfTests(results));
  else {
    for (const { name, file, failures, outcome } of results) {
      context.print(`${failures.length === 0 ? 'ok  ' : 'FAIL'}  ${name} (${file}): ${outcome}`);
      for (const { line, column, what } of failures) context.print(`      ${file}:${line}:${column} ${what}`);
    }
    const failed = results.filter(({ failures }) => failures.length > 0).length;
    context.print(`${results.length - failed} passed, ${failed} failed`);
    if (format === 'github') for (const line of githubOfTests(results)) context.print(line);
  }
  const broken = results.some(({ unusable }) => unusable);
  context.finish(broken ? 2 : results.every(({ failures }) => failures.length === 0) ? 0 : 4);
}

function testFile(file: string, context: Context): Tested {
  const path = resolve(context.cwd, file);
  const { document, problems } = readDocument(path);
  if (document === null) return unusable(file, problems);
  const report = new Report(document);
  const input = parseWith(scenarioSchema, document.value, [], report);
  if (input === null) return unusable(file, report.problems);
  try {
    const failures = run(input, path).map(({ place, what }) => ({
      ...document.locate(place),
      what,
    }));
    return {
      file,
      name: input.name ?? file,
      failures: failures.slice(1),
      outcome: failures[0]?.what ?? '',
      unusable: false,
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { line, column } = document.locate([]);
    return {
      file,
      name: file,
      failures: [{ line, column, what: messageOf(error) }],
      outcome: 'not run',
      unusable: true,
    };
  }
}

function unusable(file: string, problems: readonly Problem[]): Tested {
  const failures = problems.map(({ line, column, path, message }) => ({
    line,
    column,
    what: path === '' ? message : `${path}: ${message}`,
  }));
  return { file, name: file, failures, outcome: 'not run', unusable: true };
}

/** The outcome first, then everything that did not hold. */
function run(
  input: ScenarioInput,
  path: string,
): readonly { readonly place: readonly (string | number)[]; readonly what: string }[] {
  const house = houseOf(input, path);
  const scenario = scenarioOf(input, house);
  const timeline = new Timeline();
  const ended: Landmarks[] = [];
  const verdict = runScenario(scenario, house, timeline, (landmarks) => ended.push(landmarks));
  const [landmarks] = ended;
  if (landmarks === undefined) throw new ConfigError('usage', 'the session did not run');
  const lastDone = input.do?.at(-1)?.at ?? '0 s';
  const missed = input.expect.flatMap((wish, index) => {
    const seen = judge(expectationOf(wish), lastDone, { timeline, verdict, landmarks });
    return seen === null ? [] : [{ place: ['expect', index], what: `expected ${wishText(wish)}; ${seen}` }];
  });
  const broken = verdict.violations.map(({ invariant, what, atMs }) => ({
    place: [],
    what: `${invariant} at ${(atMs / 1_000).toFixed(3)} s: ${what}`,
  }));
  const outcome = {
    place: [],
    what: `${verdict.outcome}${verdict.reason === null ? '' : `, ${verdict.reason}`}`,
  };
  return [outcome, ...undone(input, landmarks, verdict.outcome), ...missed, ...broken];
}

/** What the file says to do and was not done, since its moment never came: then nothing of it was tested. */
function undone(
  { do: steps = [] }: ScenarioInput,
  landmarks: Landmarks,
  outcome: string,
): readonly { readonly place: readonly (string | number)[]; readonly what: string }[] {
  return steps.flatMap((step, index) => {
    const at = 'person' in step ? step.at : step.at.trim();
    if (landmarks.came.has(at)) return [];
    const what = 'person' in step ? step.person : step.fault;
    const why =
      landmarks.whenWas(at) === null
        ? `the session (${outcome}) never came to it`
        : `the session (${outcome}) was over before`;
    return [{ place: ['do', index], what: `"${what}" at "${at}" was not done: ${why}` }];
  });
}

function houseOf(input: ScenarioInput, path: string): House {
  const { config, station, run: protocol } = input;
  const example = join(packageRoot(), 'examples', 'foot-bath.yaml');
  const file = config === undefined ? example : resolve(dirname(path), config);
  const { houses } = drawOptions({
    config: file,
    station: station ?? null,
    protocol,
    // A fault that the station cannot have is refused with the rest.
    faults: formatSchedule(faultsOf(input)) || 'none',
    mode: 'safety',
  });
  const [house, another] = houses;
  if (house === undefined || another !== undefined)
    throw new ConfigError('usage', `say at which station: ${houses.map((one) => one.station.id).join(', ')}`);
  return house;
}

function scenarioOf(input: ScenarioInput, house: House): Scenario {
  const seed = input.seed ?? 1;
  const person: Scenario['person'] = {
    begins: input.person?.begins ?? 'button',
    profile: input.person?.profile ?? 'standard',
    presses: input.person?.presses ?? true,
    answers: input.person?.answers ?? true,
    acts: (input.do ?? []).flatMap((one) =>
      'person' in one ? [{ at: one.at, word: one.person, source: one.by ?? 'page' } as const] : [],
    ),
  };
  return {
    seed,
    house: house.name,
    protocol: input.run,
    choices: input.with ?? {},
    plant: drawPlant(new Random(seed, 'world'), house, person),
    person,
    faults: faultsOf(input),
    mode: 'safety',
  };
}
