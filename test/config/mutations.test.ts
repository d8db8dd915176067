// If this fails, one wrong key or value in an otherwise valid ebb.yaml goes unnoticed, or is reported at a line that
// has nothing to do with it.
import { afterAll, expect, test } from 'vitest';
import { Random } from '../../src/random/random.ts';
import { Folder, configOf, errorsOf } from './support.ts';

const folder = new Folder();
afterAll(() => {
  folder.dispose();
});

/** One line of a generated file, and what can be done to it. */
interface Line {
  readonly depth: number;
  readonly key: string;
  /** null: a mapping follows. */
  readonly value: string | null;
  /** Values that this line must refuse. */
  readonly wrong: readonly string[];
  /** The key is an id. */
  readonly id?: true;
  /** The line that must be there. */
  readonly required?: true;
  /** In a mapping of ids any further key is fine, so only lines of fixed keys get an unknown neighbour. */
  readonly fixed: boolean;
}

const NOT_A_SCALAR = ['[1, 2]', '{ a: 1 }', ''];
const DURATION = [...NOT_A_SCALAR, '5', '5 parsecs', '5 C', '-5 s', '900 d', 'soon', 'true'];
const TEMPERATURE = [...NOT_A_SCALAR, '38', '38 K', '38 s', '900 C', '-40 F', 'warm'];
const ID = [...NOT_A_SCALAR, 'Not An Id', '-x', 'a_b', '12', 'x'.repeat(64)];
const BOOLEAN = [...NOT_A_SCALAR, 'yes', '"true"', '1'];
const RELAY = [...NOT_A_SCALAR, '0', '-1', '1.5', '99', 'one', '"1"'];

class Writer {
  readonly lines: Line[] = [];
  readonly #chance: Random;

  constructor(chance: Random) {
    this.#chance = chance;
  }

  leaf(depth: number, key: string, value: string, wrong: readonly string[], required?: true): void {
    this.lines.push({ depth, key, value, wrong, fixed: true, ...(required && { required }) });
  }

  open(depth: number, key: string, kind: 'id' | 'fixed', required?: true): void {
    const wrong = ['[1, 2]', '5', 'text'];
    this.lines.push({
      depth,
      key,
      value: null,
      wrong,
      fixed: kind === 'fixed',
      ...(kind === 'id' && { id: true }),
      ...(required && { required }),
    });
  }

  maybe(write: () => void): void {
    if (this.#chance.chance(0.5)) write();
  }

  text(): string {
    return this.lines.map((line) => textOf(line)).join('\n');
  }
}

function textOf({ depth, key, value }: Line, newKey = key, newValue = value): string {
  return `${'  '.repeat(depth)}${newKey}:${newValue === null || newValue === '' ? '' : ` ${newValue}`}`;
}

/** A valid config: stations with valves, a mixer or neither, and any of the optional parts. */
function generate(chance: Random): Writer {
  const file = new Writer(chance);
  file.open(0, 'mqtt', 'fixed');
  file.leaf(1, 'url', `mqtt://${chance.word(5)}.local`, [
    ...NOT_A_SCALAR.slice(0, 2),
    'http://x',
    'host',
    'mqtt://u:p@h',
    '1883',
  ]);
  file.maybe(() => {
    file.leaf(1, 'username', `u${chance.word(4)}`, NOT_A_SCALAR);
  });
  file.maybe(() => {
    file.leaf(0, 'site', `s${chance.word(6)}`, ID);
  });
  file.maybe(() => {
    file.leaf(0, 'timezone', 'Europe/Berlin', [...NOT_A_SCALAR, 'Mars/Olympus', '7']);
  });
  file.maybe(() => {
    file.leaf(0, 'simulated', 'true', BOOLEAN);
  });
  file.maybe(() => {
    file.open(0, 'units', 'fixed');
    file.leaf(1, 'temperature', 'fahrenheit', [...NOT_A_SCALAR, 'kelvin', '1']);
  });
  file.maybe(() => {
    file.open(0, 'sim', 'fixed');
    file.open(1, 'plant', 'fixed');
    file.leaf(2, 'hot', `${chance.int(40, 60)} C`, TEMPERATURE);
    file.leaf(2, 'flow', `${chance.int(3, 9)} l/min`, [...NOT_A_SCALAR, '6', '6 l', '600 l/min', '0 l/min']);
    file.leaf(2, 'lag', `${chance.int(1, 9)} s`, DURATION);
  });
  file.maybe(() => {
    file.open(0, 'people', 'fixed');
    file.open(1, `p${chance.word(3)}`, 'id');
    file.leaf(2, 'name', `n${chance.word(5)}`, NOT_A_SCALAR);
  });
  file.open(0, 'stations', 'fixed', true);
  for (let index = 0; index < chance.int(1, 3); index += 1) station(file, chance, index);
  return file;
}

function station(file: Writer, chance: Random, index: number): void {
  const node = `n${index}-${chance.word(4)}`;
  file.open(1, `${chance.word(3)}-${index}`, 'id');
  const kind = pick(['bath', 'bath', 'shower', 'buckets'], chance);
  file.leaf(2, 'kind', kind, [...NOT_A_SCALAR, 'bathtub', 'desk', '1'], true);
  if (kind === 'bath') file.leaf(2, 'vessel', 'stream', [...NOT_A_SCALAR, 'river', 'tub', 'true'], true);
  file.maybe(() => {
    file.leaf(2, 'name', `n${chance.word(8)}`, NOT_A_SCALAR);
  });
  const water = kind !== 'buckets';
  file.maybe(() => {
    if (water) file.leaf(2, 'purge', `${chance.int(30, 300)} s`, [...DURATION, '301 s', '29 s']);
  });
  file.maybe(() => {
    if (water) file.leaf(2, 'lease', `${chance.int(5, 30)} s`, [...DURATION, '31 s', '500 ms']);
  });
  file.maybe(() => {
    file.leaf(2, 'begin_from', chance.chance(0.5) ? '[cli, page]' : 'cli', [
      '{ a: 1 }',
      '[]',
      'http',
      '[cli, schedule]',
      '5',
    ]);
  });
  const plumbing = water ? chance.int(0, 2) : 2;
  if (plumbing === 0) {
    valve(file, chance, 'hot', node, 1);
    valve(file, chance, 'cold', node, 2);
  } else if (plumbing === 1) {
    esphome(file, 'mixer', node, 'mixer', 'main');
  }
  if (plumbing < 2) {
    esphome(file, 'thermometer', node, 'sensor', 'water');
    file.open(2, 'scald_guard', 'fixed');
    file.leaf(3, 'by', 'valve', [...NOT_A_SCALAR, 'hope', 'Valve'], true);
    file.leaf(3, 'max', `${chance.int(38, 41)} C`, [...TEMPERATURE, '41.1 C', '106 F', '42 C'], true);
  }
  file.maybe(() => {
    esphome(file, 'light', node, 'light', 'lamp');
  });
}

function valve(file: Writer, chance: Random, role: string, topic: string, relay: number): void {
  file.open(2, role, 'fixed');
  file.leaf(3, 'driver', 'tasmota', [...NOT_A_SCALAR, 'tasmoto', 'homeassist', '7'], true);
  file.leaf(3, 'topic', topic, [...NOT_A_SCALAR, '"a b"', '"#"', '5'], true);
  file.leaf(3, 'relay', String(relay), RELAY);
  file.maybe(() => {
    file.leaf(3, 'travel', `${chance.int(100, 900)} ms`, [...DURATION, '1001 ms']);
  });
}

function esphome(file: Writer, role: string, node: string, part: string, id: string): void {
  file.open(2, role, 'fixed');
  file.leaf(3, 'driver', 'esphome', [...NOT_A_SCALAR, 'esp-home', 'homeassist', '7'], true);
  file.leaf(3, 'node', node, [...NOT_A_SCALAR, '"a b"', '"a/#"', '5'], true);
  file.leaf(3, part, id, [...NOT_A_SCALAR, '"Main Valve"', '5']);
}

interface Mutation {
  readonly what: string;
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

function pick<T>(items: readonly T[], chance: Random): T {
  const item = items[chance.int(0, items.length - 1)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** How many lines a line and what it holds take. */
function extent(lines: readonly Line[], at: number, depth: number): number {
  let end = at + 1;
  while ((lines[end]?.depth ?? -1) > depth) end += 1;
  return end - at;
}

const MUTATIONS = [
  'unknown-key',
  'wrong-value',
  'duplicate-key',
  'bad-id',
  'missing-key',
  'misspelt-key',
] as const;

function mutate({ lines }: Writer, chance: Random): Mutation {
  const what = pick(MUTATIONS, chance);
  const texts = lines.map((line) => textOf(line));
  const candidates = lines.map((line, at) => ({ line, at }));
  const done = (at: number, remove: number, insert: readonly string[], line = at + 1): Mutation => ({
    what: `${what} at ${texts[at] ?? ''} -> ${insert.join(' | ')}`,
    text: `${texts.toSpliced(at, remove, ...insert).join('\n')}\n`,
    line,
  });
  switch (what) {
    case 'unknown-key': {
      const { line, at } = pick(
        candidates.filter((each) => each.line.fixed),
        chance,
      );
      return done(at, 0, [textOf(line, `zz${chance.word(5)}`, '1')]);
    }
    case 'wrong-value': {
      const { line, at } = pick(candidates, chance);
      return done(at, extent(lines, at, line.depth), [textOf(line, line.key, pick(line.wrong, chance))]);
    }
    case 'duplicate-key': {
      const { line, at } = pick(candidates, chance);
      const size = extent(lines, at, line.depth);
      return done(at + size, 0, [textOf(line, line.key, '1')]);
    }
    case 'bad-id': {
      const { line, at } = pick(
        candidates.filter((each) => each.line.id),
        chance,
      );
      return done(at, 1, [textOf(line, pick(['Upper', 'a_b', '-x', '"a b"', 'x'.repeat(64), 'ä'], chance))]);
    }
    case 'missing-key': {
      const { line, at } = pick(
        candidates.filter((each) => each.line.required),
        chance,
      );
      const parent = lines.findLastIndex((each, index) => index < at && each.depth < line.depth);
      return done(at, extent(lines, at, line.depth), [], parent < 0 ? 1 : parent + 1);
    }
    case 'misspelt-key': {
      const { line, at } = pick(
        candidates.filter((each) => each.line.fixed && each.line.required !== true),
        chance,
      );
      return done(at, 1, [textOf(line, `${line.key}x`)]);
    }
  }
}

test('1,000 valid configs with one mutation each are refused at the mutated line', () => {
  for (let seed = 1; seed <= 1_000; seed += 1) {
    const chance = new Random(seed, 'config');
    const file = generate(chance);
    configOf(folder.load(`${file.text()}\n`));
    const mutation = mutate(file, chance);
    const { config, problems } = folder.load(mutation.text);
    const errors = errorsOf(problems);
    const seen = `seed ${seed}: ${mutation.what}\n${mutation.text}\n${JSON.stringify(errors, null, 1)}`;
    expect(config, seen).toBeNull();
    expect(
      errors.map((problem) => problem.line),
      seen,
    ).toContain(mutation.line);
    for (const problem of errors) {
      expect(problem.message.length, seen).toBeGreaterThan(10);
      expect(problem.column, seen).toBeGreaterThan(0);
    }
  }
});
