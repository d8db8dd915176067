import type { InterlockInput, InterlockState } from '../../../machines/interlock.ts';
import { interlockStep } from '../../../machines/interlock.ts';
import { stateName } from '../../../machines/engine.ts';
import type { WaterWant } from '../../../src/model/want.ts';
import { trip } from '../support.ts';
import type { Timeless } from '../support.ts';
import { dueSets, withContext } from './explore.ts';
import type { Space } from './explore.ts';
import { asNode, freshNode, keyOf, NOW, realStep, withDue } from './session-space.ts';
import type { SessionNode, SessionWorld } from './session-space.ts';
import { canonicalLock, IDS, LOCK, waterInit } from './water-space.ts';
import type { Id } from './water-space.ts';

/**
 * The session machine and the interlock as the station wires them, over valves that do as they are told, late or never.
 * The valve machines between them have a space of their own; here a valve says at some time that it has closed.
 */
export interface ProductNode {
  readonly session: SessionNode;
  readonly lock: InterlockState;
  readonly real: Readonly<Record<Id, 'shut' | 'open' | 'closing'>>;
}
export type ProductMove =
  | { readonly says: Timeless; readonly due: readonly string[] }
  | { readonly input: InterlockInput }
  /** To the interlock first, to the session second. */
  | { readonly both: 'stop' | 'abort' | 'hold' | 'clear' }
  | { readonly closes: Id }
  | { readonly lost: Id };

const AWAITS_CLOSED = new Set(['starting.closing', 'holding', 'completing', 'stopping', 'aborting']);

class Station {
  session: SessionNode;
  lock: InterlockState;
  readonly real: Record<Id, 'shut' | 'open' | 'closing'>;
  readonly #agenda: Timeless[] = [];
  #stepping = false;
  opened = false;

  constructor({ session, lock, real }: ProductNode) {
    this.session = session;
    this.lock = lock;
    this.real = { ...real };
  }

  judge(input: InterlockInput): void {
    const step = interlockStep(LOCK, this.lock, input, NOW);
    this.lock = step.state;
    for (const out of step.out) {
      if (out.type === 'dropped') this.trip('abort');
      if (out.type !== 'open' && out.type !== 'close') continue;
      const id = out.device === 'hot' ? 'hot' : 'cold';
      this.opened ||= out.type === 'open';
      if (out.type === 'open') this.real[id] = 'open';
      else if (this.real[id] === 'open') this.real[id] = 'closing';
    }
  }

  trip(response: 'abort' | 'hold'): void {
    const what = response === 'hold' ? trip('hold', 'stale_reading') : trip('abort');
    this.judge({ type: 'trip', trip: what });
    this.say({ type: 'trip', trip: what });
  }

  /** One event after the other: what its wants cause waits until all of them have been carried out. */
  say(event: Timeless): void {
    this.#agenda.push(event);
    if (this.#stepping) return;
    this.#stepping = true;
    for (let next = this.#agenda.shift(); next !== undefined; next = this.#agenda.shift()) {
      const wants: (WaterWant | null | 'release')[] = [];
      this.session = realStep(this.session, { ...next, atMs: NOW }, (want) => {
        if (want.type === 'water') wants.push(want.water);
        if (want.type === 'release') wants.push('release');
      });
      for (const one of wants)
        this.judge(one === 'release' ? { type: 'release' } : { type: 'want', water: one });
    }
    this.#stepping = false;
  }

  /** What holds now is said to the session, until nothing new comes of it. */
  settle(): void {
    for (let round = 0; round < 8; round += 1) {
      const before = this.session;
      const state = stateName(this.session.snapshot);
      const closed = IDS.every((id) => this.lock.devices[id]?.status === 'closed');
      const side = this.lock.want?.side;
      const id = side === 'warm' ? 'hot' : 'cold';
      if (AWAITS_CLOSED.has(state) && closed) this.say({ type: 'closed' });
      else if (
        state === 'running.switching' &&
        side !== undefined &&
        this.lock.devices[id]?.status === 'open'
      )
        this.say({ type: 'opened', side, sentAtMs: NOW });
      if (this.session === before) return;
    }
  }

  node(): ProductNode {
    return { session: asNode(this.session, NOW), lock: canonicalLock(this.lock), real: { ...this.real } };
  }
}

/** Not all: a second part is as the first, and the session's own space has every event. */
const SAYS: readonly Timeless[] = [
  { type: 'begin', source: 'button' },
  { type: 'pause', source: 'mqtt' },
  { type: 'resume', source: 'button', begins: true },
  { type: 'steady', plateauC: 30 },
  { type: 'banded' },
  { type: 'fresh' },
];

export function productSpace(world: SessionWorld): Space<ProductNode, ProductMove> {
  const start: Timeless = { type: 'start', request: world.request, source: 'button' };
  const always: readonly ProductMove[] = [
    ...[start, ...SAYS].map((says) => ({ says, due: [] })),
    ...(['stop', 'abort', 'hold', 'clear'] as const).map((both) => ({ both })),
    { input: { type: 'reading', takenAtMs: NOW } },
    { input: { type: 'blind' } },
    { input: { type: 'journalled', token: 1, ok: true } },
    { input: { type: 'clock' } },
    ...IDS.map((lost) => ({ lost })),
  ];
  return {
    initial: [{ session: freshNode(world), lock: waterInit().lock, real: { hot: 'open', cold: 'shut' } }],
    key: ({ session, lock, real }) => {
      const { want, block, devices, asked, readingAtMs } = lock;
      const ofLock = [want?.side, block?.kind, asked?.device, readingAtMs === null];
      return [keyOf(session), ...ofLock, ...IDS.flatMap((id) => [devices[id]?.status, real[id]])].join();
    },
    moves: ({ session, real }) => [
      ...always,
      ...dueSets(Object.keys(session.snapshot.context.deadlines)).map(
        (due) => ({ says: { type: 'clock' }, due }) as const,
      ),
      ...IDS.filter((id) => real[id] !== 'open').map((closes) => ({ closes })),
    ],
    take(node, move) {
      const at = new Station(node);
      carryOut(at, move);
      at.settle();
      return at.node();
    },
  };
}

function carryOut(at: Station, move: ProductMove): void {
  if ('says' in move) {
    const { snapshot, standing } = at.session;
    if (move.due.length > 0)
      at.session = { snapshot: withContext(snapshot, withDue(snapshot.context, move.due)), standing };
    at.say(move.says);
  } else if ('input' in move) at.judge(move.input);
  else if ('both' in move) {
    if (move.both === 'abort' || move.both === 'hold') at.trip(move.both);
    else {
      at.judge({ type: move.both });
      at.say(move.both === 'stop' ? { type: 'stop', source: 'button' } : { type: 'clear' });
    }
  } else if ('closes' in move) {
    at.real[move.closes] = 'shut';
    // Verified, and the break before the other side over: that wait is explored with the valves.
    at.judge({ type: 'verified-closed', device: move.closes });
    at.lock = rested(at.lock);
    at.judge({ type: 'clock' });
  } else at.judge({ type: 'lost', device: move.lost });
}

function rested(lock: InterlockState): InterlockState {
  const devices = Object.entries(lock.devices).map(([id, device]) => [
    id,
    device.closedAtMs === null ? device : { ...device, closedAtMs: NOW - 500 },
  ]);
  return { ...lock, devices: Object.fromEntries(devices) as InterlockState['devices'] };
}
