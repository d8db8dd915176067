// If these fail, a valve is believed shut that nobody saw shut, a link comes up by itself, a latched fault is forgotten
// without a clear; a desk shows a reminder though something speaks against it, or never ends one; or a machine has been added and nobody explores it.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { basinMachine } from '../../../machines/basin.ts';
import { chartOf } from '../../../machines/engine.ts';
import { guideMachine } from '../../../machines/guide.ts';
import { linkMachine } from '../../../machines/link.ts';
import { reminderMachine } from '../../../machines/reminder.ts';
import { sessionMachine } from '../../../machines/session.ts';
import { stationMachine } from '../../../machines/station.ts';
import { valveMachine } from '../../../machines/valve.ts';
import { packageRoot } from '../../../src/protocols/index.ts';
import { explore, RowTracer, WaysBack } from './explore.ts';
import type { Edge, Explored } from './explore.ts';
import { basinKey, basinSpace } from './basin-space.ts';
import type { BasinMove, BasinNode } from './basin-space.ts';
import { guideKey, guideSpace } from './guide-space.ts';
import type { GuideMove, GuideNode } from './guide-space.ts';
import { reminderKey, reminderSpace } from './reminder-space.ts';
import type { ReminderMove, ReminderNode } from './reminder-space.ts';
import { linkSpace, stationSpace, valveKey, valveSpace } from './small-spaces.ts';
import type { StationMove, StationSnapshot, ValveMove, ValveNode } from './small-spaces.ts';

/** Every machine, and the test file that explores it. */
const EXPLORED: Readonly<Record<string, AnyStateMachine>> = {
  session: sessionMachine,
  basin: basinMachine,
  valve: valveMachine,
  link: linkMachine,
  station: stationMachine,
  reminder: reminderMachine,
  guide: guideMachine,
};

function isMachine(value: unknown): value is AnyStateMachine {
  return typeof value === 'object' && value !== null && 'root' in value && 'implementations' in value;
}

test('every machine that there is is explored', async () => {
  const folder = `${packageRoot()}/machines`;
  const found: string[] = [];
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const exported: unknown = await import(`${folder}/${file}`);
    for (const value of Object.values(exported ?? {})) if (isMachine(value)) found.push(value.id);
  }
  expect([...new Set(found)].sort()).toEqual(Object.keys(EXPLORED).sort());
});

function report<Node, Move>(
  name: string,
  machine: AnyStateMachine,
  explored: Explored<Node, Move>,
  reached: Set<string>,
) {
  const { states, rows } = chartOf(machine);
  expect(states.filter((state) => !reached.has(state))).toEqual([]);
  console.info(
    `${name}: ${explored.nodes.size} states, ${explored.edges} edges; ${states.length} states of the chart, ${rows.length} transitions`,
  );
}

test('valve: shut is said only after it was told or seen shut, and every wait ends', () => {
  const tracer = new RowTracer(valveMachine);
  const complaints = new Set<string>();
  const back = new WaysBack();
  const reached = new Set<string>();
  const explored = explore(valveSpace(tracer), (edge) => {
    const said = ofValve(edge);
    if (said !== null) complaints.add(said);
    // Clocks alone: nothing that the device would have to do.
    if (edge.move !== 'it has had time' && edge.move.event.type === 'clock')
      back.add(valveKey(edge.from.snapshot), valveKey(edge.to.snapshot));
    reached.add(edge.to.snapshot.value);
  });
  expect([...complaints]).toEqual([]);
  // A valve that is opening or closing says so or fails; one that is open renews for as long as it is.
  const still = new Set(['unknown', 'open', 'closed', 'failed']);
  const resting = [...explored.nodes]
    .filter(([, { snapshot }]) => still.has(snapshot.value))
    .map(([key]) => key);
  expect(back.stuck(explored.nodes.keys(), resting)).toEqual([]);
  expect(tracer.missing).toEqual([]);
  report('valve', valveMachine, explored, reached);
});

function ofValve({ from, move, to }: Edge<ValveNode, ValveMove>): string | null {
  if (move === 'it has had time') return null;
  const [before, after] = [from.snapshot.value, to.snapshot.value];
  const { type } = move.event;
  const says = to.edges.map((edge) => edge.type);
  if (type === 'close-sent' && after !== 'closing') return `told to close, ${before} becomes ${after}`;
  if (type === 'lost' && after !== 'unknown') return `lost, ${before} becomes ${after}`;
  if (says.includes('verified-closed') && !['closing', 'failed'].includes(before))
    return `shut out of ${before}`;
  if (says.includes('verified-open') && before !== 'opening') return `open out of ${before}`;
  if (
    type === 'reported-open' &&
    !['opening', 'open', 'closing'].includes(before) &&
    !says.includes('close-due')
  )
    return `open by itself in ${before}, and nobody closes it`;
  if (says.includes('renewal-due') && !['opening', 'open'].includes(before)) return `a renewal in ${before}`;
  return null;
}

test.each(['both', 'mixer', 'warm', 'cold'] as const)(
  'basin filled by %s: nothing runs in unless it is to fill, nor in a pause or on the way out, and it always comes to rest',
  (fills) => {
    const tracer = new RowTracer(basinMachine);
    const complaints = new Set<string>();
    const back = new WaysBack();
    const reached = new Set<string>();
    const explored = explore(basinSpace(fills, tracer), (edge) => {
      const said = ofBasin(edge, fills);
      if (said !== null) complaints.add(said);
      back.add(basinKey(edge.from), basinKey(edge.to));
      reached.add(edge.to.snapshot.value);
    });
    expect([...complaints]).toEqual([]);
    const empty = [...explored.nodes].filter(([, { snapshot }]) => snapshot.value === 'empty');
    expect(
      back.stuck(
        explored.nodes.keys(),
        empty.map(([key]) => key),
      ),
    ).toEqual([]);
    if (fills === 'both') expect(tracer.missing).toEqual([]);
    report(`basin filled by ${fills}`, basinMachine, explored, reached);
  },
);

function ofBasin({ from, move, to }: Edge<BasinNode, BasinMove>, fills: string): string | null {
  const [before, after] = [from.snapshot.value, to.snapshot.value];
  const { water, isShut } = to;
  if (water !== null && after !== 'filling' && after !== 'topping') return `${water} water in ${after}`;
  if (water !== null && !isShut) return `${water} water with the drain open in ${after}`;
  if (water !== null && (fills === 'warm' || fills === 'cold') && water !== fills)
    return `${water} water where there is none`;
  if (to.isHeated && !['standing', 'letting', 'sealing', 'topping'].includes(after))
    return `heated in ${after}`;
  if (to.isHeated && !isShut && after !== 'letting') return `heated with the drain open in ${after}`;
  if (to.isHeated && (fills === 'warm' || fills === 'cold'))
    return 'heated where nothing is warm, or no heater stands';
  if (to.isOffered && !['standing', 'letting', 'sealing', 'topping'].includes(after))
    return `offered in ${after}`;
  if (to.isOffered && water === 'cold' && fills !== 'cold')
    return 'cold water runs into warm water that is offered';
  if (move.event.type === 'empty' && (water !== null || isShut))
    return `emptied out of ${before}, ${after} holds`;
  return null;
}

test('link: it is up only when both are there, and it is lost with either', () => {
  const tracer = new RowTracer(linkMachine);
  const complaints = new Set<string>();
  const reached = new Set<string>();
  const explored = explore(linkSpace(tracer), ({ from, move, to }) => {
    reached.add(to.value);
    if (to.value === 'up' && from.value !== 'up' && (from.value !== 'connecting' || move !== 'device-up'))
      complaints.add(`${from.value} comes up on ${move}`);
    if (move === 'broker-down' && to.value !== 'down') complaints.add(`${from.value} outlives the broker`);
    if (move === 'device-down' && to.value === 'up') complaints.add('it outlives the device');
  });
  expect([...complaints]).toEqual([]);
  expect(tracer.missing).toEqual([]);
  report('link', linkMachine, explored, reached);
});

test('station: a latched fault ends with a clear, after its condition was false long enough, and with nothing else', () => {
  const tracer = new RowTracer(stationMachine);
  const complaints = new Set<string>();
  const reached = new Set<string>();
  const explored = explore(stationSpace(tracer), (edge) => {
    reached.add(edge.to.value);
    const said = ofStation(edge);
    if (said !== null) complaints.add(said);
  });
  expect([...complaints]).toEqual([]);
  expect(tracer.missing).toEqual([]);
  report('station', stationMachine, explored, reached);
});

function ofStation({ from, move, to }: Edge<StationSnapshot, StationMove>): string | null {
  const type = move === 'long enough' ? move : move.type;
  if ((to.context.fault !== null) !== (to.value !== 'usable')) return `${to.value} and its fault disagree`;
  if ((to.value === 'latched') !== (to.context.fault?.latched ?? false))
    return `${to.value} is not as its fault`;
  if (from.value === 'latched' && to.value !== 'latched') {
    if (type !== 'clear') return `unlatched by ${type}`;
    if (from.context.falseSinceMs === null) return 'cleared while its condition holds';
  }
  if (
    type === 'trip' &&
    move !== 'long enough' &&
    move.type === 'trip' &&
    move.trip.latch &&
    to.value !== 'latched'
  )
    return 'a trip that latches does not';
  return null;
}

test('reminder: shown only while nothing hinders, put out when it is over, and time alone ends it', () => {
  const tracer = new RowTracer(reminderMachine);
  const complaints = new Set<string>();
  const back = new WaysBack();
  const reached = new Set<string>();
  const explored = explore(reminderSpace(tracer), (edge) => {
    const said = ofReminder(edge);
    if (said !== null) complaints.add(said);
    // Clocks alone: nothing that a person would have to do.
    if (edge.move.event.type === 'clock')
      back.add(reminderKey(edge.from.snapshot), reminderKey(edge.to.snapshot));
    reached.add(edge.to.snapshot.name);
  });
  expect([...complaints]).toEqual([]);
  const over = [...explored.nodes].filter(([, { snapshot }]) => snapshot.matches('over'));
  expect(
    back.stuck(
      explored.nodes.keys(),
      over.map(([key]) => key),
    ),
  ).toEqual([]);
  expect(tracer.missing).toEqual([]);
  report('reminder', reminderMachine, explored, reached);
});

function ofReminder({ from, move, to }: Edge<ReminderNode, ReminderMove>): string | null {
  const [before, after] = [from.snapshot, to.snapshot];
  const levels = to.wants.flatMap((want) => (want.type === 'cue' ? [want.level] : []));
  const overs = to.wants.filter(({ type }) => type === 'over').length;
  const ended = !before.matches('over') && after.matches('over') && move.event.type !== 'unplanned';
  if (after.matches('cueing') && after.context.hindrance !== null)
    return `shown though ${after.context.hindrance}`;
  if (levels.includes('light') && !after.matches('cueing')) return `a light in ${after.name}`;
  if (before.matches('cueing') && !after.matches('cueing') && !levels.includes('off'))
    return `the light stays on in ${after.name}`;
  if (overs !== (ended ? 1 : 0)) return `${before.name} to ${after.name} is told as over ${overs} times`;
  if (after.name === 'snoozed' && before.name !== 'snoozed' && before.context.snoozesLeft === 0)
    return 'put off once too often';
  if (levels.includes('sound') && before.context.sounded) return 'sounded twice';
  if (after.matches('cueing') && after.context.returnsLeft < 0) return 'it came again once too often';
  if (
    before.matches('cueing') &&
    after.name === 'due' &&
    after.context.returnsLeft >= before.context.returnsLeft
  )
    return 'put out, and not counted';
  if (after.context.snoozesLeft < 0) return 'fewer than no snoozes are left';
  if (before.matches('over') && !after.matches('over') && !['planned', 'restored'].includes(move.event.type))
    return `${before.name} begins on ${move.event.type}`;
  return null;
}

test('guide: every mark of every step and no more, and it ends by itself, once', () => {
  const tracer = new RowTracer(guideMachine);
  const complaints = new Set<string>();
  const back = new WaysBack();
  const reached = new Set<string>();
  const explored = explore(guideSpace(tracer), (edge) => {
    const said = ofGuide(edge);
    if (said !== null) complaints.add(said);
    if (edge.move === 'clock') back.add(guideKey(edge.from.snapshot), guideKey(edge.to.snapshot));
    reached.add(edge.to.snapshot.name);
  });
  expect([...complaints]).toEqual([]);
  const idle = [...explored.nodes].filter(([, { snapshot }]) => snapshot.name === 'idle').map(([key]) => key);
  expect(back.stuck(explored.nodes.keys(), idle)).toEqual([]);
  expect(tracer.missing).toEqual([]);
  report('guide', guideMachine, explored, reached);
});

/** What is told in each step of the exercise that is explored. */
const MARKS: readonly (readonly string[])[] = [
  ['beat', 'beat', 'beat'],
  ['beat', 'halfway'],
  ['breathe-in', 'breathe-hold', 'breathe-out', 'breathe-in', 'breathe-hold', 'breathe-out'],
  ['breathe-in', 'breathe-out'],
];

function ofGuide({ from, move, to }: Edge<GuideNode, GuideMove>): string | null {
  const [before, after] = [from.snapshot, to.snapshot];
  const run = after.context.run ?? before.context.run;
  const ended = to.wants.filter(({ type }) => type === 'ended').length;
  const marks = to.wants.filter((want) => want.type === 'cue' && MARKS[run?.index ?? 0]?.includes(want.cue));
  if ((after.context.run === null) !== (after.name === 'idle')) return `${after.name} and its run disagree`;
  if (ended !== (before.name !== 'idle' && after.name === 'idle' ? 1 : 0))
    return `${before.name} to ${after.name} is told as ended ${ended} times`;
  const given = after.context.run?.marks ?? 0;
  if (given > (MARKS[run?.index ?? 0]?.length ?? 0)) return 'a mark too many';
  if (marks.length > 0 && move !== 'clock') return `a mark on ${move}`;
  if (after.name === 'answering' && before.name !== 'answering' && before.context.run?.led !== 7)
    return `asked after ${before.context.run?.led ?? 0} beats`;
  return null;
}
