import { existsSync } from 'node:fs';
import { gate } from '../../../machines/gate.ts';
import { SystemClock } from '../../clock/system.ts';
import type { Config } from '../../config/index.ts';
import { NO_PAST, pastOf } from '../../controller/index.ts';
import { nowOf } from '../../controller/starter.ts';
import { latchedFaults, openHistory } from '../../journal/index.ts';
import type { HistoryReader } from '../../journal/index.ts';
import { ConfigError } from '../../model/errors.ts';
import type { StationSettings } from '../../model/station.ts';
import { GUEST, starterOf } from '../../people.ts';
import type { PersonLimits } from '../../protocols/index.ts';
import type { ShownRefusal } from './protocol.ts';

export interface AskedStarter extends PersonLimits {
  /** What the gate would say right now. */
  readonly refusals: readonly ShownRefusal[];
}

const NOBODY: AskedStarter = { profile: 'standard', coldCapMs: null, refusals: [] };

/**
 * The limits of a person who is named, by what the journal says of them, and whether the gate would let them in now.
 * Without a name nobody's: the protocol as it is written.
 * @throws ConfigError `unknown_person`
 */
export function starterAsked(
  config: Config | null,
  person: string | undefined,
  station: StationSettings | null,
): AskedStarter {
  if (person === undefined) return NOBODY;
  if (config === null) {
    throw new ConfigError('unknown_person', `there is no config here, so no person "${person}"`, {
      remedy: 'name the config with --config, or leave --person out',
    });
  }
  const history = existsSync(config.journalPath) ? openHistory(config.journalPath) : null;
  try {
    return fromHistory(config, person, station, history);
  } finally {
    history?.close();
  }
}

function fromHistory(
  config: Config,
  person: string,
  station: StationSettings | null,
  history: HistoryReader | null,
): AskedStarter {
  const now = nowOf(new SystemClock());
  const past = history === null ? NO_PAST : pastOf(history, person, now, config.simulated);
  const known = config.people.map(({ id }) => id);
  const isKnown = known.length === 0 ? person === GUEST : known.includes(person);
  const starter = isKnown ? starterOf(config, config.simulated, person, () => past, now) : null;
  if (starter === null) {
    const names = known.length === 0 ? `only the ${GUEST}` : known.join(', ');
    throw new ConfigError('unknown_person', `there is no person "${person}" in the config; it has ${names}`);
  }
  const faults = history?.records({ types: ['trip', 'clear'], limit: 1_000 }) ?? [];
  const fault = latchedFaults(faults).find((one) => one.station === station?.id);
  const latched = fault === undefined ? null : { code: fault.code, message: `${fault.code} at ${fault.at}` };
  return {
    profile: starter.profile,
    coldCapMs: starter.coldCapMs,
    refusals: gate({ ...starter, ...past, screening: starter.screening }, { latched }, now.wallMs, now.atMs),
  };
}
