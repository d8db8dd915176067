import type {
  Block,
  InterlockInput,
  InterlockOutput,
  InterlockSettings,
  InterlockState,
} from '../../../machines/interlock.ts';
import { BREAK_BEFORE_MAKE_MS, OPEN_WAIT_MS } from '../../../machines/envelope.ts';
import { interlockInit, interlockStep } from '../../../machines/interlock.ts';
import { valve } from '../../../machines/valve.ts';
import type { ValveEdge, ValveEvent } from '../../../machines/valve.ts';
import type { WaterKind } from '../../../src/model/plan.ts';
import type { WaterWant } from '../../../src/model/want.ts';
import { trip } from '../support.ts';
import { NOW } from './session-space.ts';
import type { ValveSnapshot, ValveWait } from './small-spaces.ts';
import { canonicalValve, TRAVEL, valveDue, valveKey, valveMoved, waitsOf } from './small-spaces.ts';

/**
 * The interlock, two valve machines behind it, and two real valves that do as they are told, late or never. Times are
 * classes again: fresh or stale, in the break or past it, to come or over. A report tells what is when it comes.
 */
export type Id = 'hot' | 'cold';
export const IDS: readonly Id[] = ['hot', 'cold'];
/** What is true of one valve. `told`: a close is on its way to it; `shutting`: it has acted, its travel is not over. */
export type Real = 'shut' | 'open' | 'told' | 'shutting';

export interface WaterNode {
  readonly lock: InterlockState;
  readonly valves: Readonly<Record<Id, ValveSnapshot>>;
  readonly real: Readonly<Record<Id, Real>>;
  /** A stop or a trip was said, and no release since: the interlock's own word for it is not asked. */
  readonly stopped: boolean;
}
export interface WaterStep {
  readonly node: WaterNode;
  /** Everything that the interlock let out, in order. */
  readonly out: readonly InterlockOutput[];
}

export type WaterMove =
  | { readonly input: InterlockInput }
  | { readonly valve: Id; readonly event: 'reported-open' | 'reported-closed' | 'lost' }
  | { readonly valve: Id; readonly due: readonly ValveWait[] }
  | { readonly valve: Id; readonly passes: 'acts' | 'travel' | 'lease' | 'time to move' }
  | { readonly passes: 'the break' | 'the reading' | 'the want' | 'the journal'; readonly of?: Id };

export const LOCK: InterlockSettings = {
  devices: [
    { id: 'hot', side: 'warm', leaseMs: 30_000, deadline: 'per-command' },
    { id: 'cold', side: 'cold', leaseMs: 30_000, deadline: 'per-command' },
  ],
  readingAgeMs: 3_000,
  guarded: true,
  // How long each side has run is a sum, and no sum is finite: its own tests look at it.
  budgetMs: { warm: Infinity, cold: Infinity },
};

export function waterInit(): WaterNode {
  const unknown = canonicalValve(valve.initial(TRAVEL));
  return {
    lock: canonicalLock(interlockInit(LOCK)),
    valves: { hot: unknown, cold: unknown },
    // After a crash a valve may be open still: until its lease is over, which nobody here has to wait for.
    real: { hot: 'open', cold: 'shut' },
    stopped: true,
  };
}

export const want = (side: WaterKind | null): WaterWant | null =>
  side === null ? null : { side, targetC: side === 'warm' ? 38 : 15, untilMs: NOW + 3_600_000 };

export function canonicalLock(lock: InterlockState): InterlockState {
  const { want: wanted, block, asked, readingAtMs } = lock;
  const fresh = readingAtMs !== null && NOW - readingAtMs <= LOCK.readingAgeMs;
  return {
    ...lock,
    want: wanted === null || wanted.untilMs <= NOW ? null : want(wanted.side),
    block: canonicalBlock(block),
    devices: Object.fromEntries(
      Object.entries(lock.devices).map(([id, device]) => {
        const { closedAtMs } = device;
        const past = closedAtMs !== null && NOW - closedAtMs >= BREAK_BEFORE_MAKE_MS;
        const at = closedAtMs === null ? null : past ? NOW - BREAK_BEFORE_MAKE_MS : NOW;
        return [id, { ...device, closedAtMs: at, sentAtMs: device.sentAtMs === null ? null : NOW }];
      }),
    ),
    asked:
      asked === null
        ? null
        : { ...asked, token: 1, atMs: NOW - asked.atMs >= OPEN_WAIT_MS ? NOW - OPEN_WAIT_MS : NOW },
    readingAtMs: fresh ? NOW : null,
    usedMs: { warm: 0, cold: 0 },
    usedToMs: NOW,
    tokens: 1,
  };
}

/** A start, a stop and a hold are all lifted by a release; a trip only by a clear. */
function canonicalBlock(block: Block | null): Block | null {
  if (block === null) return null;
  return { kind: block.kind === 'trip' ? 'trip' : 'stop' };
}

/** What one input causes, all the way: the interlock, what it lets out, what the valves say to that. */
export class Wiring {
  lock: InterlockState;
  readonly valves: Record<Id, ValveSnapshot>;
  readonly real: Record<Id, Real>;
  readonly out: InterlockOutput[] = [];
  #stopped: boolean;

  constructor({ lock, valves, real, stopped }: WaterNode) {
    this.#stopped = stopped;
    this.lock = lock;
    this.valves = { ...valves };
    this.real = { ...real };
  }

  judge(input: InterlockInput): void {
    if (input.type === 'stop' || input.type === 'trip') this.#stopped = true;
    if (input.type === 'release') this.#stopped = false;
    const step = interlockStep(LOCK, this.lock, input, NOW);
    this.lock = step.state;
    for (const output of step.out) {
      this.out.push(output);
      this.#letOut(output);
    }
  }

  valve(id: Id, event: ValveEvent): void {
    const step = valve.step(this.valves[id], event);
    this.valves[id] = step.snapshot;
    for (const edge of step.wants) this.#valveEdge(id, edge);
  }

  #letOut(output: InterlockOutput): void {
    const id = output.type === 'ask' || output.type === 'dropped' ? null : idOf(output.device);
    switch (output.type) {
      case 'ask':
        return;
      case 'dropped':
        this.judge({ type: 'trip', trip: trip('abort', 'journal_stalled') });
        return;
      case 'close':
        if (id === null) return;
        if (this.real[id] === 'open') this.real[id] = 'told';
        this.valve(id, { type: 'close-sent', atMs: NOW });
        return;
      case 'open':
      case 'renew':
        if (id === null) return;
        // At the worst it opens at once, and a renewal reaches a valve whose lease has just run out.
        this.real[id] = 'open';
        this.valve(id, { type: `${output.type}-sent`, leaseMs: output.leaseMs, atMs: NOW });
        return;
    }
  }

  #valveEdge(id: Id, edge: ValveEdge): void {
    switch (edge.type) {
      case 'verified-closed':
      case 'renewal-due':
      case 'close-due':
        this.judge({ type: edge.type, device: id });
        return;
      case 'verified-open':
        return;
      case 'disagrees':
        this.judge({ type: 'trip', trip: trip('abort', 'valve_disagrees') });
        return;
    }
  }

  node(): WaterNode {
    const { hot, cold } = this.valves;
    return {
      lock: canonicalLock(this.lock),
      valves: { hot: canonicalValve(hot), cold: canonicalValve(cold) },
      real: { ...this.real },
      stopped: this.#stopped,
    };
  }
}

const idOf = (device: string): Id => (device === 'hot' ? 'hot' : 'cold');

/** Whatever a session may ask for, and whatever may happen: so this holds for every session machine. */
const INPUTS: readonly WaterMove[] = [
  ...(['warm', 'cold', null] as const).map(
    (side) => ({ input: { type: 'want', water: want(side) } }) as const,
  ),
  ...(['release', 'clear', 'stop', 'clock', 'blind'] as const).map((type) => ({ input: { type } })),
  { input: { type: 'trip', trip: trip('abort') } },
  { input: { type: 'trip', trip: trip('hold') } },
  { input: { type: 'reading', takenAtMs: NOW } },
  ...IDS.map((device) => ({ input: { type: 'close-due', device } }) as const),
];

export function waterMoves({ lock, valves, real }: WaterNode): readonly WaterMove[] {
  return [
    ...INPUTS,
    ...(lock.asked === null
      ? []
      : [true, false].map((ok) => ({ input: { type: 'journalled', token: 1, ok } }) as const)),
    ...(lock.asked?.atMs === NOW ? [{ passes: 'the journal' } as const] : []),
    ...(lock.readingAtMs === null ? [] : [{ passes: 'the reading' } as const]),
    ...(lock.want === null ? [] : [{ passes: 'the want' } as const]),
    ...IDS.flatMap((id): readonly WaterMove[] => [
      { valve: id, event: 'lost' },
      { valve: id, event: real[id] === 'open' || real[id] === 'told' ? 'reported-open' : 'reported-closed' },
      ...waitsOf(valves[id]).map((due) => ({ valve: id, due })),
      ...(valves[id].context.sentAtMs === NOW ? [{ valve: id, passes: 'time to move' } as const] : []),
      ...(real[id] === 'told' ? [{ valve: id, passes: 'acts' } as const] : []),
      ...(real[id] === 'shutting' ? [{ valve: id, passes: 'travel' } as const] : []),
      ...(real[id] === 'open' ? [{ valve: id, passes: 'lease' } as const] : []),
      ...(lock.devices[id]?.closedAtMs === NOW ? [{ passes: 'the break', of: id } as const] : []),
    ]),
  ];
}

export function takeWater(node: WaterNode, move: WaterMove): WaterStep {
  const at = new Wiring(node);
  if ('input' in move) at.judge(move.input);
  else if (!('valve' in move)) at.lock = lockPassed(node.lock, move);
  else if ('event' in move) {
    at.valve(move.valve, { type: move.event, atMs: NOW });
    if (move.event === 'lost') at.judge({ type: 'lost', device: move.valve });
  } else if ('due' in move) {
    // A valve that has said it acts has moved once its travel is over: that is what travel means.
    if (move.due.includes('settleAtMs') && at.real[move.valve] === 'shutting') at.real[move.valve] = 'shut';
    at.valves[move.valve] = valveDue(at.valves[move.valve], move.due);
    at.valve(move.valve, { type: 'clock', atMs: NOW });
  } else passValve(at, move.valve, move.passes);
  return { node: at.node(), out: at.out };
}

function passValve(at: Wiring, id: Id, what: 'acts' | 'travel' | 'lease' | 'time to move'): void {
  if (what === 'time to move') at.valves[id] = valveMoved(at.valves[id]);
  else at.real[id] = what === 'travel' ? 'shut' : 'shutting';
}

function lockPassed(
  lock: InterlockState,
  { passes, of }: WaterMove & { passes: unknown; of?: Id },
): InterlockState {
  if (passes === 'the reading') return { ...lock, readingAtMs: null };
  if (passes === 'the want') return { ...lock, want: null };
  if (passes === 'the journal')
    return { ...lock, asked: lock.asked === null ? null : { ...lock.asked, atMs: NOW - OPEN_WAIT_MS } };
  const device = of === undefined ? undefined : lock.devices[of];
  if (of === undefined || device === undefined) return lock;
  const past = { ...device, closedAtMs: NOW - BREAK_BEFORE_MAKE_MS };
  return { ...lock, devices: { ...lock.devices, [of]: past } };
}

export function waterKey({ lock, valves, real, stopped }: WaterNode): string {
  const { want: wanted, block, devices, asked, readingAtMs } = lock;
  const ofLock = [wanted?.side, block?.kind, asked?.device, asked?.atMs, readingAtMs === null, stopped];
  const ofDevices = IDS.map((id) => [
    devices[id]?.status,
    devices[id]?.closedAtMs,
    valveKey(valves[id]),
    real[id],
  ]);
  return [...ofLock, ...ofDevices].join();
}
