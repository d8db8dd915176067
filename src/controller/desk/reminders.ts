import { reminderDeadline } from '../../../machines/reminder.ts';
import type { ReminderEvent } from '../../../machines/reminder.ts';
import type { Hindrance, ReminderWant } from '../../model/desk.ts';
import type { Soonest } from '../soonest.ts';
import type { Now } from '../starter.ts';
import type { CueLevel } from './devices.ts';
import { TOGETHER_MS, Turns } from './hindrances.ts';
import type { PlannedReminder } from './planned.ts';
import type { Told } from './told.ts';

type Over = Extract<ReminderWant, { type: 'over' }>;

export interface RemindersHost {
  readonly told: Told;
  /** Which devices of the desk are out of reach as a cue is shown. */
  silence(): ReturnType<Parameters<Told['want']>[3]>;
  /** What speaks against this one for whoever sits there; null: nothing. */
  unsuited(one: PlannedReminder, now: Now): Hindrance | null;
  /** One is over, and not planned anew yet. */
  over(one: PlannedReminder, want: Over): void;
}

/** The reminders of one desk among themselves: whose turn it is, and what is due, shown and planned. */
export class Reminders {
  readonly all: readonly PlannedReminder[];
  readonly #host: RemindersHost;
  readonly #turns = new Turns();
  #revision = 0;

  constructor(all: readonly PlannedReminder[], host: RemindersHost) {
    this.all = all;
    this.#host = host;
  }

  /** Another number whenever one of them may be another than before. */
  get revision(): number {
    return this.#revision;
  }

  /** One cue for all that are shown: the loudest of them. */
  get level(): CueLevel {
    const names = this.all.map(({ snapshot }) => snapshot.name);
    return names.includes('cueing.sound') ? 'sound' : names.includes('cueing.light') ? 'light' : 'off';
  }

  deadlines(soonest: Soonest, atMs: number): void {
    for (const one of this.all) {
      soonest.add(reminderDeadline(one.snapshot));
      soonest.add(one.calmMs);
    }
    soonest.add(this.#turns.deadlineMs(atMs));
  }

  /** Takes up what an earlier run left. `newWallMs`: when it had last shown something new; null: not known. */
  restore(newWallMs: number | null, now: Now): void {
    if (newWallMs !== null && newWallMs <= now.wallMs) this.#turns.restore(now.atMs - now.wallMs + newWallMs);
    for (const one of this.all) {
      const left = one.left(now);
      if (left !== null) this.step(one, { type: 'restored', ...left, atMs: now.atMs }, now);
    }
  }

  plan(now: Now): void {
    const { told } = this.#host;
    for (const one of this.all) {
      const slept = one.plan(now);
      this.#revision += 1;
      told.plan(one, now);
      if (slept > 0) told.record(one, { event: 'missed', why: 'the computer slept', count: slept });
    }
  }

  /** The computer slept: nobody knows how much of that was sitting. */
  slept(forMs: number, now: Now): void {
    for (const one of this.all) {
      one.sitsSince(now.atMs, 'slept');
      if (!one.rests) this.step(one, { type: 'slept', forMs, atMs: now.atMs }, now);
    }
  }

  /** Tells each what speaks against it and what time it is, until nothing changes any more. `all`: against any of them. */
  settle(all: Hindrance | null, now: Now): void {
    const { atMs } = now;
    for (let round = 0; round < 10; round += 1) {
      let moved = false;
      for (const one of this.all) {
        const before = one.snapshot;
        const dueMs = reminderDeadline(before);
        const against = all ?? this.#host.unsuited(one, now) ?? this.#turns.hindrance(one, this.all, atMs);
        const by = one.calmed(against, atMs);
        if (by !== before.context.hindrance) this.#hinder(one, by, now);
        if (dueMs !== null && dueMs <= atMs) this.step(one, { type: 'clock', atMs }, now);
        moved ||= one.snapshot !== before;
      }
      if (!moved) break;
    }
  }

  step(one: PlannedReminder, event: ReminderEvent, now: Now): void {
    const alone = !this.all.some(({ snapshot }) => snapshot.matches('cueing'));
    const isNew = !one.snapshot.context.cued;
    this.#revision += 1;
    for (const want of one.step(event)) {
      if (want.type === 'cue' && want.level === 'light') {
        this.#turns.shown(isNew, alone, event.atMs);
        if (alone) this.#gather(one, now);
      }
      this.#want(one, want, now);
    }
  }

  #hinder(one: PlannedReminder, by: Hindrance | null, now: Now): void {
    const wasDue = !one.rests;
    this.step(one, { type: 'hindered', by, atMs: now.atMs }, now);
    if (wasDue && by !== null && one.snapshot.name === 'due')
      this.#host.told.record(one, { event: 'waits', waits_for: by });
  }

  /** What would be due in a moment is shown with this one. */
  #gather(first: PlannedReminder, now: Now): void {
    for (const other of this.all) {
      const { name, context } = other.snapshot;
      if (other !== first && name === 'waiting' && (context.dueMs ?? Infinity) <= now.atMs + TOGETHER_MS)
        other.join(now);
    }
  }

  #want(one: PlannedReminder, want: ReminderWant, now: Now): void {
    const { told } = this.#host;
    if (want.type === 'due') one.fired();
    told.want(one, want, now, () => this.#host.silence());
    if (want.type !== 'over') return;
    this.#host.over(one, want);
    one.ended(want.outcome, now);
    one.plan(now);
    told.plan(one, now);
    this.#revision += 1;
  }
}
