import { join } from 'node:path';
import { loadConfig } from '../../config/index.ts';
import type { Person } from '../../config/index.ts';
import type { House } from '../../campaign/house.ts';
import { controllerOf, controllerOnBus, planOf } from '../../main.ts';
import type { Home } from '../../main.ts';
import type { Source } from '../../model/command.ts';
import { InvariantError } from '../../model/errors.ts';
import { silentLog } from '../../model/log.ts';
import type { StationSettings } from '../../model/station.ts';
import { loadLibrary, packageRoot } from '../../protocols/index.ts';
import { NOBODY } from '../../controller/starter.ts';
import type { ControllerOptions } from '../../controller/index.ts';
import { PERSON } from '../../campaign/past.ts';
import { starterOf } from '../../people.ts';

/** The examples that ship, as the houses of a campaign that names no config. */
export const EXAMPLE_HOUSES = [
  'foot-bath',
  'foot-bath-mixer',
  'foot-bath-shelly',
  'foot-bath-zigbee2mqtt',
  'foot-bath-full',
  'shower',
  'foot-bath-basin',
  'foot-bath-two-basins',
  'buckets',
] as const;

/** Those that came later (`House.late`). */
const LATE_HOUSES = ['foot-bath-board'] as const;

/** From where people start and resume at the odd houses that are left to a home automation. */
const AFAR: readonly Source[] = ['button', 'page', 'cli', 'mqtt', 'http'];

/**
 * The same houses, set up as few are: only odd seeds come to them. A shower without a scald guard gives cues and opens
 * nothing; a station may be resumed from afar, where nobody may begin; and a lease may be a second.
 */
const ODD_HOUSES: readonly {
  readonly name: string;
  readonly example: (typeof EXAMPLE_HOUSES)[number];
  readonly set: Partial<StationSettings>;
}[] = [
  { name: 'shower-cues', example: 'shower', set: { plumbing: 'cues', scaldGuard: null, prepareFrom: AFAR } },
  { name: 'buckets-afar', example: 'buckets', set: { prepareFrom: AFAR } },
  { name: 'foot-bath-afar', example: 'foot-bath', set: { prepareFrom: AFAR } },
  { name: 'foot-bath-mixer-afar', example: 'foot-bath-mixer', set: { prepareFrom: AFAR } },
  { name: 'basin-afar', example: 'foot-bath-basin', set: { prepareFrom: AFAR } },
  { name: 'two-basins-afar', example: 'foot-bath-two-basins', set: { prepareFrom: AFAR } },
  { name: 'foot-bath-short-lease', example: 'foot-bath', set: { leaseMs: 1_000 } },
];

export function exampleHouses(): readonly House[] {
  const { protocols } = loadLibrary([]);
  const homeOf = (name: string): { readonly name: string; readonly home: Home } => {
    const { config, problems } = loadConfig(join(packageRoot(), 'examples', `${name}.yaml`), { env: {} });
    if (config === null)
      throw new InvariantError('invariant', `the example ${name} is broken: ${problems[0]?.message ?? ''}`);
    return { name, home: { config, protocols, log: silentLog } };
  };
  const homes = EXAMPLE_HOUSES.map(homeOf);
  const odd = ODD_HOUSES.flatMap(({ name, example, set }) =>
    homes
      .filter((one) => one.name === example)
      .flatMap(({ home }) => home.config.stations.map((station) => ({ name, home, station, set }))),
  );
  return [
    ...homes.flatMap(({ name, home }) => housesOf(home, name)),
    ...odd.map(({ name, home, station, set }) => ({
      ...houseOf(home, { ...station, ...set }, name),
      seldom: true,
    })),
    ...LATE_HOUSES.map(homeOf).flatMap(({ name, home }) =>
      housesOf(home, name).map((house) => ({ ...house, late: true })),
    ),
  ];
}

/** The stations of a config, each a house of a campaign. Nothing of the config is opened. */
export function housesOf(home: Home, name: string): readonly House[] {
  const { stations } = home.config;
  return stations.map((station) =>
    houseOf(home, station, stations.length === 1 ? name : `${name}/${station.id}`),
  );
}

function houseOf(empty: Home, station: StationSettings, name: string): House {
  const config = { ...empty.config, people: [SAM] };
  const home: Home = { ...empty, config };
  const protocols = home.protocols.filter(({ kind }) => kind === 'contrast' || kind === 'soak');
  const refused = protocols.flatMap(({ id: protocol }) => {
    const planned = planOf(home, { protocol, person: NOBODY, choices: {}, station });
    if ('plan' in planned) return [];
    return [{ protocol, why: planned.refusal.message.replace(`${protocol} cannot run so: `, '') }];
  });
  const isRefused = (id: string): boolean => refused.some(({ protocol }) => protocol === id);
  return {
    name,
    station,
    plant: home.config.plant,
    protocols: protocols.map(({ id }) => id).filter((id) => !isRefused(id)),
    refused,
    clientId: controllerOnBus(home).clientId,
    plan: (request) => planOf(home, request),
    controller: ({ seasoned, ...parts }) => {
      const starter = seasoned ? { starter: seasonedStarter(home) } : {};
      return controllerOf(home, [station], { ...parts, ...starter, simulated: false });
    },
  };
}

/** Who lives in every house of a campaign. */
const SAM: Person = { id: PERSON, name: PERSON, defaults: {} };

/** As the config and the journal say, but past the first sessions; after a symptom they begin again as everybody does. */
function seasonedStarter({ config }: Home): ControllerOptions['starter'] {
  return (person, pastOf, now) => {
    const starter = starterOf(config, false, person, pastOf, now);
    const again = starter?.id != null && pastOf(starter.id).ledger.some(({ symptom }) => symptom);
    return starter === null || again ? starter : { ...starter, coldCapMs: null };
  };
}
