import { z } from 'zod';
import { isOutputRole } from '../../src/model/device.ts';
import type { Clash, Listening } from '../mqtt/clashes.ts';

const boxSchema = z.looseObject({
  topic: z.string().optional(),
  name: z.string().optional(),
  node: z.string().optional(),
  prefix: z.string().optional(),
});
const entitySchema = z.looseObject({ entity: z.string() });
/** Shorter names are in many words. */
const LEAST_CHARS = 4;

/**
 * The same relay through Home Assistant: a lamp or buzzer of that name would open water without interlock and lease. What
 * an entity really is only Home Assistant knows; it names entities after their devices, and that is what can be seen here.
 */
export function entitiesOfValves(devices: readonly Listening[]): readonly Clash[] {
  const boxes = devices.filter(({ role }) => isOutputRole(role)).flatMap(namesOf);
  return devices
    .filter(({ driver, role }) => driver === 'homeassistant' && (role === 'light' || role === 'buzzer'))
    .flatMap(({ id, options }): readonly Clash[] => {
      const { entity } = entitySchema.parse(options);
      const valve = boxes.find(({ slug }) => bare(entity).includes(bare(slug)));
      if (valve === undefined) return [];
      const message =
        `${entity} is named after the device of ${valve.id}, so it may be the very relay that opens its water, past the ` +
        'interlock and without a lease; use a lamp that has nothing to do with water, or the driver of that device';
      return [{ id, code: 'same_device', option: 'entity', message }];
    });
}

function namesOf({ id, options }: Listening): readonly { readonly id: string; readonly slug: string }[] {
  const { topic, name, node, prefix } = boxSchema.parse(options);
  return [topic, name, node, prefix]
    .filter((one) => one !== undefined)
    .map((one) => slugOf(one.split('/').at(-1) ?? ''))
    .filter((slug) => slug.length >= LEAST_CHARS)
    .map((slug) => ({ id, slug }));
}

/** Some integrations leave out what stands between words. */
const bare = (name: string): string => name.replaceAll('_', '');

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
