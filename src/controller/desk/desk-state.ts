import { currentMark, lengthOfStep, markOf, stepOfGuide } from '../../../machines/guide.ts';
import type { GuideRun } from '../../../machines/guide.ts';
import type { DeskState, DeskStateName, GuideStep, Hindrance, ReminderState } from '../../model/desk.ts';
import { DESK_STATES } from '../../model/desk.ts';
import { clockText, dateOf, localOf } from '../../schedule/zone.ts';
import { isoOf } from '../records.ts';
import type { Now } from '../starter.ts';
import type { Desk } from './desk.ts';
import type { PlannedReminder } from './planned.ts';
import { wordsOf } from './words.ts';

/** Why nothing is shown, for people. */
const WAITS: Readonly<Record<Hindrance, string>> = {
  quiet: 'you asked for quiet',
  quiet_hours: 'these are quiet hours',
  bath: 'a bath is under way',
  meeting: 'you are in a meeting',
  busy: 'you do not want to be disturbed',
  away: 'nobody is here',
  just_back: 'you have only just come back',
  settling: 'it comes after a few calm minutes',
  ignored: 'nobody answered the last three; press the button and it goes on',
  hours: 'it is for other hours of the day',
  not_for_me: 'you said that it is not for you',
  another: 'there was another one just now',
};

/** The most urgent first. */
const URGENCY: readonly DeskStateName[] = ['cueing', 'due', 'snoozed', 'waiting', 'idle'];

/** What a desk is right now, for everybody who looks: `ebb/<desk>/state`. */
export function deskState(desk: Desk, now: Now, simulated: boolean): DeskState {
  const reminders = desk.reminders.map((one) => reminderState(one, now));
  const first = [...reminders].sort((a, b) => URGENCY.indexOf(a.state) - URGENCY.indexOf(b.state))[0];
  const { quietUntilMs: quietMs, meetingUntilMs: meetingMs } = desk;
  const { run } = desk.exercise;
  const coming = nextOf(desk);
  const shown = first?.state === 'cueing' ? first.protocol : null;
  return {
    state: run === null ? (first?.state ?? 'idle') : 'cueing',
    phase: run !== null || shown !== null ? 'active' : 'idle',
    ...{ operation: null, ready_until: null, exposed: false, session: run?.id ?? null },
    protocol: run?.guide.protocol ?? shown,
    step: run === null ? null : stepObject(run, desk.exercise.deadlineMs, now),
    ...{ person: null, water_c: null, valves: {}, fault: null, locked: null, prompt: null },
    next: coming === null ? null : nextText(desk, coming, now),
    next_at: coming === null ? null : isoOf(coming.dueMs),
    message: messageOf(desk, now),
    simulated,
    quiet_until: quietMs === null ? null : isoOf(quietMs),
    not_for_me: [...desk.suited.leftOut],
    busy: desk.busy,
    meeting_until: meetingMs === null ? null : isoOf(meetingMs),
    calendar_trouble: desk.calendarTrouble,
    reminders,
  };
}

/** The repetitions of a step stand where a bath has its cycles. */
function stepObject(run: GuideRun, nextMs: number | null, now: Now): DeskState['step'] {
  const step = stepOfGuide(run);
  if (step === null) return null;
  const mark = currentMark(run);
  // A step begins with its first mark and ends when there are no more.
  const startMs = mark === null || nextMs === null ? null : nextMs - mark.forMs - givenMs(run, step);
  const iso = (atMs: number): string => isoOf(Math.round((atMs - now.atMs + now.wallMs) / 1_000) * 1_000);
  return {
    index: run.index,
    count: run.guide.steps.length,
    kind: step.part,
    cycle: Math.max(1, run.repetition),
    cycles: step.kind === 'timer' ? 1 : step.count,
    target_c: null,
    started_at: startMs === null ? null : iso(startMs),
    ends_at: startMs === null ? null : iso(startMs + lengthOfStep(step)),
  };
}

/** How long the marks before the one that was given last took. */
function givenMs({ marks }: GuideRun, step: GuideStep): number {
  let ms = 0;
  for (let number = 0; number < marks - 1; number += 1) ms += markOf(step, number)?.forMs ?? 0;
  return ms;
}

function reminderState(one: PlannedReminder, now: Now): ReminderState {
  const { snapshot, settings, text, last, dueWallMs } = one;
  const { context } = snapshot;
  const state = stateOf(snapshot.name);
  const iso = (atMs: number | null): string | null =>
    atMs === null ? null : isoOf(Math.round((atMs - now.atMs + now.wallMs) / 1_000) * 1_000);
  return {
    id: settings.id,
    protocol: text.protocol,
    title: text.title,
    state,
    due_at: state === 'idle' || dueWallMs === null ? null : isoOf(dueWallMs),
    snoozed_until: iso(context.snoozedUntilMs),
    expires_at: state === 'idle' || state === 'waiting' ? null : iso(context.expiresMs),
    snoozes_left: context.snoozesLeft,
    waits_for: one.hidden ? 'not_for_me' : state === 'due' ? context.hindrance : null,
    last: last === null ? null : { outcome: last.outcome, at: isoOf(last.wallMs) },
  };
}

function stateOf(name: string): DeskStateName {
  const [head] = name.split('.');
  // How the last one ended is told by `last`.
  return DESK_STATES.find((state) => state === head) ?? 'idle';
}

interface Next {
  readonly one: PlannedReminder;
  readonly dueMs: number;
}

/** The next that is planned. */
function nextOf({ reminders }: Desk): Next | null {
  const planned = reminders.flatMap((one) =>
    one.snapshot.name === 'waiting' && one.dueWallMs !== null ? [{ one, dueMs: one.dueWallMs }] : [],
  );
  return planned.sort((a, b) => a.dueMs - b.dueMs)[0] ?? null;
}

/** The same, and when by the clock of the desk. */
function nextText({ settings: { zone } }: Desk, { one, dueMs }: Next, { wallMs }: Now): string {
  const [date, today] = [dueMs, wallMs].map((atMs) => dateOf(localOf(zone, atMs)));
  const day = date === today ? '' : ` on ${date ?? ''}`;
  return `${one.text.title} at ${clockText(zone, dueMs)}${day}`;
}

function messageOf(desk: Desk, { wallMs }: Now): string | null {
  const { message, run } = desk.exercise;
  // Before the first step, whoever has never done it is told who leaves it out.
  const isFirst = run?.index === 0 && run.marks === 0;
  if (run !== null) return isFirst ? `${message ?? ''}${desk.suited.warning(run.guide, wallMs)}` : message;
  const shown = wordsOf(desk.reminders, desk.suited, wallMs);
  if (shown !== null) return `${shown.text} Press when you are done.`;
  const due = desk.reminders.find(({ snapshot }) => snapshot.name === 'due');
  const why = due?.snapshot.context.hindrance ?? null;
  if (due !== undefined && why !== null) return `${due.text.title} is due and waits: ${WAITS[why]}.`;
  const snoozed = desk.reminders.find(({ snapshot }) => snapshot.name === 'snoozed');
  if (snoozed === undefined) return null;
  return `${snoozed.text.title} comes back soon; it may be put off ${snoozed.snapshot.context.snoozesLeft} more times.`;
}
