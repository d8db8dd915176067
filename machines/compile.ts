import type { AnyStateMachine } from 'xstate';
import { InvariantError } from '../src/model/errors.ts';

/**
 * The second interpreter of a chart: the machine that XState has read is resolved once into tables, from leaf and event
 * to the rows that may be taken there. XState stays the truth. A differential test steps both and compares.
 *
 * What is outside the subset (parallel and final states, history, `after`, `always`, `invoke`, wildcards, guards and
 * actions without a name in the registry) is refused here, since a table cannot hold it.
 */
type Node = AnyStateMachine['root'];
type Transition = Node['transitions'] extends Map<string, readonly (infer One)[]> ? One : never;

/** An action and a guard of the registry, of whatever machine. */
export type AnyAction = (context: unknown, event: unknown) => { context: unknown; wants: readonly unknown[] };
export type AnyGuard = (context: unknown, event: unknown) => boolean;
export interface Registry {
  action(name: string): AnyAction | null;
  guard(name: string): AnyGuard | null;
}

/** A state that has no states inside, and what each event does there. */
export interface Leaf {
  /** `starting.ready`. */
  readonly name: string;
  /** As XState has it: `{ starting: 'ready' }`. */
  readonly value: unknown;
  /** By event, the rows in the order in which XState asks them: the innermost state's first. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
}

/** One transition as it is taken from one leaf. */
export interface Row {
  /** The row of the chart that it is, as `rowId` makes it: what stands at an outer state is one row for all inside. */
  readonly id: string;
  readonly guard: AnyGuard | null;
  /** What is left, what is done on the way, what is entered: in that order. */
  readonly actions: readonly AnyAction[];
  readonly to: Leaf;
}

export interface Compiled {
  readonly initial: Leaf;
  /** What entering the machine does. */
  readonly initialActions: readonly AnyAction[];
  /** By name, in the order of the chart. */
  readonly leaves: ReadonlyMap<string, Leaf>;
}

interface Draft extends Leaf {
  readonly node: Node;
  readonly rows: Map<string, readonly Row[]>;
}

export function compile(machine: AnyStateMachine, registry: Registry): Compiled {
  const drafts = new Map<Node, Draft>();
  const nodes: Node[] = [];
  const visit = (node: Node): void => {
    refuse(node);
    nodes.push(node);
    const children = childrenOf(node);
    if (children.length === 0)
      drafts.set(node, { node, name: node.path.join('.'), value: valueOf(node.path), rows: new Map() });
    for (const child of children) visit(child);
  };
  visit(machine.root);
  const leafOf = (node: Node): Draft => {
    const draft = drafts.get(node);
    if (draft === undefined) throw outside(node, 'a state without a leaf');
    return draft;
  };
  const named = namesOf(registry);
  for (const draft of drafts.values()) {
    for (const node of upwards(draft.node)) {
      for (const [event, transitions] of node.transitions) {
        const rows = transitions.map((one, index): Row => {
          const { guard } = one;
          return {
            id: rowId(node.path.join('.'), event, index),
            guard: guard === undefined ? null : named.guard(node, guard),
            ...taken(one, draft.node, named, leafOf),
          };
        });
        draft.rows.set(event, [...(draft.rows.get(event) ?? []), ...rows]);
      }
    }
  }
  const first = inward(machine.root, named);
  return {
    initial: leafOf(first.leaf),
    initialActions: [...named.actions(machine.root, machine.root.entry), ...first.actions],
    leaves: new Map([...drafts.values()].map((draft) => [draft.name, draft])),
  };
}

/** Names a row of a chart: the state it stands at, its event, and which of that event's rows it is, from 1. */
export function rowId(from: string, event: string, index: number): string {
  return `${from === '' ? '(any)' : from} ${event} ${index + 1}`;
}

type Named = ReturnType<typeof namesOf>;

function namesOf(registry: Registry) {
  return {
    guard(node: Node, guard: unknown): AnyGuard {
      const found = typeof guard === 'string' ? registry.guard(guard) : null;
      if (found === null) throw outside(node, 'a guard that the registry does not name');
      return found;
    },
    actions(node: Node, actions: readonly unknown[]): readonly AnyAction[] {
      return actions.map((action) => {
        const found = typeof action === 'string' ? registry.action(action) : null;
        if (found === null) throw outside(node, 'an action that the registry does not name');
        return found;
      });
    },
  };
}

/** What a transition does when it is taken in `leaf`, by XState's rules of what is left and what is entered. */
function taken(
  transition: Transition,
  leaf: Node,
  named: Named,
  leafOf: (node: Node) => Draft,
): Omit<Row, 'guard' | 'id'> {
  const { source, reenter } = transition;
  const own = named.actions(source, transition.actions);
  const [target, ...more] = transition.target ?? [];
  if (target === undefined) return { actions: own, to: leafOf(leaf) };
  if (more.length > 0) throw outside(source, 'a transition with two targets');
  if (target.parent === undefined && source.parent !== undefined)
    throw outside(source, 'a transition to the machine itself');
  const inside = target === source || isInside(target, source);
  // The state that stays: the source itself where the target is inside it, else what both have above them.
  const stays = inside && !reenter ? source : commonAbove(source, target);
  const left = upwards(leaf).filter((node) => stays === null || isInside(node, stays));
  const way = upwards(target).filter((node) => stays === null || isInside(node, stays));
  const rest = inward(target, named);
  return {
    actions: [
      ...left.flatMap((node) => named.actions(node, node.exit)),
      ...own,
      ...way.toReversed().flatMap((node) => named.actions(node, node.entry)),
      ...rest.actions,
    ],
    to: leafOf(rest.leaf),
  };
}

/** Down from a state that has been entered to its leaf, and what entering the states on the way does. */
function inward(node: Node, named: Named): { leaf: Node; actions: readonly AnyAction[] } {
  const [next] = childrenOf(node).length === 0 ? [] : node.initial.target;
  if (next === undefined) return { leaf: node, actions: [] };
  if (next.parent !== node) throw outside(node, 'an initial state further down');
  const rest = inward(next, named);
  return { leaf: rest.leaf, actions: [...named.actions(node, next.entry), ...rest.actions] };
}

function refuse(node: Node): void {
  const { type, always, after, invoke, config } = node;
  if (type !== 'atomic' && type !== 'compound') throw outside(node, `a ${type} state`);
  if ((always ?? []).length > 0 || after.length > 0 || invoke.length > 0 || config.onDone !== undefined)
    throw outside(node, '`always`, `after`, `invoke` or `onDone`');
  if (childrenOf(node).length > 0 && node.initial.actions.length > 0)
    throw outside(node, 'an initial transition with actions');
  for (const event of node.transitions.keys())
    if (event === '' || event.includes('*') || event.startsWith('xstate.'))
      throw outside(node, `the event "${event}"`);
}

function outside(node: Node, what: string): InvariantError {
  return new InvariantError('invariant', `the chart of ${node.id} has ${what}, which is outside the subset`);
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values(node.states);
}

/** The state and all that it stands in, innermost first. */
function upwards(node: Node): readonly Node[] {
  const { parent } = node;
  return parent === undefined ? [node] : [node, ...upwards(parent)];
}

function isInside(node: Node, outer: Node): boolean {
  return node !== outer && upwards(node).includes(outer);
}

/** The innermost state that has both inside it; null where one of them is the machine itself. */
function commonAbove(a: Node, b: Node): Node | null {
  return upwards(a).find((node) => isInside(a, node) && isInside(b, node)) ?? null;
}

function valueOf(path: readonly string[]): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return {};
  return rest.length === 0 ? head : { [head]: valueOf(rest) };
}
