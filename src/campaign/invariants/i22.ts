import { hears } from './invariant.ts';
import type { Invariant } from './invariant.ts';
import { isSupply } from './outputs.ts';
import type { Happening, SessionFacts } from '../trace.ts';

const MOST_L = 15;
const OVER = 1.1;
const SHUT_MS = 2_000;
/** What runs in until a valve has travelled, at the greatest flow. */
const AFTER_L = 0.5;

/** A valve that lets more in than it is told to; what has run in stays there when it is whole again. */
const LETS_IN = /^valve-(?!no-ack|late-ack|nack|reboot|offline)/;

/** By the true litres. A stream has none. */
export const i22: Invariant = {
  id: 'I22',
  says: 'a fill stays within L17 (1.1 x the basin, 15 L); at level high the supply is shut within 2 s',
  judge(facts, object, { troubles }) {
    if (facts.volumeL === null) return { judged: 0 };
    const fullL = Math.min(OVER * facts.volumeL, MOST_L);
    const lies = new Lies(facts);
    const sinceMs = new Map<string, number>();
    let judged = 0;
    return {
      get judged() {
        return judged;
      },
      ...hears(['fault'], (event) => {
        lies.event(event);
      }),
      tick({ atMs, open, vessels }) {
        for (const { name, litres } of vessels) {
          if (litres === null || litres <= 0) continue;
          judged += 1;
          const highL = fullL + lies.hidesL(name);
          if (litres <= highL) {
            sinceMs.delete(name);
            continue;
          }
          if (litres > highL + AFTER_L && !troubles.began(LETS_IN))
            object(atMs, `the ${name} holds ${litres.toFixed(1)} L`);
          const from = sinceMs.get(name) ?? atMs;
          sinceMs.set(name, from);
          const byMs = from + SHUT_MS;
          if (atMs <= byMs) continue;
          for (const output in open)
            if (
              open[output] === true &&
              isSupply(output) &&
              fills(output, name) &&
              !troubles.excuses(output, byMs, atMs)
            )
              object(atMs, `${output} runs though the ${name} is full`);
        }
      },
    };
  },
};

/** Of two basins each has a supply of its own. */
function fills(output: string, vessel: string): boolean {
  if (vessel === 'warm') return output === 'hot';
  if (vessel === 'cold') return output === 'cold';
  return true;
}

/**
 * What a level sensor hides of the water, by fault. A basin has one of them, and what it says is all that a fill can go
 * by: one that is off by less than feet push up (2 L) cannot be told from feet that come and go, and what is missing
 * then is made good. So the bound stands by as much higher as the sensor truly reads too little, and no more.
 */
class Lies {
  readonly #vesselOf: ReadonlyMap<string, string>;
  readonly #hidden = new Map<string, number>();

  constructor({ station }: SessionFacts) {
    const levels = station.devices.filter(({ role }) => role === 'level');
    this.#vesselOf = new Map(levels.map(({ id, basin = 'basin' }) => [id, basin]));
  }

  event(event: Happening): void {
    if (event.type !== 'fault' || event.id !== 'sense-level-offset') return;
    const { device, byL } = event.args;
    const vessel = typeof device === 'string' ? this.#vesselOf.get(device) : undefined;
    // What has run in meanwhile is still there when the sensor is whole again.
    if (vessel !== undefined && typeof byL === 'number')
      this.#hidden.set(vessel, Math.max(this.hidesL(vessel), -byL));
  }

  hidesL(vessel: string): number {
    return this.#hidden.get(vessel) ?? 0;
  }
}
