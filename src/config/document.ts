import { readFileSync, statSync } from 'node:fs';
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document as YamlDocument, Node, ParsedNode, Scalar, YAMLError, YAMLMap } from 'yaml';
import { formatPath } from './problem.ts';
import type { Path, Position, Problem, ProblemCode } from './problem.ts';

/** No config or protocol is anywhere near these; what is, is a mistake or an attack. */
export const DOCUMENT_LIMITS = { bytes: 1024 * 1024, depth: 24, values: 20_000, aliases: 50 } as const;

const RESERVED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** A YAML file as plain values, each of which knows where it stands. */
export interface Document {
  readonly file: string;
  /** Mappings as plain objects, sequences as arrays, scalars as in the YAML 1.2 core schema. */
  readonly value: unknown;
  /**
   * Where the value at `path` stands (a mapping or list: its key), or with `key` its key. What is not there has the
   * place of the nearest parent that is.
   */
  locate(path: Path, at?: 'key' | 'value'): Position;
  /** True for a scalar written without quotes. */
  isPlain(path: Path): boolean;
}

export interface ReadResult {
  readonly document: Document | null;
  readonly problems: readonly Problem[];
}

interface Place {
  readonly keyOffset: number | null;
  readonly valueOffset: number;
  readonly scalar: boolean;
  readonly plain: boolean;
}

/** Reads and parses a YAML file of at most 1 MB. Never throws for what the file holds. */
export function readDocument(file: string): ReadResult {
  const fail = (message: string): ReadResult => ({
    document: null,
    problems: [{ file, line: 1, column: 1, path: '', code: 'unreadable', message, severity: 'error' }],
  });
  try {
    const { size } = statSync(file);
    if (size > DOCUMENT_LIMITS.bytes) {
      return fail(`the file has ${(size / 1024 / 1024).toFixed(1)} MB; at most 1 MB is read`);
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    return parseText(text, file);
  } catch (error) {
    if (error instanceof TypeError) return fail('the file is not UTF-8 text');
    return fail(
      error instanceof Error ? `the file could not be read: ${error.message}` : 'the file could not be read',
    );
  }
}

/** Parses YAML text; `file` is only its name in problems. */
export function parseText(text: string, file: string): ReadResult {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problem = (offset: number, code: ProblemCode, message: string, path: Path = []): Problem => ({
    file,
    ...at(offset),
    path: formatPath(path),
    code,
    message,
    severity: 'error',
  });
  const parsed = parseYaml(text, lines);
  if (typeof parsed === 'string') return { document: null, problems: [problem(0, 'too_complex', parsed)] };
  // Only the first: what follows a syntax error is mostly its echo.
  const [first]: readonly YAMLError[] = [...parsed.errors, ...parsed.warnings];
  if (first !== undefined) {
    return {
      document: null,
      problems: [problem(first.pos[0], 'syntax', `not valid YAML: ${first.message}`)],
    };
  }
  if (parsed.contents === null) {
    return { document: null, problems: [problem(0, 'syntax', 'the file is empty')] };
  }
  const walk = new Walk(parsed, problem);
  const value = walk.value(parsed.contents, [], null, 0);
  if (walk.problems.length > 0) return { document: null, problems: walk.problems };
  return { document: new LocatedDocument(file, value, walk.places, at), problems: [] };
}

/** Own duplicate check (the library's is quadratic), no merge keys, no tags, no source text in messages. */
function parseYaml(text: string, lineCounter: LineCounter): YamlDocument.Parsed | string {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: false,
      version: '1.2',
      schema: 'core',
      merge: false,
      resolveKnownTags: false,
      logLevel: 'error',
    });
  } catch (error) {
    return `the file could not be parsed: ${error instanceof Error ? error.message : 'unknown reason'}`;
  }
}

type MakeProblem = (offset: number, code: ProblemCode, message: string, path?: Path) => Problem;

/** Turns nodes into values, counting as it goes, so that aliases cannot multiply without end. */
class Walk {
  readonly problems: Problem[] = [];
  readonly places = new Map<string, Place>();
  readonly #yaml: YamlDocument.Parsed;
  readonly #problem: MakeProblem;
  #values = 0;
  #aliases = 0;

  constructor(yaml: YamlDocument.Parsed, problem: MakeProblem) {
    this.#yaml = yaml;
    this.#problem = problem;
  }

  value(node: Node | ParsedNode | null, path: Path, keyOffset: number | null, depth: number): unknown {
    const offset = node?.range?.[0] ?? keyOffset ?? 0;
    const scalar = node === null || isScalar(node);
    const plain = node !== null && isScalar(node) && node.type === 'PLAIN';
    this.places.set(placeKey(path), { keyOffset, valueOffset: offset, scalar, plain });
    if (this.problems.some((problem) => problem.code === 'too_complex')) return null;
    this.#values += 1;
    if (this.#values > DOCUMENT_LIMITS.values) {
      return this.#tooComplex(
        offset,
        path,
        `more than ${DOCUMENT_LIMITS.values} values once aliases are expanded`,
      );
    }
    if (depth > DOCUMENT_LIMITS.depth) {
      return this.#tooComplex(offset, path, `nested more than ${DOCUMENT_LIMITS.depth} levels deep`);
    }
    if (isAlias(node)) {
      this.#aliases += 1;
      if (this.#aliases > DOCUMENT_LIMITS.aliases) {
        return this.#tooComplex(offset, path, `more than ${DOCUMENT_LIMITS.aliases} aliases`);
      }
      const target = node.resolve(this.#yaml);
      if (target !== undefined) return this.value(target, path, keyOffset, depth + 1);
      this.problems.push(
        this.#problem(offset, 'syntax', `the alias "*${node.source}" has no anchor before it`, path),
      );
      return null;
    }
    if (isMap(node)) return this.#map(node, path, depth);
    if (isSeq<ParsedNode>(node)) {
      return node.items.map((item, index) => this.value(item, [...path, index], null, depth + 1));
    }
    return isScalar(node) ? node.value : null;
  }

  #map(node: YAMLMap, path: Path, depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const pair of node.items) {
      const key = keyOf(pair.key);
      const keyOffset = key?.offset ?? node.range?.[0] ?? 0;
      if (key === null) {
        this.problems.push(this.#problem(keyOffset, 'syntax', 'a key must be a plain text', path));
      } else if (RESERVED_KEYS.has(key.text)) {
        this.problems.push(
          this.#problem(keyOffset, 'reserved_key', `the key "${key.text}" is never accepted`, path),
        );
      } else if (Object.hasOwn(object, key.text)) {
        this.problems.push(
          this.#problem(keyOffset, 'duplicate_key', `the key "${key.text}" stands here twice`, [
            ...path,
            key.text,
          ]),
        );
      } else {
        object[key.text] = this.value(nodeOf(pair.value), [...path, key.text], keyOffset, depth + 1);
      }
    }
    return object;
  }

  #tooComplex(offset: number, path: Path, message: string): null {
    if (!this.problems.some((problem) => problem.code === 'too_complex')) {
      this.problems.push(this.#problem(offset, 'too_complex', `${message}: refused`, path));
    }
    return null;
  }
}

function keyOf(key: unknown): { text: string; offset: number } | null {
  if (!isScalar(key)) return null;
  const scalar: Scalar = key;
  const text = scalar.value === null ? '' : scalar.value;
  return typeof text === 'string' ? { text, offset: scalar.range?.[0] ?? 0 } : null;
}

function nodeOf(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}

const placeKey = (path: Path): string => JSON.stringify(path);

class LocatedDocument implements Document {
  readonly file: string;
  readonly value: unknown;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #at: (offset: number) => Position;

  constructor(
    file: string,
    value: unknown,
    places: ReadonlyMap<string, Place>,
    at: (offset: number) => Position,
  ) {
    this.file = file;
    this.value = value;
    this.#places = places;
    this.#at = at;
  }

  locate(path: Path, at: 'key' | 'value' = 'value'): Position {
    for (let length = path.length; length >= 0; length -= 1) {
      const place = this.#places.get(placeKey(path.slice(0, length)));
      if (place === undefined) continue;
      const exact = length === path.length;
      const byKey = !exact || at === 'key' || !place.scalar;
      return this.#at(byKey ? (place.keyOffset ?? place.valueOffset) : place.valueOffset);
    }
    return { line: 1, column: 1 };
  }

  isPlain(path: Path): boolean {
    return this.#places.get(placeKey(path))?.plain ?? false;
  }
}
