import type { StoredRecord } from '../journal/index.ts';
import type { Reason } from './sentence.ts';
import type { Times } from './words.ts';

/**
 * Whether a controller ran at a moment, as far as the journal knows: it records that one began and that one was ended.
 * One that was killed leaves no end. null: it ran, or nothing speaks against it.
 * `records` are all of a journal's, oldest first, or its last ones with their boots.
 */
export function notRunning(
  records: readonly StoredRecord[],
  atMs: number,
  runningNow: boolean,
  times: Times,
): Reason | null {
  const before = records.findLast((one) => Date.parse(one.at) <= atMs);
  const after = records.find((one) => Date.parse(one.at) > atMs && one.type === 'boot');
  const began =
    after === undefined ? 'none has begun since' : `the next one began at ${times.full(after.at)}`;
  const next = after === undefined ? [] : [after];
  if (before === undefined)
    return { text: `the journal has nothing from before this moment; ${began}`, from: next };
  if (before.type === 'halt')
    return {
      text: `no controller was running: it had been ended at ${times.full(before.at)}, and ${began}`,
      from: [before, ...next],
    };
  const later = records.find((one) => Date.parse(one.at) > atMs);
  // A record of the same run on the other side of the moment: it ran all through.
  if (later?.boot === before.boot) return null;
  if (later === undefined && runningNow) return null;
  const text =
    `the journal does not say whether a controller was still running: the last thing it has from before is of ` +
    `${times.full(before.at)}, and ${began}`;
  return { text, from: [before, ...next] };
}
