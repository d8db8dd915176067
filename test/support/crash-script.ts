import { z } from 'zod';
import { sessionResults, type StoredRecord } from '../../src/journal/index.ts';

/** A contrast short enough to be cut off after each of its records. Within the limits as any other. */
export const SHORT_CONTRAST = `id: short-contrast
title: Short contrast
kind: contrast
source: [{ document: none, says: made for kill tests }]
stations: [bath]
cycles: { default: 2, range: [1, 3] }
end_with: cold
steps:
  - kind: warm
    water: { default: 38 C, range: [98 F, 104 F] }
    duration: { default: 40 s, range: [30 s, 4 min] }
  - kind: cold
    water: { default: 15 C, range: [50 F, 60 F] }
    duration: { default: 15 s, range: [15 s, 60 s] }
screening: water
evidence: { level: none, note: a test }
`;

/** What a script needs of the state object. */
export const shownSchema = z.looseObject({
  state: z.string(),
  phase: z.string(),
  exposed: z.boolean(),
  fault: z.looseObject({ code: z.string(), latched: z.boolean() }).nullable(),
});
export type Shown = z.infer<typeof shownSchema>;

/** One thing a person, or bad luck, does to a session. */
export interface Act {
  /** Done once this is so, never before the act before it. */
  readonly when: (shown: Shown, records: readonly StoredRecord[]) => boolean;
  /** A command over HTTP, or water of 45 C at the thermometer. */
  readonly command: 'pause' | 'resume' | 'stop' | 'continue' | 'clear' | 'start' | 'scald';
  /** And has been so for this long, simulated milliseconds. */
  readonly heldMs?: number;
}

/** A whole use of the station, from its start to nothing more to come. */
export interface Script {
  readonly name: string;
  readonly acts: readonly Act[];
  readonly over: (records: readonly StoredRecord[]) => boolean;
  /** Over as it was meant to be: a late press may have been a STOP. */
  readonly fits: (records: readonly StoredRecord[]) => boolean;
  /** Trips that belong to it; any other is the host's, which stood still. */
  readonly trips: readonly string[];
}

const has = (records: readonly StoredRecord[], type: string): boolean =>
  records.some((record) => record.type === type);
const inWarm = ({ phase, exposed }: Shown): boolean => phase === 'warm' && exposed;

/** From the start to complete, with a pause in its first warm step. */
const whole: Script = {
  name: 'whole',
  acts: [
    { when: inWarm, command: 'pause' },
    { when: ({ state }) => state === 'held', command: 'resume' },
  ],
  over: (records) => has(records, 'end'),
  fits: (records) => sessionResults(records).at(-1)?.outcome === 'complete',
  trips: [],
};

/** Stopped, continued, refused a second start, scalded, cleared: what a session has beside going well. */
const troubled: Script = {
  name: 'troubled',
  acts: [
    { when: inWarm, command: 'stop' },
    { when: ({ state }, records) => state === 'stopped' && has(records, 'end'), command: 'continue' },
    { when: (shown, records) => inWarm(shown) && has(records, 'continue'), command: 'start' },
    { when: (shown, records) => inWarm(shown) && has(records, 'refused'), command: 'scald' },
    // A latched fault may be cleared once its condition has been gone for 5 s.
    { when: ({ fault }) => fault?.latched === true, command: 'clear', heldMs: 8_000 },
  ],
  over: (records) => has(records, 'clear'),
  fits: (records) => records.filter(({ type }) => type === 'stop').length === 1,
  trips: ['T1', 'T3'],
};

export const SCRIPTS = { whole, troubled } as const;
export type ScriptName = keyof typeof SCRIPTS;

/** Not a point of the matrix: they come all the time, and nothing hangs on one. */
const UNCOUNTED: ReadonlySet<string> = new Set(['reading', 'renew']);

/** The records of a script that are kill points. */
export function points(records: readonly StoredRecord[]): readonly StoredRecord[] {
  return records.filter(({ type }) => !UNCOUNTED.has(type));
}
