import { matchesGlob, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/**
 * Processes of their own whose simulated time runs faster than the real one: a host that stands still for half a second
 * is a dead sensor to them. They run first, and most of the time they wait, so that three keep two cores half busy. The
 * longest come first, so that none is left alone at the end.
 */
const RIGS = [
  'test/system/everyday-session.test.ts',
  'test/system/everyday-faults.test.ts',
  'test/system/{board-port,board-session,crash-matrix,kill}.test.ts',
  'test/web/{demo,served}.test.ts',
  'test/cli/devices.test.ts',
  'test/system/{stop,takeover,broker-restart,brokers,flood,dry-run}.test.ts',
  'test/system/{cli-demo,cli-real,demo-breaks}.test.ts',
  'test/cli/doctor/process.test.ts',
  'test/node-red/session.test.ts',
  'test/api/{serve,harm}.test.ts',
];

/** Functions and tables without a process, a port or a clock of their own: one worker reads the sources once for all. */
const UNITS = [
  'test/{calendar,config,devices,machines,project,protocols,random,schedule,why}/**/*.test.ts',
  'test/campaign/invariants/**/*.test.ts',
  'test/firmware-sim/*.test.ts',
];

const LONG = 'test/**/*.long.test.ts';

const common = { testTimeout: 60_000, hookTimeout: 20_000, allowOnly: false } as const;

/** The rigs in the order of the list; everything else as it comes. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = RIGS.findIndex((glob) => matchesGlob(relative(import.meta.dirname, moduleId), glob));
      return at === -1 ? RIGS.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    ...common,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: { ...common, name: 'rigs', include: RIGS, maxWorkers: 3, sequence: { groupOrder: 0 } },
      },
      {
        test: {
          ...common,
          name: 'units',
          include: UNITS,
          exclude: [LONG],
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'all others',
          include: ['test/**/*.test.ts'],
          exclude: [LONG, ...RIGS, ...UNITS],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
