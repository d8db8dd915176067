import type { RangeC } from '../../model/plan.ts';
import { SECOND_MS, cToFahrenheit, formatTemperature } from '../../model/units.ts';

export type Unit = 'celsius' | 'fahrenheit';

/** `4:05`; a rest of a second counts as one, so that 0:00 means over. Never negative. */
export function clockTime(ms: number): string {
  const total = Math.max(0, Math.ceil(ms / SECOND_MS - 0.001));
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
}

/** `36.7 to 40.0 C`. */
export function rangeText({ minC, maxC }: RangeC, unit: Unit): string {
  return `${inUnit(minC, unit).toFixed(1)} to ${formatTemperature(maxC, unit)}`;
}

export function inUnit(valueC: number, unit: Unit): number {
  return unit === 'celsius' ? valueC : cToFahrenheit(valueC);
}
