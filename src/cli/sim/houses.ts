import { join } from 'node:path';
import { loadConfig } from '../../config/index.ts';
import type { House } from '../../campaign/house.ts';
import { controllerOf, controllerOnBus, planOf } from '../../main.ts';
import type { Home } from '../../main.ts';
import { InvariantError } from '../../model/errors.ts';
import { silentLog } from '../../model/log.ts';
import type { StationSettings } from '../../model/station.ts';
import { loadLibrary, packageRoot } from '../../protocols/index.ts';
import { NOBODY } from '../../controller/starter.ts';
import { coldLadderMs } from '../../../machines/gate.ts';
import type { LedgerEntry } from '../../../machines/gate.ts';
import type { PastSession } from '../../campaign/past.ts';

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

function houseOf(home: Home, station: StationSettings, name: string): House {
  const runs = (protocol: string): boolean =>
    'plan' in planOf(home, { protocol, person: NOBODY, choices: {}, station });
  return {
    name,
    station,
    plant: home.config.plant,
    protocols: home.protocols.map(({ id }) => id).filter(runs),
    clientId: controllerOnBus(home).clientId,
    plan: (request) => planOf(home, request),
    coldCapMs: (past) => coldLadderMs(past.map(entryOf), 0),
    controller: (parts) => controllerOf(home, [station], { ...parts, simulated: false }),
  };
}

/** As the ledger has it, at a wall time of zero. */
function entryOf(past: PastSession, n: number): LedgerEntry {
  const { endedAgoMs, contactMs, coldMs, completed, symptom, dose = 0 } = past;
  return {
    session: `past-${n}`,
    endedAtMs: null,
    endedAtWallMs: -endedAgoMs,
    ...{ contactMs, coldMs, completed, symptom, dose },
  };
}
