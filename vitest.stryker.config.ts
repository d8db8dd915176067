import { defineConfig } from 'vitest/config';

/** The tests that judge mutants: pure ones only, each in milliseconds. No processes, no sockets, no scaled time. */
export default defineConfig({
  test: {
    include: [
      'test/machines/**/*.test.ts',
      'test/protocols/**/*.test.ts',
      'test/campaign/invariants/**/*.test.ts',
      'test/devices/**/*.test.ts',
    ],
    exclude: [
      'test/**/*.long.test.ts',
      'test/machines/docs.test.ts',
      'test/machines/exploration/{session,product,water}.test.ts',
    ],
    testTimeout: 20_000,
    maxWorkers: 1,
    isolate: false,
  },
});
