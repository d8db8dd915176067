import { resolve } from 'node:path';
import type { CalendarSettings } from '../model/calendar.ts';
import { MINUTE_MS } from '../model/units.ts';
import type { Path } from './problem.ts';
import type { Report } from './report.ts';
import type { StationInput } from './schema.ts';

const EVERY_MS = 10 * MINUTE_MS;
const SCHEME = /^(?<scheme>[a-z][a-z0-9+.-]+):\/\//i;

/** The calendars of a desk: files, and addresses that can be asked. */
export function calendarsOf(
  { calendar }: StationInput,
  station: Path,
  { dir, report }: { readonly dir: string; readonly report: Report },
): readonly CalendarSettings[] {
  const written = calendar === undefined ? [] : Array.isArray(calendar) ? calendar : [calendar];
  return written.flatMap((one, index): CalendarSettings[] => {
    const path: Path = [...station, 'calendar', ...(Array.isArray(calendar) ? [index] : [])];
    const { from, every = EVERY_MS } = typeof one === 'string' ? { from: one } : one;
    const at = typeof one === 'string' ? path : [...path, 'from'];
    // Whether a file is there is not asked here: it may lie on a share that never answers, and a bath needs no calendar.
    const found = SCHEME.test(from) ? addressOf(from, at, report) : resolve(dir, from);
    return found === null ? [] : [{ from: found, everyMs: every }];
  });
}

function addressOf(from: string, path: Path, report: Report): string | null {
  const text = from.replace(/^webcals?:/i, 'https:');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '') return url.href;
  report.error(path, 'invalid_value', 'must be a file, or an address with https:, http: or webcal:');
  return null;
}
