import { defineConfig } from 'vitest/config';

/** What does not fit into the gate: long, timed or exhaustive runs. */
export default defineConfig({
  test: { include: ['test/**/*.long.test.ts'], testTimeout: 1_800_000, hookTimeout: 60_000, maxWorkers: 1 },
});
