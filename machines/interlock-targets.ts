import { BREAK_BEFORE_MAKE_MS, ENVELOPE, HEATER_OVER_C } from './envelope.ts';
import type { InterlockSettings, InterlockState, WaterDevice } from './interlock-state.ts';
import { isWithinLimits } from './want-limits.ts';
import type { WaterWant } from '../src/model/want.ts';

/** A device that is wanted away from its rest, and that nothing speaks against. */
export interface Target {
  readonly device: WaterDevice;
  readonly side: 'warm' | 'cold' | null;
  readonly targetC: number | null;
}

/** Everything that may be open now, in the order in which it opens: the master ahead of what it feeds. */
export function targetsOf(
  settings: InterlockSettings,
  state: InterlockState,
  atMs: number,
): readonly Target[] {
  const { want, heat, block, shutUntilMs } = state;
  const isShut = (block === null || block.kind === 'hold') && shutUntilMs !== null && atMs < shutUntilMs;
  // Most of the time nothing is wanted, and then no reason has to be found.
  const water = want === null || refusal(settings, state, atMs) !== null ? null : want;
  const isHeated = heat !== null && heatRefusal(settings, state, atMs) === null;
  if (!isShut && water === null && !isHeated) return NO_TARGETS;
  const targets: Target[] = [];
  if (isShut) addBeside(targets, settings, 'drain');
  if (water !== null) {
    addBeside(targets, settings, 'master');
    for (const device of settings.devices)
      if (supplies(device.side, water)) targets.push(targetOf(device, water));
  }
  if (isHeated) addBeside(targets, settings, 'heater');
  return targets;
}

const NO_TARGETS: readonly Target[] = [];

function addBeside(targets: Target[], settings: InterlockSettings, side: WaterDevice['side']): void {
  for (const device of settings.devices)
    if (device.side === side) targets.push({ device, side: null, targetC: null });
}

function targetOf(device: WaterDevice, want: WaterWant): Target {
  return { device, side: want.side, targetC: device.side === 'mixer' ? want.targetC : null };
}

/** Opens for a want: the mixer, or the valve of the side. Never both: tempering is done one after the other. */
function supplies(side: WaterDevice['side'], want: WaterWant): boolean {
  return side === 'mixer' || side === want.side;
}

/** The device is verified closed and so is every other one, long enough; or it is a mixer to be set anew. */
export function mayOpen(
  settings: InterlockSettings,
  state: InterlockState,
  target: Target,
  atMs: number,
): boolean {
  const { device: wanted, targetC } = target;
  const known = state.devices[wanted.id];
  // Only a mixer has a setpoint that could be another one.
  if (known?.status === 'open') return known.targetC !== targetC;
  if (known?.status !== 'closed') return false;
  // On below its setpoint, off half a kelvin above it: in between it stays as it is, or a relay would chatter.
  if (wanted.side === 'heater')
    return state.hottestC !== null && state.heat !== null && state.hottestC < state.heat.targetC;
  if (!isSupply(wanted)) return true;
  return settings.devices.every(({ id, side }) => {
    const other = state.devices[id];
    // The master first: behind a shut one nothing runs, and its own lease must stand.
    if (side === 'master') return other?.status === 'open';
    if (!isSupply({ side })) return true;
    if (other?.status !== 'closed' || other.closedAtMs === null) return false;
    return id === wanted.id || atMs >= other.closedAtMs + BREAK_BEFORE_MAKE_MS;
  });
}

/** Opens water by itself: the warm or the cold side, or a mixer. */
export function isSupply({ side }: Pick<WaterDevice, 'side'>): boolean {
  return side === 'warm' || side === 'cold' || side === 'mixer';
}

/** Why no water may run now, or null. Asked at each want, reading, renewal, answer of the journal and waking. */
export function refusal(settings: InterlockSettings, state: InterlockState, atMs: number): string | null {
  if (state.block !== null) return `blocked: ${state.block.kind}`;
  const { want } = state;
  if (want === null) return 'not wanted';
  if (atMs >= want.untilMs) return 'the time asked for is over';
  let isThere = false;
  let isMixed = false;
  let closes = true;
  for (const { side, deadline } of settings.devices) {
    const opens = supplies(side, want);
    isThere ||= opens;
    isMixed ||= opens && side === 'mixer';
    closes &&= deadline === 'per-command' || !(opens || side === 'master');
  }
  if (!isThere) return 'no such valve';
  if (isMixed && !isWithinLimits(want)) return 'past the hard limits (L1, L2)';
  if (!closes) return 'the valve does not close by itself';
  if (!settings.guarded) return 'no scald guard';
  if (!isFresh(settings, state, atMs)) return 'no fresh reading';
  if (state.filling?.full === true) return 'the basin is full';
  if (!knowsLevel(settings, state, atMs)) return 'no fresh level';
  if (state.usedMs[want.side] >= settings.budgetMs[want.side]) return 'the open time is used up';
  return null;
}

/** Why the heater may not be on now, or null (safety: I26). */
export function heatRefusal(settings: InterlockSettings, state: InterlockState, atMs: number): string | null {
  if (state.block !== null) return `blocked: ${state.block.kind}`;
  const { heat } = state;
  if (heat === null) return 'not wanted';
  if (atMs >= heat.untilMs) return 'the time asked for is over';
  const heater = settings.devices.find(({ side }) => side === 'heater');
  if (heater === undefined) return 'no heater';
  if (heater.deadline !== 'per-command') return 'the heater does not go off by itself';
  if (heat.targetC > ENVELOPE.warmMaxC) return 'past the hard limit (L1)';
  if (!isFresh(settings, state, atMs) || state.hottestC === null) return 'no fresh reading';
  if (state.hottestC >= heat.targetC + HEATER_OVER_C) return 'warm enough';
  if (state.filling?.enough !== true || !knowsLevel(settings, state, atMs)) return 'not enough water';
  return null;
}

function isFresh(
  { readingAgeMs }: InterlockSettings,
  { readingAtMs }: InterlockState,
  atMs: number,
): boolean {
  return readingAtMs !== null && atMs <= readingAtMs + readingAgeMs;
}

function knowsLevel({ levelAgeMs }: InterlockSettings, { filling }: InterlockState, atMs: number): boolean {
  return levelAgeMs === undefined || (filling !== null && atMs <= filling.takenAtMs + levelAgeMs);
}

/** Which side's budget an open device uses: a mixer's is that of its setpoint. */
export function sideOf(device: WaterDevice, state: InterlockState): 'warm' | 'cold' | null {
  if (device.side === 'warm' || device.side === 'cold') return device.side;
  if (device.side !== 'mixer') return null;
  const targetC = state.devices[device.id]?.targetC ?? null;
  return targetC === null ? null : targetC > 25 ? 'warm' : 'cold';
}
