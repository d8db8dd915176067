import type { JournalRecord, JsonObject, StoredRecord } from '../../src/journal/index.ts';
import type { SessionResult, StepResult } from '../../src/model/state.ts';

/** Records of a journal, briefly said. */
export const T0 = Date.UTC(2026, 2, 1, 20);
type Said = readonly [
  atS: number,
  session: string | null,
  type: string,
  body: JsonObject,
  more?: Partial<JournalRecord>,
];

export function records(...said: Said[]): StoredRecord[] {
  return said.map(([atS, session, type, body, more], index) => ({
    seq: index + 1,
    at: new Date(T0 + atS * 1_000).toISOString(),
    atMs: atS * 1_000,
    boot: 'b',
    station: 'bath',
    session,
    type,
    body,
    ...more,
  }));
}

export const cold: StepResult = {
  kind: 'cold',
  cycle: 1,
  planned_s: 30,
  actual_s: 29,
  in_band_s: 20,
  target_c: 15,
  water_c: null,
};

export function result(id: string, more: Partial<SessionResult> = {}): SessionResult {
  return {
    id,
    station: 'bath',
    protocol: 'contrast-foot-bath',
    person: 'sam',
    outcome: 'complete',
    reason: 'completed',
    started_at: '2026-03-01T20:00:00.000Z',
    ended_at: '2026-03-01T20:12:00.000Z',
    contact_s: 630,
    dose: 0.1,
    steps: [{ ...cold, kind: 'warm', target_c: 38 }, cold],
    symptoms: [],
    simulated: false,
    ...more,
  };
}
export const body = (value: SessionResult): JsonObject => ({
  result: { ...value, steps: value.steps.map((step) => ({ ...step })) },
});
export const start = { person: 'sam', protocol: 'contrast-foot-bath', plan: { cycles: 3 }, simulated: false };
