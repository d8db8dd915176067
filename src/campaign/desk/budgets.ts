/** What a desk may do to whoever sits there, each with the most that is allowed. */
export const BUDGETS = {
  perHour: { most: 2, what: 'new reminders within any hour' },
  whileBusy: { most: 0, what: 'shown while somebody is busy' },
  afterReturn: { most: 0, what: 'shown within 5 min of coming back' },
  lights: { most: 5, what: 'lights for one reminder: by itself, put off twice, put out twice' },
  stacked: { most: 0, what: 'begun while another one was shown or put off' },
  outOfHours: { most: 0, what: 'shown out of hours' },
  onEmptyChair: { most: 0, what: 'shown to nobody' },
  unexplained: { most: 0, what: 'lights that no record explains' },
} as const;
export type Budget = keyof typeof BUDGETS;
export const BUDGET_NAMES: readonly Budget[] = [
  ...([
    'perHour',
    'whileBusy',
    'afterReturn',
    'lights',
    'stacked',
    'outOfHours',
    'onEmptyChair',
    'unexplained',
  ] as const),
];

/** A budget that was broken: how often or by how much, and when first, wall time. */
export interface Broken {
  readonly person: string;
  readonly budget: Budget;
  readonly value: number;
  readonly firstWallMs: number | null;
}

/** What a stretch of days at a desk came to, for one person. */
export interface DeskRow {
  readonly person: string;
  /** At the desk. */
  readonly hours: number;
  /** Outages, restarts and flickers in that time. */
  readonly faults: number;
  /** New ones that were shown. */
  readonly reminders: number;
  readonly done: number;
  readonly skipped: number;
  /** Shown, and nobody answered. */
  readonly missed: number;
  /** Not shown, since something spoke against it until their time was over. */
  readonly passed: number;
  /** Those done of all that were answered, or shown and not answered, 0 to 1; null: none did. */
  readonly adherence: number | null;
  readonly budgets: Readonly<Record<Budget, number>>;
}

export interface DeskReport {
  readonly station: string;
  readonly days: number;
  readonly seed: number;
  readonly rows: readonly DeskRow[];
  readonly broken: readonly Broken[];
  readonly command: string;
  readonly tookS: number;
}
