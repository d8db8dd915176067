import type { AnyStateMachine } from 'xstate';
import { chartOf } from '../../../machines/engine.ts';
import type { ChartRow } from '../../../machines/engine.ts';

/**
 * Breadth-first exploration of an abstract state space. A node stands for all real states that no guard tells apart;
 * times in it are told only as "to come" or "due", so the space is finite, and it has more ways than reality: what holds
 * here holds there.
 */
export interface Space<Node, Move> {
  readonly initial: readonly Node[];
  key(node: Node): string;
  moves(node: Node): readonly Move[];
  /** `node` itself where the move changes nothing. */
  take(node: Node, move: Move): Node;
}

export interface Edge<Node, Move> {
  readonly from: Node;
  readonly move: Move;
  readonly to: Node;
}

export interface Explored<Node, Move> {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly edges: number;
  /** How a node is come to, shortest first: for the message of a test that fails. */
  wayTo(node: Node): readonly Move[];
}

/** Far above every space here: one that reaches it has a key that holds something unbounded. */
const LIMIT = 1_000_000;

/** `enough`: stops after about so many nodes, for a look at a part. */
export function explore<Node, Move>(
  space: Space<Node, Move>,
  look: (edge: Edge<Node, Move>, way: () => readonly Move[]) => void = () => undefined,
  enough = Infinity,
): Explored<Node, Move> {
  const nodes = new Map<string, Node>();
  const came = new Map<string, { readonly from: string; readonly move: Move }>();
  const queue: { readonly key: string; readonly node: Node }[] = [];
  const meet = (node: Node, from: string | null, move: Move | null): void => {
    const key = space.key(node);
    if (nodes.has(key)) return;
    if (nodes.size >= LIMIT) throw new Error(`the space has no end; the last node is ${key}`);
    nodes.set(key, node);
    if (from !== null && move !== null) came.set(key, { from, move });
    queue.push({ key, node });
  };
  const wayToKey = (key: string): readonly Move[] => {
    const way: Move[] = [];
    for (let step = came.get(key); step !== undefined; step = came.get(step.from)) way.unshift(step.move);
    return way;
  };
  for (const node of space.initial) meet(node, null, null);
  let edges = 0;
  // Not shift(): a queue of some hundred thousand would be moved each time.
  for (let next = 0; next < queue.length; next += 1) {
    const at = queue[next];
    if (at === undefined || nodes.size >= enough) break;
    for (const move of space.moves(at.node)) {
      const to = space.take(at.node, move);
      edges += 1;
      look({ from: at.node, move, to }, () => [...wayToKey(at.key), move]);
      if (to !== at.node) meet(to, at.key, move);
    }
  }
  return { nodes, edges, wayTo: (node) => wayToKey(space.key(node)) };
}

/** The nodes from which none of `goals` can be reached over the edges that `look` was shown and `counts`. */
export class WaysBack {
  readonly #from = new Map<string, string[]>();

  add(from: string, to: string): void {
    const known = this.#from.get(to);
    if (known === undefined) this.#from.set(to, [from]);
    else known.push(from);
  }

  stuck(all: Iterable<string>, goals: Iterable<string>): readonly string[] {
    const fine = new Set(goals);
    const queue = [...fine];
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      for (const from of this.#from.get(key) ?? []) {
        if (fine.has(from)) continue;
        fine.add(from);
        queue.push(from);
      }
    }
    return [...all].filter((key) => !fine.has(key));
  }
}

/** The same place with another context: what no event has to bring about first. */
export function withContext<Snapshot extends { readonly context: unknown }>(
  snapshot: Snapshot,
  context: Snapshot['context'],
): Snapshot {
  // Its prototype is what its engine knows its own snapshots by.
  const empty = Object.create(Object.getPrototypeOf(snapshot) as object) as object;
  return Object.assign(empty, snapshot, { context });
}

/** Which rows of a chart are taken: read off the chart a second time, innermost state first, first guard that holds. */
export class RowTracer {
  readonly #guards: Readonly<Record<string, unknown>>;
  readonly #rows = new Map<string, ChartRow[]>();
  readonly #taken = new Set<ChartRow>();
  readonly #all: readonly ChartRow[];

  constructor(machine: AnyStateMachine) {
    this.#guards = machine.implementations.guards;
    this.#all = chartOf(machine).rows;
    for (const row of this.#all) {
      const key = `${row.from} on ${row.event}`;
      this.#rows.set(key, [...(this.#rows.get(key) ?? []), row]);
    }
  }

  /** Notes the row that `event` takes; false where it takes none and so changes nothing. */
  note(
    { name, context }: { readonly name: string; readonly context: unknown },
    event: { readonly type: string; readonly atMs?: number },
  ): boolean {
    const path = name.split('.');
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const rows = this.#rows.get(`${path.slice(0, depth).join('.')} on ${event.type}`) ?? [];
      const row = rows.find(({ guard }) => guard === null || this.#holds(guard, context, event));
      if (row === undefined) continue;
      this.#taken.add(row);
      return true;
    }
    return false;
  }

  #holds(guard: string, context: unknown, event: unknown): boolean {
    const asked = this.#guards[guard];
    return typeof asked === 'function' && Reflect.apply(asked, undefined, [{ context, event }]) === true;
  }

  get total(): number {
    return this.#all.length;
  }

  /** Rows that were never taken, as `from event [guard] -> to`. */
  get missing(): readonly string[] {
    return this.#all
      .filter((row) => !this.#taken.has(row))
      .map(({ from, event, guard, to }) => `${from} ${event} [${guard ?? ''}] -> ${to ?? ''}`);
  }
}

/** Subsets of the deadlines that may be due at one clock: each alone, every two, all. None cannot be: it would not ring. */
export function dueSets(names: readonly string[]): readonly (readonly string[])[] {
  const pairs = names.flatMap((a, index) => names.slice(index + 1).map((b) => [a, b]));
  return [...names.map((name) => [name]), ...pairs, ...(names.length > 2 ? [names] : [])];
}
