import type { DeviceId } from '../src/model/ids.ts';
import type { WaterWant, Trip } from '../src/model/want.ts';
import { BREAK_BEFORE_MAKE_MS, OPEN_WAIT_MS } from './envelope.ts';
import { capped, isWithinLimits } from './want-limits.ts';

/**
 * The one place that opens water. Machines state what they want; the interlock lets commands out, or does not. It is
 * pure, knows nothing of protocols, and everything that closes takes the short way: no question is asked first.
 */
export interface WaterDevice {
  readonly id: DeviceId;
  readonly side: 'warm' | 'cold' | 'mixer';
  readonly leaseMs: number;
  /** `none` never opens warm water; `ceiling` needs a proof that does not exist yet. */
  readonly deadline: 'per-command' | 'ceiling' | 'none';
}

export interface InterlockSettings {
  readonly devices: readonly WaterDevice[];
  /** L20, milliseconds. */
  readonly readingAgeMs: number;
  /** A hardware scald guard is declared. */
  readonly guarded: boolean;
  /** The longest that each side may be open between two releases: the last resort behind L3 to L7. */
  readonly budgetMs: { readonly warm: number; readonly cold: number };
}

/** Why nothing opens. A stop and a hold are lifted by a release, a trip only by a clear. */
export type Block =
  { readonly kind: 'start' | 'stop' } | { readonly kind: 'hold' | 'trip'; readonly trip: Trip };

interface DeviceState {
  readonly status: 'unknown' | 'closed' | 'open' | 'closing';
  /** When it was last verified closed. */
  readonly closedAtMs: number | null;
  /** When the open (or the retarget) now standing was sent. */
  readonly sentAtMs: number | null;
  readonly targetC: number | null;
}

interface Asked {
  readonly token: number;
  readonly device: DeviceId;
  readonly side: 'warm' | 'cold';
  readonly targetC: number | null;
  readonly atMs: number;
}

export interface InterlockState {
  readonly want: WaterWant | null;
  readonly block: Block | null;
  readonly devices: Readonly<Record<DeviceId, DeviceState>>;
  readonly asked: Asked | null;
  readonly readingAtMs: number | null;
  readonly usedMs: { readonly warm: number; readonly cold: number };
  readonly usedToMs: number;
  readonly tokens: number;
}

export type InterlockInput =
  | { readonly type: 'want'; readonly water: WaterWant | null }
  /** A valid reading, by when it was taken. */
  | { readonly type: 'reading'; readonly takenAtMs: number }
  /** The link to the broker came up or went down: what was read before counts no more. */
  | { readonly type: 'blind' }
  | { readonly type: 'verified-closed' | 'lost' | 'close-due' | 'renewal-due'; readonly device: DeviceId }
  /** The journal has the open, or could not take it. */
  | { readonly type: 'journalled'; readonly token: number; readonly ok: boolean }
  | { readonly type: 'trip'; readonly trip: Trip }
  | { readonly type: 'stop' | 'release' | 'clear' | 'clock' };

export type InterlockOutput =
  | { readonly type: 'close'; readonly device: DeviceId }
  /** Journal this open; it is sent when the journal has it and nothing has changed. */
  | {
      readonly type: 'ask';
      readonly token: number;
      readonly device: DeviceId;
      readonly targetC: number | null;
    }
  | {
      readonly type: 'open' | 'renew';
      readonly device: DeviceId;
      readonly side: 'warm' | 'cold';
      readonly leaseMs: number;
      readonly targetC: number | null;
    }
  /** The journal did not take an open in time: it was dropped. */
  | { readonly type: 'dropped'; readonly device: DeviceId };

export interface InterlockStep {
  readonly state: InterlockState;
  readonly out: readonly InterlockOutput[];
}

/** Nothing is known at the beginning, so everything is closed and nothing opens until a session begins. */
export function interlockInit(settings: InterlockSettings): InterlockState {
  const unknown: DeviceState = { status: 'unknown', closedAtMs: null, sentAtMs: null, targetC: null };
  return {
    want: null,
    block: { kind: 'start' },
    devices: Object.fromEntries(settings.devices.map(({ id }) => [id, unknown])),
    asked: null,
    readingAtMs: null,
    usedMs: { warm: 0, cold: 0 },
    usedToMs: 0,
    tokens: 0,
  };
}

export function interlockStep(
  settings: InterlockSettings,
  before: InterlockState,
  input: InterlockInput,
  atMs: number,
): InterlockStep {
  const counted = countOpenTime(settings, before, atMs);
  switch (input.type) {
    case 'stop':
      return closeAll(settings, {
        ...counted,
        want: null,
        block: counted.block?.kind === 'trip' ? counted.block : { kind: 'stop' },
      });
    case 'trip': {
      // It is shut already and waits for a clear: the same trip at every reading needs no more commands.
      if (counted.block?.kind === 'trip') return judge(settings, { ...counted, want: null }, atMs);
      const kind =
        input.trip.response === 'abort' ? 'trip' : input.trip.response === 'hold' ? 'hold' : 'stop';
      const block: Block = kind === 'stop' ? { kind } : { kind, trip: input.trip };
      return closeAll(settings, { ...counted, want: null, block });
    }
    case 'release':
      return release(settings, counted, atMs);
    case 'clear':
      return judge(settings, { ...counted, block: { kind: 'stop' } }, atMs);
    case 'want':
      return judge(settings, { ...counted, want: capped(input.water, atMs) }, atMs);
    case 'reading':
      return judge(
        settings,
        { ...counted, readingAtMs: Math.max(input.takenAtMs, counted.readingAtMs ?? -Infinity) },
        atMs,
      );
    case 'blind':
      return judge(settings, { ...counted, readingAtMs: null }, atMs);
    case 'verified-closed':
      return judge(
        settings,
        withDevice(counted, input.device, {
          status: 'closed',
          closedAtMs: atMs,
          sentAtMs: null,
          targetC: null,
        }),
        atMs,
      );
    case 'lost': {
      const lost = withDevice(counted, input.device, {
        status: 'unknown',
        closedAtMs: null,
        sentAtMs: null,
        targetC: null,
      });
      return judge(settings, { ...lost, asked: null }, atMs);
    }
    case 'close-due':
      // Whatever was asked for before a close is judged, and journalled, anew.
      return close({ ...counted, asked: null }, input.device);
    case 'renewal-due':
      return renew(settings, counted, input.device, atMs);
    case 'journalled':
      return journalled(settings, counted, input, atMs);
    case 'clock':
      return judge(settings, counted, atMs);
  }
}

/** A session begins or goes on: whatever is not known to be closed is told to close first. */
function release(settings: InterlockSettings, before: InterlockState, atMs: number): InterlockStep {
  if (before.block?.kind === 'trip') return { state: before, out: [] };
  let state: InterlockState = { ...before, block: null, usedMs: { warm: 0, cold: 0 } };
  const out: InterlockOutput[] = [];
  for (const { id } of settings.devices) {
    const status = state.devices[id]?.status;
    if (status === 'closed' || status === 'open') continue;
    const closed = close(state, id);
    state = closed.state;
    out.push(...closed.out);
  }
  const judged = judge(settings, state, atMs);
  return { state: judged.state, out: [...out, ...judged.out] };
}

/** When the interlock wants to be woken: an end, the break before a make, a reading growing stale, a budget. */
export function interlockDeadline(settings: InterlockSettings, state: InterlockState): number | null {
  const due: number[] = [];
  if (state.asked !== null) due.push(state.asked.atMs + OPEN_WAIT_MS);
  const open = settings.devices.filter(({ id }) => state.devices[id]?.status === 'open');
  if (state.want !== null && state.block === null) {
    if (open.length > 0 || state.asked !== null) due.push(state.want.untilMs);
    else {
      for (const { closedAtMs } of Object.values(state.devices))
        if (closedAtMs !== null) due.push(closedAtMs + BREAK_BEFORE_MAKE_MS);
    }
  }
  if (open.length > 0) {
    if (state.readingAtMs !== null) due.push(state.readingAtMs + settings.readingAgeMs + 1);
    for (const side of ['warm', 'cold'] as const) {
      const leftMs = settings.budgetMs[side] - state.usedMs[side];
      if (open.some((device) => sideOf(device, state) === side)) due.push(state.usedToMs + leftMs);
    }
  }
  // A moment that has passed needs no waking: what it changed was judged then, or waits for an event.
  const later = due.filter((at) => at > state.usedToMs);
  return later.length === 0 ? null : Math.min(...later);
}

function judge(settings: InterlockSettings, state: InterlockState, atMs: number): InterlockStep {
  const wanted = refusal(settings, state, atMs) === null ? state.want : null;
  const target = wanted === null ? null : deviceFor(settings, wanted);
  let next = state;
  const out: InterlockOutput[] = [];
  // Anything asked for that is no longer wanted is forgotten before it can go out.
  if (
    next.asked !== null &&
    (target === null ||
      next.asked.device !== target.id ||
      next.asked.side !== wanted?.side ||
      next.asked.targetC !== (target.side === 'mixer' ? wanted.targetC : null))
  ) {
    next = { ...next, asked: null };
  }
  if (next.asked !== null && atMs >= next.asked.atMs + OPEN_WAIT_MS) {
    out.push({ type: 'dropped', device: next.asked.device });
    return { state: { ...next, asked: null, want: null }, out };
  }
  for (const { id } of settings.devices) {
    const device = next.devices[id];
    if (id !== target?.id && device?.status === 'open') {
      const closed = close(next, id);
      next = closed.state;
      out.push(...closed.out);
    }
  }
  if (
    target === null ||
    wanted === null ||
    next.asked !== null ||
    !mayOpen(settings, next, target, wanted, atMs)
  ) {
    return { state: next, out };
  }
  const token = next.tokens + 1;
  const targetC = target.side === 'mixer' ? wanted.targetC : null;
  out.push({ type: 'ask', token, device: target.id, targetC });
  return {
    state: { ...next, tokens: token, asked: { token, device: target.id, side: wanted.side, targetC, atMs } },
    out,
  };
}

/** The device is verified closed and so is every other one, long enough; or it is a mixer to be set anew. */
function mayOpen(
  settings: InterlockSettings,
  state: InterlockState,
  target: WaterDevice,
  want: WaterWant,
  atMs: number,
): boolean {
  const device = state.devices[target.id];
  if (device?.status === 'open') return target.side === 'mixer' && device.targetC !== want.targetC;
  if (device?.status !== 'closed') return false;
  return settings.devices.every(({ id }) => {
    const other = state.devices[id];
    if (other?.status !== 'closed' || other.closedAtMs === null) return false;
    return id === target.id || atMs >= other.closedAtMs + BREAK_BEFORE_MAKE_MS;
  });
}

/** Why nothing may be open now, or null. Asked at each want, reading, renewal, answer of the journal and waking. */
export function refusal(settings: InterlockSettings, state: InterlockState, atMs: number): string | null {
  if (state.block !== null) return `blocked: ${state.block.kind}`;
  const { want } = state;
  if (want === null) return 'not wanted';
  if (atMs >= want.untilMs) return 'the time asked for is over';
  const target = deviceFor(settings, want);
  if (target === null) return 'no such valve';
  if (target.side === 'mixer' && !isWithinLimits(want)) return 'past the hard limits (L1, L2)';
  if (target.deadline !== 'per-command') return 'the valve does not close by itself';
  if (!settings.guarded) return 'no scald guard';
  if (state.readingAtMs === null || atMs > state.readingAtMs + settings.readingAgeMs)
    return 'no fresh reading';
  if (state.usedMs[want.side] >= settings.budgetMs[want.side]) return 'the open time is used up';
  return null;
}

function renew(
  settings: InterlockSettings,
  state: InterlockState,
  id: DeviceId,
  atMs: number,
): InterlockStep {
  const judged = judge(settings, state, atMs);
  const device = judged.state.devices[id];
  const target = settings.devices.find((one) => one.id === id);
  if (device?.status !== 'open' || target === undefined || judged.state.want === null) return judged;
  const { side } = judged.state.want;
  const renewal: InterlockOutput = {
    type: 'renew',
    device: id,
    side: sideOf(target, judged.state) ?? side,
    leaseMs: target.leaseMs,
    targetC: device.targetC,
  };
  return { state: judged.state, out: [...judged.out, renewal] };
}

function journalled(
  settings: InterlockSettings,
  state: InterlockState,
  { token, ok }: { readonly token: number; readonly ok: boolean },
  atMs: number,
): InterlockStep {
  const { asked } = state;
  if (asked?.token !== token) return { state, out: [] };
  if (!ok)
    return { state: { ...state, asked: null, want: null }, out: [{ type: 'dropped', device: asked.device }] };
  const judged = judge(settings, state, atMs);
  const target = settings.devices.find(({ id }) => id === asked.device);
  const { want } = judged.state;
  if (judged.state.asked?.token !== token || target === undefined || want === null) return judged;
  if (!mayOpen(settings, judged.state, target, want, atMs))
    return { state: { ...judged.state, asked: null }, out: judged.out };
  const opened = withDevice({ ...judged.state, asked: null }, asked.device, {
    status: 'open',
    closedAtMs: null,
    sentAtMs: atMs,
    targetC: asked.targetC,
  });
  const open: InterlockOutput = {
    type: 'open',
    device: asked.device,
    side: asked.side,
    leaseMs: target.leaseMs,
    targetC: asked.targetC,
  };
  return { state: opened, out: [...judged.out, open] };
}

function close(state: InterlockState, id: DeviceId): InterlockStep {
  const closing: DeviceState = { status: 'closing', closedAtMs: null, sentAtMs: null, targetC: null };
  return { state: withDevice(state, id, closing), out: [{ type: 'close', device: id }] };
}

/** Every device is told, also those that are believed closed: a stop costs nothing and beliefs may be wrong. */
function closeAll(settings: InterlockSettings, before: InterlockState): InterlockStep {
  let state: InterlockState = { ...before, asked: null };
  const out: InterlockOutput[] = [];
  for (const { id } of settings.devices) {
    const closed = close(state, id);
    state = closed.state;
    out.push(...closed.out);
  }
  return { state, out };
}

function withDevice(state: InterlockState, id: DeviceId, device: DeviceState): InterlockState {
  return { ...state, devices: { ...state.devices, [id]: device } };
}

function deviceFor(settings: InterlockSettings, want: WaterWant): WaterDevice | null {
  return settings.devices.find(({ side }) => side === 'mixer' || side === want.side) ?? null;
}

/** Which side's budget an open device uses: a mixer's is that of its setpoint. */
function sideOf(device: WaterDevice, state: InterlockState): 'warm' | 'cold' | null {
  if (device.side !== 'mixer') return device.side;
  const targetC = state.devices[device.id]?.targetC ?? null;
  return targetC === null ? null : targetC > 25 ? 'warm' : 'cold';
}

function countOpenTime(settings: InterlockSettings, state: InterlockState, atMs: number): InterlockState {
  const passedMs = Math.max(0, atMs - state.usedToMs);
  if (passedMs === 0) return state;
  const used = { ...state.usedMs };
  for (const device of settings.devices) {
    const side = state.devices[device.id]?.status === 'open' ? sideOf(device, state) : null;
    if (side !== null) used[side] += passedMs;
  }
  return { ...state, usedMs: used, usedToMs: atMs };
}
