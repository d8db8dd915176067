import { basinMachine } from '../../machines/basin.ts';
import type { ChartRow } from '../../machines/engine.ts';
import { chartOf } from '../../machines/engine.ts';
import { guideMachine } from '../../machines/guide.ts';
import { linkMachine } from '../../machines/link.ts';
import { reminderMachine } from '../../machines/reminder.ts';
import { sessionMachine } from '../../machines/session.ts';
import { stationMachine } from '../../machines/station.ts';
import { valveMachine } from '../../machines/valve.ts';

type Machine = Parameters<typeof chartOf>[0];

interface Chapter {
  readonly title: string;
  readonly about: string;
  readonly machine: Machine;
  /** What it is a part of: campaigns of water count what they reach of the machines of water. */
  readonly of: 'water' | 'desk';
}

const CHAPTERS: readonly Chapter[] = [
  {
    title: 'Session',
    about:
      'One run of a protocol at a station. Contact is permitted in `running` only, and water is only asked for: opening it is up to the interlock.',
    machine: sessionMachine,
    of: 'water',
  },
  {
    title: 'Basin',
    about:
      'One basin: let out, filled, held in its band by exchange, let out again. The session asks for ready water and is told of it; a trip or a stop empties it from every state.',
    machine: basinMachine,
    of: 'water',
  },
  {
    title: 'Valve',
    about: 'What is known of one water device, from the commands sent to it and the states it reports.',
    machine: valveMachine,
    of: 'water',
  },
  {
    title: 'Link',
    about: 'The way to one device: the broker and the device itself must both be there.',
    machine: linkMachine,
    of: 'water',
  },
  {
    title: 'Station',
    about: 'What outlives a session: the fault that waits for a local clear.',
    machine: stationMachine,
    of: 'water',
  },
  {
    title: 'Reminder',
    about:
      'One reminder at a desk. When it is due the schedule knows, and what speaks against showing it the desk: both come in as events.',
    machine: reminderMachine,
    of: 'desk',
  },
  {
    title: 'Guide',
    about:
      'One exercise at a desk, led mark by mark: a light and a beep for each repetition, for the beginning and the middle of a timer, for each part of a breath; then one press.',
    machine: guideMachine,
    of: 'desk',
  },
];

/** Every machine there is, in the order of docs/machines.md. */
export const MACHINES: readonly Machine[] = CHAPTERS.map(({ machine }) => machine);

/** Those that a session at a bath has to do with. */
export const WATER_MACHINES: readonly Machine[] = CHAPTERS.filter(({ of }) => of === 'water').map(
  ({ machine }) => machine,
);

/** `docs/machines.md`: the state charts and every transition, drawn from the machines themselves. */
export function generateMachinesDocs(): string {
  const lines = [
    '# Machines',
    '',
    'Generated from `machines/`; do not edit. After a change of a machine run `npm run generate`.',
    '',
    'Guards and actions are phrases from the registry of each machine. Where one event has several rows, the first whose',
    'guard holds is taken. An event that a state does not name changes nothing there. A row without a state to go to',
    'stays where it is; a transition of a compound state is open to every state inside it.',
    '',
  ];
  for (const { title, about, machine } of CHAPTERS) {
    lines.push(`## ${title}`, '', about, '', '```mermaid', ...diagramOf(machine), '```', '');
    lines.push('| from | event | guard | actions | to |', '|---|---|---|---|---|');
    lines.push(...chartOf(machine).rows.map(rowOf), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function rowOf({ from, event, guard, actions, to }: ChartRow): string {
  const cells = [from === '' ? '(any)' : from, event, guard ?? '', actions.join(', then '), to ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** One arrow for each pair of states, labelled with its events; the guards stand in the table. */
function diagramOf(machine: Machine): readonly string[] {
  const arrows = new Map<string, string[]>();
  for (const { from, event, to } of chartOf(machine).rows) {
    // An arrow from "any state" would hide all the others; the table has those.
    if (to === null || from === '') continue;
    const arrow = `${idOf(from)} --> ${idOf(to)}`;
    const events = arrows.get(arrow) ?? [];
    arrows.set(arrow, events.includes(event) ? events : [...events, event]);
  }
  return [
    'stateDiagram-v2',
    ...statesOf(machine.root, '  '),
    ...[...arrows].map(([arrow, events]) => `  ${arrow}: ${events.join(', ')}`),
  ];
}

function statesOf(node: Machine['root'], indent: string): readonly string[] {
  const [initial] = node.initial.target;
  const lines = [`${indent}[*] --> ${idOf(initial?.path.join('.') ?? '')}`];
  for (const child of Object.values(node.states)) {
    const id = idOf(child.path.join('.'));
    const label = `${indent}state "${child.key}" as ${id}`;
    if (Object.keys(child.states).length === 0) lines.push(label);
    else lines.push(`${label} {`, ...statesOf(child, `${indent}  `), `${indent}}`);
  }
  return lines;
}

const idOf = (name: string): string => name.replaceAll('.', '_');
