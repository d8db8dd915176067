import { z } from 'zod';
import type { DeviceSettings } from '../../model/station.ts';
import { LIMITS } from './limits.ts';
import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import type { Sample } from './readings.ts';
import type { Troubles } from './troubles.ts';
import type { Happening, SessionFacts } from '../trace.ts';

const STEADY_K = 2;
/** Readings come at a cadence: 10 s between two of them are seen to within it, and to rounding. */
const CADENCE_MS = 600;
/** The DS18B20 of a valve board is told up to so long after it was taken: what came in within 10 s is that much older. */
const TOLD_LATE_MS = 1_750;
/** Cold tap water may be warmer than its range (docs/safety.md); above this it is a hot valve that does not shut. */
const TAP_MAX_C = 26.5;
const LOCAL: ReadonlySet<string> = new Set(['begin', 'resume', 'continue']);
const RESTING: ReadonlySet<string> = new Set(['idle', 'complete', 'stopped', 'aborted']);

interface Band {
  readonly minC: number;
  readonly maxC: number;
}

/** Judged by the readings that reached the controller: what a broken thermometer hides is for I3 and I17. */
export const i8: Invariant = {
  id: 'I8',
  says: 'contact becomes permitted (first, and after any pause) only with L15 met and a local begin at most 60 s old at that moment',
  judge(facts, object, { troubles, readings }) {
    const probes = facts.station.devices.filter(({ role }) => role === 'thermometer');
    const local = new Set<string>(facts.station.beginFrom);
    const ageMs = facts.station.vessel === 'stream' ? LIMITS.readingAgeMs : LIMITS.basinReadingAgeMs;
    let judged = 0;
    let begunMs = -Infinity;
    let permittedMs: number | null = null;
    let state = '';
    const proof = new Proof(facts);
    return {
      get judged() {
        return judged;
      },
      ...hears(['journal', 'command', 'asked', 'pressed', 'permitted', 'state'], (event) => {
        proof.event(event);
        if (event.type === 'asked' && LOCAL.has(event.word) && local.has(event.source)) begunMs = event.atMs;
        else if (event.type === 'pressed' && event.role === 'button' && !RESTING.has(state))
          begunMs = event.atMs;
        else if (event.type === 'permitted' && event.on) permittedMs = event.atMs;
        else if (event.type === 'state') {
          state = event.state;
          if (permittedMs === null) return;
          judged += 1;
          const atMs = permittedMs;
          permittedMs = null;
          if (!local.has('button') && begunMs === -Infinity)
            object(atMs, 'contact is permitted, and nobody began');
          else if (atMs - begunMs > LIMITS.beginMs)
            object(atMs, `contact is permitted ${(atMs - begunMs) / 1_000} s after the last local begin`);
          if (!proof.done) object(atMs, 'contact is permitted, and hot, cold, hot has not been proved');
          const band = facts.station.plumbing === 'cues' ? null : bandOf(facts, event.phase);
          if (band === null) return;
          // Of two basins the one that is stepped into.
          for (const probe of probes.filter(({ basin }) => isOf(basin, event.phase))) {
            const heldMs = LIMITS.bandHoldMs - CADENCE_MS - (isToldLate(probe) ? TOLD_LATE_MS : 0);
            const why = unheld(readings.of(probe.id), { ...band, heldMs }, atMs, ageMs, troubles);
            if (why !== null) object(atMs, `contact is permitted, and ${probe.id} ${why}`);
          }
        }
      }),
    };
  },
};

function isOf(basin: string | undefined, phase: string): boolean {
  return basin === undefined || basin === 'basin' || basin === phase;
}

function isToldLate({ driver, options }: DeviceSettings): boolean {
  return driver === 'board' && toldLateSchema.safeParse(options).success;
}
const toldLateSchema = z.looseObject({ temperature: z.literal(2) });

/** A mixer's setpoint up to here is cold water. */
const COLD_UP_TO_C = 25;

/** The proof test as it is told to the valves of a stream: hot, cold and hot again since the session was started. */
class Proof {
  readonly #roles: ReadonlyMap<string, string>;
  readonly #needed: boolean;
  #legs: ('warm' | 'cold')[] = [];

  constructor({ station }: SessionFacts) {
    this.#roles = new Map(station.devices.map(({ id, role }) => [id, role]));
    this.#needed = station.vessel === 'stream' && station.plumbing !== 'cues';
  }

  get done(): boolean {
    return !this.#needed || this.#legs.length >= 3;
  }

  event(event: Happening): void {
    if (event.type === 'journal' && (event.record === 'start' || event.record === 'continue'))
      this.#legs = [];
    else if (event.type === 'command' && event.action === 'open') {
      const role = this.#roles.get(event.device);
      const warm = role === 'mixer' ? (event.targetC ?? 0) > COLD_UP_TO_C : role === 'hot';
      if (role !== 'hot' && role !== 'cold' && role !== 'mixer') return;
      const leg = warm ? 'warm' : 'cold';
      if (this.#legs.at(-1) !== leg && (leg === 'warm' || this.#legs.length > 0)) this.#legs.push(leg);
    }
  }
}

/** L16 of the step that begins; null where there is none. */
function bandOf({ plan, station }: SessionFacts, phase: string): Band | null {
  const step = plan?.steps.find(({ kind }) => kind === phase);
  if (step === undefined) return null;
  const stream = station.vessel === 'stream';
  const cold = step.kind === 'cold';
  if (!stream) {
    // A supply that stands at the lower end of the range holds a basin there; one of two basins has one supply, and its
    // target is what that makes within the range: 1 K around its upper end is the most that can be in band.
    const warmTopC = (station.vessel === 'two-basins' ? step.rangeC.maxC : step.targetC) + 1;
    return cold
      ? { minC: step.rangeC.minC - 2, maxC: TAP_MAX_C }
      : { minC: step.rangeC.minC - 1, maxC: warmTopC };
  }
  if (station.plumbing === 'mixer') {
    const off = cold ? 1.5 : 1;
    return { minC: step.targetC - off, maxC: cold ? TAP_MAX_C : step.targetC + off };
  }
  const { minC, maxC } = step.rangeC;
  return cold ? { minC: minC - 1.5, maxC: TAP_MAX_C } : { minC: minC - 1, maxC: maxC + 0.5 };
}

/** Why the last 10 s of readings do not meet L15; null: they do. By the time of the controller, which stands still in sleep. */
function unheld(
  samples: readonly Sample[],
  band: Band & { readonly heldMs: number },
  atMs: number,
  ageMs: number,
  troubles: Troubles,
): string | null {
  let low = Infinity;
  let high = -Infinity;
  let after = atMs;
  for (let n = samples.length - 1; n >= 0; n -= 1) {
    const sample = samples[n];
    if (sample === undefined) break;
    if (after - sample.atMs - troubles.asleepMs(sample.atMs, after) > ageMs)
      return `read nothing for ${(after - sample.atMs) / 1_000} s`;
    after = sample.atMs;
    if (sample.valueC < band.minC || sample.valueC > band.maxC)
      return `read ${sample.valueC.toFixed(1)} C within the last 10 s`;
    low = Math.min(low, sample.valueC);
    high = Math.max(high, sample.valueC);
    if (atMs - sample.atMs >= band.heldMs)
      return high - low > STEADY_K + 0.1 ? `moved by ${(high - low).toFixed(1)} K in the last 10 s` : null;
  }
  return 'has not read for 10 s';
}
