import { z } from 'zod';

/**
 * Units exist at the edges only. Inside, temperatures are degrees Celsius, durations milliseconds and volumes
 * litres, and a name that holds one says so (`targetC`, `leaseMs`, `flowLpm`).
 */
export const fahrenheitToC = (f: number): number => ((f - 32) * 5) / 9;
export const cToFahrenheit = (c: number): number => (c * 9) / 5 + 32;
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const LITRES_PER_GALLON = 3.785411784;

type Scale = Readonly<Record<string, (n: number) => number>>;

const temperatureScale: Scale = { C: (n) => n, F: (n) => round(fahrenheitToC(n), 4) };
const durationScale: Scale = {
  ms: (n) => n,
  s: (n) => n * SECOND_MS,
  min: (n) => n * MINUTE_MS,
  h: (n) => n * HOUR_MS,
  d: (n) => n * DAY_MS,
};
const volumeScale: Scale = { l: (n) => n, gal: (n) => round(n * LITRES_PER_GALLON, 4) };
const flowScale: Scale = {
  'l/min': (n) => n,
  'gal/min': (n) => round(n * LITRES_PER_GALLON, 4),
};

function round(n: number, digits: number): number {
  const f = 10 ** digits;
  return Math.round(n * f) / f;
}

/** "3 min" in the units of `scale`, as a number in its base unit, or a sentence that says what would be right. */
function parseQuantity(text: unknown, what: string, scale: Scale, example: string): number | string {
  const units = Object.keys(scale).join(', ');
  const expected = `${what} is a number and a unit (${units}), such as "${example}"`;
  if (typeof text !== 'string') return expected;
  const match = /^\s*(-?\d{1,9}(?:\.\d{1,6})?)\s*([A-Za-z/]+)\s*$/.exec(text);
  const convert = match?.[2] === undefined || !Object.hasOwn(scale, match[2]) ? undefined : scale[match[2]];
  if (match?.[1] === undefined || convert === undefined) return `${expected}; "${text.slice(0, 40)}" is not`;
  return convert(Number(match[1]));
}

function quantity(what: string, scale: Scale, example: string) {
  return z
    .union([z.string(), z.number()])
    .transform((value, ctx): number => {
      const parsed = parseQuantity(value, what, scale, example);
      if (typeof parsed === 'number') return parsed;
      ctx.addIssue({ code: 'custom', message: parsed });
      return z.NEVER;
    })
    .meta({
      description: `${what}: a number and a unit (${Object.keys(scale).join(', ')})`,
      examples: [example],
    });
}

/** "38 C" or "100 F" -> degrees Celsius. */
export const temperatureSchema = quantity('a temperature', temperatureScale, '38 C');
/** "500 ms", "30 s", "3 min", "6 h", "7 d" -> milliseconds. */
export const durationSchema = quantity('a duration', durationScale, '3 min');
/** "8 l" or "2 gal" -> litres. */
export const volumeSchema = quantity('a volume', volumeScale, '8 l');
/** "6 l/min" -> litres a minute. */
export const flowSchema = quantity('a flow', flowScale, '6 l/min');

/** 0.1 K and the unit, as people read it: `38.0 C`, `100.4 F`. */
export function formatTemperature(valueC: number, unit: 'celsius' | 'fahrenheit' = 'celsius'): string {
  return unit === 'celsius' ? `${valueC.toFixed(1)} C` : `${cToFahrenheit(valueC).toFixed(1)} F`;
}

/** `3 min`, `45 s`, `10 min 30 s`, `500 ms`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  const total = Math.round(ms / SECOND_MS);
  const [h, min, s] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const parts = [h > 0 ? `${h} h` : '', min > 0 ? `${min} min` : '', s > 0 || total === 0 ? `${s} s` : ''];
  return parts.filter((part) => part !== '').join(' ');
}
