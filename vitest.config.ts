import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.long.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 20_000,
    allowOnly: false,
    // More than there are cores: the longest tests wait for real processes most of their time.
    maxWorkers: 3,
  },
});
