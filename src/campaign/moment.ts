/** The landmarks of a session that have a name: what a person sees, and the states on the way in and out. */
const SEEN = ['ready', 'warm', 'cold', 'change', 'held', 'end'] as const;
const STATES = ['parked', 'holding', 'restarting', 'completing', 'stopping', 'aborting'] as const;
const MOMENT_NAMES = [...SEEN, ...STATES] as const;

const FORM = new RegExp(
  `^(?:(start|${MOMENT_NAMES.join('|')})(?:\\s+(\\d+))?)?\\s*(?:\\+?\\s*(\\d+(?:\\.\\d+)?)\\s*(ms|s|min))?$`,
);

/**
 * When something is to happen in a session, as people write it: `start`, `ready + 2 s`, `cold 1 + 5 s`, `change 2`,
 * `held`, `stopping + 100 ms`, `12.5 s` (from the start command). Used by fault schedules and by scenario files alike.
 */
export interface Moment {
  /** What it counts from. `at`: the start command. */
  readonly from: 'at' | (typeof MOMENT_NAMES)[number];
  /** Which of them, from 1. */
  readonly nth: number;
  readonly plusMs: number;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000 };

/** Null where the text is no moment. */
export function parseMoment(text: string): Moment | null {
  const found = FORM.exec(text.trim());
  if (found === null || text.trim() === '') return null;
  const [, name, nth, amount, unit] = found;
  if (Number(nth ?? 1) < 1) return null;
  const plusMs = amount === undefined ? 0 : Number(amount) * (UNITS[unit ?? 's'] ?? 1_000);
  const from = MOMENT_NAMES.find((one) => one === name) ?? 'at';
  return { from, nth: nth === undefined ? 1 : Number(nth), plusMs };
}

export function formatMoment({ from, nth, plusMs }: Moment): string {
  const plus = plusMs % 1_000 === 0 ? `${plusMs / 1_000} s` : `${plusMs} ms`;
  if (from === 'at') return plus;
  const counted = from === 'warm' || from === 'cold' || from === 'change';
  const name = nth === 1 && !counted ? from : `${from} ${nth}`;
  return plusMs === 0 ? name : `${name} + ${plus}`;
}
