/**
 * What is told on `ebb/<station>/event`, a closed list. Things that happen: what merely is stands in the state object,
 * and readings are no events.
 */
export const EVENT_TYPES = [
  /** A start was accepted: `protocol`, `person`, `source`. */
  'session_started',
  /** The second part of a session that ended early: `source`. */
  'session_continued',
  /** `outcome`, `reason`, `protocol`, `person`, `contact_s`. */
  'session_ended',
  /** A detector closed the water: `detector`, `code`, `latched`, `message`. */
  'trip',
  /** A fault was cleared by a person: `code`, `detector`. */
  'cleared',
  /** A person's water is locked: `person`, `code`, `until`. */
  'locked',
  /** Light or sound for the person: `cue`. */
  'cue',
  /** `device`. */
  'device_up',
  'device_lost',
  'device_restarted',
  /** A press at the station that could not be followed: `command`, `code`, `message`. */
  'refused',
  /** Another program took the client id over. */
  'taken_over',
] as const;

/** What is told of a desk, beside its devices coming and going. Each names its `reminder` and `protocol`. */
export const DESK_EVENT_TYPES = [
  /** Its time has come: `waits_for` says what speaks against showing it, or null. */
  'reminder_due',
  /** It is shown: `level` light, then sound. */
  'reminder_shown',
  /** `source`, `left`: how often it may be put off again. */
  'reminder_snoozed',
  /** Over: `source`, `waits_for`, `shown`. */
  'reminder_done',
  'reminder_skipped',
  'reminder_missed',
  /** An exercise is led: `protocol`, `source`. */
  'guide_started',
  /** `protocol`, `outcome`, `reason`, `source`, `repetitions`. */
  'guide_ended',
  /** Somebody asked for quiet: `until` (null: it is over), `source`. */
  'quiet',
  /** Somebody said that something is not for them: `protocols`, `off` (it is after all), `source`. */
  'not_for_me',
  /** A device says that somebody wants not to be disturbed, or no more: `device`, `busy` (null: not known), `why`. */
  'busy',
  /** The calendars of a desk were read, or could not be: `trouble` (null: none). */
  'calendar',
] as const;
export type EventType = (typeof EVENT_TYPES)[number] | (typeof DESK_EVENT_TYPES)[number];
