import { REASON_TEXT } from '../../controller/index.ts';
import type { SessionResult, StepResult } from '../../model/state.ts';
import { SECOND_MS, formatDuration, formatTemperature } from '../../model/units.ts';
import { table } from '../output.ts';
import { DOSE_LIMIT } from './limits.ts';
import type { Unit } from './text.ts';

/** `Complete.`, `Stopped: nobody came.`, `Aborted: the water was scalding (…).` */
export function outcomeText(result: SessionResult, message: string | null): string {
  const head = `${result.outcome.charAt(0).toUpperCase()}${result.outcome.slice(1)}`;
  if (result.outcome === 'complete') return `${head}.`;
  const detail = message === null ? '' : ` (${message})`;
  return `${head}: ${REASON_TEXT[result.reason]}${detail}.`;
}

/** What a session was, after the outcome: contact, dose, each step. */
export function summaryLines(result: SessionResult, unit: Unit): readonly string[] {
  const facts = [
    `contact ${formatDuration(result.contact_s * SECOND_MS)}`,
    `heat dose ${result.dose.toFixed(2)} of at most ${DOSE_LIMIT.toFixed(2)}`,
  ].join(' · ');
  const head = [
    facts,
    ...(result.dry === true ? ['DRY RUN: nobody was in the water, and it counts for nobody'] : []),
    ...(result.simulated ? ['SIMULATED: it counts for nobody'] : []),
  ];
  if (result.steps.length === 0) return head;
  const rows = result.steps.map((step) => row(step, unit));
  const lines = table([HEAD, ...rows], [1, 2, 3, 4, 5]);
  return [...head, '', ...lines];
}

const HEAD = ['step', 'cycle', 'planned', 'actual', 'in band', 'target', 'water (least to most)'];

function row(
  { kind, cycle, planned_s, actual_s, in_band_s, target_c, water_c }: StepResult,
  unit: Unit,
): string[] {
  const temperature = (valueC: number): string => formatTemperature(valueC, unit);
  return [
    kind,
    String(cycle),
    seconds(planned_s),
    seconds(actual_s),
    in_band_s === null ? '-' : seconds(in_band_s),
    temperature(target_c),
    water_c === null
      ? '-'
      : `${temperature(water_c.mean)} (${temperature(water_c.min)} to ${temperature(water_c.max)})`,
  ];
}

const seconds = (value: number): string => `${value.toFixed(1)} s`;
