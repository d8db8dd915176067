import { ENVELOPE } from '../../../machines/envelope.ts';
import type { SessionPlan } from '../../model/plan.ts';
import { formatDuration } from '../../model/units.ts';

/** L12: the heat dose of a session. Only shown: T12 ends a session for it. */
export const DOSE_LIMIT = 0.3;

export interface TotalRow {
  readonly what: string;
  readonly planned: string;
  readonly limit: string;
  /** Such as `L6`; empty where nothing limits it. */
  readonly id: string;
}

/** The totals of a plan beside their hard limits, as the preview and `ebb protocols show` put them. */
export function totalRows({ totals, kind }: SessionPlan): readonly TotalRow[] {
  const { warmMs, coldMs, contactMs, dose, litres } = totals;
  const warmLimitMs = kind === 'soak' ? ENVELOPE.soakMs : ENVELOPE.warmContactMs;
  return [
    {
      what: 'warm contact',
      planned: duration(warmMs),
      limit: formatDuration(warmLimitMs),
      id: kind === 'soak' ? 'L11' : 'L6',
    },
    ...(coldMs === 0
      ? []
      : [
          {
            what: 'cold contact',
            planned: duration(coldMs),
            limit: formatDuration(ENVELOPE.coldContactMs),
            id: 'L7',
          },
        ]),
    { what: 'session', planned: duration(contactMs), limit: formatDuration(ENVELOPE.sessionMs), id: 'L8' },
    { what: 'heat dose', planned: dose.toFixed(2), limit: DOSE_LIMIT.toFixed(2), id: 'L12' },
    { what: 'water', planned: litres === null ? '-' : `about ${Math.round(litres)} l`, limit: '', id: '' },
  ];
}

const duration = (ms: number): string => formatDuration(ms);
