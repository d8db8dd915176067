import { stringify } from 'yaml';
import { findDriver } from '../../../../devices/index.ts';
import { ID_PATTERN } from '../../../model/ids.ts';
import type { Found, Part } from './found.ts';
import { oneLine } from './found.ts';
import type { FoundPort } from './ports.ts';

/** A device of a config, ready to be named. */
export interface Named {
  readonly id: string;
  readonly part: Part;
}

/** Ids for all parts: of the thing and the part, each once. */
export function named(
  found: readonly Found[],
): readonly { readonly thing: Found; readonly devices: readonly Named[] }[] {
  const taken = new Set<string>();
  return found.map((thing) => ({
    thing,
    devices: thing.parts.map((part) => ({ id: idOf(`${thing.name}-${part.label}`, taken), part })),
  }));
}

function idOf(text: string, taken: Set<string>): string {
  const slug = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);
  const stem = ID_PATTERN.test(slug) ? slug : 'device';
  let id = stem;
  for (let turn = 2; taken.has(id); turn += 1) id = `${stem}-${turn}`;
  taken.add(id);
  return id;
}

/** Lines of YAML: the `devices:` of a config, with what each could be behind it. */
export function yamlLines(found: readonly Found[], ports: readonly FoundPort[]): readonly string[] {
  const things = named(found).flatMap(({ thing, devices }) => [
    `  # ${thing.kind} ${oneLine(thing.name)}: ${thing.about}${devices.length === 0 ? '; nothing that Ebb could use' : ''}`,
    ...devices.flatMap(deviceLines),
  ]);
  const some = named(found).some(({ devices }) => devices.length > 0);
  return [
    some ? 'devices:' : '# no devices at the broker that Ebb could use',
    ...things,
    ...ports.flatMap(portLines),
  ];
}

function deviceLines({ id, part }: Named): readonly string[] {
  const { driver, options, roles, note } = part;
  const value = stringify({ driver, ...options }, { collectionStyle: 'flow', lineWidth: 0 }).trim();
  const could = roles.length === 0 ? 'nothing that a station has' : roles.join(', ');
  return [...(note === null ? [] : [`  # ${note}`]), `  ${id}: ${value} # ${could}`];
}

/** What a port could be is known once it is opened, so each line is a proposal. */
function portLines({ path, node, about }: FoundPort): readonly string[] {
  const quoted = stringify(path, { lineWidth: 0 }).trim();
  const proposals = [
    { driver: 'board', text: `{ driver: board, port: ${quoted}, valve: 1 }`, what: 'the valve board of Ebb' },
    {
      driver: 'firmata',
      text: `{ driver: firmata, port: ${quoted}, pin: 13 }`,
      what: 'a board with Firmata',
    },
  ].filter(({ driver }) => findDriver(driver) !== null);
  const where = node === path ? path : `${path} (${node})`;
  return [
    `# serial port ${oneLine(where)}: ${about}`,
    ...proposals.map(({ text, what }) => `#   ${what}: ${oneLine(text)}`),
  ];
}
