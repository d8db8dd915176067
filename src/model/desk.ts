import { z } from 'zod';
import type { CalendarSettings } from './calendar.ts';
import { SOURCES } from './command.ts';
import type { Source } from './command.ts';
import type { Beat, CueName } from './device.ts';
import type { StationId } from './ids.ts';
import type { StepKind, WaterKind } from './plan.ts';
import type { DayWindow, Rule } from './schedule.ts';
import type { DeviceSettings } from './station.ts';
import { stateObjectSchema } from './state.ts';

/** Where people are reminded: at a desk, or at a spot of another kind (sofa, bed, kitchen). */
export const DESK_KINDS = ['desk', 'spot'] as const;
export type DeskKind = (typeof DESK_KINDS)[number];

/** What a desk does right now: the state of its most urgent reminder. */
export const DESK_STATES = ['idle', 'waiting', 'due', 'cueing', 'snoozed'] as const;
export type DeskStateName = (typeof DESK_STATES)[number];

export const REMINDER_OUTCOMES = ['done', 'skipped', 'missed'] as const;
export type ReminderOutcome = (typeof REMINDER_OUTCOMES)[number];
/** Who, or what, ended a reminder. */
export type ReminderSource = Source | 'presence';

/** Why a reminder that is due is not shown, a closed list: the first that holds. */
export const HINDRANCES = [
  /** A person asked for quiet. */
  'quiet',
  /** The quiet hours of the desk. */
  'quiet_hours',
  /** A session is under way at a bath: somebody sits with their feet in the water. */
  'bath',
  /** An event of a calendar of the desk is under way, or the next one begins in a moment. */
  'meeting',
  /** A device of the desk says that somebody wants not to be disturbed. */
  'busy',
  /** Nobody is there. */
  'away',
  /** Somebody has only just come back. */
  'just_back',
  /** It was shown and put out, and what spoke against it ended less than five minutes ago; or sensors have said nothing yet. */
  'settling',
  /** Nobody answered the last three: no more today, until somebody does anything. */
  'ignored',
  /** Its protocol is for other hours. */
  'hours',
  /** Somebody said that it is not for them. */
  'not_for_me',
  /** Another reminder is shown, put off, or was shown less than 30 min ago. */
  'another',
] as const;
export type Hindrance = (typeof HINDRANCES)[number];

/** What a reminder asks for; wants leave as a list per event. */
export type ReminderWant =
  | { readonly type: 'due'; readonly hindrance: Hindrance | null }
  | { readonly type: 'cue'; readonly level: 'off' | 'light' | 'sound' }
  | { readonly type: 'snoozed'; readonly source: ReminderSource | null; readonly left: number }
  | {
      readonly type: 'over';
      readonly outcome: ReminderOutcome;
      readonly source: ReminderSource | null;
      /** Of one that was missed: what spoke against it at the end; null: it was shown, and nobody answered. */
      readonly hindrance: Hindrance | null;
      readonly cued: boolean;
    };

/** One `reminder` entry of the schedule, checked. */
export interface ReminderSettings {
  /** Names it at its desk: the protocol, or the first of several. */
  readonly id: string;
  /** Protocols, one after the other in turn. */
  readonly protocols: readonly string[];
  readonly rule: Rule;
  readonly snoozeMs: number;
  /** From being due to being missed, milliseconds. */
  readonly expireMs: number;
}

/** Patterns of one's own, in place of those that ship; `sound: null` is none. */
export type DeskCues = Readonly<
  Partial<Record<'remind' | 'remind-again', { readonly light?: Beat; readonly sound?: Beat | null }>>
>;

/** A desk or a spot, checked: what the controller is told of it. */
export interface DeskSettings {
  readonly id: StationId;
  readonly name: string;
  readonly kind: DeskKind;
  /** `light`, `buzzer`, `button`, `presence` and `busy`: no device of a desk opens anything. */
  readonly devices: readonly DeviceSettings[];
  /** IANA. */
  readonly zone: string;
  readonly quietHours: DayWindow | null;
  readonly cues: DeskCues;
  /** Protocols that are not for whoever is there. */
  readonly notForMe: readonly string[];
  readonly calendars: readonly CalendarSettings[];
  readonly reminders: readonly ReminderSettings[];
}

/** One step of an exercise. Milliseconds throughout. */
export type GuideStep = { readonly part: Exclude<StepKind, WaterKind>; readonly say: string } & (
  | { readonly kind: 'count'; readonly count: number; readonly eachMs: number }
  /** Told at its beginning, in its middle and at its end. */
  | { readonly kind: 'timer'; readonly durationMs: number }
  /** A light that comes up, stays and goes; a hold of 0 is none. */
  | {
      readonly kind: 'breath';
      readonly count: number;
      readonly inMs: number;
      readonly holdMs: number;
      readonly outMs: number;
    }
);

/** Something to be done at a desk: what a reminder tells, and what is led beat by beat. */
export interface Guide {
  readonly protocol: string;
  readonly title: string;
  /** What to do, with counts and times. */
  readonly say: string;
  /** Empty: there is nothing to lead, only to be reminded of. */
  readonly steps: readonly GuideStep[];
  /** Who leaves it out, and who asks a clinician before the first time. */
  readonly notFor: readonly string[];
  readonly askFirst: readonly string[];
  /** When it may be shown; null: at any time. */
  readonly hours: DayWindow | null;
}

/** How an exercise that was led came to its end. */
export const GUIDE_REASONS = ['completed', 'no_answer', 'stopped_by_person'] as const;
export type GuideReason = (typeof GUIDE_REASONS)[number];

/** What the machine of an exercise asks for. */
export type GuideWant =
  /** `fadeMs`: how long a light that can takes to come up, or to go. */
  | { readonly type: 'cue'; readonly cue: CueName; readonly fadeMs?: number }
  | {
      readonly type: 'ended';
      readonly run: { readonly id: string; readonly guide: Guide; readonly led: number };
      readonly reason: GuideReason;
      readonly source: Source | null;
    };

const isoTime = z.iso.datetime();

/** The result of an exercise: journal, `--json`. */
export const guideResultSchema = z.strictObject({
  id: z.string(),
  station: z.string(),
  protocol: z.string(),
  outcome: z.enum(['complete', 'stopped']),
  reason: z.enum(GUIDE_REASONS),
  /** Whose press ended it; null: nobody's. */
  source: z.enum(SOURCES).nullable(),
  started_at: isoTime,
  ended_at: isoTime,
  /** Repetitions that were led. */
  repetitions: z.int().min(0),
  simulated: z.boolean(),
});
export type GuideResult = z.infer<typeof guideResultSchema>;

/** One reminder of a desk in its state object. */
export const reminderStateSchema = z.strictObject({
  id: z.string(),
  /** The protocol whose turn it is. */
  protocol: z.string(),
  title: z.string(),
  state: z.enum(DESK_STATES),
  /** When it is due next, or was due; null: nothing is planned. */
  due_at: isoTime.nullable(),
  /** When it comes back after a snooze. */
  snoozed_until: isoTime.nullable(),
  /** When it counts as missed. */
  expires_at: isoTime.nullable(),
  snoozes_left: z.int().min(0),
  /** Why it is due and not shown, or never comes (`not_for_me`); null: nothing speaks against it. */
  waits_for: z.enum(HINDRANCES).nullable(),
  last: z.strictObject({ outcome: z.enum(REMINDER_OUTCOMES), at: isoTime }).nullable(),
});
export type ReminderState = z.infer<typeof reminderStateSchema>;

/** `ebb/<desk>/state`: the fields of every state object, with nothing in those of water, and the reminders. */
export const deskStateSchema = stateObjectSchema.extend({
  state: z.enum(DESK_STATES),
  quiet_until: isoTime.nullable(),
  /** Protocols that somebody said are not for them. */
  not_for_me: z.array(z.string()),
  /** When the next that is planned is due; null: nothing is planned. */
  next_at: isoTime.nullable(),
  /** A device says that somebody wants not to be disturbed. */
  busy: z.boolean(),
  /** When the meeting that is under way is over; null: there is none. */
  meeting_until: isoTime.nullable(),
  /** What is wrong with its calendars, in words; null: nothing. What they said last holds on. */
  calendar_trouble: z.string().nullable(),
  reminders: z.array(reminderStateSchema),
});
export type DeskState = z.infer<typeof deskStateSchema>;

/** What any place is right now: a desk has its reminders in it. */
export const placeStateSchema = z.union([stateObjectSchema, deskStateSchema]);
export type PlaceState = z.infer<typeof placeStateSchema>;
