import { reminder } from '../../../machines/reminder.ts';
import type { Left, ReminderEvent } from '../../../machines/reminder.ts';
import { expiryOf, nextDue } from '../../schedule/rule.ts';
import { dateOf, localOf } from '../../schedule/zone.ts';
import type { Guide, Hindrance, ReminderOutcome, ReminderSettings, ReminderWant } from '../../model/desk.ts';
import { REMINDER_OUTCOMES } from '../../model/desk.ts';
import { HOUR_MS, MINUTE_MS } from '../../model/units.ts';
import type { Now } from '../starter.ts';
import type { EarlierReminder, Open } from './earlier.ts';

/** From the light to the sound. */
const SOUND_AFTER_MS = MINUTE_MS;
/** How often one reminder may be put off. */
export const SNOOZES = 2;
/** How often what was put out comes again by itself. */
const RETURNS = 2;
/** And only after so long in which nothing of this kind spoke against it: it may be there again in a moment. */
const CALM_MS = 5 * MINUTE_MS;
const UNSTEADY: readonly Hindrance[] = ['busy', 'meeting', 'away'];
/** So soon after an answer nobody has done it again: it counts once. */
const AGAIN_MS = 30 * MINUTE_MS;
/** A clock set back by less than this has shown the times since before; by more, it was wrong until now. */
const SET_BACK_MS = 25 * HOUR_MS;

/**
 * What an interval is counted from: the controller began, the last one was over, somebody came back, the computer slept.
 */
export const SITTING_FROM = ['start', ...REMINDER_OUTCOMES, 'back', 'slept'] as const;
export type SittingFrom = (typeof SITTING_FROM)[number];

/** One reminder of a desk: its machine, and what the schedule makes of the time. */
export class PlannedReminder {
  readonly settings: ReminderSettings;
  snapshot: ReturnType<typeof reminder.initial>;
  last: { readonly outcome: ReminderOutcome; readonly wallMs: number } | null = null;
  readonly #texts: readonly Guide[];
  readonly #leftOut: (protocol: string) => boolean;
  /** When that ended which put it out, monotonic. */
  #disturbedMs = -Infinity;
  /** Whose turn it is, unless it is left out. */
  #turn = 0;
  /** When the sitting began that an interval is counted from, monotonic. */
  #sinceMs: number;
  #since: SittingFrom = 'start';
  /** The fixed time that was due last, or from which on they count. */
  #firedWallMs: number;
  /** What an earlier run left, until it is taken up. */
  #open: Open | null;
  /** What is planned. */
  #dueWallMs: number | null = null;

  constructor(
    settings: ReminderSettings,
    { texts, leftOut }: { readonly texts: readonly Guide[]; readonly leftOut: (protocol: string) => boolean },
    now: Now,
    earlier: EarlierReminder | null,
  ) {
    this.settings = settings;
    this.#texts = texts;
    this.#leftOut = leftOut;
    const { snoozeMs } = settings;
    this.snapshot = reminder.initial({
      soundAfterMs: SOUND_AFTER_MS,
      snoozeMs,
      snoozes: SNOOZES,
      returns: RETURNS,
    });
    this.#sinceMs = now.atMs;
    this.#firedWallMs = now.wallMs;
    this.#open = earlier?.open ?? null;
    if (earlier !== null) this.#takeUp(earlier, now);
  }

  /** A restart is no coming back; but of what was before a long pause nobody knows how much of it was sitting. */
  #takeUp({ ended, open, plan }: EarlierReminder, now: Now): void {
    const { rule, expireMs, protocols } = this.settings;
    if (ended !== null) {
      this.last = { outcome: ended.outcome, wallMs: ended.wallMs };
      const turn = protocols.indexOf(ended.protocol);
      if (turn >= 0) this.#turn = (turn + 1) % protocols.length;
      this.#counts(ended.wallMs, ended.outcome, now);
    }
    const from = SITTING_FROM.find((one) => one === plan?.since?.from);
    if (plan?.since && from !== undefined && plan.since.wallMs > (ended?.wallMs ?? -Infinity))
      this.#counts(plan.since.wallMs, from, now);
    // What was due just before and not answered is there still; what was answered does not come again.
    const plannedMs = plan === null ? now.wallMs : Math.min(plan.dueWallMs - 1, now.wallMs);
    const answeredMs = ended === null ? plannedMs : (ended.dueWallMs ?? ended.wallMs);
    this.#firedWallMs = Math.max(answeredMs, now.wallMs - expireMs);
    if (open !== null && rule.kind === 'at') this.#firedWallMs = Math.max(this.#firedWallMs, open.dueWallMs);
  }

  #counts(wallMs: number, from: SittingFrom, now: Now): void {
    const { rule } = this.settings;
    const agoMs = now.wallMs - wallMs;
    if (rule.kind !== 'every' || agoMs < 0 || agoMs >= rule.everyMs) return;
    this.#sinceMs = now.atMs - agoMs;
    this.#since = from;
  }

  /** What an earlier run left of it, once; null: nothing. */
  left(now: Now): Left | null {
    const open = this.#open;
    this.#open = null;
    if (open === null || this.hidden) return null;
    const turn = this.settings.protocols.indexOf(open.protocol);
    if (turn >= 0) this.#turn = turn;
    this.#dueWallMs = open.dueWallMs;
    const toMs = (wallMs: number): number => wallMs - now.wallMs + now.atMs;
    const { snoozedUntilWallMs: untilMs, cued, sounded } = open;
    return {
      ...{ dueMs: toMs(open.dueWallMs), expiresMs: toMs(open.expiresWallMs), cued, sounded },
      snoozedUntilMs: untilMs === null ? null : toMs(untilMs),
      snoozesLeft: Math.max(0, SNOOZES - open.snoozes),
      returnsLeft: Math.max(0, RETURNS - open.returns),
    };
  }

  /** When it is, or was last, due by the clock on the wall; null: nothing is planned. */
  get dueWallMs(): number | null {
    return this.#dueWallMs;
  }

  /** All of it was left out: it does not come until that is taken back. */
  get hidden(): boolean {
    return this.settings.protocols.every((protocol) => this.#leftOut(protocol));
  }

  /** The next in turn that is not left out. */
  #turnNow(): number {
    const { protocols } = this.settings;
    const turns = protocols.map((_, ahead) => (this.#turn + ahead) % protocols.length);
    return turns.find((turn) => !this.#leftOut(protocols[turn] ?? '')) ?? this.#turn;
  }

  get text(): Guide {
    return this.textAfter(0);
  }

  /** What is to be done so many turns from now. */
  textAfter(turns: number): Guide {
    const { protocols } = this.settings;
    const first = this.#turnNow();
    const inTurn = [...protocols.slice(first), ...protocols.slice(0, first)];
    const suited = inTurn.filter((one, ahead) => ahead === 0 || !this.#leftOut(one));
    const protocol = suited[turns % suited.length] ?? this.settings.id;
    return (
      this.#texts.find((one) => one.protocol === protocol) ?? {
        protocol,
        title: protocol,
        say: protocol,
        steps: [],
        notFor: [],
        askFirst: [],
        hours: null,
      }
    );
  }

  /** Nothing of it is under way. */
  get rests(): boolean {
    return this.snapshot.name === 'waiting' || this.snapshot.matches('over');
  }

  step(event: ReminderEvent): readonly ReminderWant[] {
    const { snapshot, wants } = reminder.step(this.snapshot, event);
    this.snapshot = snapshot;
    return wants;
  }

  /** What keeps one from being shown that was put out, given what speaks against it now: some calm first. */
  calmed(against: Hindrance | null, atMs: number): Hindrance | null {
    const { name, context } = this.snapshot;
    if (against !== null || name !== 'due' || !context.cued) return against;
    const { hindrance: before } = context;
    if (before !== null && UNSTEADY.includes(before)) this.#disturbedMs = atMs;
    return atMs < this.#disturbedMs + CALM_MS ? 'settling' : null;
  }

  /** When it has been calm for long enough; null: that is not waited for. */
  get calmMs(): number | null {
    return this.snapshot.context.hindrance === 'settling' ? this.#disturbedMs + CALM_MS : null;
  }

  /** It was answered a moment ago, and is not due again: when, wall time; null: it was not. */
  answeredMs(now: Now): number | null {
    if (!this.rests || this.last === null || this.last.outcome === 'missed') return null;
    const { wallMs } = this.last;
    return now.wallMs >= wallMs && now.wallMs < wallMs + AGAIN_MS ? wallMs : null;
  }

  /** It was shown, put off or waits since then: its fixed time has been. */
  fired(): void {
    if (this.#dueWallMs !== null) this.#firedWallMs = Math.max(this.#firedWallMs, this.#dueWallMs);
  }

  /** It is over: an interval begins anew, and fixed times that passed meanwhile are covered by it. */
  ended(outcome: ReminderOutcome, now: Now): void {
    this.last = { outcome, wallMs: now.wallMs };
    this.#turn = (this.#turnNow() + 1) % this.settings.protocols.length;
    this.sitsSince(now.atMs, outcome);
    this.#firedWallMs = Math.max(this.#firedWallMs, now.wallMs, this.#ahead(outcome, now.wallMs));
  }

  /** A fixed time that was answered ahead of itself, on its day, does not come any more. */
  #ahead(outcome: ReminderOutcome, wallMs: number): number {
    const { rule } = this.settings;
    const dueMs = this.#dueWallMs;
    if (rule.kind !== 'at' || outcome === 'missed' || dueMs === null) return -Infinity;
    return dateOf(localOf(rule.zone, dueMs)) === dateOf(localOf(rule.zone, wallMs)) ? dueMs : -Infinity;
  }

  sitsSince(atMs: number, from: SittingFrom): void {
    this.#sinceMs = atMs;
    this.#since = from;
  }

  /** What the plan rests on, for the record: since when the sitting counts, and why; null: a fixed time, or nothing. */
  countedFrom(now: Now): { readonly wallMs: number; readonly from: SittingFrom | 'hours' } | null {
    const { rule } = this.settings;
    if (rule.kind !== 'every' || this.#dueWallMs === null) return null;
    const sinceWallMs = this.#sinceMs - now.atMs + now.wallMs;
    const wallMs = this.#dueWallMs - rule.everyMs;
    return { wallMs, from: wallMs > sinceWallMs + MINUTE_MS ? 'hours' : this.#since };
  }

  /** Works out what is due next, as the wall clock goes now. Returns how many fixed times were slept over. */
  plan(now: Now): number {
    if (!this.rests) return 0;
    const slept = this.#skipPast(now);
    const dueWallMs = this.hidden
      ? null
      : this.settings.rule.kind === 'every'
        ? nextDue(this.settings.rule, this.#sinceMs - now.atMs + now.wallMs)
        : nextDue(this.settings.rule, this.#firedWallMs);
    this.#dueWallMs = dueWallMs;
    if (dueWallMs === null) this.step({ type: 'unplanned', atMs: now.atMs });
    else {
      const dueMs = now.atMs + dueWallMs - now.wallMs;
      const expiresMs = dueMs + this.#waitsMs(dueWallMs);
      this.step({ type: 'planned', dueMs, expiresMs, atMs: now.atMs });
    }
    return slept;
  }

  /** Due now, with another: one cue for both. */
  join({ atMs, wallMs }: Now): void {
    this.step({ type: 'planned', dueMs: atMs, expiresMs: atMs + this.#waitsMs(wallMs), atMs });
  }

  /** How long it waits at most where it is due then. */
  #waitsMs(dueWallMs: number): number {
    const { rule, expireMs } = this.settings;
    return expiryOf(rule, expireMs, dueWallMs) - dueWallMs;
  }

  /** Fixed times whose time is over are not made up for. */
  #skipPast(now: Now): number {
    const { rule, expireMs } = this.settings;
    if (rule.kind === 'every') return 0;
    if (this.#firedWallMs > now.wallMs + SET_BACK_MS) this.#firedWallMs = now.wallMs;
    let slept = 0;
    for (;;) {
      const dueMs = nextDue(rule, this.#firedWallMs);
      if (dueMs === null || dueMs + expireMs > now.wallMs) return slept;
      this.#firedWallMs = dueMs;
      slept += 1;
    }
  }
}
