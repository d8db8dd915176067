import type { Trip } from '../../src/model/want.ts';
import { ENVELOPE, doseOf, safeSeconds } from '../envelope.ts';
import type { Detector, Look } from './facts.ts';
import { NOTHING, hottest, inContact } from './facts.ts';

interface Dose {
  /** Of this session so far, and of the person's other sessions in the last 24 h. */
  readonly session: number;
  readonly before: number;
  /** Since when the water is counted at `valueC`; null while nobody is in it. */
  readonly running: { readonly sinceMs: number; readonly valueC: number | null } | null;
}

/**
 * T12: the heat dose of a session, or of a person in 24 h, reaches L12. The highest valid reading counts, and it goes on
 * counting while nothing newer is said. Two buckets have their thermometer in the warm one.
 */
export const t12: Detector<Dose> = {
  id: 'T12',
  trips: ['T12 heat_dose'],
  initial: { session: 0, before: 0, running: null },
  goesBy: 'all',
  step(look, before) {
    const { facts, input, atMs } = look;
    if (before.running === null && !inContact(facts) && input.type !== 'session') return NOTHING;
    const session = before.session + since(before.running, atMs);
    const valueC = countedC(look);
    const running = inContact(facts) ? { sinceMs: atMs, valueC } : null;
    if (input.type === 'session') return { state: { session: 0, before: input.doseBefore, running } };
    const state: Dose = { session, before: before.before, running };
    const leftDose = Math.min(ENVELOPE.doseSession - session, ENVELOPE.doseDay - before.before - session);
    if (running === null) return { state };
    if (leftDose <= 0) return { state, trip: tooMuch(state) };
    return { state, deadlineMs: dueMs(valueC, leftDose, atMs) };
  },
};

function since(running: Dose['running'], atMs: number): number {
  return running?.valueC == null ? 0 : doseOf(running.valueC, (atMs - running.sinceMs) / 1_000);
}

/** What the feet are counted as being in; null: nothing that adds heat. */
function countedC({ settings, facts }: Look): number | null {
  return settings.plumbing === 'cues' && facts.expectation.side === 'cold' ? null : hottest(facts);
}

/** When the rest is used up if the water stays as it is. */
function dueMs(valueC: number | null, leftDose: number, atMs: number): number {
  return atMs + Math.max(1, leftDose * safeSeconds(valueC ?? 0) * 1_000);
}

function tooMuch({ session, before }: Dose): Trip {
  const day = before === 0 ? '' : `, ${(before + session).toFixed(2)} in 24 h (at most ${ENVELOPE.doseDay})`;
  return {
    detector: 'T12',
    reason: 'heat_dose',
    response: 'abort',
    latch: false,
    message: `the heat dose is ${session.toFixed(2)} (at most ${ENVELOPE.doseSession} in a session)${day}: that was enough heat for a day`,
  };
}
