import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NotedTest, noteTests } from './tests.ts';

/**
 * A test runner of Stryker for tests that are pure. Stryker puts every mutant into the code at once and a switch before
 * each, so tests that keep nothing between them can be loaded once and asked about one mutant after another: a
 * millisecond each, where a run of vitest takes half a second. The quickest tests are asked first. What is computed
 * while a file loads is loaded anew for each of its mutants, with those tests alone that import the file.
 */
interface Options {
  /** Globs, from the root of the repository. */
  readonly pure: {
    readonly tests: readonly string[];
    readonly leftOut: readonly string[];
    /** What takes longer than this, milliseconds, is not asked: survivors would pay for it, one by one. */
    readonly longestMs: number;
  };
}
interface Switch {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: unknown;
}
interface MutantRun {
  readonly activeMutant: { readonly id: string };
  /** The mutated file, where it stands now. */
  readonly sandboxFileName: string;
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
  readonly #pure: Options['pure'];
  /** Where the mutants look which of them is asked for. */
  readonly #stryker: Switch = {};
  #loads = 0;
  #files: readonly string[] = [];
  #tests: readonly LoadedTest[] = [];
  readonly #tookMs = new Map<string, number>();
  /** How many mutants the tests of a file have found that are judged while loading. */
  readonly #found = new Map<string, number>();
  /** Which of our own files import a file, by their addresses. */
  readonly #importers = new Map<string, Set<string>>();

  constructor({ pure }: Options) {
    this.#pure = pure;
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
        const url = addressOf(found.url);
        this.#importers.set(url, (this.#importers.get(url) ?? new Set()).add(addressOf(by)));
        return { ...found, url: `${url}?load=${String(this.#loads)}` };
      },
    });
    this.#files = globSync(this.#pure.tests, { cwd: this.#root, exclude: this.#pure.leftOut }).sort();
    return Promise.resolve();
  }

  async dryRun(): Promise<unknown> {
    this.#stryker.activeMutant = undefined;
    await this.#load();
    const tests = await this.#run(this.#tests, false);
    const mutantCoverage = structuredClone(this.#stryker.mutantCoverage);
    // A test that leaves something behind for the next one cannot be asked a second time: it judges no mutant.
    const again = await this.#run(this.#tests, false, false);
    again.forEach(({ id, status }, place) => {
      if (status === 1 && tests[place]?.status === 0) this.#tookMs.set(id, Infinity);
    });
    return { status: 'complete', tests, mutantCoverage };
  }

  async mutantRun(run: MutantRun): Promise<unknown> {
    const { activeMutant, sandboxFileName, testFilter, hitLimit, mutantActivation } = run;
    const isStatic = mutantActivation === 'static';
    // A process that takes the place of one that was caught in a loop knows neither tests nor who imports what.
    if (this.#loads === 0) await this.#load();
    Object.assign(this.#stryker, {
      activeMutant: isStatic ? activeMutant.id : undefined,
      hitCount: undefined,
    });
    // Of a mutant that is judged while loading nobody knows which tests it matters to.
    const wanted = testFilter === undefined || testFilter.length === 0 ? null : new Set(testFilter);
    let asked = 0;
    try {
      const isAnew = isStatic || run.reloadEnvironment;
      for await (const tests of isAnew ? this.#loadAnew(isStatic ? sandboxFileName : null) : [this.#tests]) {
        const chosen = tests.filter(
          (test) => (wanted === null || wanted.has(test.id)) && this.#took(test) <= this.#pure.longestMs,
        );
        chosen.sort((one, other) => this.#took(one) - this.#took(other));
        Object.assign(this.#stryker, { activeMutant: activeMutant.id, hitCount: 0, hitLimit });
        const told = await this.#run(chosen, true);
        asked += told.length;
        const { hitCount = 0 } = this.#stryker;
        if (hitLimit !== undefined && hitCount > hitLimit)
          return { status: 'timeout', reason: `Hit limit reached (${String(hitLimit)})` };
        const failed = told.find(({ status }) => status === 1);
        if (failed === undefined) continue;
        const { id, failureMessage } = failed;
        const [file = ''] = id.split(' > ');
        if (isStatic) this.#found.set(file, (this.#found.get(file) ?? 0) + 1);
        return { status: 'killed', killedBy: [id], failureMessage, nrOfTests: asked };
      }
    } catch (error) {
      return { status: 'killed', killedBy: ['loading'], failureMessage: String(error), nrOfTests: 1 };
    } finally {
      this.#stryker.activeMutant = undefined;
    }
    return { status: 'survived', nrOfTests: asked };
  }

  #took({ id }: LoadedTest): number {
    return this.#tookMs.get(id) ?? 0;
  }

  /** All files; or those that import the mutated one, one after another, as long as somebody asks for more. */
  async *#loadAnew(mutated: string | null): AsyncGenerator<readonly LoadedTest[]> {
    if (mutated === null) {
      await this.#load();
      yield this.#tests;
      return;
    }
    this.#loads += 1;
    const reached = this.#whoImports(pathToFileURL(mutated).href);
    // Those first that found most so far.
    const found = (file: string): number => this.#found.get(file) ?? 0;
    for (const file of this.#files.toSorted((one, other) => found(other) - found(one)))
      if (reached.has(this.#urlOf(file))) yield await this.#notedIn(file);
  }

  /** A file, what imports it, what imports that, and so on. */
  #whoImports(url: string): ReadonlySet<string> {
    const reached = new Set([url]);
    for (const each of reached) for (const importer of this.#importers.get(each) ?? []) reached.add(importer);
    return reached;
  }

  #urlOf(file: string): string {
    return pathToFileURL(`${this.#root}${sep}${file}`).href;
  }

  async #load(): Promise<void> {
    this.#loads += 1;
    const loaded: LoadedTest[] = [];
    for (const file of this.#files) loaded.push(...(await this.#notedIn(file)));
    this.#tests = loaded;
  }

  async #notedIn(file: string): Promise<readonly LoadedTest[]> {
    const inPlace: { noteTests: typeof noteTests } = await import('./tests.ts');
    // Node remembers what it has resolved: only another address is loaded again.
    const url = `${this.#urlOf(file)}?load=${String(this.#loads)}`;
    const tests = await inPlace.noteTests(file, () => import(url));
    return tests.map((test) => ({ ...test, file }));
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

/** Without the number of its load. */
function addressOf(url: string): string {
  return url.replace(/\?load=.*$/, '');
}

export const strykerPlugins = [
  {
    kind: 'TestRunner',
    name: 'pure',
    factory: Object.assign((options: Options) => new PureRunner(options), { inject: ['options'] }),
  },
];

/** What Stryker must know of `pure` in its configuration. */
export const strykerValidationSchema = {
  properties: {
    pure: {
      type: 'object',
      required: ['tests', 'leftOut', 'longestMs'],
      additionalProperties: false,
      properties: {
        tests: { type: 'array', items: { type: 'string' } },
        leftOut: { type: 'array', items: { type: 'string' } },
        longestMs: { type: 'number' },
      },
    },
  },
};
