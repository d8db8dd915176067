import { coldLadderMs, screenedToday } from '../machines/gate.ts';
import type { PersonPast } from '../machines/gate.ts';
import type { Config } from './config/index.ts';
import type { Starter } from './controller/index.ts';
import type { Now } from './controller/starter.ts';
import type { PersonId } from './model/ids.ts';

/** Who uses a station that names nobody: default limits, and the BLOCK list before each session. */
export const GUEST = 'guest';

/**
 * What rules out water altogether (the BLOCK list): shown to the guest before each session, whose `begin` means that
 * none of it applies.
 */
export const BLOCK_LIST = [
  'under 18',
  'a blood clot or deep vein thrombosis, now, suspected or within 6 months',
  'a severe or unstable heart condition, angina, arrhythmia, a pacemaker, a recent heart attack or stroke',
  'high blood pressure that is not controlled, or not known',
  'peripheral artery disease, calf pain on walking that stops on rest, or sores that do not heal',
  'numb feet, or less feeling for hot and cold (neuropathy), or diabetes with foot problems',
  "Raynaud's, cold urticaria, cryoglobulins, Buerger's, chilblains, past frostbite",
  'an open wound, ulcer, burn, rash or infection on feet or legs, or legs shaved in the last 24 h',
  'leg vein surgery, injury or fracture within 6 weeks, unless cleared',
  'fever, feeling ill, alcohol or sedatives today',
] as const;

/** Everybody who may use a station. A simulation without a name has its guest. */
export function everybody(config: Pick<Config, 'people'>, simulated: boolean): readonly PersonId[] {
  return simulated || config.people.length === 0 ? [GUEST] : config.people.map(({ id }) => id);
}

/** The person behind a start, as the gate wants them. Without a name it is the only one there is; their past counts. */
export function starterOf(
  config: Pick<Config, 'people'>,
  simulated: boolean,
  person: PersonId | undefined,
  pastOf: (id: PersonId) => PersonPast,
  now: Now,
): Starter | null {
  const isKnown =
    person === undefined || person === GUEST || config.people.some((known) => known.id === person);
  if (!isKnown) return null;
  if (simulated) return simulatedStarter(person ?? GUEST, pastOf, now);
  const [only] = config.people;
  const id = person ?? (config.people.length === 1 && only !== undefined ? only.id : undefined);
  if (config.people.length === 0) {
    if (id !== undefined && id !== GUEST) return null;
    const coldCapMs = coldLadderMs(pastOf(GUEST).ledger, now);
    // The guest is shown the BLOCK list at each start, also after a symptom: that is their screening.
    return { id: GUEST, screening: 'clear', profile: 'standard', counts: true, coldCapMs };
  }
  if (!config.people.some((known) => known.id === id) || id === undefined) return null;
  const { ledger, screening } = pastOf(id);
  return {
    id,
    screening: screenedToday(screening, now.wallMs, now.atMs),
    profile: screening?.profile ?? 'standard',
    counts: true,
    coldCapMs: coldLadderMs(ledger, now),
  };
}

/** A simulation without a name has a screened guest past the first sessions; after a symptom they begin again. */
function simulatedStarter(id: PersonId, pastOf: (id: PersonId) => PersonPast, now: Now): Starter {
  const { ledger } = pastOf(id);
  const coldCapMs = ledger.some(({ symptom }) => symptom) ? coldLadderMs(ledger, now) : null;
  return { id, screening: 'clear', profile: 'standard', counts: false, coldCapMs };
}
