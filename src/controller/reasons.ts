import type { Reason } from '../model/state.ts';

/** Each reason in words for a person; figures and the remedy come from the trip's own message. */
export const REASON_TEXT: Readonly<Record<Reason, string>> = {
  completed: 'complete',
  stopped_by_person: 'stopped by a person',
  nobody_came: 'nobody came',
  no_answer: 'nobody answered whether all is well',
  nobody_there: 'nobody was there any more',
  pause_ran_out: 'the pause ran out',
  time_was_up: 'the time for a session is up',
  over_temperature: 'the water was scalding',
  too_warm: 'the water was too warm',
  rising_too_fast: 'the water got warmer too fast',
  cold_water_too_cold: 'the cold water was too cold',
  stale_reading: 'the thermometer fell silent',
  stuck_thermometer: 'the thermometer is stuck, or a valve has no effect',
  thermometers_disagree: 'the thermometers disagree',
  lease_not_acknowledged: 'a valve did not acknowledge its renewal',
  device_offline: 'a device went away',
  device_refused: 'a device refused a command',
  flow_while_closed: 'water ran with everything closed',
  no_flow: 'no water ran with a valve open',
  overfull: 'there was too much water',
  leak: 'a leak was seen',
  valve_disagrees: 'a valve does not report what it was told',
  valve_not_verified: 'a valve could not be verified closed',
  never_in_band: 'the water did not come into its band',
  out_of_band: 'the water left its band',
  unexpected_rise: 'the water got warmer with everything closed',
  step_too_long: 'a step lasted too long',
  scald_guard_failed: 'the scald guard does not hold',
  cold_supply_too_cold: 'the cold supply is too cold',
  warm_supply_too_warm: 'the warm supply is too warm',
  dead_time_too_long: 'the water takes too long to the feet',
  lag_too_long: 'the reading follows the water too slowly',
  no_steady_water: 'the water did not settle',
  no_effect: 'a valve has no effect',
  journal_stalled: 'the journal could not record the opening',
  link_lost: 'the broker went away',
  controller_restarted: 'the controller was restarted',
  open_refused: 'the water was not let out',
  clock_jumped: 'the computer slept or its clock was set',
  basin_not_filling: 'a basin does not fill',
  basin_not_draining: 'a basin does not run empty',
  basin_leaks: 'a basin loses water',
  water_too_old: 'the water in a basin has stood too long',
};

/** Exit codes of a session: 0 complete, 3 ended by people or time, 4 aborted for safety. */
export function exitCodeOf(outcome: 'complete' | 'stopped' | 'aborted'): 0 | 3 | 4 {
  return outcome === 'complete' ? 0 : outcome === 'stopped' ? 3 : 4;
}
