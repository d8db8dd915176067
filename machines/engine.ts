import { assign, initialTransition, transition } from 'xstate';
import type { AnyStateMachine, ContextFrom, EventFromLogic, InputFrom, SnapshotFrom } from 'xstate';
import { InvariantError } from '../src/model/errors.ts';
import { compile, rowId } from './compile.ts';
import type { AnyAction, AnyGuard, Compiled, Leaf, Row } from './compile.ts';

/**
 * The one door to XState's transition API. Machines are pure functions from (snapshot, event) to (snapshot, wants):
 * no `after`, `invoke`, `always`, parallel states or effects. A test walks every chart and fails on anything else.
 */

/** An action: what becomes of the context, and what is wanted. */
export type Action<Context, Event, Want> = (
  context: Context,
  event: Event,
) => { readonly context: Context; readonly wants: readonly Want[] };

/** Where the wants of the step under way go. XState evaluates `assign` exactly once for each transition taken. */
let wantsOfThisStep: unknown[] | null = null;

/** What was wrapped for XState, pure as it was: what the tables of `compile.ts` are made of. */
const pureActions = new WeakMap<object, AnyAction>();
const pureGuards = new WeakMap<object, AnyGuard>();

/** Wraps a registry of pure actions once, for `setup({ actions })`. */
export function actions<Context extends object, Event extends { type: string }, Want, Name extends string>(
  registry: Readonly<Record<Name, Action<Context, Event, Want>>>,
) {
  const wrap = (action: Action<Context, Event, Want>) => {
    const wrapped = assign<Context, Event, undefined, Event, never>(({ context, event }) => {
      if (wantsOfThisStep === null)
        throw new InvariantError('invariant', 'a machine was stepped past its engine');
      const result = action(context, event);
      // Entering a machine wants nothing; and XState enters one anew, aside, at every step.
      if (event.type !== 'xstate.init') wantsOfThisStep.push(...result.wants);
      return result.context;
    });
    // Only the machine that this registry belongs to will hand it a context and an event.
    pureActions.set(wrapped, action as AnyAction);
    return wrapped;
  };
  // Object.fromEntries widens the keys; they are those of the registry by construction.
  return Object.fromEntries(
    Object.entries<Action<Context, Event, Want>>(registry).map(([name, action]) => [name, wrap(action)]),
  ) as Record<Name, ReturnType<typeof wrap>>;
}

/** Wraps a registry of pure guards once, for `setup({ guards })`. */
export function guards<Context, Event, Name extends string>(
  registry: Readonly<Record<Name, (context: Context, event: Event) => boolean>>,
) {
  const wrap = (guard: (context: Context, event: Event) => boolean) => {
    const wrapped = ({ context, event }: { context: Context; event: Event }): boolean =>
      guard(context, event);
    pureGuards.set(wrapped, guard as AnyGuard);
    return wrapped;
  };
  return Object.fromEntries(
    Object.entries<(context: Context, event: Event) => boolean>(registry).map(([name, guard]) => [
      name,
      wrap(guard),
    ]),
  ) as Record<Name, ReturnType<typeof wrap>>;
}

type NameOf<Value> = Value extends string
  ? Value
  : { [Head in keyof Value & string]: Head | `${Head}.${NameOf<Value[Head]>}` }[keyof Value & string];

/** Where a machine is and what it knows. Nothing but `step` makes the next one. */
export interface Snapshot<Value, Context> {
  readonly value: Value;
  readonly context: Context;
  /** `starting.ready`. */
  readonly name: string;
  /** In this state, or in one inside it. */
  matches(state: NameOf<Value>): boolean;
}

type SnapshotOf<Machine extends AnyStateMachine> = Snapshot<
  SnapshotFrom<Machine>['value'],
  ContextFrom<Machine>
>;

export interface Step<Machine extends AnyStateMachine, Want> {
  readonly snapshot: SnapshotOf<Machine>;
  readonly wants: readonly Want[];
}

export interface Engine<Machine extends AnyStateMachine, Want> {
  readonly machine: Machine;
  initial(input: InputFrom<Machine>): SnapshotOf<Machine>;
  /** An event that the state does not name gives the same snapshot back. */
  step(snapshot: SnapshotOf<Machine>, event: EventFromLogic<Machine>): Step<Machine, Want>;
}

/** A snapshot of any machine. */
class At {
  readonly leaf: Leaf;
  readonly value: unknown;
  readonly name: string;
  readonly context: unknown;

  constructor(leaf: Leaf, context: unknown) {
    this.leaf = leaf;
    this.value = leaf.value;
    this.name = leaf.name;
    this.context = context;
  }

  matches(state: string): boolean {
    return this.name === state || this.name.startsWith(`${state}.`);
  }
}

const NO_WANTS: readonly never[] = [];

/** Who is told of each transition taken: the coverage of a campaign. In production nobody is. */
let witness: ((machine: string, row: string, to: string) => void) | null = null;

/** For campaigns and tests: tells every transition that any machine takes: machine, row (`` at its beginning), new state. */
export function witnessTransitions(listener: typeof witness): void {
  witness = listener;
}

/** Runs a machine built from `actions` and `guards` above, by the tables made of its chart. */
export function engineOf<Want, Machine extends AnyStateMachine>(machine: Machine): Engine<Machine, Want> {
  const tables = tablesOf(machine);
  // What the tables make is typed by the machine that they are made of, and so are the wants by its registry.
  const typed = (snapshot: At) => snapshot as unknown as SnapshotOf<Machine>;
  return {
    machine,
    initial(input) {
      let context = contextOf(machine, input);
      const event = { type: 'xstate.init', input };
      for (const action of tables.initialActions) ({ context } = action(context, event));
      witness?.(machine.id, '', tables.initial.name);
      return typed(new At(tables.initial, context));
    },
    step(snapshot, event) {
      if (!(snapshot instanceof At)) throw new InvariantError('invariant', 'a snapshot of no engine');
      const before: At = snapshot;
      const row = rowFor(before, event);
      if (row === null) return { snapshot, wants: NO_WANTS };
      witness?.(machine.id, row.id, row.to.name);
      const first = row.actions[0];
      if (first !== undefined && row.actions.length === 1) {
        const result = first(before.context, event);
        return {
          snapshot: typed(new At(row.to, result.context)),
          wants: result.wants as readonly Want[],
        };
      }
      let { context } = before;
      let wants: readonly unknown[] = NO_WANTS;
      for (const action of row.actions) {
        const result = action(context, event);
        ({ context } = result);
        if (result.wants.length > 0) wants = wants.length > 0 ? [...wants, ...result.wants] : result.wants;
      }
      const stays = row.to === before.leaf && row.actions.length === 0;
      return {
        snapshot: stays ? snapshot : typed(new At(row.to, context)),
        wants: wants as readonly Want[],
      };
    },
  };
}

/** The tables of a chart, each name of a guard or an action resolved by the registry that it was set up with. */
function tablesOf(machine: AnyStateMachine): Compiled {
  const { actions: wrapped, guards: wrappedGuards } = machine.implementations;
  return compile(machine, {
    action: (name) => pureOf(pureActions, wrapped[name]),
    guard: (name) => pureOf(pureGuards, wrappedGuards[name]),
  });
}

function pureOf<Pure>(pure: WeakMap<object, Pure>, wrapped: unknown): Pure | null {
  return typeof wrapped === 'function' ? (pure.get(wrapped) ?? null) : null;
}

function rowFor({ leaf, context }: At, event: { readonly type: string }): Row | null {
  const rows = leaf.rows.get(event.type);
  if (rows === undefined) return null;
  for (const row of rows) if (row.guard === null || row.guard(context, event)) return row;
  return null;
}

/** A machine's first context: as it stands in the chart, or made of the input. */
function contextOf(machine: AnyStateMachine, input: unknown): unknown {
  const make: unknown = machine.config.context;
  // A chart of the subset makes its context of the input alone; XState would hand it actors as well.
  return typeof make === 'function' ? (make as (given: { input: unknown }) => unknown)({ input }) : make;
}

/** The same machine run by XState itself: slow, and what the tables are compared with. */
export function oracleOf<Machine extends AnyStateMachine>(machine: Machine) {
  const collect = <T>(act: () => T): { snapshot: T; wants: readonly unknown[] } => {
    const outer = wantsOfThisStep;
    const wants: unknown[] = [];
    wantsOfThisStep = wants;
    try {
      return { snapshot: act(), wants };
    } finally {
      wantsOfThisStep = outer;
    }
  };
  return {
    initial: (input: InputFrom<Machine>) => collect(() => initialTransition(machine, input)[0]),
    step: (snapshot: SnapshotFrom<Machine>, event: EventFromLogic<Machine>) =>
      collect(() => transition(machine, snapshot, event)[0]),
  };
}
/** `starting.ready` as one string. */
export function stateName(snapshot: { readonly name: string }): string {
  return snapshot.name;
}

function nameOfAction(action: unknown): string {
  return typeof action === 'object' && action !== null && 'type' in action ? String(action.type) : '';
}

/** One row of a machine's chart. */
export interface ChartRow {
  /** As `witnessTransitions` names it. */
  readonly id: string;
  readonly from: string;
  readonly event: string;
  readonly guard: string | null;
  readonly actions: readonly string[];
  readonly to: string | null;
}

/** Every state and transition of a machine, for the generated charts and for coverage. */
export function chartOf(machine: AnyStateMachine): { states: readonly string[]; rows: readonly ChartRow[] } {
  const states: string[] = [];
  const rows: ChartRow[] = [];
  const visit = (node: AnyStateMachine['root']): void => {
    const name = node.path.join('.');
    if (node.type === 'atomic' || node.type === 'final') states.push(name);
    for (const [event, transitions] of node.transitions) {
      for (const [index, one] of transitions.entries()) {
        rows.push({
          id: rowId(name, event, index),
          from: name,
          event,
          guard: typeof one.guard === 'string' ? one.guard : null,
          actions: one.actions.map((action: unknown) =>
            typeof action === 'string' ? action : nameOfAction(action),
          ),
          to: one.target?.[0]?.path.join('.') ?? null,
        });
      }
    }
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(machine.root);
  return { states, rows };
}
