import { Random } from '../../random/random.ts';
import type { FaultFacts } from '../../../firmware-sim/faults/index.ts';
import type { House } from '../house.ts';
import { ODD_BASINS } from './basins.ts';
import { ODD_MOMENTS } from './moments.ts';
import { Dice } from './oddity.ts';
import type { Odd, Oddity } from './oddity.ts';
import { ODD_PEOPLE } from './people.ts';

export type { Odd } from './oddity.ts';

/** Every oddity, as one explicit list. */
export const ODDITIES: readonly Oddity[] = [...ODD_PEOPLE, ...ODD_MOMENTS, ...ODD_BASINS];

/** So many seeds are odd. The others never draw from this stream, so that nothing here moves them. */
const SHARE = 0.08;

/**
 * The odd seeds: each has one oddity, in a house and with a protocol of its own choice. null: the seed is like most.
 * `houses` are those of the campaign; what fits none of them is left out.
 */
export function drawOdd(
  seed: number,
  { houses, protocol }: { readonly houses: readonly House[]; readonly protocol: string | null },
  factsOf: (house: House) => FaultFacts,
): { readonly house: House; readonly protocol: string; readonly odd: Odd } | null {
  const random = new Random(seed, 'odd');
  if (!random.chance(SHARE)) return null;
  const oddity = weighed(random);
  const fitting = houses.filter((house) => oddity.fits(house) && house.protocols.length > 0);
  const house = fitting[random.int(0, Math.max(0, fitting.length - 1))];
  if (house === undefined) return null;
  const own = house.protocols[random.int(0, house.protocols.length - 1)] ?? '';
  const odd = oddity.draw(new Dice(random, house, factsOf(house)));
  return { house, protocol: protocol ?? own, odd };
}

function weighed(random: Random): Oddity {
  const total = ODDITIES.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.between(0, total);
  for (const oddity of ODDITIES) {
    left -= oddity.weight;
    if (left <= 0) return oddity;
  }
  return ODDITIES[0] ?? NONE;
}

const NONE: Oddity = { what: 'nothing', weight: 0, fits: () => true, draw: () => ({}) };
