import { SECOND_MS, formatDuration, formatTemperature } from '../model/units.ts';
import type { Path } from './problem.ts';

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at `path`; undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value: unknown = root;
  for (const part of path) {
    if (Array.isArray(value) && typeof part === 'number') value = value[part];
    else if (isRecord(value) && Object.hasOwn(value, String(part))) value = value[String(part)];
    else return undefined;
  }
  return value;
}

type Scalar = string | number | boolean | null;

/** A copy of `value` with each scalar replaced by `change(scalar, path)`. */
export function mapScalars(
  value: unknown,
  change: (scalar: Scalar, path: Path) => unknown,
  path: Path = [],
): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown, index) => mapScalars(item, change, [...path, index]));
  if (isRecord(value)) {
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      mapScalars(item, change, [...path, key]),
    ]);
    return Object.fromEntries(entries);
  }
  return isScalar(value) ? change(value, path) : value;
}

function isScalar(value: unknown): value is Scalar {
  return (
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  );
}

/** A value as a message shows it: short, and never a whole mapping. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return typeof value;
  const text = JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  return text.replace(/\/\/[^/@\s]*@/, '//…@');
}

/** To the millisecond: a figure that misses a limit must not round into it. */
export function exactDuration(ms: number): string {
  return ms % SECOND_MS === 0 ? formatDuration(ms) : `${ms} ms`;
}

/** The same to 0.01 K. */
export function exactTemperature(valueC: number): string {
  const text = formatTemperature(valueC);
  return Math.abs(valueC - Number.parseFloat(text)) < 0.005 ? text : `${valueC.toFixed(2)} C`;
}

/** `"a", "b" or "c"` */
export function listOf(values: readonly unknown[]): string {
  const shown = values.map((value) => show(value));
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} or ${last}`;
}
