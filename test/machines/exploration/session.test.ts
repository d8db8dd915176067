// If these fail, some order of events that nobody thought of leaves the session where it must not be: contact permitted
// outside a running step, water wanted after STOP, a state that nobody comes out of, a contrast that ends warm.
import { afterAll, describe, expect, test } from 'vitest';
import { chartOf } from '../../../machines/engine.ts';
import { session } from '../../../machines/session.ts';
import { sessionGuards } from '../../../machines/session-guards.ts';
import type { SessionContext, SessionEvent } from '../../../machines/session-run.ts';
import { BEGIN_MS } from '../../../machines/envelope.ts';
import { explore, RowTracer, WaysBack } from './explore.ts';
import type { Edge } from './explore.ts';
import { Random } from '../../../src/random/random.ts';
import type { Timeless } from '../support.ts';
import {
  asNode,
  eventsOf,
  freshNode,
  keyOf,
  NOW,
  realStep,
  SESSION_WORLDS,
  sessionSpace,
  stateOf,
} from './session-space.ts';
import type { SessionMove, SessionNode, SessionWorld } from './session-space.ts';

/** Some seconds of work, on a computer that may have other things to do. */
const BUSY_MS = 240_000;
type SessionEdge = Edge<SessionNode, SessionMove>;

const RESTING = new Set(['idle', 'complete', 'stopped', 'aborted']);
/** Where water is shut, and only waited for to say so. */
const SHUTTING = new Set(['completing', 'stopping', 'aborting']);
const tracer = new RowTracer(session.machine);
const reached = new Set<string>();

function typeOf(move: SessionMove): string {
  return 'event' in move ? move.event.type : 'time';
}

/** Why this edge must not be, or null. */
function complaint({ from, move, to }: SessionEdge, { request }: SessionWorld): string | null {
  const [before, after] = [stateOf(from), stateOf(to)];
  const { standing } = to;
  if (standing.exposed && !after.startsWith('running.')) return `contact permitted in ${after}`;
  if (standing.exposed && request.dry) return 'contact permitted in a dry run';
  if (standing.rehearsed && !request.dry) return 'the steps run over nobody, and somebody may be there';
  if (standing.water !== null && (RESTING.has(after) || SHUTTING.has(after) || after.startsWith('hold')))
    return `${standing.water} water wanted in ${after}`;
  if (typeOf(move) === 'stop' || typeOf(move) === 'report') {
    const said = `${typeOf(move)} in ${before}`;
    if (standing.water !== null || standing.exposed) return `${said} leaves water or contact`;
    if (!RESTING.has(after) && !SHUTTING.has(after)) return `${said} leads to ${after}`;
    if (typeOf(move) === 'report' && to.snapshot.context.continuableUntilMs !== null)
      return `${said} may be continued`;
  }
  if (
    after === 'complete' &&
    before !== after &&
    request.plan.kind === 'contrast' &&
    standing.lastBegun !== 'cold'
  )
    return `a contrast completes after ${standing.lastBegun ?? 'nothing'}`;
  if (after.startsWith('running.') && !before.startsWith('running.') && !isInvited(from, move, request.dry))
    return `contact begins in ${before} on ${typeOf(move)} without a press that counts`;
  return null;
}

/** I8: a press at the station, at most a minute old. In a dry run nobody comes and nobody is let in. */
function isInvited({ snapshot }: SessionNode, move: SessionMove, dry: boolean): boolean {
  if (dry || !('event' in move)) return dry;
  const { event } = move;
  if (event.type === 'begin' || (event.type === 'resume' && event.begins)) return true;
  const press = snapshot.context.run?.press ?? null;
  return press !== null && NOW - press.atMs <= BEGIN_MS;
}

/** What comes even if no person, valve or thermometer ever says anything again: clocks, and the watch's own bounds. */
function comesByItself({ from, move }: SessionEdge): boolean {
  if (!('event' in move)) return false;
  if (move.event.type === 'clock') return true;
  return move.event.type === 'trip' && move.event.trip.response === 'abort' && from.standing.watched;
}

describe.each(SESSION_WORLDS)('$name', (world) => {
  test('every event in every state', { timeout: BUSY_MS }, () => {
    const complaints = new Map<string, string>();
    const back = new WaysBack();
    const { nodes, edges } = explore(sessionSpace(world, tracer), (edge, way) => {
      const said = complaint(edge, world);
      if (said !== null && !complaints.has(said)) complaints.set(said, way().map(say).join(', '));
      if (edge.to !== edge.from && comesByItself(edge)) back.add(keyOf(edge.from), keyOf(edge.to));
    });
    expect(Object.fromEntries(complaints)).toEqual({});
    const resting = [...nodes].filter(([, node]) => RESTING.has(stateOf(node))).map(([key]) => key);
    expect(resting.length).toBeGreaterThan(4);
    expect(back.stuck(nodes.keys(), resting).slice(0, 3)).toEqual([]);
    for (const node of nodes.values()) reached.add(stateOf(node));
    expect(strays(world, new Set(nodes.keys()))).toEqual([]);
    console.info(`session, ${world.name}: ${nodes.size} states, ${edges} edges`);
  });
});

function say(move: SessionMove): string {
  if ('passes' in move) return `(${move.passes} passes)`;
  return move.due.length === 0 ? move.event.type : `${move.event.type} (${move.due.join(' and ')} due)`;
}

/** Walks at real times, late clocks and all: each place they come to must be one that was explored. */
function strays(world: SessionWorld, nodes: ReadonlySet<string>): readonly string[] {
  const random = new Random(4, world.name);
  const events = eventsOf(world);
  const likely = events.filter(({ type }) => LIKELY.has(type));
  const found = new Set<string>();
  const walked = new Set<string>();
  for (let walk = 0; walk < 60; walk += 1) {
    let node = freshNode(world);
    let atMs = 0;
    for (let step = 0; step < 80; step += 1) {
      const dueMs = Math.min(...Object.values(node.snapshot.context.deadlines));
      const waits = Number.isFinite(dueMs) && random.chance(0.25);
      atMs = waits ? Math.max(atMs, dueMs) + pick(random, LATE_MS) : atMs + pick(random, LATER_MS);
      if (waits) node = realStep(node, { type: 'clock', atMs });
      // Most events mean nothing in most states: a few tries for one that does.
      for (let tries = 0, before = node; !waits && tries < 5 && node.snapshot === before.snapshot; tries += 1)
        node = realStep(before, at(pick(random, random.chance(0.9) ? likely : events), atMs));
      const key = keyOf(asNode(node, atMs));
      walked.add(key);
      if (!nodes.has(key)) found.add(key);
    }
  }
  // Walks that stay at the door say nothing.
  expect(walked.size).toBeGreaterThan(60);
  return [...found].slice(0, 3);
}
const LIKELY: ReadonlySet<string> = new Set([
  'start',
  'closed',
  'steady',
  'banded',
  'begin',
  'opened',
  'resume',
]);
const LATE_MS = [0, 0, 0, 3, 40_000];
const LATER_MS = [0, 1, 700, 700, 700, 4_000, 12_000, 12_000, 61_000, 950_000];
function pick<T>(random: Random, list: readonly T[]): T {
  const [one] = list.slice(random.int(0, list.length - 1));
  if (one === undefined) throw new Error('there is nothing to pick');
  return one;
}
/** When its open command went out is told with the event. */
const at = (event: Timeless, atMs: number): SessionEvent =>
  event.type === 'opened' ? { ...event, sentAtMs: atMs - 900, atMs } : { ...event, atMs };

describe('together', () => {
  afterAll(() => {
    console.info(`session: ${reached.size} states of the chart, ${tracer.total} transitions, all taken`);
  });
  test('they reach every state of the chart', () => {
    expect(chartOf(session.machine).states.filter((state) => !reached.has(state))).toEqual([]);
  });
  test('they take every transition of the chart', () => {
    expect(tracer.missing).toEqual([]);
  });
});

describe('the abstraction', () => {
  /** What a guard may read: all of it is in the key, or the same in every node of a world. */
  const IN_THE_KEY = new Set([
    ...['settings.plumbing', 'settings.kind', 'continuableUntilMs', 'run', 'run.dry', 'run.press'],
    ...['run.press.atMs', 'run.leg', 'run.legs', 'run.index', 'run.plan', 'run.prompt', 'run.proved'],
    ...['run.seenCycle', 'run.flush'],
  ]);
  /** Every property that is read of `value`, as a path. */
  function watched<T extends object>(value: T, path: string, read: Set<string>): T {
    return new Proxy(value, {
      get(target, name, receiver) {
        const found: unknown = Reflect.get(target, name, receiver);
        if (typeof name !== 'string') return found;
        const at = path === '' ? name : `${path}.${name}`;
        read.add(at);
        const deep = typeof found === 'object' && found !== null && !/^run\.(plan|legs)$/.test(at);
        return deep ? watched(found, at, read) : found;
      },
    });
  }

  test('hides nothing from a guard', () => {
    const read = new Set<string>();
    for (const world of SESSION_WORLDS) {
      const contexts = new Map<string, SessionContext>();
      for (const node of explore(
        sessionSpace(world, new RowTracer(session.machine)),
        undefined,
        400,
      ).nodes.values())
        contexts.set(keyOf(node), node.snapshot.context);
      const events = [...eventsOf(world), { type: 'clock' } as const];
      for (const context of contexts.values())
        for (const event of events)
          for (const guard of Object.values<(context: SessionContext, event: SessionEvent) => boolean>(
            sessionGuards,
          ))
            guard(watched(context, '', read), { ...event, atMs: NOW });
    }
    const hidden = [...read].filter(
      (path) => !IN_THE_KEY.has(path) && !/^(settings|deadlines)(\.\w+)?$/.test(path),
    );
    expect(hidden).toEqual([]);
  });
});
