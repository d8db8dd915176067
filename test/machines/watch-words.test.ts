// If these fail, a trip does not latch, is held instead of ended, bears another detector's name in the journal, or tells
// somebody with wet feet nothing that they could do: each trip as a whole, word by word.
import { expect, test } from 'vitest';
import type { Trip } from '../../src/model/want.ts';
import { watchInit } from '../../machines/watch/index.ts';
import { IN_COLD, IN_WARM, TEMPERING, WatchBench, times } from './support.ts';

const TWO = { thermometers: ['t', 'u'] };
const warm = (settings = {}) => new WatchBench(settings).expect(IN_WARM).reading(38);
const abort = { response: 'abort', latch: false } as const;
const senses = { flowAgeMs: 5_000, travelMs: 500, float: 'overflow', mostLitres: null } as const;
const floatUp = (bench: WatchBench) =>
  bench.input({
    type: 'sense',
    device: 'float',
    reading: { kind: 'level', device: 'float', level: { by: 'float', high: true }, takenAtMs: bench.atMs },
  });
const litres = (bench: WatchBench, value: number) =>
  bench.input({
    type: 'sense',
    device: 'level',
    reading: {
      kind: 'level',
      device: 'level',
      level: { by: 'volume', litres: value },
      takenAtMs: bench.atMs,
    },
  });
const flows = (bench: WatchBench, lpm: number, count: number) => {
  for (let second = 0; second < count; second += 1) {
    bench.to(bench.atMs + 1_000);
    const reading = { kind: 'flow', device: 'meter', valueLpm: lpm, takenAtMs: bench.atMs } as const;
    bench.input({ type: 'sense', device: 'meter', reading });
  }
  return bench;
};

test.each<readonly [Trip['reason'], () => WatchBench, Omit<Trip, 'reason'>]>([
  [
    'over_temperature',
    () => warm().readings([43, 43]),
    {
      detector: 'T1',
      response: 'abort',
      latch: true,
      clearsAtC: 41.5,
      message: 'the water is 43.0 C; at 43.0 C everything closes',
    },
  ],
  [
    'scald_guard_failed',
    () => new WatchBench().expect(TEMPERING).readings([42.1, 42.1]),
    {
      detector: 'proof',
      response: 'abort',
      latch: true,
      clearsAtC: 41.5,
      message:
        'the scald guard lets 42.1 C through, its maximum is 41.0 C; have the mixing valve serviced before warm water is used again',
    },
  ],
  [
    'too_warm',
    () => warm().readings(times(5, 41.6)),
    {
      detector: 'T2',
      response: 'abort',
      latch: true,
      clearsAtC: 41.5,
      message: 'the water has been 41.6 C for 3 s, above 41.5 C',
    },
  ],
  [
    'rising_too_fast',
    () => warm({ guardMaxC: null }).readings([38.5, 41.4, 44.3]),
    { detector: 'T3', ...abort, message: 'the water is 44.3 C and rises by 2.9 K/s' },
  ],
  [
    'cold_water_too_cold',
    () => new WatchBench().expect(IN_COLD).readings([4.9, 4.9]),
    {
      detector: 'T4',
      ...abort,
      message: 'the cold water is 4.9 C; dry your feet and warm them with a towel',
    },
  ],
  [
    'stale_reading',
    () => new WatchBench({ thermometers: ['t', 'u', 'v'] }).expect(IN_WARM).reading(38, 2_000, 'u').to(4_000),
    { detector: 'T5', response: 'hold', latch: false, message: 'no valid reading from t, v for 3.0 s' },
  ],
  [
    'stuck_thermometer',
    () => warm().expect(IN_COLD).open('cold').readings(times(12, 36)),
    {
      detector: 'T5',
      ...abort,
      message:
        'the reading stays at 36.0 C though the water should go to 15.0 C: the thermometer is stuck or not in the stream, or the valve has no effect',
    },
  ],
  [
    'thermometers_disagree',
    () => {
      const bench = new WatchBench(TWO).expect(TEMPERING);
      for (let second = 0; second < 5; second += 1) bench.reading(38, 500).reading(35.9, 500, 'u');
      return bench;
    },
    { detector: 'T5', ...abort, message: 'the thermometers read 35.9 C and 38.0 C' },
  ],
  [
    'lease_not_acknowledged',
    () =>
      new WatchBench({ thermometers: [] })
        .input({ type: 'sent', device: 'hot', action: 'open', side: 'warm', leaseMs: 9_000, targetC: null })
        .to(9_000),
    {
      detector: 'T6',
      ...abort,
      message: 'hot did not acknowledge its renewal before the lease ended; it closes by itself',
    },
  ],
  [
    'device_offline',
    () =>
      new WatchBench()
        .expect(TEMPERING)
        .input({ type: 'gone', device: 'hot', why: 'offline', message: 'gone' }),
    { detector: 'T6', ...abort, message: 'hot: gone' },
  ],
  [
    'device_refused',
    () =>
      new WatchBench()
        .expect(TEMPERING)
        .input({ type: 'gone', device: 'hot', why: 'refused', message: 'no' }),
    { detector: 'T6', ...abort, message: 'hot: no' },
  ],
  [
    'leak',
    () => {
      const bench = new WatchBench();
      for (const device of ['floor', 'hose']) {
        bench.trips = [];
        const reading = { kind: 'leak', device, leaking: true, takenAtMs: 0 } as const;
        bench.input({ type: 'sense', device, reading });
      }
      return bench;
    },
    {
      detector: 'T7',
      ...abort,
      message:
        'floor, hose is wet where it should be dry: shut the tap by hand, find where the water comes from and dry the sensor',
    },
  ],
  [
    'flow_while_closed',
    () => flows(flows(new WatchBench({ senses }), 0, 2), 2.34, 8),
    {
      detector: 'T7',
      ...abort,
      message:
        'everything was told to close and 2.3 l/min still run: shut the tap by hand and look at the valves',
    },
  ],
  [
    'no_flow',
    () => flows(new WatchBench({ senses, thermometers: [] }).expect(IN_WARM).open('warm'), 0.1, 8),
    {
      detector: 'T7',
      ...abort,
      message:
        'the valve is open and the meter sees 0.1 l/min: look at the tap, the supply, the filter and the meter',
    },
  ],
  [
    'overfull',
    () => floatUp(new WatchBench({ senses })),
    {
      detector: 'T7',
      ...abort,
      message:
        'float is up: the water does not run away, so the drain is blocked; look at the drain before anybody goes on',
    },
  ],
  [
    'overfull',
    () => floatUp(new WatchBench({ senses: { ...senses, float: 'full' } }).open('warm')).to(10_000),
    {
      detector: 'T7',
      ...abort,
      message:
        'float has told for 2 s that the basin is full, and water still runs in; look at the drain before anybody goes on',
    },
  ],
  [
    'overfull',
    () => {
      const bench = new WatchBench({ senses: { ...senses, float: 'full', mostLitres: 8.8 } });
      return litres(litres(bench, 11), 11.2);
    },
    {
      detector: 'T7',
      ...abort,
      message: 'there are 11.2 l in the basin, at most 10.8; look at the drain before anybody goes on',
    },
  ],
  [
    'valve_disagrees',
    () => new WatchBench().input({ type: 'disagrees', device: 'hot', expected: 'closed' }),
    {
      detector: 'T8',
      ...abort,
      message:
        'hot was told to be closed and does not report it; look whether water runs, close the tap if it does, and look at the device',
    },
  ],
  [
    'never_in_band',
    () =>
      new WatchBench()
        .expect({ ...TEMPERING, bandByMs: 2_000 })
        .reading(30, 1_000)
        .to(2_000),
    {
      detector: 'T9',
      ...abort,
      message:
        'the water did not come into its band within the purge allowance: 30.0 C, wanted 35.7 C to 40.5 C; check the water heater and what the mixing valve is set to',
    },
  ],
  [
    'never_in_band',
    () => new WatchBench({ thermometers: [] }).expect({ ...TEMPERING, bandByMs: 2_000 }).to(2_000),
    {
      detector: 'T9',
      ...abort,
      message:
        'the water did not come into its band within the purge allowance: no reading, wanted 35.7 C to 40.5 C; check the water heater and what the mixing valve is set to',
    },
  ],
  [
    'out_of_band',
    () => warm().readings(times(40, 33)),
    {
      detector: 'T9',
      ...abort,
      message: 'the water has been too far from its band for too long: 33.0 C, wanted 35.7 C to 40.5 C',
    },
  ],
  [
    'out_of_band',
    () => new WatchBench().expect(IN_WARM).reading(34).open('warm', 0).readings(times(31, 34)),
    {
      detector: 'T9',
      ...abort,
      message: 'the water is not in its band 30 s after the change: 34.0 C, wanted 35.7 C to 40.5 C',
    },
  ],
  [
    'unexpected_rise',
    () =>
      new WatchBench()
        .open('warm')
        .close('hot')
        .readings([...times(16, 31), 32.1]),
    {
      detector: 'T9',
      ...abort,
      message:
        'everything is closed and the water rose from 31.0 C to 32.1 C: a valve leaks, or a heater stays on',
    },
  ],
  [
    'time_was_up',
    () => new WatchBench({ thermometers: [] }).expect({ ...IN_WARM, sessionOverMs: 5_000 }).to(5_000),
    { detector: 'T11', response: 'end', latch: false, message: 'the time for a session (L8) is up' },
  ],
  [
    'step_too_long',
    () => new WatchBench({ thermometers: [] }).expect({ ...IN_WARM, stepOverMs: 5_000 }).to(5_000),
    { detector: 'T11', ...abort, message: 'the step lasts longer than its limit (L3, L4)' },
  ],
  [
    'step_too_long',
    () => new WatchBench({ thermometers: [] }).expect(IN_COLD).to(301_000),
    { detector: 'T11', ...abort, message: 'the contact of the session is used up (L6, L7)' },
  ],
  [
    'heat_dose',
    () =>
      new WatchBench({ readingAgeMs: 1e9 })
        .input({ type: 'session', cycles: 1, doseBefore: 0.4 })
        .expect({ ...IN_WARM, band: null })
        .reading(40)
        .to(1_700_000),
    {
      detector: 'T12',
      ...abort,
      message:
        'the heat dose is 0.20 (at most 0.3 in a session), 0.60 in 24 h (at most 0.6): that was enough heat for a day',
    },
  ],
  [
    'heat_dose',
    () =>
      new WatchBench({ readingAgeMs: 1e9 })
        .input({ type: 'session', cycles: 99_999, doseBefore: 0 })
        .expect({ ...IN_WARM, band: null })
        .reading(40)
        .to(2_600_000),
    {
      detector: 'T12',
      ...abort,
      message: 'the heat dose is 0.30 (at most 0.3 in a session): that was enough heat for a day',
    },
  ],
  [
    'nobody_there',
    () => {
      const bench = new WatchBench({ thermometers: [] }).expect(IN_WARM);
      const reading = { kind: 'presence', device: 'p', present: false, takenAtMs: 0 } as const;
      return bench.input({ type: 'sense', device: 'p', reading }).to(10_000);
    },
    { detector: 'T13', response: 'hold', latch: false, message: 'nobody has been there for 10 s' },
  ],
  [
    'no_answer',
    () => new WatchBench({ thermometers: [] }).expect({ ...IN_WARM, answerByMs: 5_000 }).to(5_000),
    { detector: 'T13', response: 'hold', latch: false, message: 'nobody answered whether all is well' },
  ],
])('%s', (reason, make, trip) => {
  const bench = make();
  const found = bench.trips.filter((one) => one.trip.reason === reason).map((one) => one.trip);
  expect(found[0] ?? bench.said).toEqual({ reason, ...trip });
});

test('the more dangerous is asked first, and its trip is the one that is told', () => {
  expect(watchInit().detectors.map(({ id }) => id)).toEqual([
    ...['T1', 'guard', 'T2', 'T3', 'T4', 'T5', 'T5', 'T5', 'T6', 'T7', 'T8', 'T9', 'T11', 'T12', 'T13'],
    ...['proof', 'L15', 'basin'],
  ]);
});
