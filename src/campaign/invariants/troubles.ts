import { FAULTS } from '../../../firmware-sim/faults/index.ts';
import type { FaultClass } from '../../../firmware-sim/faults/index.ts';
import type { TraceEvent } from '../trace.ts';

/** From the mending of a valve until it is where it is told to be. */
const SETTLES_MS = 2_000;

const CLASS_OF: ReadonlyMap<string, FaultClass> = new Map(FAULTS.map((fault) => [fault.id, fault.class]));
/** What keeps a command, or an answer to it, from where it goes: then the lease closes, and not the command. */
const ON_THE_WAY: ReadonlySet<FaultClass> = new Set(['bus', 'time', 'process']);

/** Two faults that lay their hands on the same thing: the first of them that is mended frees it. */
function handOf(id: string): string {
  if (/stuck|no-motion$/.test(id)) return 'where it stands';
  return /ack$/.test(id) ? 'what its device answers' : id;
}

function isHeld(hands: ReadonlyMap<string, number> | undefined, atMs: number): boolean {
  if (hands === undefined) return false;
  for (const untilMs of hands.values()) if (atMs < untilMs) return true;
  return false;
}

/**
 * What has been broken so far. A promise about a valve's position cannot hold for a valve that a fault holds, and one
 * about the time of a close not where no command arrives: there the lease is what is promised.
 */
export class Troubles {
  /** By output, and by what of it each fault lays its hands on: until when. */
  readonly #held = new Map<string, Map<string, number>>();
  readonly #classes = new Set<FaultClass>();
  readonly #ids = new Set<string>();

  event(event: TraceEvent): void {
    if (event.type !== 'fault') return;
    const { id, args, on, atMs } = event;
    const kind = CLASS_OF.get(id) ?? 'process';
    this.#ids.add(id);
    this.#classes.add(kind);
    if (kind !== 'valve') return;
    const valve = typeof args['valve'] === 'string' ? args['valve'] : '*';
    const held = this.#held.get(valve) ?? new Map<string, number>();
    this.#held.set(valve, held.set(handOf(id), on ? Infinity : atMs + SETTLES_MS));
  }

  /** A fault holds this output, or may: what it does is not the controller's. */
  holds(output: string, atMs: number): boolean {
    if (this.#held.size === 0) return false;
    return isHeld(this.#held.get(output), atMs) || isHeld(this.#held.get('*'), atMs);
  }

  /** A command may not arrive, or not at once. A valve that is slow to answer is one of these. */
  get onTheWay(): boolean {
    for (const kind of this.#classes) if (ON_THE_WAY.has(kind)) return true;
    return this.#classes.has('valve');
  }

  has(kind: FaultClass): boolean {
    return this.#classes.has(kind);
  }

  /** A fault whose id matches has begun. */
  began(id: RegExp): boolean {
    for (const one of this.#ids) if (id.test(one)) return true;
    return false;
  }

  get none(): boolean {
    return this.#ids.size === 0;
  }
}
