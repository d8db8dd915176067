// If these fail, an event reaches a state that should not have listened: a begin that permits contact in a cold pipe, a
// resume out of a stop, or a state that no event leads out of.
import { describe, expect, test } from 'vitest';
import { chartOf, stateName } from '../../machines/engine.ts';
import { sessionMachine, session } from '../../machines/session.ts';
import type { SessionEvent } from '../../machines/session-run.ts';
import type { Plumbing } from '../../src/model/plan.ts';
import type { Want } from '../../src/model/want.ts';
import type { Snapshot, Timeless } from './support.ts';
import { SessionBench, planOf, trip } from './support.ts';

const RESTING = ['idle', 'complete', 'stopped', 'aborted'];
const OUT = ['completing', 'stopping', 'aborting'];
const stop: Timeless = { type: 'stop', source: 'mqtt' };

/** A bench in each leaf of the chart. */
const LEAVES: Readonly<Record<string, () => SessionBench>> = {
  idle: () => new SessionBench(),
  'starting.closing': () => new SessionBench().start(),
  'starting.flushing': () =>
    new SessionBench().start(planOf(), false, { idleMs: 9 }).send({ type: 'closed' }),
  'starting.proving': () => new SessionBench().start().send({ type: 'closed' }),
  'starting.tempering': () => new SessionBench().start().prove(),
  'starting.ready': () => new SessionBench().toReady(),
  'starting.parked': () => new SessionBench().toReady().clockDue(),
  'running.contact': () => new SessionBench().toContact(),
  'running.switching': () => new SessionBench().toContact().send({ type: 'clock' }, 180_000),
  holding: () => new SessionBench().toContact().send({ type: 'pause', source: 'mqtt' }, 1_000),
  held: () => new SessionBench().toHeld(),
  'restarting.tempering': () => resumed(),
  'restarting.ready': () => resumed().send({ type: 'banded' }, 61_000),
  'restarting.parked': () => resumed().send({ type: 'banded' }, 61_000).clockDue(),
  completing: () => completing(),
  complete: () => completing().send({ type: 'closed' }),
  stopping: () => new SessionBench().toContact().send(stop, 1_000),
  stopped: () => new SessionBench().toContact().send(stop, 1_000).send({ type: 'closed' }),
  aborting: () => aborting(),
  aborted: () => aborting().send({ type: 'closed' }),
};
const resumed = () => new SessionBench().toHeld().send({ type: 'resume', source: 'page', begins: true });
const aborting = () => new SessionBench().toContact().send({ type: 'trip', trip: trip('abort') }, 1_000);
function completing(): SessionBench {
  const bench = new SessionBench().toContact('button', planOf(1, 'soak'));
  while (bench.state === 'running.contact') bench.clockDue();
  return bench;
}

const EVENTS: Readonly<Record<string, Timeless>> = {
  start: { type: 'start', request: { id: 's2', plan: planOf(), person: null, dry: false }, source: 'page' },
  begin: { type: 'begin', source: 'page' },
  pause: { type: 'pause', source: 'mqtt' },
  resume: { type: 'resume', source: 'page', begins: true },
  continue: { type: 'continue', source: 'page', id: 's1' },
  stop,
  clear: { type: 'clear' },
  answer: { type: 'answer' },
  opened: { type: 'opened', side: 'cold', sentAtMs: 0 },
  closed: { type: 'closed' },
  steady: { type: 'steady', plateauC: 38 },
  banded: { type: 'banded' },
  unbanded: { type: 'unbanded' },
  fresh: { type: 'fresh' },
  'trip abort': { type: 'trip', trip: trip('abort') },
  'trip hold': { type: 'trip', trip: trip('hold') },
  'trip end': { type: 'trip', trip: trip('end', 'time_was_up') },
  'clock too early': { type: 'clock' },
};

const STARTING = {
  stop: 'stopping',
  pause: 'holding',
  'trip abort': 'aborting',
  'trip hold': 'holding',
  'trip end': 'stopping',
};
/** Where each event leads. What is not listed must change nothing and want nothing. */
const LEADS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  idle: { start: 'starting.closing' },
  'starting.closing': { ...STARTING, begin: 'starting.closing', closed: 'starting.proving' },
  'starting.flushing': { ...STARTING, begin: 'starting.flushing' },
  'starting.proving': { ...STARTING, begin: 'starting.proving', steady: 'starting.proving' },
  'starting.tempering': { ...STARTING, begin: 'starting.tempering', banded: 'starting.ready' },
  'starting.ready': { ...STARTING, begin: 'running.contact', unbanded: 'starting.tempering' },
  'starting.parked': { ...STARTING, begin: 'starting.tempering' },
  'running.contact': { ...STARTING },
  'running.switching': { ...STARTING, opened: 'running.contact' },
  holding: {
    stop: 'stopping',
    closed: 'held',
    fresh: 'holding',
    'trip abort': 'aborting',
    'trip end': 'stopping',
  },
  held: {
    stop: 'stopping',
    resume: 'restarting.tempering',
    fresh: 'held',
    'trip abort': 'aborting',
    'trip end': 'stopping',
  },
  'restarting.tempering': { ...STARTING, begin: 'restarting.tempering', banded: 'running.contact' },
  'restarting.ready': { ...STARTING, begin: 'running.contact', unbanded: 'restarting.tempering' },
  'restarting.parked': { ...STARTING, begin: 'restarting.tempering' },
  // A trip while everything closes already ends worse; a second stop does not end better.
  completing: {
    closed: 'complete',
    'trip abort': 'aborting',
    'trip hold': 'aborting',
    'trip end': 'aborting',
  },
  complete: { start: 'starting.closing' },
  stopping: { closed: 'stopped', 'trip abort': 'aborting', 'trip hold': 'aborting', 'trip end': 'aborting' },
  stopped: { start: 'starting.closing', continue: 'starting.closing' },
  aborting: { closed: 'aborted' },
  aborted: { clear: 'idle' },
};

describe('every state and every event', () => {
  test('the table has every leaf of the chart', () => {
    expect(Object.keys(LEAVES).sort()).toEqual([...chartOf(sessionMachine).states].sort());
    expect(Object.keys(LEADS).sort()).toEqual(Object.keys(LEAVES).sort());
  });

  const rows = Object.keys(LEAVES).flatMap((state) =>
    Object.keys(EVENTS).map((event) => [state, event, LEADS[state]?.[event] ?? null] as const),
  );
  test.each(rows)('%s, %s -> %s', (state, name, to) => {
    const bench = LEAVES[state]?.();
    const event = EVENTS[name];
    if (bench === undefined || event === undefined) throw new Error('no such row');
    expect(bench.state).toBe(state);
    const before = bench.snapshot;
    bench.send(event);
    expect(bench.state).toBe(to ?? state);
    if (to !== null) return;
    expect(bench.wants).toEqual([]);
    expect(bench.context).toEqual(before.context);
  });
});

describe('every state that can be reached', () => {
  interface Node {
    readonly snapshot: Snapshot;
    readonly atMs: number;
    readonly key: string;
    readonly to: Map<string, string>;
  }

  /** What matters for what may come next; absolute times left out. */
  function keyOf({ snapshot, atMs }: { snapshot: Snapshot; atMs: number }): string {
    const { run, deadlines, continuableUntilMs } = snapshot.context;
    const pressed = run?.press != null && atMs - run.press.atMs <= 60_000;
    const known =
      run === null
        ? []
        : [run.index, run.leg, run.proved, run.continued, run.trip?.latch, run.prompt !== null];
    return JSON.stringify([
      stateName(snapshot),
      Object.keys(deadlines).sort(),
      pressed,
      known,
      continuableUntilMs !== null,
    ]);
  }

  const events = (
    context: Snapshot['context'],
    atMs: number,
  ): readonly (readonly [string, SessionEvent])[] => {
    const due = Object.values(context.deadlines);
    const dueMs = due.length === 0 ? atMs : Math.max(atMs, Math.min(...due));
    const timed = Object.entries(EVENTS).map(([name, event]): readonly [string, SessionEvent] => [
      name,
      { ...event, atMs },
    ]);
    const stale: SessionEvent = { type: 'trip', trip: trip('hold', 'stale_reading'), atMs };
    const warm: SessionEvent = { type: 'opened', side: 'warm', sentAtMs: atMs, atMs };
    return [...timed, ['stale', stale], ['opened warm', warm], ['clock', { type: 'clock', atMs: dueMs }]];
  };

  function explore(
    plumbing: Plumbing,
    check: (from: Node, name: string, to: Node, wants: readonly Want[]) => void,
  ) {
    const nodes = new Map<string, Node>();
    const nodeOf = (snapshot: Snapshot, atMs: number): Node => {
      const key = keyOf({ snapshot, atMs });
      const known = nodes.get(key);
      if (known !== undefined) return known;
      const node = { snapshot, atMs, key, to: new Map<string, string>() };
      nodes.set(key, node);
      queue.push(node);
      return node;
    };
    const queue: Node[] = [];
    nodeOf(new SessionBench(plumbing).snapshot, 0);
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      for (const [name, event] of events(node.snapshot.context, node.atMs)) {
        const step = session.step(node.snapshot, event);
        const to = nodeOf(step.snapshot, event.atMs);
        node.to.set(name, to.key);
        check(node, name, { ...to, snapshot: step.snapshot, atMs: event.atMs }, step.wants);
      }
    }
    return nodes;
  }

  test.each(['two-valves', 'mixer', 'cues'] as const)('on %s obeys what no event may break', (plumbing) => {
    const name = ({ snapshot }: Node) => stateName(snapshot);
    const nodes = explore(plumbing, (from, event, to, wants) => {
      const told = `${from.key} ${event}`;
      const [was, is] = [name(from), name(to)];
      const isOut = [...RESTING, ...OUT].includes(was);
      if (event === 'stop' && !isOut) expect([told, is]).toEqual([told, 'stopping']);
      for (const want of wants) {
        // Contact is permitted in running only.
        if (want.type === 'expect' && want.expectation.exposed)
          expect([told, is]).toEqual([told, expect.stringMatching(/^running/)]);
        if (want.type === 'water' && want.water !== null)
          expect([told, is]).toEqual([told, expect.stringMatching(/^(starting|running|restarting)/)]);
      }
      // Contact begins with a press: at this moment, or within the last 60 s.
      if (!was.startsWith('running') && is.startsWith('running')) {
        const { run } = from.snapshot.context;
        const isPressed =
          event === 'begin' ||
          event === 'resume' ||
          (run?.press != null && to.atMs - run.press.atMs <= 60_000);
        expect([told, isPressed]).toEqual([told, true]);
        if (plumbing !== 'cues')
          expect([told, was.endsWith('.ready') || event === 'banded']).toEqual([told, true]);
      }
      // A way out closes the water in the same step, and says that nobody is in it.
      if (was.startsWith('running') && !is.startsWith('running')) {
        expect(wants.find((want) => want.type === 'water')).toEqual({ type: 'water', water: null });
        expect(wants.find((want) => want.type === 'expect')).toMatchObject({
          expectation: { exposed: false, active: false },
        });
      }
      // A clock at the nearest deadline is always served, or the controller would ask for ever.
      if (event === 'clock' && Object.keys(from.snapshot.context.deadlines).length > 0)
        expect([told, to.key]).not.toEqual([told, from.key]);
    });
    expect(nodes.size).toBeGreaterThan(plumbing === 'cues' ? 60 : 150);
    // No dead ends: from everywhere some events lead to rest, and from every rest to idle.
    const reaches = new Set(
      [...nodes.values()].filter((node) => name(node) === 'idle').map(({ key }) => key),
    );
    for (let grew = true; grew;) {
      const more = [...nodes.values()].filter(
        ({ key, to }) => !reaches.has(key) && [...to.values()].some((next) => reaches.has(next)),
      );
      more.forEach(({ key }) => reaches.add(key));
      grew = more.length > 0;
    }
    expect([...nodes.keys()].filter((key) => !reaches.has(key))).toEqual([]);
  });
});
