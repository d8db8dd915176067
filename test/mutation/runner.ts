import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NotedTest, noteTests } from './tests.ts';

/**
 * A test runner of Stryker for tests that are pure. Stryker puts every mutant into the code at once and a switch before
 * each, so tests that keep nothing between them can be loaded once and asked about one mutant after another: a
 * millisecond each, where a run of vitest takes half a second. The quickest tests are asked first. What is computed
 * while a file loads is loaded anew for each of its mutants.
 */
const FILES = [
  'test/machines/**/*.test.ts',
  'test/protocols/**/*.test.ts',
  'test/campaign/invariants/**/*.test.ts',
  'test/devices/**/*.test.ts',
];
const LEFT_OUT = [
  'test/**/*.long.test.ts',
  // They compare files of docs/ with the code.
  'test/**/docs.test.ts',
  'test/machines/exploration/{session,product,water}.test.ts',
];

interface Switch {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: unknown;
}
interface DryRun {
  readonly testFiles?: readonly string[] | undefined;
}
interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly testFilter?: readonly string[] | undefined;
  readonly hitLimit?: number | undefined;
  readonly mutantActivation: 'static' | 'runtime';
  readonly reloadEnvironment: boolean;
}
interface Told {
  readonly id: string;
  readonly name: string;
  readonly fileName: string;
  readonly timeSpentMs: number;
  /** As Stryker counts: 0 passed, 1 failed. */
  readonly status: 0 | 1;
  readonly failureMessage?: string;
}
interface LoadedTest extends NotedTest {
  readonly file: string;
}

class PureRunner {
  readonly #root = process.cwd();
  /** Where the mutants look which of them is asked for. */
  readonly #stryker: Switch = {};
  #loads = 0;
  #files: readonly string[] = [];
  #tests: readonly LoadedTest[] = [];
  readonly #tookMs = new Map<string, number>();

  constructor() {
    Object.assign(globalThis, { __stryker__: this.#stryker });
  }

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true };
  }

  init(): Promise<void> {
    const own = `${pathToFileURL(this.#root).href}/`;
    const inPlace = pathToFileURL(resolve(import.meta.dirname, 'tests.ts')).href;
    registerHooks({
      resolve: (specifier, context, next) => {
        const by = context.parentURL ?? '';
        if (specifier === 'vitest' && !by.startsWith(inPlace)) return next(inPlace, context);
        const found = next(specifier, context);
        const isOwn = found.url.startsWith(own) && !found.url.includes('/node_modules/');
        if (!isOwn || found.url.startsWith(inPlace)) return found;
        return { ...found, url: `${found.url.replace(/\?.*$/, '')}?load=${String(this.#loads)}` };
      },
    });
    this.#files = globSync(FILES, { cwd: this.#root, exclude: LEFT_OUT }).sort();
    return Promise.resolve();
  }

  async dryRun({ testFiles }: DryRun): Promise<unknown> {
    if (testFiles !== undefined && testFiles.length > 0) {
      const wanted = new Set(testFiles.map((file) => resolve(this.#root, file)));
      this.#files = this.#files.filter((file) => wanted.has(resolve(this.#root, file)));
    }
    this.#stryker.activeMutant = undefined;
    await this.#load();
    const tests = await this.#run(this.#tests, false);
    const mutantCoverage = structuredClone(this.#stryker.mutantCoverage);
    // Tests that leave something behind for the next one could not be asked a second time.
    const again = await this.#run(this.#tests, false, false);
    const left = again.find(({ status }) => status === 1);
    if (left !== undefined && tests.every(({ status }) => status === 0))
      return { status: 'error', errorMessage: `${left.id} cannot be run twice: ${left.failureMessage ?? ''}` };
    return { status: 'complete', tests, mutantCoverage };
  }

  async mutantRun(run: MutantRun): Promise<unknown> {
    const { activeMutant, testFilter, hitLimit, mutantActivation } = run;
    const whileLoading = mutantActivation === 'static' ? activeMutant.id : undefined;
    Object.assign(this.#stryker, { activeMutant: whileLoading, hitCount: undefined });
    try {
      if (run.reloadEnvironment || this.#loads === 0) await this.#load();
    } catch (error) {
      return { status: 'killed', killedBy: ['loading'], failureMessage: String(error), nrOfTests: 1 };
    }
    const wanted = new Set(testFilter);
    const tests = this.#tests.filter(({ id }) => testFilter === undefined || wanted.has(id));
    tests.sort((one, other) => (this.#tookMs.get(one.id) ?? 0) - (this.#tookMs.get(other.id) ?? 0));
    Object.assign(this.#stryker, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
    const told = await this.#run(tests, true);
    this.#stryker.activeMutant = undefined;
    const { hitCount = 0 } = this.#stryker;
    if (hitLimit !== undefined && hitCount > hitLimit)
      return { status: 'timeout', reason: `Hit limit reached (${String(hitLimit)})` };
    const failed = told.find(({ status }) => status === 1);
    if (failed === undefined) return { status: 'survived', nrOfTests: told.length };
    const { id, failureMessage } = failed;
    return { status: 'killed', killedBy: [id], failureMessage, nrOfTests: told.length };
  }

  async #load(): Promise<void> {
    this.#loads += 1;
    const inPlace: { noteTests: typeof noteTests } = await import('./tests.ts');
    const loaded: LoadedTest[] = [];
    for (const file of this.#files) {
      // Node remembers what it has resolved: only another address is loaded again.
      const url = `${pathToFileURL(`${this.#root}${sep}${file}`).href}?load=${String(this.#loads)}`;
      const { tests } = await inPlace.noteTests(file, () => import(url));
      for (const test of tests) loaded.push({ ...test, file });
    }
    this.#tests = loaded;
  }

  async #run(tests: readonly LoadedTest[], bail: boolean, covers = !bail): Promise<readonly Told[]> {
    const told: Told[] = [];
    for (const { id, file, run } of tests) {
      const fromMs = performance.now();
      if (covers) this.#stryker.currentTestId = id;
      let failureMessage: string | undefined;
      try {
        await run();
      } catch (error) {
        failureMessage = String(error);
      }
      this.#stryker.currentTestId = undefined;
      const timeSpentMs = performance.now() - fromMs;
      if (!bail) this.#tookMs.set(id, timeSpentMs);
      const fileName = resolve(this.#root, file);
      told.push({
        id,
        name: id,
        fileName,
        timeSpentMs,
        ...(failureMessage === undefined ? { status: 0 } : { status: 1, failureMessage }),
      });
      if (bail && failureMessage !== undefined) break;
    }
    return told;
  }
}

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'pure', factory: Object.assign(() => new PureRunner(), { inject: [] }) },
];
