import type { House } from '../../campaign/house.ts';
import { parseSchedule } from '../../campaign/schedule.ts';
import type { LeftOut } from '../../campaign/report/report.ts';
import type { Mode, ScheduledFault } from '../../campaign/scenario.ts';
import { factsOf } from '../../campaign/draw-faults.ts';
import type { DrawOptions } from '../../campaign/draw.ts';
import { loadConfig } from '../../config/index.ts';
import { ConfigError } from '../../model/errors.ts';
import { silentLog } from '../../model/log.ts';
import { loadLibrary } from '../../protocols/index.ts';
import { choicesOf, FAULTS, fitted } from '../../../firmware-sim/faults/index.ts';
import { exampleHouses, housesOf } from './houses.ts';

/** What a campaign was asked for, as a worker is told it. */
export interface SimRequest {
  /** A config file, absolute; null: the examples that ship. */
  readonly config: string | null;
  readonly station: string | null;
  readonly protocol: string | null;
  /** As `--faults` has it. */
  readonly faults: string;
  readonly mode: Mode;
  /** Nobody comes who may not, turns back or does anything else of their own accord. Left out: everybody comes. */
  readonly steady?: boolean;
}

/**
 * The houses and draws of a request. Nothing of a config is opened but its file.
 * @throws ConfigError what cannot be simulated, or is not there
 */
export function drawOptions(request: SimRequest): DrawOptions & { readonly leftOut: readonly LeftOut[] } {
  const { protocol, mode } = request;
  const all = request.config === null ? exampleHouses() : configHouses(request.config);
  const asked = all.filter(({ name, station }) => [null, station.id, name].includes(request.station));
  // The examples have names of their own, and most of them a foot bath.
  const exact = asked.filter(({ name }) => name === request.station);
  const named = exact.length > 0 ? exact : asked;
  if (named.length === 0)
    throw new ConfigError('usage', `there is no station "${request.station ?? ''}" to simulate`, {
      remedy: `there are ${all.map(({ name }) => name).join(', ')}`,
    });
  const houses = named.filter(({ protocols }) =>
    protocol === null ? protocols.length > 0 : protocols.includes(protocol),
  );
  if (houses.length === 0)
    throw new ConfigError('unknown_protocol', `${protocol ?? 'no protocol'} runs at none of these stations`, {
      remedy: `they run ${[...new Set(named.flatMap(({ protocols }) => protocols))].join(', ')}`,
    });
  const leftOut = named.flatMap(({ name, refused, seldom }) =>
    refused
      .filter((one) => seldom !== true && (protocol === null || one.protocol === protocol))
      .map((one) => ({ house: name, ...one })),
  );
  const faults = faultsOf(request.faults);
  for (const one of faults.schedule ?? []) refuseUnfit(one, houses);
  if (typeof faults.faults !== 'string')
    for (const id of faults.faults) refuseUnfit({ id, args: {} }, houses);
  return { houses, protocol, mode, leftOut, ...faults, steady: request.steady === true };
}

/**
 * Where there are several houses, one that has no such valve goes without; where none has it, it is a slip of the pen.
 * @throws ConfigError it is
 */
export function refuseUnfit(
  { id, args }: Pick<ScheduledFault, 'id' | 'args'>,
  houses: readonly Pick<House, 'station' | 'clientId'>[],
): void {
  const fault = FAULTS.find((one) => one.id === id);
  if (fault === undefined || houses.some((house) => fitted(fault, args, factsOf(house)) !== null)) return;
  const choices = [...new Set(houses.flatMap((house) => choicesOf(fault, factsOf(house))))];
  const asked = Object.entries(args).map(([name, value]) => `${name}=${String(value)}`);
  throw new ConfigError('usage', `no station here can have "${[id, ...asked].join(' ')}"`, {
    option: '--faults',
    remedy: choices.length === 0 ? 'it needs what none of them has' : `there is ${choices.join('; ')}`,
  });
}

/** @throws ConfigError it is neither all nor none, nor names or a schedule */
export function faultsOf(text: string): Pick<DrawOptions, 'faults' | 'schedule'> {
  if (text === 'all' || text === 'none') return { faults: text, schedule: null };
  if (text.includes('@')) {
    try {
      return { faults: 'none', schedule: parseSchedule(text) };
    } catch (cause) {
      throw new ConfigError('usage', cause instanceof Error ? cause.message : String(cause), {
        option: '--faults',
      });
    }
  }
  const ids = text.split(',').map((id) => id.trim());
  const unknown = ids.filter((id) => !FAULTS.some((fault) => fault.id === id));
  if (unknown.length > 0)
    throw new ConfigError('usage', `there is no fault ${unknown.join(', ')}`, {
      option: '--faults',
      remedy: `all, none, or some of ${FAULTS.map(({ id }) => id).join(', ')}`,
    });
  return { faults: ids, schedule: null };
}

function configHouses(file: string): readonly House[] {
  const { config, problems } = loadConfig(file, { env: process.env });
  if (config === null)
    throw new ConfigError('config_invalid', problems.map(({ message }) => message).join('; '), { file });
  const { protocols } = loadLibrary(config.library);
  return housesOf({ config, protocols, log: silentLog }, 'config');
}
