import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';

/**
 * The record is looked for where it is handed to the journal: whether a disk takes it is the disk's. The close must be
 * on the wire with the trip whatever the journal does: by then no device of water stands told to open.
 */
export const i27: Invariant = {
  id: 'I27',
  says: 'each trip leaves one journal record with its cause and readings; losing the journal never delays it',
  judge(facts, object) {
    const thermometers = facts.station.devices.filter(({ role }) => role === 'thermometer').length;
    const records: { readonly code: string; readonly whole: boolean }[] = [];
    // A drain that is held shut lets nothing in: over a pause the water may stay.
    const drains = new Set(facts.station.devices.filter(({ role }) => role === 'drain').map(({ id }) => id));
    const open = new Set<string>();
    let judged = 0;
    return {
      get judged() {
        return judged;
      },
      ...hears(['journal', 'booted', 'command', 'trip'], (event) => {
        if (event.type === 'journal' && event.record === 'trip') records.push(recordOf(event.body));
        else if (event.type === 'booted') open.clear();
        else if (event.type === 'command') {
          if (event.action === 'close') open.delete(event.device);
          else if (!drains.has(event.device)) open.add(event.device);
        } else if (event.type === 'trip') {
          judged += 1;
          const found = records.splice(0);
          const [one] = found;
          if (one === undefined || found.length > 1)
            object(event.atMs, `${found.length} records of the trip ${event.detector} ${event.code}`);
          else if (one.code !== event.code || (!one.whole && thermometers > 0))
            object(
              event.atMs,
              `the record of the trip ${event.detector} ${event.code} lacks its cause or readings`,
            );
          for (const device of open)
            object(event.atMs, `${device} has not been closed with the trip ${event.code}`);
        }
      }),
    };
  },
};

function recordOf(body: unknown): { code: string; whole: boolean } {
  if (typeof body !== 'object' || body === null) return { code: '', whole: false };
  const code = 'code' in body && typeof body.code === 'string' ? body.code : '';
  const named = 'detector' in body && typeof body.detector === 'string' && body.detector !== '';
  const read = 'readings' in body && typeof body.readings === 'object' && body.readings !== null;
  return { code, whole: named && read };
}
