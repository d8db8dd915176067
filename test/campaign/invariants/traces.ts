import type { DeviceSettings } from '../../../src/model/station.ts';
import type { SessionFacts, Tick, TraceEvent } from '../../../src/campaign/trace.ts';
import { houseNamed } from './broken.ts';

/** An event, or a tick that repeats four times a second for so long. */
export interface Moment {
  readonly event?: TraceEvent;
  readonly tick?: Tick;
  readonly forMs?: number;
}

/** A defect as its trace, and the same without it. */
export interface Traced {
  readonly what: string;
  readonly facts?: Partial<SessionFacts>;
  readonly roles?: readonly DeviceSettings['role'][];
  readonly broken: readonly Moment[];
  readonly healthy: readonly Moment[];
}

export function deviceOf(role: DeviceSettings['role']): DeviceSettings {
  return { id: role, role, driver: 'mqtt', options: {}, travelMs: null };
}

function ticks(atMs: number, forMs: number, what: Partial<Tick>): Moment {
  const tick: Tick = {
    atMs,
    wallMs: atMs,
    boot: 1,
    alive: true,
    permitted: false,
    state: 'starting.tempering',
    latched: false,
    locked: false,
    open: {},
    on: {},
    vessels: [],
    feet: null,
    ...what,
  };
  return { tick, forMs };
}

const basin = (litres: number, waterC = 38, sinceMs: number | null = 0): Tick['vessels'] => [
  { name: 'basin', waterC, litres, sinceMs },
];
const command = (atMs: number, device: string, action: 'open' | 'close'): Moment => ({
  event: { type: 'command', atMs, device, action, leaseMs: null, targetC: null },
});
const record = (atMs: number, name: string): Moment => ({
  event: { type: 'journal', atMs, record: name, body: {} },
});
const inColdFor = (forMs: number): readonly Moment[] => [
  { event: { type: 'state', atMs: 0, state: 'running', phase: 'cold' } },
  ticks(0, forMs, { permitted: true }),
];
const breaks = (atMs: number, id: string, on: boolean): Moment => ({
  event: { type: 'fault', atMs, id, args: { valve: 'hot' }, on },
});
const hides = (byL: number): Moment => ({
  event: {
    type: 'fault',
    atMs: 0,
    id: 'sense-level-offset',
    args: { device: 'foot-bath-level', byL },
    on: true,
  },
});
const sleeps = (atMs: number, forMs: number): Moment => ({
  event: { type: 'fault', atMs, id: 'time-suspend', args: { forMs }, on: true },
});
const cut = (atMs: number, backMs: number): Moment => ({
  event: { type: 'fault', atMs, id: 'bus-cut', args: { backMs }, on: true },
});
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const TRACED: Readonly<Record<string, readonly Traced[]>> = {
  I13: [
    {
      what: 'an output is on without a lease',
      healthy: [
        { event: { type: 'leased', atMs: 0, output: 'hot', forMs: 10_000 } },
        { event: { type: 'moved', atMs: 300, output: 'hot', open: true } },
        { event: { type: 'moved', atMs: 2_000, output: 'hot', open: false } },
        { event: { type: 'moved', atMs: 5_000, output: 'hot', open: true } },
        ticks(5_000, 5_000, { open: { hot: true } }),
        ticks(10_250, 5_000, {}),
      ],
      broken: [
        { event: { type: 'leased', atMs: 0, output: 'cold', forMs: 10_000 } },
        { event: { type: 'moved', atMs: 300, output: 'hot', open: true } },
        ticks(500, 5_000, { open: { hot: true } }),
      ],
    },
    {
      what: 'a valve is on past its lease, once the fault that held it is mended',
      healthy: [
        { event: { type: 'leased', atMs: 0, output: 'hot', forMs: 10_000 } },
        // Two things are wrong with it, and one of them is mended.
        breaks(1_000, 'valve-stuck-open', true),
        breaks(2_000, 'valve-offline', true),
        breaks(20_000, 'valve-offline', false),
        ticks(1_000, 60_000, { open: { hot: true } }),
      ],
      broken: [
        { event: { type: 'leased', atMs: 0, output: 'hot', forMs: 10_000 } },
        breaks(1_000, 'valve-stuck-open', true),
        breaks(2_000, 'valve-no-motion', true),
        breaks(20_000, 'valve-no-motion', false),
        ticks(1_000, 60_000, { open: { hot: true } }),
      ],
    },
  ],
  I5: [
    {
      what: 'a computer that slept over a cold step in a bucket lets it go on',
      facts: { station: houseNamed('buckets').station },
      // Nobody can be called out of it while it sleeps; what it owes is to end it when it wakes.
      healthy: [...inColdFor(20_000), sleeps(20_000, 200_000), ticks(20_250, 199_750, { permitted: true })],
      broken: [...inColdFor(20_000), sleeps(20_000, 200_000), ticks(20_250, 243_000, { permitted: true })],
    },
  ],
  I9: [
    {
      what: 'a valve is open after a stop, long after a fault that would have explained it',
      healthy: [
        { event: { type: 'leased', atMs: 58_000, output: 'hot', forMs: 10_000 } },
        { event: { type: 'moved', atMs: 58_300, output: 'hot', open: true } },
        cut(59_000, 5_000),
        ticks(59_750, 0, { open: { hot: true } }),
        { event: { type: 'asked', atMs: 60_000, word: 'stop', source: 'page' } },
        ticks(60_250, 8_500, { open: { hot: true } }),
        ticks(69_000, 5_000, {}),
      ],
      broken: [
        cut(1_000, 5_000),
        { event: { type: 'leased', atMs: 58_000, output: 'hot', forMs: 10_000 } },
        { event: { type: 'moved', atMs: 58_300, output: 'hot', open: true } },
        ticks(59_750, 0, { open: { hot: true } }),
        { event: { type: 'asked', atMs: 60_000, word: 'stop', source: 'page' } },
        ticks(60_250, 8_500, { open: { hot: true } }),
      ],
    },
  ],
  I20: [
    {
      what: 'a symptom that is reported on the bus is not heeded',
      healthy: [
        ticks(750, 0, { permitted: true }),
        { event: { type: 'asked', atMs: 1_000, word: 'report', source: 'mqtt' } },
        { event: { type: 'permitted', atMs: 1_030, on: true } },
        record(1_050, 'symptom'),
        { event: { type: 'permitted', atMs: 1_050, on: false } },
        ticks(1_250, 60_000, {}),
      ],
      broken: [
        { event: { type: 'permitted', atMs: 0, on: true } },
        ticks(750, 0, { permitted: true }),
        { event: { type: 'asked', atMs: 1_000, word: 'report', source: 'mqtt' } },
        ticks(1_250, 2_000, { permitted: true }),
      ],
    },
    {
      what: 'a symptom leaves the ladder where it was a week ago',
      facts: {
        person: {
          ...{ profile: 'standard', screening: 'clear', climbs: true },
          past: [
            { endedAgoMs: 13 * DAY_MS, contactMs: 600_000, coldMs: 40_000, completed: true, symptom: false },
            { endedAgoMs: 10 * DAY_MS, contactMs: 600_000, coldMs: 35_000, completed: true, symptom: true },
            { endedAgoMs: 2 * DAY_MS, contactMs: 600_000, coldMs: 60_000, completed: true, symptom: false },
          ],
        },
        station: houseNamed('buckets').station,
      },
      healthy: inColdFor(33_000),
      broken: inColdFor(40_000),
    },
  ],
  I22: [
    {
      what: 'the supply of a full basin is not shut',
      facts: { volumeL: 8 },
      healthy: [
        ticks(0, 60_000, { open: { hot: true }, vessels: basin(8) }),
        ticks(60_250, 1_000, { open: { hot: true }, vessels: basin(8.9) }),
        ticks(61_500, 60_000, { open: { hot: false }, vessels: basin(8.9) }),
      ],
      broken: [ticks(0, 5_000, { open: { hot: true }, vessels: basin(8.9) })],
    },
    {
      what: 'a basin is filled above L17',
      facts: { volumeL: 8 },
      healthy: [ticks(0, 60_000, { vessels: basin(8.8) })],
      broken: [ticks(0, 1_000, { vessels: basin(9.5) })],
    },
    {
      what: 'a basin is filled past what its level sensor hides',
      facts: { volumeL: 8, station: houseNamed('foot-bath-basin').station },
      healthy: [hides(-1.7), ticks(0, 60_000, { open: { hot: true }, vessels: basin(10.4) })],
      broken: [hides(-1), ticks(0, 5_000, { open: { hot: true }, vessels: basin(10.4) })],
    },
  ],
  I23: [
    {
      what: 'water runs with everything told to close, and the master stays open',
      roles: ['hot', 'cold', 'master', 'flow'],
      healthy: [
        command(0, 'hot', 'open'),
        ticks(0, 20_000, { open: { hot: true, master: true } }),
        command(20_000, 'hot', 'close'),
        ticks(20_250, 5_000, { open: { hot: true, master: true } }),
        { event: { type: 'trip', atMs: 25_000, detector: 'T7', code: 'unexpected_flow', latched: true } },
        ticks(25_500, 60_000, { open: { hot: true, master: false } }),
      ],
      broken: [ticks(0, 10_000, { open: { hot: true, master: true } })],
    },
    {
      what: 'the master shuts, and nobody is told',
      roles: ['hot', 'cold', 'flow'],
      healthy: [
        ticks(0, 5_000, { open: { hot: true } }),
        { event: { type: 'trip', atMs: 5_100, detector: 'T7', code: 'unexpected_flow', latched: true } },
        ticks(5_250, 60_000, { open: { hot: true } }),
      ],
      broken: [ticks(0, 10_000, { open: { hot: true } })],
    },
  ],
  I24: [
    {
      what: 'contact in water that is older than 30 min',
      facts: { volumeL: 8 },
      healthy: [ticks(29 * MINUTE_MS, 30_000, { permitted: true, vessels: basin(8) })],
      broken: [ticks(30 * MINUTE_MS, 1_000, { permitted: true, vessels: basin(8) })],
    },
    {
      what: 'contact at an outlet that was idle for eight days',
      facts: { idleMs: 8 * 24 * 60 * MINUTE_MS },
      healthy: [
        ticks(0, 1_000, {}),
        { event: { type: 'journal', atMs: 1_100, record: 'flushed', body: {} } },
        ticks(1_250, 1_000, { permitted: true }),
      ],
      broken: [ticks(0, 1_000, { permitted: true })],
    },
  ],
  I26: [
    {
      what: 'a heater in a basin that is nearly empty',
      roles: ['hot', 'cold', 'heater'],
      facts: { volumeL: 8 },
      healthy: [ticks(0, 10_000, { on: { heater: true }, vessels: basin(7, 0) })],
      broken: [ticks(0, 10_000, { on: { heater: true }, vessels: basin(3, 0) })],
    },
    {
      what: 'a heater that heats past the setpoint',
      roles: ['hot', 'cold', 'heater'],
      facts: { volumeL: 8 },
      healthy: [ticks(0, 10_000, { on: { heater: true }, vessels: basin(7, 0.5) })],
      broken: [ticks(0, 10_000, { on: { heater: true }, vessels: basin(7, 1) })],
    },
    {
      what: 'a heater that stays on when the session is over',
      roles: ['hot', 'cold', 'heater'],
      facts: { volumeL: 8 },
      healthy: [
        ticks(0, 5_000, { on: { heater: true }, vessels: basin(7, 0) }),
        ticks(5_250, 500, { on: { heater: true }, state: 'stopped', vessels: basin(7, 0) }),
      ],
      broken: [ticks(0, 5_000, { on: { heater: true }, state: 'stopped', vessels: basin(7, 0) })],
    },
  ],
  I28: [
    {
      what: 'a session that a crash cut off is not ended by the restart',
      healthy: [
        record(1_000, 'start'),
        { event: { type: 'died', atMs: 10_000, boot: 1 } },
        { event: { type: 'booted', atMs: 12_000, boot: 2 } },
        {
          event: { type: 'fault', atMs: 1e9 - 1_000, id: 'time-suspend', args: { forMs: 60_000 }, on: true },
        },
      ],
      broken: [
        record(1_000, 'start'),
        { event: { type: 'died', atMs: 10_000, boot: 1 } },
        { event: { type: 'booted', atMs: 12_000, boot: 2 } },
      ],
    },
  ],
};
