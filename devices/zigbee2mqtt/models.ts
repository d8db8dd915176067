/**
 * What Zigbee2MQTT devices that could switch water are, model by model. Sources are the converters of
 * Koenkk/zigbee-herdsman-converters (`src/devices/*.ts`, `src/lib/tuya.ts`) and the device pages of zigbee2mqtt.io.
 */

/** What a device with a timer of its own is told to close by itself. */
export type TimerKind =
  /**
   * `{"state":"ON","countdown":S}`: `on`, then `onWithTimedOff` with S seconds in Tuya's own meaning, a toggle that is
   * due later (`tuya.tz.on_off_countdown`). Echoed once both were answered. Any on or off cancels it.
   */
  | 'countdown'
  /** `{"state":"ON","on_time":S}`: one command. Not echoed: the valve reports that it is on (SONOFF SWV). */
  | 'on_time';

export type Model =
  | {
      readonly verdict: 'timer';
      readonly timer: TimerKind;
      /** The valve's own travel, milliseconds; null for a relay, where the station's `travel:` counts. */
      readonly travelMs: number | null;
      readonly source: string;
    }
  | {
      readonly verdict: 'refused';
      readonly why: string;
      readonly source: string;
      /** True for relays and plugs, which people have lamps behind; everything else here is made for water. */
      readonly lamp?: true;
    };

/** No maker gives a figure; motorised ball valves of this size take 5 to 15 s for the quarter turn (assumed). */
const BALL_VALVE_TRAVEL_MS = 10_000;

const minutes = (what: string, source: string): Model => ({
  verdict: 'refused',
  why: `its timer counts in whole minutes (${what}), and a lease is at most 30 s`,
  source,
});
const motorised = (what: string, source: string): Model => ({
  verdict: 'refused',
  why: `it is a motorised ball valve (${what}): it takes some ${BALL_VALVE_TRAVEL_MS / 1_000} s to move, so it may only fill basins`,
  source,
});
const ceilingOnly = (what: string, source: string): Model => ({
  verdict: 'refused',
  why: `only a lasting setting closes it (${what}), and no command can carry a deadline`,
  source,
  lamp: true,
});

/** By `definition.model`. What is not here is judged by its Zigbee model id, see `RELAY_MODEL_IDS`. */
export const MODELS: ReadonlyMap<string, Model> = new Map<string, Model>([
  [
    'SWV',
    {
      verdict: 'timer',
      timer: 'on_time',
      travelMs: BALL_VALVE_TRAVEL_MS,
      source: 'src/devices/sonoff.ts; docs/devices/SWV.md, "On with timed off"',
    },
  ],
  ['SWV-ZFE', minutes('manual_default_settings.irrigation_duration', 'src/devices/sonoff.ts')],
  ['SWV-ZFU', minutes('manual_default_settings.irrigation_duration', 'src/devices/sonoff.ts')],
  ['SWV-ZNE', minutes('manual_default_settings.irrigation_duration', 'src/devices/sonoff.ts')],
  ['SWV-ZF2', minutes('manual_default_settings.irrigation_duration', 'src/devices/sonoff.ts')],
  ['QT06_1', minutes('irrigation_target', 'src/devices/giex.ts')],
  ['QT06_2', motorised('and an irrigation_target of 0 is for ever', 'src/devices/giex.ts')],
  ['GX02', motorised('and an irrigation_target of 0 is for ever', 'src/devices/giex.ts')],
  ['TS0049', minutes('countdown', 'src/devices/tuya.ts')],
  ['LYAI-14', minutes('countdown, which it ignores for 10 minutes of its own', 'src/devices/tuya.ts')],
  ['HZ-WT02', minutes('water_countdown', 'src/devices/tuya.ts')],
  ['TS0601_water_switch', minutes('countdown_l1, countdown_l2', 'src/devices/tuya.ts')],
  ['FK_V02', minutes('timer, on a motorised ball valve', 'src/devices/frankever.ts')],
  ['FK-BV05', motorised('with a countdown in seconds', 'src/devices/frankever.ts')],
  [
    'TS0601_water_valve_1',
    { verdict: 'refused', why: 'it has no timer of its own', source: 'src/devices/tuya.ts' },
  ],
  ['BMCT-RZ', ceilingOnly('auto_off_time, pulse_length', 'src/lib/bosch.ts')],
  ['BMCT-SLZ', ceilingOnly('auto_off_time_left, auto_off_time_right', 'src/lib/bosch.ts')],
  ['BSP-FZ2', ceilingOnly('auto_off_time', 'src/devices/bosch.ts')],
  ['BSP-FD', ceilingOnly('auto_off_time', 'src/devices/bosch.ts')],
  ['ZBMicro', ceilingOnly('inching_control_set', 'src/devices/sonoff.ts')],
  ['ZBMINIR2', ceilingOnly('inching_control_set', 'src/devices/sonoff.ts')],
  ['MINI-ZB1GS', ceilingOnly('inching_control_set', 'src/devices/sonoff.ts')],
  ['MINI-ZB1GSP', ceilingOnly('inching_control_set', 'src/devices/sonoff.ts')],
]);

/**
 * Tuya relay modules by the model id that they give themselves. Many products share one; those whose converter sets
 * `onOffCountdown` expose `countdown` in seconds, 0 to 43200 (`tuyaModernExtend.tuyaOnOff`).
 */
export const RELAY_MODEL_IDS: ReadonlySet<string> = new Set(['TS0001', 'TS0002', 'TS0003', 'TS0004']);
export const RELAY: Model = {
  verdict: 'timer',
  timer: 'countdown',
  travelMs: null,
  source: 'src/lib/tuya.ts, tuyaTz.on_off_countdown; docs/devices/TS0001_switch_module.md',
};
/** The longest `countdown` of those relays, seconds. One that reaches further is another thing under the same name. */
export const RELAY_COUNTDOWN_MAX_S = 43_200;

/** Relays that take the command and do nothing with it (`exclude` of `onOffCountdown`, src/devices/tuya.ts). */
export const DEAF_MANUFACTURERS: ReadonlySet<string> = new Set(['_TZ3000_xfxpoxe0']);
