import { assign, initialTransition, transition } from 'xstate';
import type { AnyMachineSnapshot, AnyStateMachine, EventFromLogic, InputFrom, SnapshotFrom } from 'xstate';
import { InvariantError } from '../src/model/errors.ts';

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

/** Wraps a registry of pure actions once, for `setup({ actions })`. */
export function actions<Context extends object, Event extends { type: string }, Want, Name extends string>(
  registry: Readonly<Record<Name, Action<Context, Event, Want>>>,
) {
  const wrap = (action: Action<Context, Event, Want>) =>
    assign<Context, Event, undefined, Event, never>(({ context, event }) => {
      if (wantsOfThisStep === null)
        throw new InvariantError('invariant', 'a machine was stepped past its engine');
      const result = action(context, event);
      wantsOfThisStep.push(...result.wants);
      return result.context;
    });
  // Object.fromEntries widens the keys; they are those of the registry by construction.
  return Object.fromEntries(
    Object.entries<Action<Context, Event, Want>>(registry).map(([name, action]) => [name, wrap(action)]),
  ) as Record<Name, ReturnType<typeof wrap>>;
}

/** Wraps a registry of pure guards once, for `setup({ guards })`. */
export function guards<Context, Event, Name extends string>(
  registry: Readonly<Record<Name, (context: Context, event: Event) => boolean>>,
) {
  const wrap =
    (guard: (context: Context, event: Event) => boolean) =>
    ({ context, event }: { context: Context; event: Event }): boolean =>
      guard(context, event);
  return Object.fromEntries(
    Object.entries<(context: Context, event: Event) => boolean>(registry).map(([name, guard]) => [
      name,
      wrap(guard),
    ]),
  ) as Record<Name, ReturnType<typeof wrap>>;
}

export interface Engine<Machine extends AnyStateMachine, Want> {
  readonly machine: Machine;
  initial(input: InputFrom<Machine>): SnapshotFrom<Machine>;
  step(
    snapshot: SnapshotFrom<Machine>,
    event: EventFromLogic<Machine>,
  ): { readonly snapshot: SnapshotFrom<Machine>; readonly wants: readonly Want[] };
}

/** Runs a machine built from `actions` and `guards` above. */
export function engineOf<Want, Machine extends AnyStateMachine>(machine: Machine): Engine<Machine, Want> {
  const collect = <T>(run: () => T): { result: T; wants: readonly Want[] } => {
    const outer = wantsOfThisStep;
    const wants: unknown[] = [];
    wantsOfThisStep = wants;
    try {
      // The registry that made this machine's actions decides what they push: `Want`.
      return { result: run(), wants: wants as Want[] };
    } finally {
      wantsOfThisStep = outer;
    }
  };
  return {
    machine,
    initial(input) {
      return collect(() => initialTransition(machine, input)[0]).result;
    },
    step(snapshot, event) {
      const { result, wants } = collect(() => transition(machine, snapshot, event)[0]);
      return { snapshot: result, wants };
    },
  };
}

/** `starting.ready` as one string. */
export function stateName(snapshot: AnyMachineSnapshot): string {
  return nameOf(snapshot.value);
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const [entry] = Object.entries(value);
  return entry === undefined ? '' : `${entry[0]}.${nameOf(entry[1])}`;
}

function nameOfAction(action: unknown): string {
  return typeof action === 'object' && action !== null && 'type' in action ? String(action.type) : '';
}

/** One row of a machine's chart. */
export interface ChartRow {
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
      for (const one of transitions) {
        rows.push({
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
