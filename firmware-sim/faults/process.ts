import { numberOf } from './catalogue.ts';
import type { Fault } from './catalogue.ts';
import type { Boundary } from './ports.ts';
import type { Random } from '../../src/random/random.ts';

/** From the crash to the next start, milliseconds: what systemd and Node take, or what an update does. */
const drawBackMs = (random: Random): number => random.int(1_500, 30_000);

function crashAt(boundary: Boundary, doc: string): Fault {
  return {
    id: `process-crash-${boundary}`,
    class: 'process',
    doc,
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
    draw: (random) => ({ backMs: drawBackMs(random) }),
    begin: ({ process }, args) => {
      process.crash(numberOf(args, 'backMs', 3_000));
      return null;
    },
  },
  {
    id: 'process-dead',
    class: 'process',
    doc: 'the controller is killed, and nobody starts it again',
    draw: () => ({}),
    begin: ({ process }) => {
      process.crash(null);
      return null;
    },
  },
  crashAt('before-journal', 'the controller is killed just before it writes a record of its journal'),
  crashAt('before-command', 'the controller is killed between its journal and the command to a valve'),
  crashAt('after-command', 'the controller is killed just after a command to a valve'),
  {
    id: 'process-torn-journal',
    class: 'process',
    doc: 'power is cut: the last records of the journal are torn, and the controller starts again without them',
    draw: (random) => ({ backMs: drawBackMs(random) }),
    begin: ({ process, disk }, args) => {
      disk.tear();
      process.crash(numberOf(args, 'backMs', 3_000));
      return null;
    },
  },
  {
    id: 'process-second-controller',
    class: 'process',
    doc: 'a second controller of the same config starts on another computer, and is stopped after a while',
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
    draw: (random) => ({ byMs: random.int(200, 5_000) }),
    begin: ({ disk }, args) => {
      disk.slow(numberOf(args, 'byMs', 1_000));
      return () => {
        disk.slow(0);
      };
    },
  },
];
