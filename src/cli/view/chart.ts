import asciichart from 'asciichart';
import type { Sample } from './model.ts';
import { clockTime, inUnit } from './text.ts';
import type { Unit } from './text.ts';

const HEIGHT = 8;
const LABEL = 7;
/** A curve that hardly moves is not blown up to fill the chart. */
const LEAST_SPAN = 4;

/**
 * The temperature curve in the display unit, with the time below it (from the first reading of the session) and the
 * water that ran: `w` warm, `c` cold, `·` neither. Empty where there are too few readings for a curve.
 */
export function temperatureChart(samples: readonly Sample[], unit: Unit, columns: number): readonly string[] {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return [];
  const width = Math.max(20, Math.min(100, columns - LABEL - 3));
  const points = resample(samples, first.atMs, last.atMs, width);
  const values = points.map(({ valueC }) => inUnit(valueC, unit));
  const middle = (Math.min(...values) + Math.max(...values)) / 2;
  const plot = asciichart.plot(values, {
    height: HEIGHT,
    min: Math.min(...values, middle - LEAST_SPAN / 2),
    max: Math.max(...values, middle + LEAST_SPAN / 2),
    format: (value) => value.toFixed(1).padStart(LABEL),
  });
  const margin = ' '.repeat(LABEL + 1);
  return [
    `${' '.repeat(LABEL - 1)}${unit === 'celsius' ? 'C' : 'F'}`,
    ...plot.split('\n').map((line) => line.trimEnd()),
    `${margin}${points.map(({ side }) => markOf(side)).join('')}`,
    `${margin}${timeAxis(last.atMs - first.atMs, width)}`,
    `${margin}w warm · c cold, minutes:seconds since the water was first read`,
  ];
}

function markOf(side: Sample['side']): string {
  return side === null ? '·' : side === 'warm' ? 'w' : 'c';
}

/** One sample for each column: the last one before its end, so that a gap shows as a level line. */
function resample(
  samples: readonly Sample[],
  fromMs: number,
  toMs: number,
  width: number,
): readonly Sample[] {
  const points: Sample[] = [];
  let index = 0;
  for (let column = 0; column < width; column += 1) {
    const endMs = fromMs + ((toMs - fromMs) * column) / (width - 1);
    while ((samples[index + 1]?.atMs ?? Infinity) <= endMs) index += 1;
    const sample = samples[index];
    if (sample !== undefined) points.push(sample);
  }
  return points;
}

/** Marks at whole steps of time, as many as fit with room between them. */
function timeAxis(spanMs: number, width: number): string {
  const stepsMs = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_200, 3_600].map((s) => s * 1_000);
  const most = Math.max(1, Math.floor(width / 9));
  const stepMs = stepsMs.find((ms) => spanMs / ms <= most) ?? Math.ceil(spanMs / most);
  let line = '';
  for (let atMs = 0; atMs <= spanMs; atMs += stepMs) {
    const column = Math.round((atMs / spanMs) * (width - 1));
    const label = clockTime(atMs);
    if (column + label.length > width) break;
    line = `${line.padEnd(column)}${label}`;
  }
  return line;
}
