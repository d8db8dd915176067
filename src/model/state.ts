import { z } from 'zod';
import { STEP_KINDS } from './plan.ts';

/** A session's states, named as in ISA-88. */
export const SESSION_STATES = [
  'idle',
  'starting',
  'running',
  'holding',
  'held',
  'restarting',
  'completing',
  'complete',
  'stopping',
  'stopped',
  'aborting',
  'aborted',
] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** The word a person sees. */
export const PHASES = [
  'idle',
  'preparing',
  'ready',
  'warm',
  'cold',
  'active',
  'changing',
  'paused',
  'stopping',
  'stopped',
  'fault',
  'drying',
  'done',
] as const;
export type Phase = (typeof PHASES)[number];

export const OPERATIONS = [
  'prove',
  'purge',
  'fill',
  'temper',
  'flush',
  'contact',
  'switch',
  'drain',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const VALVE_STATES = ['open', 'closed', 'opening', 'closing', 'unknown', 'failed'] as const;
export type ValveState = (typeof VALVE_STATES)[number];

export const OUTCOMES = ['complete', 'stopped', 'aborted'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Why a session ended, a closed list. The text for people is made from it in one place (`reasonText`). */
export const REASONS = [
  'completed',
  'stopped_by_person',
  'nobody_came',
  'no_answer',
  'nobody_there',
  'pause_ran_out',
  'time_was_up',
  'over_temperature',
  'too_warm',
  'rising_too_fast',
  'cold_water_too_cold',
  'stale_reading',
  'stuck_thermometer',
  'thermometers_disagree',
  'lease_not_acknowledged',
  'device_offline',
  'device_refused',
  'flow_while_closed',
  'no_flow',
  'overfull',
  'leak',
  'valve_disagrees',
  'valve_not_verified',
  'never_in_band',
  'out_of_band',
  'unexpected_rise',
  'step_too_long',
  'scald_guard_failed',
  'cold_supply_too_cold',
  'warm_supply_too_warm',
  'dead_time_too_long',
  'lag_too_long',
  'no_steady_water',
  'no_effect',
  'journal_stalled',
  'link_lost',
  'controller_restarted',
  'open_refused',
  'clock_jumped',
  'basin_not_filling',
  'basin_not_draining',
  'basin_leaks',
  'water_too_old',
  'symptom_reported',
  'heat_dose',
] as const;
export type Reason = (typeof REASONS)[number];

const isoTime = z.iso.datetime();

/** `ebb/<station>/state`, `ebb status --json`, the `state` lines of `ebb run --json`. */
export const stateObjectSchema = z.strictObject({
  state: z.enum(SESSION_STATES),
  phase: z.enum(PHASES),
  operation: z.enum(OPERATIONS).nullable(),
  ready_until: isoTime.nullable(),
  /** Contact is permitted. */
  exposed: z.boolean(),
  session: z.string().nullable(),
  protocol: z.string().nullable(),
  person: z.string().nullable(),
  step: z
    .strictObject({
      index: z.int().min(0),
      count: z.int().min(1),
      kind: z.enum(STEP_KINDS),
      cycle: z.int().min(1),
      cycles: z.int().min(1),
      target_c: z.number().nullable(),
      started_at: isoTime.nullable(),
      ends_at: isoTime.nullable(),
    })
    .nullable(),
  water_c: z.number().nullable(),
  valves: z.partialRecord(z.enum(['hot', 'cold', 'drain', 'mixer', 'master']), z.enum(VALVE_STATES)),
  fault: z.strictObject({ code: z.string(), detector: z.string(), latched: z.boolean() }).nullable(),
  locked: z.strictObject({ code: z.string(), until: isoTime }).nullable(),
  prompt: z.strictObject({ id: z.string(), text: z.string(), answer_by: isoTime }).nullable(),
  next: z.string().nullable(),
  message: z.string().nullable(),
  simulated: z.boolean(),
  /** Only in a dry run: nobody may be in the water. */
  dry: z.literal(true).optional(),
});
export type StateObject = z.infer<typeof stateObjectSchema>;

/** One step of a session, planned and as it was. `water_c` leaves out the first 12 s, which belong to the change. */
export const stepResultSchema = z.strictObject({
  kind: z.enum(STEP_KINDS),
  cycle: z.int(),
  planned_s: z.number(),
  actual_s: z.number(),
  in_band_s: z.number().nullable(),
  target_c: z.number(),
  water_c: z.strictObject({ min: z.number(), mean: z.number(), max: z.number() }).nullable(),
});
export type StepResult = z.infer<typeof stepResultSchema>;

/** The session result: journal, `--json`, API. */
export const sessionResultSchema = z.strictObject({
  id: z.string(),
  station: z.string(),
  protocol: z.string(),
  person: z.string().nullable(),
  outcome: z.enum(OUTCOMES),
  reason: z.enum(REASONS),
  started_at: isoTime,
  ended_at: isoTime,
  contact_s: z.number(),
  dose: z.number(),
  steps: z.array(stepResultSchema),
  symptoms: z.array(z.string()),
  simulated: z.boolean(),
  /** Only of a dry run, which counts for nobody. */
  dry: z.literal(true).optional(),
});
export type SessionResult = z.infer<typeof sessionResultSchema>;
