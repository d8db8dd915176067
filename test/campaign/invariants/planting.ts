import type { SessionEvent } from '../../../machines/session-run.ts';
import type { ControllerParts } from '../../../src/campaign/house.ts';
import type { StoredRecord } from '../../../src/journal/index.ts';
import type { Broken } from './broken.ts';

/** Water at the feet gets that warm under way, though the guard should have held it. */
export function warms(broken: Broken, tempC: number): void {
  broken.when('warm', 20_000, () => {
    broken.world.rig.plant.set({ hotC: tempC, guardC: tempC });
  });
}

/** What the controller finds in the journal is not what was written there; null: it does not find it. */
export function remembers(
  change: (record: StoredRecord) => StoredRecord | null,
): (parts: ControllerParts) => ControllerParts {
  return ({ history, ...parts }) => ({
    ...parts,
    history:
      history === null
        ? null
        : {
            ...history,
            records: (query) => history.records(query).flatMap((record) => change(record) ?? []),
          },
  });
}

const DAY_MS = 24 * 3_600_000;
export const anHourAgo = {
  endedAgoMs: 3_600_000,
  contactMs: 600_000,
  coldMs: 30_000,
  completed: true,
  symptom: false,
};
export const aWeekAgo = { ...anHourAgo, endedAgoMs: 7.5 * DAY_MS, coldMs: 15_000 };

/** In that state somebody who is not there begins. */
export function beginsBy(broken: Broken, state: string): void {
  broken.machine((original) => (snapshot, event) => {
    const step = original(snapshot, event);
    const { value } = step.snapshot;
    const reached = typeof value === 'object' && Object.values(value).some((leaf) => leaf === state);
    if (!reached || event.type === 'begin') return step;
    const run = step.snapshot.context.run;
    if (run === null) return step;
    const begun = original(step.snapshot, { type: 'begin', source: 'cli', atMs: event.atMs });
    return { ...begun, wants: [...step.wants, ...begun.wants] };
  });
}

export function withoutLastStep(event: SessionEvent): SessionEvent {
  if (event.type !== 'start') return event;
  const { plan } = event.request;
  return {
    ...event,
    request: { ...event.request, plan: { ...plan, steps: plan.steps.slice(0, -1) } },
  };
}

/** The same plan once more: six cycles. */
export function twiceAsLong(event: SessionEvent): SessionEvent {
  if (event.type !== 'start') return event;
  const { plan } = event.request;
  const steps = [...plan.steps, ...plan.steps];
  return { ...event, request: { ...event.request, plan: { ...plan, cycles: 2 * plan.cycles, steps } } };
}
