import type { DeviceId } from '../src/model/ids.ts';
import { BREAK_BEFORE_MAKE_MS, OPEN_WAIT_MS } from './envelope.ts';
import type {
  DeviceState,
  InterlockInput,
  InterlockOutput,
  InterlockSettings,
  InterlockState,
  InterlockStep,
} from './interlock-state.ts';
import { isSupply, mayOpen, sideOf, targetsOf } from './interlock-targets.ts';
import type { Target } from './interlock-targets.ts';
import { capped } from './want-limits.ts';
import { withEntry } from './with-entry.ts';

export type * from './interlock-state.ts';
export { interlockInit } from './interlock-state.ts';
export { refusal } from './interlock-targets.ts';

/**
 * The one place that opens water. Machines state what they want; the interlock lets commands out, or does not. It is
 * pure, knows nothing of protocols, and everything that closes takes the short way: no question is asked first.
 */
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
        ...NOTHING_WANTED,
        block: counted.block?.kind === 'trip' ? counted.block : { kind: 'stop' },
      });
    case 'trip': {
      // It is shut already and waits for a clear: the same trip at every reading needs no more commands.
      if (counted.block?.kind === 'trip') return judge(settings, { ...counted, ...NOTHING_WANTED }, atMs);
      const kind =
        input.trip.response === 'abort' ? 'trip' : input.trip.response === 'hold' ? 'hold' : 'stop';
      // A pause keeps what is in a basin: its drain stays as it is.
      const wanted = kind === 'hold' ? { shutUntilMs: counted.shutUntilMs } : {};
      return closeAll(settings, { ...counted, ...NOTHING_WANTED, ...wanted, block: { kind } });
    }
    case 'release':
      return release(settings, counted, atMs);
    case 'clear':
      return judge(settings, { ...counted, block: { kind: 'stop' } }, atMs);
    case 'want':
      return judge(settings, { ...counted, want: capped(input.water, atMs) }, atMs);
    case 'heat':
      return judge(settings, { ...counted, heat: input.heat }, atMs);
    case 'shut':
      return judge(settings, { ...counted, shutUntilMs: input.untilMs }, atMs);
    case 'reading': {
      const readingAtMs = Math.max(input.takenAtMs, counted.readingAtMs ?? -Infinity);
      return judge(settings, { ...counted, readingAtMs, hottestC: input.hottestC ?? counted.hottestC }, atMs);
    }
    case 'level':
      return judge(settings, { ...counted, filling: input.filling }, atMs);
    case 'blind':
      return judge(settings, { ...counted, readingAtMs: null, hottestC: null, filling: null }, atMs);
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
  const { asked, want, usedToMs } = state;
  let dueMs = Infinity;
  let open = false;
  let supplies = false;
  if (asked !== null) dueMs = sooner(dueMs, asked.atMs + OPEN_WAIT_MS, usedToMs);
  for (const device of settings.devices) {
    if (state.devices[device.id]?.status !== 'open') continue;
    open = true;
    supplies ||= isSupply(device);
    const side = sideOf(device, state);
    if (side !== null)
      dueMs = sooner(dueMs, usedToMs + (settings.budgetMs[side] - state.usedMs[side]), usedToMs);
  }
  if (open) {
    if (state.heat !== null) dueMs = sooner(dueMs, state.heat.untilMs, usedToMs);
    if (state.shutUntilMs !== null) dueMs = sooner(dueMs, state.shutUntilMs, usedToMs);
    if (state.filling !== null && settings.levelAgeMs !== undefined)
      dueMs = sooner(dueMs, state.filling.takenAtMs + settings.levelAgeMs + 1, usedToMs);
    if (state.readingAtMs !== null)
      dueMs = sooner(dueMs, state.readingAtMs + settings.readingAgeMs + 1, usedToMs);
  }
  if (want !== null && state.block === null) {
    if (open || asked !== null) dueMs = sooner(dueMs, want.untilMs, usedToMs);
    if (asked === null && !supplies) {
      for (const id in state.devices) {
        const closedAtMs = state.devices[id]?.closedAtMs ?? null;
        if (closedAtMs !== null) dueMs = sooner(dueMs, closedAtMs + BREAK_BEFORE_MAKE_MS, usedToMs);
      }
    }
  }
  return dueMs === Infinity ? null : dueMs;
}

/** A moment that has passed needs no waking: what it changed was judged then, or waits for an event. */
function sooner(dueMs: number, atMs: number, nowMs: number): number {
  return atMs > nowMs && atMs < dueMs ? atMs : dueMs;
}

function judge(settings: InterlockSettings, state: InterlockState, atMs: number): InterlockStep {
  const targets = targetsOf(settings, state, atMs);
  let next = state;
  let out = NO_OUTPUT;
  // Anything asked for that is no longer wanted is forgotten before it can go out.
  if (next.asked !== null && askedFor(next, targets) === null) next = { ...next, asked: null };
  if (next.asked !== null && atMs >= next.asked.atMs + OPEN_WAIT_MS) {
    return {
      state: { ...next, ...NOTHING_WANTED, asked: null },
      out: [{ type: 'dropped', device: next.asked.device }],
    };
  }
  for (const { id } of settings.devices) {
    if (next.devices[id]?.status !== 'open' || isTarget(targets, id)) continue;
    const closed = close(next, id);
    next = closed.state;
    out = [...out, ...closed.out];
  }
  if (next.asked !== null) return { state: next, out };
  for (const target of targets) {
    if (!mayOpen(settings, next, target, atMs)) continue;
    const token = next.tokens + 1;
    const { device, side, targetC } = target;
    return {
      state: { ...next, tokens: token, asked: { token, device: device.id, side, targetC, atMs } },
      out: [...out, { type: 'ask', token, device: device.id, targetC }],
    };
  }
  return { state: next, out };
}

/** It is judged at every reading, and seldom lets anything out. */
const NO_OUTPUT: readonly InterlockOutput[] = [];

function isTarget(targets: readonly Target[], id: DeviceId): boolean {
  for (const { device } of targets) if (device.id === id) return true;
  return false;
}

/** What was asked for, if it is still wanted as it was. */
function askedFor({ asked }: InterlockState, targets: readonly Target[]): Target | null {
  return (
    targets.find(
      ({ device, side, targetC }) =>
        device.id === asked?.device && side === asked.side && targetC === asked.targetC,
    ) ?? null
  );
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
  if (device?.status !== 'open' || target === undefined) return judged;
  const renewal: InterlockOutput = {
    type: 'renew',
    device: id,
    side: sideOf(target, judged.state),
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
  if (!ok) {
    const dropped = { ...state, ...NOTHING_WANTED, asked: null };
    return { state: dropped, out: [{ type: 'dropped', device: asked.device }] };
  }
  const judged = judge(settings, state, atMs);
  if (judged.state.asked?.token !== token) return judged;
  const target = askedFor(judged.state, targetsOf(settings, judged.state, atMs));
  if (target === null || !mayOpen(settings, judged.state, target, atMs))
    return { state: { ...judged.state, asked: null }, out: judged.out };
  const { device, side, targetC } = target;
  const opened = withDevice({ ...judged.state, asked: null }, device.id, {
    status: 'open',
    closedAtMs: null,
    sentAtMs: atMs,
    targetC,
  });
  const { leaseMs } = device;
  const open: InterlockOutput = { type: 'open', device: device.id, side, leaseMs, targetC };
  // Behind a master that is open now, what it feeds may be asked for.
  const next = judge(settings, opened, atMs);
  return { state: next.state, out: [...judged.out, open, ...next.out] };
}

const NOTHING_WANTED = { want: null, heat: null, shutUntilMs: null } as const;

function close(state: InterlockState, id: DeviceId): InterlockStep {
  const closing: DeviceState = { status: 'closing', closedAtMs: null, sentAtMs: null, targetC: null };
  return { state: withDevice(state, id, closing), out: [{ type: 'close', device: id }] };
}

/** Every device is told, also those that are believed closed: a stop costs nothing and beliefs may be wrong. */
function closeAll(settings: InterlockSettings, before: InterlockState): InterlockStep {
  let state: InterlockState = { ...before, asked: null };
  const out: InterlockOutput[] = [];
  for (const { id, side } of settings.devices) {
    if (side === 'drain' && state.shutUntilMs !== null) continue;
    const closed = close(state, id);
    state = closed.state;
    out.push(...closed.out);
  }
  return { state, out };
}

function withDevice(state: InterlockState, id: DeviceId, device: DeviceState): InterlockState {
  return { ...state, devices: withEntry(state.devices, id, device) };
}

function countOpenTime(settings: InterlockSettings, state: InterlockState, atMs: number): InterlockState {
  const passedMs = Math.max(0, atMs - state.usedToMs);
  if (passedMs === 0) return state;
  let { usedMs } = state;
  for (const device of settings.devices) {
    const side = state.devices[device.id]?.status === 'open' ? sideOf(device, state) : null;
    if (side === 'warm') usedMs = { warm: usedMs.warm + passedMs, cold: usedMs.cold };
    else if (side === 'cold') usedMs = { warm: usedMs.warm, cold: usedMs.cold + passedMs };
  }
  return { ...state, usedMs, usedToMs: atMs };
}
