import type { Path } from '../config/problem.ts';
import type { Report } from '../config/report.ts';
import { exactDuration } from '../config/value.ts';
import { MINUTE_MS, SECOND_MS } from '../model/units.ts';
import type { Breath, OtherStep, Protocol } from './protocol.ts';
import { isWaterStep } from './protocol.ts';

/** A light that blinks with each repetition stays below what could hurt somebody, and an exercise below an hour. */
const EACH_MS = { min: SECOND_MS, max: MINUTE_MS } as const;
const GUIDED_MS = 60 * MINUTE_MS;
/** Legs above the heart: longer than that does no good, and not everybody feels that it does harm. */
const ELEVATE_MS = 20 * MINUTE_MS;
/** Of a breath: nobody is told to breathe faster than they can, or to hold it until they faint. */
const BREATH_MS = {
  in: { min: 2 * SECOND_MS, max: 10 * SECOND_MS },
  hold: { min: 0, max: 10 * SECOND_MS },
  out: { min: 2 * SECOND_MS, max: 15 * SECOND_MS },
} as const;

/** What has no water: what a kind needs, the rhythm of each step, and how long it may take. */
export function checkDry(protocol: Protocol, report: Report): void {
  checkContents(protocol, report);
  let longestMs = 0;
  for (const [index, each] of protocol.steps.entries()) {
    const path = ['steps', index];
    if (isWaterStep(each)) {
      const message = `water runs only in a contrast or a soak, not in kind: ${protocol.kind}`;
      report.error([...path, 'kind'], 'envelope', message);
      continue;
    }
    checkRhythm(each, path, report);
    if (each.breath !== null) checkBreath(each.breath, path, report);
    const durationMs = each.durationMs?.max ?? 0;
    if (each.kind === 'elevate' && durationMs > ELEVATE_MS) {
      const message = `legs are raised for at most ${exactDuration(ELEVATE_MS)}; found ${exactDuration(durationMs)}`;
      report.error([...path, 'duration', 'range', 1], 'out_of_range', message);
    }
    longestMs += (each.count?.max ?? 0) * (each.eachMs ?? breathMs(each.breath)) + durationMs;
  }
  if (longestMs > GUIDED_MS) {
    const message = `an exercise lasts at most ${exactDuration(GUIDED_MS)}; this one may take ${exactDuration(longestMs)}`;
    report.error(['steps'], 'out_of_range', message, 'key');
  }
}

/** Whoever is reminded must be told of something, and whoever ticks off must have something to tick. */
function checkContents({ kind, steps, items, say }: Protocol, report: Report): void {
  const missing = (key: string, message: string): void => {
    report.error([key], 'missing_key', `missing: ${message}`, 'key');
  };
  if (kind === 'guided' && steps.length === 0)
    missing('steps', 'a guided protocol has steps to be led through');
  if (kind === 'checklist' && items.length === 0) missing('items', 'a checklist has `items` to tick off');
  if (kind === 'reminder' && steps.length === 0 && say === null) missing('say', 'a reminder says what to do');
  if (kind !== 'guided' && kind !== 'reminder' && steps.length > 0)
    report.error(
      ['steps'],
      'invalid_value',
      `kind: ${kind} has no steps; those are led in kind: guided`,
      'key',
    );
}

/** A count has a rhythm, or nobody could lead it; a step has a count or a length, not both. */
function checkRhythm({ count, eachMs, durationMs, breath }: OtherStep, path: Path, report: Report): void {
  const error = (key: string, code: 'invalid_value' | 'missing_key', message: string): void => {
    report.error([...path, key], code, message, 'key');
  };
  if (count !== null && durationMs !== null)
    error('duration', 'invalid_value', 'a step has a `count` or a `duration`, not both');
  if (count !== null && eachMs === null && breath === null)
    error('count', 'missing_key', 'a `count` needs its rhythm: `each: 2 s`');
  if (breath !== null && eachMs !== null)
    error('each', 'invalid_value', 'a step has `each` or a `breath`, not both');
  if (breath !== null && count === null)
    error('breath', 'missing_key', 'a `breath` needs how many: `count: { default: 3, range: [3, 3] }`');
  if (eachMs !== null && (eachMs < EACH_MS.min || eachMs > EACH_MS.max)) {
    const range = `${exactDuration(EACH_MS.min)} to ${exactDuration(EACH_MS.max)}`;
    report.error([...path, 'each'], 'out_of_range', `must be ${range}; found ${exactDuration(eachMs)}`);
  }
}

function checkBreath({ inMs, holdMs, outMs }: Breath, path: Path, report: Report): void {
  for (const [key, foundMs] of [
    ['in', inMs],
    ['hold', holdMs],
    ['out', outMs],
  ] as const) {
    const { min, max } = BREATH_MS[key];
    if (foundMs >= min && foundMs <= max) continue;
    const range = `${exactDuration(min)} to ${exactDuration(max)}`;
    const message = `must be ${range}; found ${exactDuration(foundMs)}`;
    report.error([...path, 'breath', key], 'out_of_range', message);
  }
}

function breathMs(breath: Breath | null): number {
  return breath === null ? 0 : breath.inMs + breath.holdMs + breath.outMs;
}
