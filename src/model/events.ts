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
export type EventType = (typeof EVENT_TYPES)[number];
