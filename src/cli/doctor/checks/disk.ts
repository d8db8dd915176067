import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { OPEN_WAIT_MS } from '../../../../machines/envelope.ts';
import { SystemClock } from '../../../clock/system.ts';
import { messageOf } from '../../../model/errors.ts';
import { fail, ok, warn } from '../finding.ts';
import type { Check } from '../patient.ts';

const TIMES = 5;
const RECORD = Buffer.alloc(4_096);
/** An open waits for the disk for 2 s and is dropped then; this is where people begin to notice. */
const SLOW_MS = 250;
const MB = 1_000_000;
const LITTLE_MB = 200;
const NOTHING_MB = 20;

/** The journal can be written, and soon: an open waits for it. */
export const disk: Check = {
  name: 'disk',
  run: ({ config }, tell) => {
    const folder = existing(dirname(config.journalPath));
    try {
      const freeMb = free(folder);
      const worstMs = slowest(folder);
      const figures = `${Math.round(freeMb)} MB free at ${folder}, written in ${Math.ceil(worstMs)} ms at the worst of ${TIMES}`;
      if (worstMs >= OPEN_WAIT_MS || freeMb < NOTHING_MB)
        tell(fail(null, 'unfit', figures, 'make room, or put the journal on another disk (journal.path)'));
      else if (worstMs >= SLOW_MS || freeMb < LITTLE_MB)
        tell(warn(null, figures, 'make room, or put the journal on a faster disk (journal.path)'));
      else tell(ok(null, figures));
    } catch (error) {
      const message = `the journal cannot be written at ${folder}: ${messageOf(error)}`;
      tell(fail(null, 'unfit', message, 'give Ebb the right to write there, or name another journal.path'));
    }
    return Promise.resolve();
  },
};

/** The folder of the journal, or the nearest above it that is there: the first session makes the rest. */
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}

function free(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return (bavail * bsize) / MB;
}

/** How long the disk takes to have a record, milliseconds of real time. */
function slowest(folder: string): number {
  const clock = new SystemClock();
  const own = mkdtempSync(join(folder, '.ebb-doctor-'));
  try {
    const file = openSync(join(own, 'record'), 'w');
    try {
      const took = Array.from({ length: TIMES }, () => {
        const fromMs = clock.nowMs();
        writeSync(file, RECORD);
        fsyncSync(file);
        return clock.nowMs() - fromMs;
      });
      return Math.max(...took);
    } finally {
      closeSync(file);
    }
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
