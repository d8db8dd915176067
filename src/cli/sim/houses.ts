import { join } from 'node:path';
import { loadConfig } from '../../config/index.ts';
import type { Person } from '../../config/index.ts';
import type { House } from '../../campaign/house.ts';
import { controllerOf, controllerOnBus, planOf } from '../../main.ts';
import type { Home } from '../../main.ts';
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

export function exampleHouses(): readonly House[] {
  const { protocols } = loadLibrary([]);
  return EXAMPLE_HOUSES.flatMap((name) => {
    const { config, problems } = loadConfig(join(packageRoot(), 'examples', `${name}.yaml`), { env: {} });
    if (config === null)
      throw new InvariantError('invariant', `the example ${name} is broken: ${problems[0]?.message ?? ''}`);
    return housesOf({ config, protocols, log: silentLog }, name);
  });
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
  const runs = (protocol: string): boolean =>
    'plan' in planOf(home, { protocol, person: NOBODY, choices: {}, station });
  return {
    name,
    station,
    plant: home.config.plant,
    protocols: home.protocols.map(({ id }) => id).filter(runs),
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
