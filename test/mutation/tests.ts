import { expect } from 'vitest';

/**
 * What the pure tests import as `vitest` when mutants are judged: the same words, which only note what there is to run.
 * `runner.ts` puts this file in vitest's place; `expect` is vitest's own.
 */
export { expect };

type Body = (...args: readonly unknown[]) => unknown;

export interface NotedTest {
  readonly id: string;
  readonly run: () => unknown;
}

interface Suite {
  readonly name: string;
  readonly after: (() => unknown)[];
}

let noted: NotedTest[] = [];
let path: readonly Suite[] = [];
let ids = new Map<string, number>();

/** Everything a file notes while `load` imports it. */
export async function noteTests(file: string, load: () => Promise<unknown>): Promise<readonly NotedTest[]> {
  noted = [];
  ids = new Map();
  path = [{ name: file, after: [] }];
  await load();
  return noted;
}

function note(name: string, body: Body, args: readonly unknown[]): void {
  const full = [...path.map((suite) => suite.name), name].join(' > ');
  // Rows of a table may bear one name.
  const count = (ids.get(full) ?? 0) + 1;
  ids.set(full, count);
  const after = path.flatMap((suite) => suite.after);
  const run = async (): Promise<void> => {
    try {
      await body(...args);
    } finally {
      for (const each of after) await each();
    }
  };
  noted.push({ id: count === 1 ? full : `${full} (${String(count)})`, run });
}

function suite(name: string, body: Body, args: readonly unknown[]): void {
  const outer = path;
  path = [...outer, { name, after: [] }];
  body(...args);
  path = outer;
}

const tabled =
  (into: (name: string, body: Body, args: readonly unknown[]) => void) =>
  (rows: readonly unknown[]) =>
  (name: string, body: Body): void => {
    rows.forEach((row, index) => {
      into(`${name} [${String(index)}]`, body, Array.isArray(row) ? row : [row]);
    });
  };

export const test = Object.assign(
  (name: string, body: Body): void => {
    note(name, body, []);
  },
  { each: tabled(note) },
);
export const it = test;
export const describe = Object.assign(
  (name: string, body: Body): void => {
    suite(name, body, []);
  },
  { each: tabled(suite) },
);

export function afterEach(body: () => unknown): void {
  path.at(-1)?.after.push(body);
}
/** The end of a file never comes: its tests are asked again. */
export function afterAll(): void {
  return;
}
