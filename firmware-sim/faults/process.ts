import { number, numberOf, TIME_MS } from './catalogue.ts';
import { ANYWHERE, PIPES } from './parts.ts';
import type { Fault } from './catalogue.ts';
import type { Boundary } from './ports.ts';
import type { Random } from '../../src/random/random.ts';

/** From the crash to the next start, milliseconds: what systemd and Node take, or what an update does. */
const drawBackMs = (random: Random): number => random.int(1_500, 30_000);

function crashAt(boundary: Boundary, doc: string, parts = ANYWHERE): Fault {
  return {
    id: `process-crash-${boundary}`,
    class: 'process',
    doc,
    parts,
    takes: { nth: number(1, 100_000), backMs: TIME_MS },
    draw: (random) => ({ nth: random.int(1, 40), backMs: drawBackMs(random) }),
    begin: ({ process }, args) => {
      process.crashAt(boundary, numberOf(args, 'nth', 1), numberOf(args, 'backMs', 3_000));
      return null;
    },
  };
}

function failingDisk(id: string, how: 'full' | 'io', doc: string): Fault {
  return {
    id,
    class: 'process',
    doc,
    parts: ANYWHERE,
    takes: {},
    draw: () => ({}),
    begin: ({ disk }) => {
      disk.fail(how);
      return () => {
        disk.fail(null);
      };
    },
  };
}

export const PROCESS_FAULTS: readonly Fault[] = [
  {
    id: 'process-crash',
    class: 'process',
    doc: 'the controller is killed at any moment, and started again',
    parts: ANYWHERE,
    takes: { backMs: TIME_MS },
    draw: (random) => ({ backMs: drawBackMs(random) }),
    begin: ({ process }, args) => {
      if (process.isAlive()) process.crash(numberOf(args, 'backMs', 3_000));
      return null;
    },
  },
  {
    id: 'process-dead',
    class: 'process',
    doc: 'the controller is killed, and nobody starts it again',
    parts: ANYWHERE,
    takes: {},
    draw: () => ({}),
    begin: ({ process }) => {
      if (process.isAlive()) process.crash(null);
      return null;
    },
  },
  crashAt('before-journal', 'the controller is killed just before it writes a record of its journal'),
  crashAt('before-command', 'the controller is killed between its journal and the command to a valve', PIPES),
  crashAt('after-command', 'the controller is killed just after a command to a valve', PIPES),
  {
    id: 'process-torn-journal',
    class: 'process',
    doc: 'power is cut: the last records of the journal are torn, and the controller starts again without them',
    parts: ANYWHERE,
    takes: { backMs: TIME_MS },
    draw: (random) => ({ backMs: drawBackMs(random) }),
    begin: ({ process, disk }, args) => {
      if (!process.isAlive()) return null;
      disk.tear();
      process.crash(numberOf(args, 'backMs', 3_000));
      return null;
    },
  },
  {
    id: 'process-second-controller',
    class: 'process',
    doc: 'a second controller of the same config starts on another computer, and is stopped after a while',
    parts: ANYWHERE,
    takes: { stayMs: TIME_MS },
    draw: (random) => ({ stayMs: random.int(2_000, 60_000) }),
    begin: ({ process }, args) => {
      process.second(numberOf(args, 'stayMs', 10_000));
      return null;
    },
  },
  failingDisk('process-disk-full', 'full', 'the disk is full'),
  failingDisk('process-disk-errors', 'io', 'the disk gives I/O errors'),
  {
    id: 'process-disk-slow',
    class: 'process',
    doc: 'the disk answers late',
    parts: ANYWHERE,
    takes: { byMs: TIME_MS },
    draw: (random) => ({ byMs: random.int(200, 5_000) }),
    begin: ({ disk }, args) => {
      disk.slow(numberOf(args, 'byMs', 1_000));
      return () => {
        disk.slow(0);
      };
    },
  },
];
