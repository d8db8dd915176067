/**
 * Mutation testing: each mutant is one small change of the code that some test must notice. `npm run mutate` takes all
 * targets, `npm run mutate -- -m machines/interlock.ts` one file. What survives is explained in docs/mutation.md.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  testRunner: 'pure',
  plugins: ['./test/mutation/runner.ts'],
  /** Pure tests only, most of them in a millisecond. No processes, no sockets, no scaled time. */
  pure: {
    tests: [
      'test/machines/**/*.test.ts',
      'test/protocols/**/*.test.ts',
      'test/campaign/invariants/**/*.test.ts',
      'test/devices/**/*.test.ts',
    ],
    leftOut: [
      'test/**/*.long.test.ts',
      // They compare files of docs/ with the code.
      'test/**/docs.test.ts',
      'test/machines/exploration/{session,product,water}.test.ts',
    ],
    // Random lists of events, and what steps two machines side by side.
    longestMs: 150,
  },
  coverageAnalysis: 'perTest',
  mutate: [
    'machines/**/*.ts',
    'src/protocols/**/*.ts',
    'src/campaign/invariants/**/*.ts',
    'devices/**/codec.ts',
  ],
  // Two cores, and one of them for whoever works here.
  concurrency: 1,
  // A mutant that loops for ever is found by its time; on a busy computer an honest test takes seconds.
  timeoutMS: 12_000,
  ignoreStatic: false,
  // A type is no behaviour; the compiler judges those.
  disableTypeChecks: false,
  ignorePatterns: ['/dist', '/coverage', '/bench', '/web', '/docs', '/packaging', '/.ci', '/reports'],
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  jsonReporter: { fileName: 'reports/mutation.json' },
  tempDirName: '.stryker-tmp',
  allowEmpty: true,
};
