import { z } from 'zod';
import { doneOf } from '../../journal/index.ts';
import type { HistoryReader, RecordType, StoredRecord } from '../../journal/index.ts';
import type { DeskSettings, ReminderOutcome, ReminderSettings } from '../../model/desk.ts';
import { REMINDER_OUTCOMES } from '../../model/desk.ts';
import type { StationId } from '../../model/ids.ts';
import { expiryOf } from '../../schedule/rule.ts';
import { dateAt } from '../../schedule/zone.ts';

/** How a reminder ended last. */
export interface Ended {
  readonly outcome: ReminderOutcome;
  readonly protocol: string;
  readonly wallMs: number;
  /** When it was due; null: not known. */
  readonly dueWallMs: number | null;
}

/** One that was due, and was not over. Wall time throughout. */
export interface Open {
  readonly protocol: string;
  readonly dueWallMs: number;
  readonly expiresWallMs: number;
  readonly snoozedUntilWallMs: number | null;
  readonly snoozes: number;
  /** How often it came again by itself. */
  readonly returns: number;
  readonly cued: boolean;
  readonly sounded: boolean;
  /** Its light was on. */
  readonly lit: boolean;
}

/** What was planned last, and since when that was counted; null: a fixed time, or not known. */
export interface Plan {
  readonly dueWallMs: number;
  readonly since: { readonly wallMs: number; readonly from: string } | null;
}

/** What the journal knows of one reminder. */
export interface EarlierReminder {
  readonly ended: Ended | null;
  readonly open: Open | null;
  readonly plan: Plan | null;
}

/** What the journal knows of a desk. */
export interface EarlierDesk {
  readonly reminders: ReadonlyMap<string, EarlierReminder>;
  /** When something was last shown that had not been shown before; null: not known. */
  readonly newWallMs: number | null;
  /** How many in a row nobody answered, the last on a date of the desk's own calendar. */
  readonly unanswered: { readonly count: number; readonly date: string };
  /** Something of it may be lit. */
  readonly leftOn: boolean;
  /** Since when nobody was there, or when somebody came back; null: neither is known. */
  readonly presence: { readonly present: boolean; readonly wallMs: number } | null;
}

const TYPES: readonly RecordType[] = [
  ...(['reminder', 'planned', 'tick', 'presence', 'guide'] as const),
  ...(['quiet', 'not_for_me', 'refused'] as const),
];
/** Some days of a busy desk: what is older says nothing about now. */
const LOOK_BACK = 1_000;

const time = z.iso.datetime().transform((at) => Date.parse(at));
const reminderSchema = z.looseObject({
  reminder: z.string(),
  protocol: z.string(),
  event: z.string(),
  due_at: time.nullable(),
  level: z.string().optional(),
  until: time.nullish(),
  left: z.int().nullish(),
  shown: z.boolean().optional(),
  waits_for: z.string().nullish(),
  unreached: z.array(z.string()).optional(),
});
type ReminderBody = z.infer<typeof reminderSchema>;
const plannedSchema = z.looseObject({
  reminder: z.string(),
  due_at: time.nullable(),
  since: time.nullable(),
  from: z.string().nullable(),
});
const presenceSchema = z.looseObject({ present: z.boolean(), since: time });
const outcomeOf = (event: string): ReminderOutcome | null =>
  REMINDER_OUTCOMES.find((outcome) => outcome === event) ?? null;

/** Reads what earlier runs left of a desk. Whatever a record of an older version does not say is as if it had not been. */
export function earlierDesk(
  history: HistoryReader | null,
  settings: DeskSettings,
  cueing: number,
  snoozes: number,
): EarlierDesk {
  const records = history?.records({ station: settings.id, types: TYPES, limit: LOOK_BACK }) ?? [];
  const fold = new Fold(settings, cueing, snoozes);
  for (const record of records) fold.take(record);
  return fold.read;
}

class Fold {
  readonly #settings: DeskSettings;
  readonly #cueing: number;
  readonly #snoozes: number;
  readonly #reminders = new Map<string, EarlierReminder>();
  #newWallMs: number | null = null;
  #unanswered = { count: 0, date: '' };
  /** What was shown last could be seen or heard. */
  #heard = true;
  #led = false;
  #presence: EarlierDesk['presence'] = null;

  constructor(settings: DeskSettings, cueing: number, snoozes: number) {
    this.#settings = settings;
    this.#cueing = cueing;
    this.#snoozes = snoozes;
  }

  get read(): EarlierDesk {
    const lit = [...this.#reminders.values()].some(({ open }) => open?.lit === true);
    return {
      ...{ reminders: this.#reminders, newWallMs: this.#newWallMs, unanswered: this.#unanswered },
      ...{ leftOn: lit || this.#led, presence: this.#presence },
    };
  }

  take(record: StoredRecord): void {
    const wallMs = Date.parse(record.at);
    const { body } = record;
    switch (record.type) {
      case 'reminder': {
        const said = reminderSchema.safeParse(body).data;
        const settings = this.#settings.reminders.find(({ id }) => id === said?.reminder);
        if (said !== undefined && settings !== undefined) this.#reminder(settings, said, wallMs);
        return;
      }
      case 'planned':
        this.#planned(body);
        return;
      case 'tick':
        this.#ticked(record);
        return;
      case 'presence': {
        const said = presenceSchema.safeParse(body).data;
        if (said !== undefined)
          this.#presence = { present: said.present, wallMs: said.present ? wallMs : said.since };
        return;
      }
      case 'guide':
        this.#led = body['event'] === 'started';
        if (this.#led) this.#somebody();
        return;
      default:
        // Whoever says anything is there.
        this.#somebody();
    }
  }

  #somebody(): void {
    this.#unanswered = { count: 0, date: '' };
  }

  #of(reminder: string): EarlierReminder {
    return this.#reminders.get(reminder) ?? { ended: null, open: null, plan: null };
  }

  #planned(body: StoredRecord['body']): void {
    const said = plannedSchema.safeParse(body).data;
    if (said === undefined) return;
    const { reminder, due_at: dueWallMs, since, from } = said;
    const counted = since === null || from === null ? null : { wallMs: since, from };
    const plan = dueWallMs === null ? null : { dueWallMs, since: counted };
    this.#reminders.set(reminder, { ...this.#of(reminder), plan });
  }

  /** Done by hand, while no controller ran or beside a desk: so are the reminders of it. */
  #ticked(record: StoredRecord): void {
    const done = doneOf(record);
    if (done?.kind !== 'done') return;
    const { item: protocol, wallMs } = done;
    for (const { id, protocols } of this.#settings.reminders) {
      if (!protocols.includes(protocol)) continue;
      const ended = { outcome: 'done', protocol, wallMs, dueWallMs: null } as const;
      this.#reminders.set(id, { ...this.#of(id), open: null, ended });
    }
  }

  #reminder(settings: ReminderSettings, said: ReminderBody, wallMs: number): void {
    const before = this.#of(settings.id);
    const outcome = outcomeOf(said.event);
    if (outcome === null) {
      const open = this.#open(settings, before.open, said, wallMs);
      if (said.event === 'snoozed') this.#somebody();
      this.#reminders.set(settings.id, { ...before, open });
      return;
    }
    const ended = { outcome, protocol: said.protocol, wallMs, dueWallMs: said.due_at };
    this.#reminders.set(settings.id, { ...before, open: null, ended });
    if (outcome !== 'missed') this.#somebody();
    else if (said.shown === true && (said.waits_for ?? null) === null && this.#heard) {
      const date = dateAt(this.#settings.zone, wallMs);
      const { unanswered } = this.read;
      this.#unanswered = { count: unanswered.date === date ? unanswered.count + 1 : 1, date };
    }
  }

  #open(settings: ReminderSettings, before: Open | null, said: ReminderBody, wallMs: number): Open {
    const dueWallMs = said.due_at ?? wallMs;
    const same = before?.dueWallMs === dueWallMs ? before : null;
    const open: Open = same ?? {
      ...{ protocol: said.protocol, dueWallMs },
      // One that was shown with another came ahead of its time.
      expiresWallMs: expiryOf(settings.rule, settings.expireMs, Math.min(wallMs, dueWallMs)),
      ...{ snoozedUntilWallMs: null, snoozes: 0, returns: 0, cued: false, sounded: false, lit: false },
    };
    switch (said.event) {
      case 'shown': {
        if (said.level === 'sound') return { ...open, sounded: true };
        this.#heard = (said.unreached?.length ?? 0) < Math.max(1, this.#cueing);
        if (!open.cued) this.#newWallMs = wallMs;
        // By right the first time and after each snooze; else it came again by itself.
        const byRight = !open.cued || open.snoozedUntilWallMs !== null;
        const returns = byRight ? open.returns : open.returns + 1;
        return { ...open, returns, snoozedUntilWallMs: null, cued: true, lit: true };
      }
      case 'snoozed': {
        const untilWallMs = said.until ?? wallMs + settings.snoozeMs;
        const leftMs = Math.max(0, open.expiresWallMs - wallMs);
        const snoozes = typeof said.left === 'number' ? this.#snoozes - said.left : open.snoozes + 1;
        const times = { snoozedUntilWallMs: untilWallMs, expiresWallMs: untilWallMs + leftMs };
        return { ...open, ...times, snoozes, cued: true, sounded: false, lit: false };
      }
      default:
        return { ...open, lit: false };
    }
  }
}

/** The quiet that was asked for last, wall time; null: none. */
export function quietPast(history: HistoryReader | null, station: StationId): number | null {
  const [last] = history?.records({ station, types: ['quiet'], limit: 1 }) ?? [];
  return z.looseObject({ until: time.nullable() }).safeParse(last?.body).data?.until ?? null;
}
