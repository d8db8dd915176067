import { defineConfig } from 'vitest/config';

/**
 * Processes of their own whose simulated time runs faster than the real one: a host that stands still for half a second
 * is a dead sensor to them. They run first, and no more beside each other than there are cores.
 */
const RIGS = [
  'test/system/{everyday-session,everyday-faults,kill,stop,takeover,broker-restart,brokers,flood,dry-run}.test.ts',
  'test/system/{cli-demo,cli-real,crash-matrix,demo-breaks,board-port,board-session}.test.ts',
  'test/web/{demo,served}.test.ts',
  'test/cli/devices.test.ts',
  'test/cli/doctor/process.test.ts',
  'test/node-red/session.test.ts',
  'test/api/{serve,harm}.test.ts',
];

const common = { testTimeout: 60_000, hookTimeout: 20_000, allowOnly: false } as const;

export default defineConfig({
  test: {
    ...common,
    projects: [
      {
        test: { ...common, name: 'rigs', include: RIGS, maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      {
        test: {
          ...common,
          name: 'all others',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.long.test.ts', ...RIGS],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
