import { reminder } from '../../../machines/reminder.ts';
import type { ReminderEvent } from '../../../machines/reminder.ts';
import type { ReminderWant } from '../../../src/model/desk.ts';
import { dueSets, withContext } from './explore.ts';
import type { RowTracer, Space } from './explore.ts';
import { NOW } from './session-space.ts';

type Without<T> = T extends unknown ? Omit<T, 'atMs'> : never;

export type ReminderSnapshot = ReturnType<typeof reminder.initial>;
const WAITS = ['dueMs', 'expiresMs', 'soundMs', 'snoozedUntilMs'] as const;
type Wait = (typeof WAITS)[number];
export interface ReminderMove {
  readonly event: Without<ReminderEvent>;
  readonly due: readonly Wait[];
}
export interface ReminderNode {
  readonly snapshot: ReminderSnapshot;
  readonly wants: readonly ReminderWant[];
}

const TO_COME = NOW + 1_000;

/** Times as the guards see them: none, to come, or due already (a machine that slept over one). */
function canonical(snapshot: ReminderSnapshot): ReminderSnapshot {
  const { context } = snapshot;
  const coming = (atMs: number | null): number | null => (atMs === null ? null : TO_COME);
  const [dueMs, expiresMs] = [coming(context.dueMs), coming(context.expiresMs)];
  const [soundMs, snoozedUntilMs] = [coming(context.soundMs), coming(context.snoozedUntilMs)];
  return withContext(snapshot, { ...context, dueMs, expiresMs, soundMs, snoozedUntilMs });
}

function withDue(snapshot: ReminderSnapshot, due: readonly Wait[]): ReminderSnapshot {
  return withContext(snapshot, {
    ...snapshot.context,
    ...Object.fromEntries(due.map((name) => [name, NOW])),
  });
}

export const reminderKey = ({ name, context }: ReminderSnapshot): string =>
  [
    name,
    ...WAITS.map((wait) => context[wait]),
    context.snoozesLeft,
    context.returnsLeft,
    context.sounded,
    context.hindrance,
    context.cued,
  ].join();

const restored = (
  left: Pick<Extract<ReminderEvent, { type: 'restored' }>, 'snoozedUntilMs' | 'returnsLeft' | 'cued'>,
): Without<Extract<ReminderEvent, { type: 'restored' }>> => ({
  ...{ type: 'restored', dueMs: TO_COME, expiresMs: TO_COME, snoozesLeft: 1, sounded: left.cued },
  ...left,
});

export function reminderSpace(tracer: RowTracer): Space<ReminderNode, ReminderMove> {
  const events: readonly Without<ReminderEvent>[] = [
    { type: 'planned', dueMs: TO_COME, expiresMs: TO_COME },
    { type: 'unplanned' },
    { type: 'hindered', by: 'quiet' },
    { type: 'hindered', by: null },
    { type: 'ack', source: 'button' },
    { type: 'snooze', source: 'button' },
    { type: 'skip', source: 'button' },
    { type: 'left' },
    { type: 'slept', forMs: 0 },
    ...[TO_COME, null].flatMap((snoozedUntilMs) =>
      [0, 1].map((returnsLeft) => restored({ snoozedUntilMs, returnsLeft, cued: true })),
    ),
    restored({ snoozedUntilMs: null, returnsLeft: 2, cued: false }),
    { ...restored({ snoozedUntilMs: null, returnsLeft: 2, cued: true }), expiresMs: NOW },
  ];
  const start = reminder.initial({ soundAfterMs: 60_000, snoozeMs: 600_000, snoozes: 2, returns: 2 });
  return {
    initial: [{ snapshot: canonical(start), wants: [] }],
    key: ({ snapshot }) => reminderKey(snapshot),
    moves: ({ snapshot }) => [
      ...events.map((event) => ({ event, due: [] })),
      ...(snapshot.context.expiresMs === null
        ? []
        : [{ event: { type: 'hindered', by: null } as const, due: ['expiresMs'] as const }]),
      ...dueSets(WAITS.filter((wait) => snapshot.context[wait] !== null)).map((due) => ({
        event: { type: 'clock' } as const,
        due: WAITS.filter((wait) => due.includes(wait)),
      })),
    ],
    take({ snapshot }, { event, due }) {
      const at = withDue(snapshot, due);
      tracer.note(at, { ...event, atMs: NOW });
      const step = reminder.step(at, { ...event, atMs: NOW });
      return { snapshot: canonical(step.snapshot), wants: step.wants };
    },
  };
}
