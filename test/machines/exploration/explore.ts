import type { AnyMachineSnapshot, AnyStateMachine, EventFromLogic, SnapshotFrom } from 'xstate';

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

/** Which rows of a chart are taken: in the order and the words of `chartOf`. */
export class RowTracer<Machine extends AnyStateMachine> {
  readonly #machine: Machine;
  readonly #rows = new Map<unknown, string>();
  readonly #taken = new Set<unknown>();

  constructor(machine: Machine) {
    this.#machine = machine;
    const visit = (node: AnyStateMachine['root']): void => {
      for (const [event, transitions] of node.transitions) {
        for (const one of transitions) {
          const guard = typeof one.guard === 'string' ? ` [${one.guard}]` : '';
          const to = one.target?.[0]?.path.join('.') ?? '';
          this.#rows.set(one, `${node.path.join('.')} ${event}${guard} -> ${to}`);
        }
      }
      for (const child of Object.values(node.states)) visit(child);
    };
    visit(machine.root);
  }

  /** Notes the rows that `event` takes; false where it takes none and so changes nothing. */
  note(snapshot: SnapshotFrom<Machine> & AnyMachineSnapshot, event: EventFromLogic<Machine>): boolean {
    const rows = this.#machine.getTransitionData(snapshot, event);
    for (const one of rows) this.#taken.add(one);
    return rows.length > 0;
  }

  get total(): number {
    return this.#rows.size;
  }

  /** Rows that were never taken, as `from event [guard] -> to`. */
  get missing(): readonly string[] {
    return [...this.#rows].filter(([row]) => !this.#taken.has(row)).map(([, name]) => name);
  }
}

/** Subsets of the deadlines that may be due at one clock: each alone, every two, all. None cannot be: it would not ring. */
export function dueSets(names: readonly string[]): readonly (readonly string[])[] {
  const pairs = names.flatMap((a, index) => names.slice(index + 1).map((b) => [a, b]));
  return [...names.map((name) => [name]), ...pairs, ...(names.length > 2 ? [names] : [])];
}
