/**
 * The hard limits, one table. Configuration and protocol files may only tighten them. Ids are those of
 * docs/safety.md; temperatures are of delivered water, degrees Celsius; times in milliseconds.
 */
export const ENVELOPE = {
  /** L1: warm setpoint, at most. */
  warmMaxC: 40.0,
  /** L2: cold setpoint, at least. */
  coldMinC: 10.0,
  /** L3: a warm step of a contrast. */
  warmStepMs: 240_000,
  /** L4: a cold step. */
  coldStepMs: 60_000,
  /** L5 */
  cyclesMin: 1,
  cyclesMax: 5,
  /** L6: warm contact in a session. */
  warmContactMs: 20 * 60_000,
  /** L7: cold contact in a session. */
  coldContactMs: 5 * 60_000,
  /** L8: session wall clock from the first contact, pauses included. */
  sessionMs: 40 * 60_000,
  /** L9: gap between water sessions of a person. */
  sessionGapMs: 6 * 3_600_000,
  /** L10 */
  sessionsPerDay: 2,
  sessionsPerWeek: 7,
  /** L11: a plain warm soak (replaces L3). */
  soakMs: 20 * 60_000,
  /** L12: the heat dose of a session, and of a person in 24 h. */
  doseSession: 0.3,
  doseDay: 0.6,
  /** After a symptom, or more heat than L12 allows: no water for this long. */
  lockMs: 24 * 3_600_000,
  /** A screening is valid for so long. */
  screeningMs: 90 * 24 * 3_600_000,
  /** L13: a person's cold step grows by at most this. */
  ladderFromMs: 15_000,
  ladderStepMs: 5_000,
  ladderWeekMs: 15_000,
  /** L14: the limited profile; it has foot baths only, on a stream or in buckets. */
  limited: {
    warmMaxC: 38.0,
    coldMinC: 15.0,
    coldStepMs: 30_000,
    cyclesMax: 3,
    stations: ['bath', 'buckets'],
  },
  /** L15: contiguous in-band readings before contact, and the purge allowance they must come within. */
  bandHoldMs: 10_000,
  purgeMs: 300_000,
  /** L18: an outlet that ran on both sides no later than this ago needs no flush. */
  idleMs: 7 * 86_400_000,
  /** L19: a pause. */
  pauseMs: 120_000,
  /** L17: what a basin is filled to, at most: this share of its volume, and litres. How long its water may stand. */
  fillShareMax: 1.1,
  fillMaxL: 15,
  standingMs: 30 * 60_000,
  /** L20: the age of a reading that warm water may rest on, on a stream and in a basin. */
  readingAgeMs: 5_000,
  readingAgeBasinMs: 15_000,
  /** L21: the lease of an open. */
  leaseMs: 30_000,
  /** L22: dead time and lag of a stream seen in the proof test. */
  deadTimeMs: 4_000,
  lagMs: 5_000,
  /** What the hardware scald guard may let through, with one thermometer and with two and a mixer. */
  scaldGuardMaxC: 41.0,
  scaldGuardMaxTwoThermometersC: 43.0,
  /** An on/off valve on a stream: travel, and travel + report. */
  streamTravelMs: 1_000,
  streamTravelReportMs: 3_000,
} as const;

/** What ships, within the hard limits; the same ids. */
export const DEFAULTS = {
  warmC: 38.0,
  coldC: 15.0,
  warmStepMs: 180_000,
  coldStepMs: 30_000,
  cycles: 3,
  sessionMs: 25 * 60_000,
  /** L8 where nobody can be asked "still OK?". */
  sessionUnaskedMs: 15 * 60_000,
  sessionGapMs: 20 * 3_600_000,
  sessionsPerDay: 1,
  sessionsPerWeek: 4,
  soakMs: 10 * 60_000,
  soakC: 38.0,
  purgeMs: 180_000,
  pauseMs: 60_000,
  /** L17 */
  fillL: 8,
  standingMs: 15 * 60_000,
  /** L20: never under this, else three sensor periods. */
  readingAgeMs: 2_000,
  readingAgePeriods: 3,
  travelMs: 500,
} as const;

/** The detectors' numbers (T1-T13) and the proof test's. */
export const TRIPS = {
  /** `afterMs`: how long after the last close water is still looked at. */
  t1: { limitC: 43.0, samples: 2, afterMs: 60_000 },
  t2: { overC: 1.5, ceilingC: 41.5, forMs: 3_000, graceMs: 15_000 },
  t3: { aboveC: 38, risePerS: 2, windowMs: 1_000, samples: 2 },
  t4: { coldC: 8, forMs: 3_000, veryColdC: 5, samples: 2 },
  t5: {
    freshWithinMs: 15_000,
    stuckFromC: 10,
    stuckMovedC: 3,
    stuckAfterMs: 10_000,
    stuckAfterBasinMs: 60_000,
    disagreeC: 2,
    disagreeMs: 3_000,
    settleMs: 15_000,
  },
  /** `flowingLpm`: less is a meter's own noise; `fullMs`: how long a supply may run into a basin that says it is full. */
  t7: { flowMs: 5_000, flowingLpm: 0.3, fullMs: 2_000, samples: 2 },
  t8: { marginMs: 1_000 },
  t9: {
    changeMs: 30_000,
    integralKs: 60,
    integralBasinKs: 300,
    integralResetMs: 10_000,
    restMs: 15_000,
    restAboveC: 30,
    restRiseC: 1.0,
    restWindowMs: 30_000,
    movedC: 3,
    nearPlateauC: 2,
  },
  t11: { marginMs: 1_000 },
  t13: { answerMs: 30_000, absentMs: 10_000 },
  warmUp: { untilInBandMs: 10_000, atMostMs: 30_000 },
  /** `coldMaxC`: tap water is never that warm; a hot valve that does not shut makes it so. */
  proof: { steadyC: 0.5, steadyMs: 3_000, legMs: 30_000, guardMarginC: 1.0, coldMaxC: 24 },
  /** L16, on a stream and in a basin. */
  band: {
    mixerWarmC: 1.0,
    mixerColdC: 1.5,
    warmBelowC: 1.0,
    warmAboveC: 0.5,
    coldC: 1.5,
    basinWarmC: 1.0,
    basinColdC: 2.0,
    steadyC: 1.0,
  },
  /** Plausible: outside it, or one of a DS18B20's own error values, an answer is no reading. */
  plausible: { minC: 0, maxC: 70, neverC: [85, -127, 127.94] },
} as const;

/** How a basin is filled, held and drained. */
export const BASIN = {
  /** Filled to this share of its volume: water runs on while a level is read and a valve shuts. */
  fillShare: 0.95,
  /** The least that a supply and a drain may do: 2 and 3 litres a minute, and a while for valves to move. */
  fillMsPerL: 30_000,
  drainMsPerL: 20_000,
  graceMs: 30_000,
  /** A level this low is a film on the floor, litres, for this long. */
  emptyL: 0.3,
  emptyForMs: 2_000,
  /** Water runs in on a level this young: a reading is a period old when it comes, and 2 s of silence close (I22). */
  levelPeriodMs: 1_000,
  levelAgeMs: 3_000,
  /** From full to a thermometer that has come up with the water. */
  settleMs: 8_000,
  /** How far below what its supply delivers a basin can be held. */
  reachC: 0.4,
  /** This far from its target a basin is put right, and only with water that differs by at least so much. */
  driftWarmC: 0.5,
  driftColdC: 1.0,
  leastGainC: 0.2,
  /** A mixer fills and tops up this much warmer than the target. */
  mixerLeadC: 1.0,
  /** What two feet push up in it, litres. */
  feetL: 2,
  /** How long a drain is held shut at a time, at most. */
  shutMs: 45 * 60_000,
} as const;

/** Between closing one side and opening the other at one outlet. */
export const BREAK_BEFORE_MAKE_MS = 500;
/** A heater is off from this far above its setpoint on (safety: I26). */
export const HEATER_OVER_C = 0.5;
/** A flush (L18): how long each side runs, and how long its valve may take until it does. */
export const FLUSH = { sideMs: 60_000, openMs: 60_000 } as const;
/** How long a local press stays a `begin`. */
export const BEGIN_MS = 60_000;
/** How long `ready` runs the water, and how long a press may prepare again after that. */
export const READY_MS = 60_000;
export const READY_AGAIN_MS = 15 * 60_000;
/** How long an ended session may be continued. */
export const CONTINUE_MS = 15 * 60_000;
/** `complete` and `stopped` return to `idle`. */
export const RETURN_TO_IDLE_MS = 5 * 60_000;
/** An open that the journal has not answered for is dropped. */
export const OPEN_WAIT_MS = 2_000;
/** A latched fault clears once its condition has been false this long. */
export const CLEAR_AFTER_MS = 5_000;

/** Seconds at `tempC` that take the heat dose to 1 (safety: L12). */
export function safeSeconds(tempC: number): number {
  return Math.exp(113.4 - 28.3 * Math.log(tempC));
}

/** The dose that `seconds` at `tempC` add: zero at 36 C and below. */
export function doseOf(tempC: number, seconds: number): number {
  return tempC > 36 ? seconds / safeSeconds(tempC) : 0;
}
