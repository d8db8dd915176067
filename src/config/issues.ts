import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Path, ProblemCode } from './problem.ts';
import type { Report } from './report.ts';
import { laterKey, laterValue } from './later.ts';
import { isRecord, listOf, show, valueAt } from './value.ts';

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** The code of an issue that a schema raised with `refuse`. */
const CODES = z.object({ code: z.string() });

/** Raises an issue with a problem code of its own, from within a schema's refinement. */
export function refuse(ctx: z.RefinementCtx, code: ProblemCode, message: string, path: Path = []): void {
  ctx.addIssue({ code: 'custom', message, path: [...path], params: { code } });
}

/**
 * Parses `value`, which stands at `prefix` in the document, and reports what does not fit: what was found, what would
 * be accepted, and for an unknown key the nearest known one.
 */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, prefix: Path, report: Report): T | null {
  const known = new Map<unknown, readonly string[]>();
  const result = schema.safeParse(value, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject) {
        known.set(issue.input, Object.keys(issue.inst.shape));
      }
      return messageFor(issue);
    },
  });
  if (result.success) return result.data;
  const translator = new Translator(value, prefix, report, known);
  const { issues } = result.error;
  for (const issue of issues) {
    // What a schema says of a mapping as a whole is mostly the echo of an unknown key in it.
    const echo = issue.code === 'custom' && issues.some((other) => isUnknownKeyAt(other, issue.path));
    if (!echo) translator.report(issue, []);
  }
  return null;
}

function isUnknownKeyAt(issue: Issue, path: readonly PropertyKey[]): boolean {
  return issue.code === 'unrecognized_keys' && JSON.stringify(issue.path) === JSON.stringify(path);
}

/** Only what zod itself has no good words for; a message given in the schema stands. */
function messageFor(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${listOf(issue.values)}`;
    case 'too_small':
      return `must be at least ${String(issue.minimum)}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be at most ${String(issue.maximum)}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return issue.pattern === undefined ? undefined : `must have the form ${issue.pattern}`;
    default:
      return undefined;
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' items long' : '';
}

/** Issues of one parse, as problems of the file. */
class Translator {
  readonly #value: unknown;
  readonly #prefix: Path;
  readonly #report: Report;
  readonly #known: ReadonlyMap<unknown, readonly string[]>;

  constructor(value: unknown, prefix: Path, report: Report, known: ReadonlyMap<unknown, readonly string[]>) {
    this.#value = value;
    this.#prefix = prefix;
    this.#report = report;
    this.#known = known;
  }

  report(issue: Issue, above: Path): void {
    const path = [...above, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
    switch (issue.code) {
      case 'unrecognized_keys':
        for (const key of issue.keys)
          this.#unknownKey([...path, key], this.#known.get(valueAt(this.#value, path)));
        return;
      case 'invalid_key':
        this.#add(
          path,
          'bad_id',
          `${issue.issues[0]?.message ?? 'not a valid key'}; found ${show(path.at(-1))}`,
          'key',
        );
        return;
      case 'invalid_union':
        this.#union(issue, path);
        return;
      case 'custom':
        this.#add(path, codeOf(issue), this.#withFound(path, issue.message));
        return;
      default:
        this.#plain(issue, path);
    }
  }

  #plain(issue: Issue, path: Path): void {
    const found = valueAt(this.#value, path);
    const missing = found === undefined && !this.#has(path);
    if (missing) {
      this.#add(path, 'missing_key', `missing; ${issue.message}`);
      return;
    }
    const later = laterValue(path, found);
    if (later !== null) {
      this.#add(path, 'unsupported', later);
      return;
    }
    const code = CODE_OF_ISSUE[issue.code] ?? 'invalid_value';
    const nearest = issue.code === 'invalid_value' ? suggestion(found, issue.values) : '';
    const unquoted =
      issue.code === 'invalid_type' && issue.expected === 'string' && typeof found !== 'object';
    this.#add(
      path,
      code,
      `${this.#withFound(path, issue.message)}${nearest}${unquoted ? '; put it in quotes' : ''}`,
    );
  }

  /** The branch that was meant is one that the value's kind fits; where none does, all kinds are named. */
  #union(issue: z.core.$ZodIssueInvalidUnion, path: Path): void {
    const meant = issue.errors.filter(
      (errors) => !errors.some((e) => e.path.length === 0 && e.code === 'invalid_type'),
    );
    // An object may be meant as either of two kinds: the one whose keys it has is taken.
    const lacks = (e: z.core.$ZodIssue): boolean =>
      e.path.length === 1 && valueAt(this.#value, [...path, String(e.path[0])]) === undefined;
    const branch = meant.find((errors) => !errors.some(lacks)) ?? meant[0];
    if (branch !== undefined) {
      for (const inner of branch) this.report(inner, path);
      return;
    }
    const kinds = issue.errors.flatMap((errors) =>
      errors.filter((e) => e.path.length === 0).map((e) => e.message),
    );
    const expected = [...new Set(kinds.map((text) => text.replace(/^expected /, '')))].join(', or ');
    const found = valueAt(this.#value, path);
    if (found === undefined && !this.#has(path)) this.#add(path, 'missing_key', 'missing; it is required');
    else this.#add(path, 'wrong_type', this.#withFound(path, `expected ${expected}`));
  }

  #unknownKey(path: Path, known: readonly string[] = []): void {
    const key = String(path.at(-1));
    const later = laterKey([...this.#prefix, ...path]);
    if (later !== null) {
      this.#add(path, 'unsupported', later, 'key');
      return;
    }
    const nearest = suggestion(key, known);
    const accepted = nearest === '' && known.length > 0 ? `; known here: ${known.join(', ')}` : nearest;
    this.#add(path, 'unknown_key', `unknown key "${key}"${accepted}`, 'key');
  }

  #has(path: Path): boolean {
    const parent = valueAt(this.#value, path.slice(0, -1));
    const last = path.at(-1);
    return (
      last === undefined || (isRecord(parent) && Object.hasOwn(parent, String(last))) || Array.isArray(parent)
    );
  }

  #withFound(path: Path, message: string): string {
    const found = valueAt(this.#value, path);
    if (found === undefined || (typeof found === 'object' && found !== null && /; |found/.test(message)))
      return message;
    const shown = show(found);
    return message.includes(shown) ? message : `${message}; found ${shown}`;
  }

  #add(path: Path, code: ProblemCode, message: string, at: 'key' | 'value' = 'value'): void {
    this.#report.error([...this.#prefix, ...path], code, message, at);
  }
}

const CODE_OF_ISSUE: Readonly<Partial<Record<Issue['code'], ProblemCode>>> = {
  invalid_type: 'wrong_type',
  too_small: 'out_of_range',
  too_big: 'out_of_range',
  not_multiple_of: 'out_of_range',
};

function codeOf(issue: z.core.$ZodIssueCustom): ProblemCode {
  const code = CODES.safeParse(issue.params);
  return code.success ? problemCode(code.data.code) : 'invalid_value';
}

function problemCode(code: string): ProblemCode {
  return code === 'out_of_range' || code === 'envelope' || code === 'unsupported' || code === 'bad_id'
    ? code
    : 'invalid_value';
}

/** `; did you mean "thermometer"?` where something known is near. */
export function suggestion(found: unknown, known: readonly unknown[]): string {
  const names = known.filter((name) => typeof name === 'string');
  if (typeof found !== 'string' || names.length === 0) return '';
  const nearest = closest(found, names);
  const near = distanceWithin(found.toLowerCase(), nearest.toLowerCase());
  return near ? `; did you mean "${nearest}"?` : '';
}

function distanceWithin(a: string, b: string): boolean {
  return distance(a, b) <= Math.max(1, Math.ceil(Math.max(a.length, b.length) / 3));
}
