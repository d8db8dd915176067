import type { Path } from './problem.ts';

/** What the interface promises and this version does not have yet: said plainly instead of "unknown key". */
const LATER_KEYS: Readonly<Record<'top' | 'station' | 'schedule', readonly string[]>> = {
  top: ['plans'],
  station: [],
  schedule: ['session', 'times_per_week'],
};

const LATER_VALUES: Readonly<Record<'kind' | 'vessel', readonly string[]>> = {
  kind: [],
  vessel: [],
};

const LATER_DRIVERS: readonly string[] = [];

const INSIDE: Readonly<Record<string, 'station' | 'schedule' | undefined>> = {
  stations: 'station',
  schedule: 'schedule',
};

/** What to say of a key at `path` (from the root of the file) that a later version has; null for any other. */
export function laterKey(path: Path): string | null {
  const key = path.at(-1);
  if (typeof key !== 'string') return null;
  const of = path.length === 1 ? 'top' : path.length === 3 && INSIDE[String(path[0])];
  const known = of === undefined || of === false ? [] : LATER_KEYS[of];
  return known.includes(key) ? `"${key}" is not built in this version; leave it out` : null;
}

/** The same for a value; `path` may start below the root, its last key decides. */
export function laterValue(path: Path, value: unknown): string | null {
  const key = path.at(-1);
  if ((key !== 'kind' && key !== 'vessel') || typeof value !== 'string') return null;
  return LATER_VALUES[key].includes(value) ? `"${key}: ${value}" is not built in this version` : null;
}

/** The same for the name of a driver. */
export function laterDriver(name: string): string | null {
  return LATER_DRIVERS.includes(name) ? `the driver "${name}" is not built in this version` : null;
}
